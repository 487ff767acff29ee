/**
 * Says that there are new tasks, and leaves the list as it is: nothing moves under anybody's hands.
 *
 * `<p role="status" data-new-url="/address" data-new-show="/address">` stays empty until the server counts new tasks.
 * It is asked once a minute, and only while the page is in view; an answer that has not changed comes as 304.
 */
const ASK_EVERY = 60_000;

/** Watch for new tasks where the page shows an inbox. */
export function watchForNewTasks(page) {
  const place = page.querySelector("[data-new-url]");
  if (place) {
    new NewTasks(page, place).begin();
  }
}

class NewTasks {
  constructor(page, place) {
    this.page = page;
    this.place = place;
    this.tag = "";
  }

  begin() {
    this.timer = setInterval(() => this.page.visibilityState === "visible" && this.ask(), ASK_EVERY);
  }

  async ask() {
    try {
      const headers = { Accept: "application/json", ...(this.tag && { "If-None-Match": this.tag }) };
      const answer = await fetch(this.place.dataset.newUrl, { headers, redirect: "manual" });
      if (answer.ok) {
        this.tag = answer.headers.get("ETag") ?? "";
        this.say((await answer.json()).words);
      } else if (answer.status !== 304 && answer.status < 500) {
        clearInterval(this.timer); // signed out, or not theirs any more
      }
    } catch {
      // no connection just now: ask again in a minute
    }
  }

  say(words) {
    const link = Object.assign(this.page.createElement("a"), { href: this.place.dataset.newShow, textContent: "show" });
    const said = Object.assign(this.page.createElement("span"), { className: "app-new__words" });
    said.append(`${words} – `, link);
    this.place.replaceChildren(...(words ? [said] : []));
  }
}
