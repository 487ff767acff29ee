/**
 * Shows how far something is that goes on in the background, and opens the page anew when it is done.
 *
 * An element with `data-progress-url` holds a `[data-progress-words]`, and may hold a `<progress>`. The server answers JSON
 * with `words` and `going_on`, and where it is known with `done` and `good`. Without this script the page offers "Look again".
 */
const ASK_EVERY = 2_000;

/** Watch the progress of the page, if it shows any. */
export function watchProgress(page) {
  for (const place of page.querySelectorAll("[data-progress-url]")) {
    ask(place);
  }
}

async function ask(place) {
  try {
    const answer = await fetch(place.dataset.progressUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok) {
      return; // signed out, or gone: the page says what it said
    }
    const said = await answer.json();
    if (!said.going_on) {
      window.location.reload();
      return;
    }
    show(place, said);
  } catch {
    // no connection just now: ask again
  }
  setTimeout(() => ask(place), ASK_EVERY);
}

function show(place, said) {
  const bar = place.querySelector("progress");
  if (bar) {
    bar.max = said.good;
    bar.value = said.done;
  }
  const words = place.querySelector("[data-progress-words]");
  if (words.textContent !== said.words) {
    words.textContent = said.words;
  }
}
