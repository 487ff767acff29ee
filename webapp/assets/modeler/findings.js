/** What is wrong with the drawing as it stands, below it: each goes to its place, and offers the mend there is. */
import { element, linkButton as button } from "./controls.js";
import { ask } from "./keeping.js";

const LOOK_AFTER = 1_500;
const MARKERS = { error: "app-found--error", warning: "app-found--warning" };

export class Findings {
  constructor(holder, modeler, { file, address, mended }) {
    Object.assign(this, { holder, modeler, file, address, mended });
    this.marked = [];
    this.asked = 0;
    modeler.on(["commandStack.changed", "import.done"], () => this.soon());
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look().catch(() => this.say("The drawing could not be checked just now.")), LOOK_AFTER);
  }

  async look() {
    this.asked += 1;
    const mine = this.asked;
    const { xml } = await this.modeler.saveXML({ format: true });
    const answer = await ask(this.address, { xml });
    if (!answer.ok) {
      throw new Error(`the check answered ${answer.status}`);
    }
    const { answers } = await answer.json();
    if (mine === this.asked) {
      this.show(answers.flatMap(({ file, findings }) => findings.map((one) => ({ ...one, file }))));
    }
  }

  show(findings) {
    this.mark(findings);
    const problems = findings.filter((one) => one.severity !== "warning").length;
    this.say(counted(problems, findings.length - problems));
    const list = element("ul", "nhsuk-list app-found");
    list.append(...findings.map((one) => this.line(one)));
    this.holder.append(list);
    this.holder.dataset.found = String(findings.length);
  }

  say(words) {
    const heading = element("p", "nhsuk-body nhsuk-u-font-weight-bold", words);
    heading.setAttribute("role", "status");
    this.holder.replaceChildren(heading);
  }

  line(one) {
    const item = element("li", `app-found__line app-found__line--${one.severity ?? "error"}`);
    item.append(element("span", "app-found__words", `${this.heading(one)}: ${one.message} `));
    if (this.registry.get(one.element)) {
      item.append(button("Show it", () => this.goTo(one.element)));
    }
    if (one.fix) {
      item.append(button(`Mend it: ${one.fix.words}`, () => this.mended(one.fix)));
    }
    return item;
  }

  /** A problem or a suggestion; where, if it is not in this drawing. */
  heading(one) {
    const what = one.severity === "warning" ? "Suggestion" : "Problem";
    return one.file === this.file || !one.file ? what : `${what} in ${one.file}`;
  }

  get registry() {
    return this.modeler.get("elementRegistry");
  }

  goTo(id) {
    const shape = this.registry.get(id);
    this.modeler.get("canvas").scrollToElement(shape);
    this.modeler.get("selection").select(shape);
  }

  mark(findings) {
    const canvas = this.modeler.get("canvas");
    for (const [id, marker] of this.marked.filter(([id]) => this.registry.get(id))) {
      canvas.removeMarker(id, marker);
    }
    this.marked = findings.filter((one) => this.registry.get(one.element)).map((one) => [one.element, MARKERS[one.severity] ?? MARKERS.error]);
    for (const [id, marker] of this.marked) {
      canvas.addMarker(id, marker);
    }
  }
}

function counted(problems, suggestions) {
  const named = (many, one, several) => (many === 1 ? `1 ${one}` : `${many} ${several}`);
  if (!problems && !suggestions) {
    return "Nothing is wrong with the drawing.";
  }
  return [problems && named(problems, "problem", "problems"), suggestions && named(suggestions, "suggestion", "suggestions")]
    .filter(Boolean)
    .join(", ");
}
