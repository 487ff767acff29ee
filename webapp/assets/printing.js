/** A button that prints the page: `<button data-print hidden>`. Without scripts the browser's own menu does it. */
export function offerPrinting(page) {
  for (const button of page.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
