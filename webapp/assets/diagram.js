/**
 * Draws a process diagram and marks on it where a case is.
 *
 * `<div data-diagram="/address.xml" data-tokens='["step"]' data-done='["step"]' data-name="…">`: tokens are the
 * steps the case waits at, done those behind it; data-then, those at which it would wait after what is looked at.
 * data-differs: beside another version, `{"added": ["step"], "changed": [], …}`.
 * The page prints the same as an outline beside it, for everybody who cannot see or move a drawing. The bpmn.io mark
 * stays where its licence wants it: visible, and not covered.
 */
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const TOKEN = { marker: "app-token", badge: "app-badge app-badge--token", text: "Here now" };
const THEN = { marker: "app-then", badge: "app-badge app-badge--then", text: "Then here" };
const DONE = { marker: "app-done", badge: "app-badge app-badge--done", text: "✓" };
const DIFFERS = Object.fromEntries(
  Object.entries({ added: "New", removed: "Taken out", changed: "Changed", reworded: "Reworded", moved: "Moved" }).map(
    ([change, text]) => [change, { marker: `app-${change}`, badge: `app-badge app-badge--${change}`, text }],
  ),
);
const ZOOM_STEP = 1.25;
const READABLE = 0.75; // smaller than this, the names of the steps cannot be read
const WHOLE = 0.7; // a little smaller, for the sake of a drawing that can then be seen as a whole
const STEP = /(Task|Event|Gateway|CallActivity|SubProcess)$/;
const SHARES = [1 / 2, 1 / 3, 2 / 3, 1 / 6, 5 / 6]; // where in a view a place may stand; in the middle first
const EDGE = 10; // what is nearer to the edge of a view looks cut off

for (const container of document.querySelectorAll("[data-diagram]")) {
  draw(container).catch(() => sayItFailed(container));
}

async function draw(container) {
  await unfolded(container.closest("details"));
  const answer = await fetch(container.dataset.diagram, { credentials: "same-origin" });
  if (!answer.ok) {
    throw new Error(`the diagram answered ${answer.status}`);
  }
  // The wheel stays the page's own: whoever scrolls past a diagram must not get caught in it.
  const viewer = new NavigatedViewer({ container, zoomScroll: { enabled: false } });
  await viewer.importXML(await answer.text());
  markAll(viewer, listed(container.dataset.done), DONE);
  markAll(viewer, listed(container.dataset.tokens), TOKEN);
  markAll(viewer, listed(container.dataset.then), THEN);
  const differs = Object.entries(JSON.parse(container.dataset.differs || "{}"));
  differs.forEach(([change, elements]) => markAll(viewer, elements, DIFFERS[change]));
  nameForKeyboard(container);
  addZoom(container, viewer.get("canvas"));
  const places = [...listed(container.dataset.tokens), ...listed(container.dataset.then), ...differs.flatMap(([, one]) => one)];
  showWhereItStands(viewer, places, listed(container.dataset.done));
  container.dataset.diagramState = "drawn";
}

/** What is folded has no size to draw in. */
function unfolded(details) {
  return new Promise((open) => {
    if (!details || details.open) {
      open();
    } else {
      details.addEventListener("toggle", open, { once: true });
    }
  });
}

/** A drawing too long to be read as a whole is shown where the case is, where it ended, or from its beginning. */
function showWhereItStands(viewer, tokens, done) {
  const [canvas, registry] = [viewer.get("canvas"), viewer.get("elementRegistry")];
  canvas.zoom("fit-viewport", "auto");
  if (canvas.zoom() < WHOLE) {
    canvas.zoom(READABLE);
    const steps = registry.filter((one) => STEP.test(one.type) && !one.labelTarget);
    const ends = steps.filter((one) => one.type === "bpmn:EndEvent" && done.includes(one.id));
    const here = steps.filter((one) => tokens.includes(one.id));
    const places = [here, ends, steps.filter((one) => one.type === "bpmn:StartEvent"), steps].find((one) => one.length);
    canvas.viewbox(fullest(places ?? [], steps, canvas.viewbox()));
  }
}

/** Lanes are wide and mostly empty: of all views that show a place, the one that shows most steps beside it. */
function fullest(places, steps, { width, height, ...corner }) {
  const views = places.flatMap((place) =>
    SHARES.flatMap((across) =>
      SHARES.map((down) => ({
        x: place.x + place.width / 2 - width * across,
        y: place.y + place.height / 2 - height * down,
        width,
        height,
      })),
    ),
  );
  const worth = (view) => inside(view, places) * steps.length + inside(view, steps);
  return views.reduce((best, view) => (worth(view) > worth(best) ? view : best), views[0] ?? { ...corner, width, height });
}

function inside(view, steps) {
  const within = (one) =>
    one.x >= view.x + EDGE &&
    one.y >= view.y + EDGE &&
    one.x + one.width <= view.x + view.width - EDGE &&
    one.y + one.height <= view.y + view.height - EDGE;
  return steps.filter(within).length;
}

function listed(json) {
  return JSON.parse(json || "[]");
}

/** A step the diagram does not show (of another version, or of a called process) is passed over. */
function markAll(viewer, steps, { marker, badge, text }) {
  const registry = viewer.get("elementRegistry");
  for (const step of steps.filter((id) => registry.get(id))) {
    viewer.get("canvas").addMarker(step, marker);
    if (registry.get(step).waypoints) {
      continue; // an arrow is marked by its line; a badge would lie over what it joins
    }
    const html = Object.assign(document.createElement("span"), { className: badge, textContent: text });
    viewer.get("overlays").add(step, { position: { top: -20, left: 4 }, html });
  }
}

/** The drawing takes the focus (arrow keys move it), so it needs a name and a role of its own. */
function nameForKeyboard(container) {
  const drawing = container.querySelector(".djs-container > svg");
  drawing.setAttribute("role", "application");
  drawing.setAttribute("aria-roledescription", "process diagram");
  drawing.setAttribute("aria-label", `${container.dataset.name ?? "Process diagram"}. Arrow keys move it.`);
}

function addZoom(container, canvas) {
  const bar = Object.assign(document.createElement("div"), { className: "app-diagram__zoom" });
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Size of the diagram");
  bar.append(
    button("Larger", () => canvas.zoom(canvas.zoom() * ZOOM_STEP)),
    button("Smaller", () => canvas.zoom(canvas.zoom() / ZOOM_STEP)),
    button("Fit", () => canvas.zoom("fit-viewport", "auto")),
  );
  container.before(bar);
}

function button(text, act) {
  const made = Object.assign(document.createElement("button"), {
    type: "button",
    className: "app-diagram__button",
    textContent: text,
  });
  made.addEventListener("click", act);
  return made;
}

function sayItFailed(container) {
  const sentence = "The diagram could not be drawn. The outline beside it says the same in words.";
  container.replaceChildren(Object.assign(document.createElement("p"), { className: "nhsuk-body", textContent: sentence }));
  container.dataset.diagramState = "failed";
}
