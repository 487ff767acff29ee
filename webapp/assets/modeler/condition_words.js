/** Conditions as a person reads them: “priority is urgent and frailty is more than 6”. */
const PART = /^\s*([A-Za-z_][\w.]*)\s*(==|!=|<=|>=|<|>)\s*('[^']*'|"[^"]*"|-?\d+(?:\.\d+)?|True|False|true|false|None)\s*$/;

export const COMPARED = [
  ["==", "is"],
  ["!=", "is not"],
  ["<", "is less than"],
  ["<=", "is at most"],
  [">", "is more than"],
  [">=", "is at least"],
];

/** The parts of a condition that is only compared and joined by “and”; null of any other. */
export function parts(condition) {
  const found = condition.split(/\s+and\s+/).map((one) => PART.exec(one));
  return found.every(Boolean) ? found.map(([, name, sign, value]) => ({ name, sign, value: bare(value) })) : null;
}

/** The condition of such parts. */
export function joined(all) {
  return all.map(({ name, sign, value }) => `${name} ${sign} ${written(value)}`).join(" and ");
}

/** A condition read aloud; of what is more than comparing, the condition itself. `named`: words for names and values. */
export function aloud(condition, named = (_, value) => value) {
  const found = parts(condition);
  if (!found) {
    return condition;
  }
  const sign = (one) => COMPARED.find(([written]) => written === one.sign)[1];
  return found.map((one) => `${spaced(one.name)} ${sign(one)} ${spaced(named(one.name, one.value))}`).join(", and ");
}

function spaced(name) {
  return name.replaceAll("_", " ");
}

function bare(value) {
  return value.replace(/^(['"])(.*)\1$/, "$2");
}

function written(value) {
  const plain = /^-?\d+(\.\d+)?$|^(True|False|None)$/.test(value);
  return plain ? value : `'${value.replaceAll("'", "")}'`;
}
