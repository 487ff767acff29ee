/** Labelled controls in the manner of the design system, each saying what it is for; a change is told when it is made. */
let number = 0;

function labelled(label, hint, control) {
  number += 1;
  const group = element("div", "nhsuk-form-group app-step__field");
  const name = element("label", "nhsuk-label", label);
  control.id = name.htmlFor = `step-field-${number}`;
  group.append(name);
  if (hint) {
    const said = element("div", "nhsuk-hint", hint);
    said.id = `${control.id}-hint`;
    control.setAttribute("aria-describedby", said.id);
    group.append(said);
  }
  group.append(control);
  return group;
}

export function element(tag, className = "", text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

/** An act that reads like a link: it belongs to a line of words. */
export function linkButton(words, act) {
  const made = Object.assign(element("button", "app-link-button", words), { type: "button" });
  made.addEventListener("click", act);
  return made;
}

/** A line of text. `known`: what is offered while somebody types. */
export function text({ field, label, hint = "", value = "", known = [], change }) {
  const control = element("input", "nhsuk-input");
  Object.assign(control, { type: "text", value, autocomplete: "off" });
  const made = labelled(label, hint, control);
  if (known.length) {
    const list = element("datalist");
    list.id = `${control.id}-known`;
    list.append(...known.map((one) => Object.assign(element("option"), { value: one })));
    control.setAttribute("list", list.id);
    made.append(list);
  }
  return told(made, control, field, () => change(control.value.trim()));
}

export function paragraph({ field, label, hint = "", value = "", change }) {
  const control = element("textarea", "nhsuk-textarea");
  Object.assign(control, { value, rows: 3 });
  return told(labelled(label, hint, control), control, field, () => change(control.value.trim()));
}

/** One of several: `choices` are pairs of a value and its words. A value that is not among them stays, and is said. */
export function choice({ field, label, hint = "", value = "", choices, none = "", change }) {
  const control = element("select", "nhsuk-select");
  const offered = none ? [["", none], ...choices] : choices;
  const all = offered.some(([key]) => key === value) ? offered : [...offered, [value, value ? `${value} (not known here)` : "Choose…"]];
  control.append(...all.map(([key, words]) => Object.assign(element("option", "", words), { value: key, selected: key === value })));
  return told(labelled(label, hint, control), control, field, () => change(control.value));
}

export function tick({ field, label, value, change }) {
  number += 1;
  const holder = element("div", "nhsuk-checkboxes nhsuk-checkboxes--small app-step__field");
  const item = element("div", "nhsuk-checkboxes__item");
  const control = Object.assign(element("input", "nhsuk-checkboxes__input"), { type: "checkbox", checked: value, id: `step-field-${number}` });
  const name = Object.assign(element("label", "nhsuk-label nhsuk-checkboxes__label", label), { htmlFor: control.id });
  item.append(control, name);
  holder.append(item);
  return told(holder, control, field, () => change(control.checked));
}

function told(made, control, field, change) {
  control.dataset.field = field;
  control.addEventListener("change", change);
  return made;
}
