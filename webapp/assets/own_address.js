/**
 * Lets a page that answered a form stand at an address at which it opens by itself.
 *
 * Such a page stands at the address the form was sent to: going back there, or loading it anew, the browser would ask
 * whether to send the form once more. What was typed is kept as a draft, so `data-own-address` names the page that
 * shows it.
 */

/** Give the page that answered a form the address it names. */
export function standAtOwnAddress(page) {
  const own = page.querySelector("[data-own-address]")?.dataset.ownAddress;
  if (own) {
    window.history.replaceState(window.history.state, "", own);
  }
}
