/**
 * Lets a page keep its mark when one comes back to it.
 *
 * Going back, a browser fetches the page anew and puts what was typed into it again. With another mark it would be
 * taken for another page, and sent once more it would be recorded once more. See webapp/once.py.
 */

/** Give the forms of a page the mark they had when this place in the browser's history was seen first. */
export function keepMark(page) {
  const inputs = page.querySelectorAll("input[name=page_mark]");
  const mark = window.history.state?.mark ?? inputs[0]?.value;
  if (mark) {
    inputs.forEach((input) => (input.value = mark));
    window.history.replaceState({ ...window.history.state, mark }, "");
  }
}
