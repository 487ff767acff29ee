/**
 * Warns before a session ends, and lets a person stay with one press.
 *
 * The page says in `<meta name="session-minutes">` how long a session lasts without use. Five minutes before its end a
 * notice appears; "Stay signed in" asks the server for a page, which begins the session's time anew. What was typed is
 * kept as a draft in any case.
 */
const WARN_BEFORE = 5 * 60_000;

/** Watch the end of the session on a page of somebody who is signed in. */
export function watchSessionEnd(page) {
  const minutes = Number(page.querySelector('meta[name="session-minutes"]')?.content);
  if (minutes > 0) {
    new SessionEnd(page, minutes * 60_000);
  }
}

class SessionEnd {
  constructor(page, length) {
    this.page = page;
    this.length = length;
    this.notice = null;
    this.begin();
    // A draft that was saved has begun the session's time anew.
    page.addEventListener("roundtable:heard", () => this.begin());
  }

  begin() {
    this.notice?.remove();
    this.notice = null;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.warn(), Math.max(this.length - WARN_BEFORE, this.length / 2));
  }

  warn() {
    const notice = this.page.createElement("div");
    notice.className = "app-session-end";
    notice.setAttribute("role", "alert");
    const words = this.page.createElement("p");
    words.textContent = "You will be signed out in a few minutes unless you go on. What you typed is kept as a draft.";
    const stay = this.page.createElement("button");
    stay.type = "button";
    stay.className = "nhsuk-button nhsuk-button--secondary";
    stay.textContent = "Stay signed in";
    stay.addEventListener("click", () => this.stay());
    notice.append(words, stay);
    this.page.body.append(notice);
    this.notice = notice;
  }

  async stay() {
    try {
      const answer = await fetch("/privacy", { credentials: "same-origin", cache: "no-store" });
      if (answer.ok) {
        this.begin();
      }
    } catch {
      this.notice?.querySelector("p")?.append(" The server does not answer just now; try again.");
    }
  }
}
