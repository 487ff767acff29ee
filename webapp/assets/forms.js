/**
 * Shows the questions of a form that the answers so far ask for, and hides the others.
 *
 * The server puts a condition on each such question as JSON in `data-show-when`; the same condition is judged again
 * when the form is sent, and the answers to hidden questions do not count there. Without this script all questions
 * are visible. A hidden question keeps what was typed, so that nothing is lost by a change of mind.
 */

/** Watch every question and section of the page that is shown only under a condition. */
export function showWhatIsAsked(page) {
  const conditional = [...page.querySelectorAll("[data-show-when]")].map((place) => ({
    place,
    condition: JSON.parse(place.dataset.showWhen),
  }));
  if (conditional.length === 0) {
    return;
  }
  const settle = () => settleAll(page, conditional);
  page.addEventListener("input", settle);
  page.addEventListener("change", settle);
  settle();
}

/** One hidden answer may hide the next: repeat until nothing changes; each round settles at least one place. */
function settleAll(page, conditional) {
  for (let round = 0; round <= conditional.length; round += 1) {
    let changed = false;
    for (const { place, condition } of conditional) {
      const hidden = !truth(judge(condition, (input, as) => answer(page, input, as)));
      changed ||= place.hidden !== hidden;
      place.hidden = hidden;
    }
    if (!changed) {
      return;
    }
  }
}

/** What a condition comes to. `answerOf(input, as)` gives an answer, or null where there is none. */
export function judge(node, answerOf) {
  if ("value" in node) {
    return node.value;
  }
  if ("input" in node) {
    return answerOf(node.input, node.as);
  }
  if ("list" in node) {
    return node.list.map((each) => judge(each, answerOf));
  }
  return OPERATIONS[node.op](...node.of.map((each) => () => judge(each, answerOf)));
}

const OPERATIONS = {
  and: (...parts) => parts.every((part) => truth(part())),
  or: (...parts) => parts.some((part) => truth(part())),
  not: (part) => !truth(part()),
  len: (part) => part()?.length ?? 0,
  "==": (left, right) => left() === right(),
  "!=": (left, right) => left() !== right(),
  "<": ordered((left, right) => left < right),
  "<=": ordered((left, right) => left <= right),
  ">": ordered((left, right) => left > right),
  ">=": ordered((left, right) => left >= right),
  in: (item, container) => within(item(), container()),
  "not in": (item, container) => !within(item(), container()),
};

/** A comparison in which nothing is before or after a missing answer, or an answer of another kind. */
function ordered(compare) {
  return (left, right) => {
    const [first, second] = [left(), right()];
    return first !== null && typeof first === typeof second && compare(first, second);
  };
}

function within(item, container) {
  return (Array.isArray(container) || typeof container === "string") && container.includes(item);
}

/** Empty lists are as good as no answer, as on the server. */
export function truth(value) {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

function answer(page, name, as) {
  if (as === "date") {
    return dateAnswer(page, name);
  }
  const inputs = [...page.querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter((each) => !each.closest("[hidden]"));
  const values = inputs.filter(counts).map((each) => each.value.trim()).filter((value) => value !== "");
  return READ_AS[as](values);
}

const READ_AS = {
  word: (values) => values[0] ?? null,
  list: (values) => (values.length > 0 ? values : null),
  tick: (values) => values.length > 0,
  number: ([value]) => (value === undefined || Number.isNaN(Number(value)) ? null : Number(value)),
};

function counts(input) {
  return !["radio", "checkbox"].includes(input.type) || input.checked;
}

/** A date typed in numbers, as "YYYY-MM-DD"; null while it is incomplete. */
function dateAnswer(page, name) {
  const [day, month, year] = ["day", "month", "year"].map((part) => answer(page, `${name}[${part}]`, "word"));
  if (!/^\d{1,2}$/.test(day ?? "") || !/^\d{1,2}$/.test(month ?? "") || !/^\d{4}$/.test(year ?? "")) {
    return null;
  }
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}
