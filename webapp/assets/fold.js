/**
 * What stands beside the form on a desk is folded above it on a phone: `<details data-fold-on-phone open>`.
 * Without scripts it is open everywhere.
 */
const PHONE = "(max-width: 48.0525em)"; // up to where the page takes two columns

export function foldOnPhones(page) {
  const narrow = window.matchMedia(PHONE);
  for (const details of page.querySelectorAll("details[data-fold-on-phone]")) {
    const fold = () => {
      details.open = !narrow.matches;
    };
    narrow.addEventListener("change", fold);
    fold();
  }
}
