/**
 * The list of keys, and the switch that turns them off: single-letter keys get in the way of speech input
 * (WCAG 2.1.4), so each person decides, once for this browser.
 */
const KEPT_AS = "roundtable.keys";

const KEYS = [
  ["j", "next task"],
  ["k", "previous task"],
  ["Enter", "open the task"],
  ["c", "claim the task"],
  ["x", "select the task"],
  ["z", "take back what you completed"],
  ["/", "find a person"],
  ["?", "this list"],
];

let dialog = null;

/** Whether this person wants the keys. */
export function keysAreOn() {
  return localStorage.getItem(KEPT_AS) !== "off";
}

/** Show the list of keys; the focus returns to where it was when it closes. */
export function openKeyHelp() {
  dialog ??= buildDialog();
  dialog.showModal();
}

function buildDialog() {
  const built = element("dialog", { className: "app-keys", id: "keys-help" });
  built.setAttribute("aria-labelledby", "keys-help-title");
  const close = element("button", { className: "nhsuk-button nhsuk-button--small", type: "button", textContent: "Close" });
  close.addEventListener("click", () => built.close());
  built.append(
    element("h2", { id: "keys-help-title", className: "nhsuk-heading-m", textContent: "Keys" }),
    keyList(),
    keySwitch(),
    close,
  );
  document.body.append(built);
  return built;
}

function keyList() {
  const list = element("dl", { className: "app-keys__list" });
  for (const [key, meaning] of KEYS) {
    const term = element("dt");
    term.append(element("kbd", { textContent: key }));
    list.append(term, element("dd", { textContent: meaning }));
  }
  return list;
}

function keySwitch() {
  const box = element("input", { type: "checkbox", id: "keys-on", checked: keysAreOn() });
  box.addEventListener("change", () => localStorage.setItem(KEPT_AS, box.checked ? "on" : "off"));
  const label = element("label", { htmlFor: "keys-on", textContent: "Use these keys in the inbox" });
  const line = element("p", { className: "app-keys__switch" });
  line.append(box, label);
  return line;
}

function element(name, properties = {}) {
  return Object.assign(document.createElement(name), properties);
}
