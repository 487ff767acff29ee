/**
 * Draws a process to be changed: the drawing, the chosen step in the words of the service, what is wrong with it.
 *
 * `<div data-modeler data-content data-hold data-let-go data-check data-mend data-words data-name>` holds the
 * addresses; `[data-panel]`, `[data-outline]`, `[data-findings]`, `[data-kept]` and `[data-held]` are filled. The bpmn.io mark stays visible.
 */
import Modeler from "bpmn-js/lib/Modeler";
import MinimapModule from "diagram-js-minimap";

import { element } from "./modeler/controls.js";
import drawingTools from "./modeler/drawing_tools.js";
import { Findings } from "./modeler/findings.js";
import inserting from "./modeler/inserting.js";
import { ask, Keeping } from "./modeler/keeping.js";
import lanesHold from "./modeler/lanes.js";
import { Outline } from "./modeler/outline.js";
import { StepPanel } from "./modeler/step_panel.js";

const READABLE = 0.75;
const PALETTE = 140; // its width, in the size of the drawing
const FAILED = "The drawing could not be opened. The list of its steps says the same in words, and can be changed there.";

for (const container of document.querySelectorAll("[data-modeler]")) {
  open(container).catch((error) => {
    container.replaceChildren(element("p", "nhsuk-body", FAILED));
    container.dataset.modelerState = "failed";
    throw error;
  });
}

async function open(container) {
  const { content, words, hold, letGo, check, mend, name } = container.dataset;
  const [drawn, known] = await Promise.all([content, words].map(fetched));
  const modeler = new Modeler({ container, additionalModules: [drawingTools, inserting, lanesHold, MinimapModule], zoomScroll: { enabled: false } });
  await modeler.importXML(drawn.xml);
  showTheBeginning(modeler);
  nameForKeyboard(container, name);
  const panel = new StepPanel(document.querySelector("[data-panel]"), modeler, known);
  const keeping = new Keeping(modeler, {
    addresses: { content, hold, letGo },
    state: document.querySelector("[data-kept]"),
    mark: drawn.mark,
    whenHeld: (words, over) => sayHeld(document.querySelector("[data-held]"), words, over),
  });
  const findings = new Findings(document.querySelector("[data-findings]"), modeler, {
    file: container.dataset.file,
    address: check,
    mended: (fix) => mendIt(modeler, mend, fix).then(() => keeping.changed()),
  });
  new Outline(document.querySelector("[data-outline]"), modeler, panel);
  // A new step is named beside the drawing, not on it.
  modeler.on(["create.end", "autoPlace.end"], 100, () => {
    modeler.get("directEditing").cancel();
    panel.begin();
  });
  addSteps(container, modeler, keeping);
  await keeping.hold();
  findings.soon();
  container.dataset.modelerState = "open";
}

/** As large as can be read, from the beginning; the palette stands on the left of it. */
function showTheBeginning(modeler) {
  const canvas = modeler.get("canvas");
  canvas.zoom("fit-viewport");
  if (canvas.zoom() < READABLE) {
    canvas.zoom(READABLE);
    const { inner, height } = canvas.viewbox();
    canvas.viewbox({ ...canvas.viewbox(), x: inner.x - PALETTE, y: inner.y + inner.height / 2 - height / 2 });
  }
}

async function fetched(address) {
  const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!answer.ok) {
    throw new Error(`${answer.status}`);
  }
  return answer.json();
}

async function mendIt(modeler, address, fix) {
  const { xml } = await modeler.saveXML({ format: true });
  const answer = await ask(address, { xml, fix });
  if (answer.ok) {
    const box = modeler.get("canvas").viewbox();
    await modeler.importXML((await answer.json()).xml);
    modeler.get("canvas").viewbox(box);
  }
}

/** Whoever else has it in hand is named, and may be asked to make way. */
function sayHeld(holder, words, over) {
  holder.replaceChildren();
  if (words) {
    const take = Object.assign(element("button", "nhsuk-button nhsuk-button--secondary", "Take it over"), { type: "button" });
    take.addEventListener("click", over);
    holder.append(element("p", "nhsuk-body", words), take);
  }
  holder.hidden = !words;
}

function addSteps(container, modeler, keeping) {
  const bar = element("div", "app-diagram__zoom");
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Drawing");
  const [stack, canvas] = [modeler.get("commandStack"), modeler.get("canvas")];
  const acts = [
    ["Undo", () => stack.undo()],
    ["Redo", () => stack.redo()],
    ["Find a step", () => modeler.get("searchPad").toggle()],
    ["Larger", () => canvas.zoom(canvas.zoom() * 1.25)],
    ["Smaller", () => canvas.zoom(canvas.zoom() / 1.25)],
    ["Fit", () => canvas.zoom("fit-viewport", "auto")],
    ["Save now", () => keeping.save()],
  ];
  for (const [text, act] of acts) {
    const made = Object.assign(element("button", "app-diagram__button", text), { type: "button" });
    made.addEventListener("click", act);
    bar.append(made);
  }
  container.before(bar);
}

function nameForKeyboard(container, name) {
  const drawing = container.querySelector(".djs-container > svg");
  drawing.setAttribute("role", "application");
  drawing.setAttribute("aria-roledescription", "process diagram");
  drawing.setAttribute("aria-label", `${name ?? "Process diagram"}. Its steps can be changed in the list below, too.`);
}
