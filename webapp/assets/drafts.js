/**
 * Keeps what a person has typed, without being asked, and says truthfully whether it is kept.
 *
 * A form with `data-draft-url` is sent there a few seconds after a change. The server answers 2xx; the body may be
 * JSON with `saved_at` ("09:12"), `seen` (the new version of the draft, put into the form's `seen` field) and `note`
 * (what else is worth knowing). A refusal says why in `detail`.
 * The state is written to `[data-draft-state]` in the form or, failing that, on the page.
 */
const SAVE_AFTER = 3_000;
const TRY_AGAIN_AFTER = 10_000;

const REFUSALS = {
  401: "Not saved: sign in again",
  403: "Not saved: sign in again",
  409: "Not saved: somebody else has changed this",
  413: "Not saved: too much text",
  429: "Not saved yet: saved too often, trying again",
};

/** Watch every form of the page that keeps drafts. */
export function keepDrafts(page) {
  for (const form of page.querySelectorAll("form[data-draft-url]")) {
    new Draft(form);
  }
}

class Draft {
  constructor(form) {
    this.form = form;
    this.state = form.querySelector("[data-draft-state]") ?? document.querySelector("[data-draft-state]");
    this.state?.setAttribute("aria-live", "polite");
    this.unsaved = false;
    this.saving = false;
    this.failed = false;
    this.timer = null;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("submit", () => this.leaveToSubmit());
    window.addEventListener("online", () => this.unsaved && this.save());
    window.addEventListener("pagehide", () => this.unsaved && this.send({ keepalive: true }).catch(() => {}));
    window.addEventListener("beforeunload", (event) => this.unsaved && this.failed && event.preventDefault());
  }

  changed() {
    this.unsaved = true;
    this.timer ??= setTimeout(() => this.save(), SAVE_AFTER);
  }

  /** The form itself is on its way: what it holds needs no draft any more. */
  leaveToSubmit() {
    clearTimeout(this.timer);
    this.unsaved = false;
  }

  async save() {
    clearTimeout(this.timer);
    this.timer = null;
    if (this.saving) {
      return this.later(SAVE_AFTER);
    }
    this.saving = true;
    this.unsaved = false;
    try {
      await this.read(await this.send());
    } catch {
      this.refused("Not saved: no connection");
    } finally {
      this.saving = false;
    }
  }

  send(options = {}) {
    const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
    return fetch(this.form.dataset.draftUrl, {
      method: "POST",
      body: typed(this.form),
      headers: { Accept: "application/json", "X-CSRFToken": token },
      credentials: "same-origin",
      redirect: "manual", // a redirect leads to the sign-in page, never to a saved draft
      ...options,
    });
  }

  async read(answer) {
    if (answer.type === "opaqueredirect") {
      return this.refused(REFUSALS[401]);
    }
    const said = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    if (!answer.ok) {
      return this.refused(refusal(answer.status, said.detail));
    }
    this.failed = false;
    this.noteVersion(said.seen);
    this.say(`Draft saved ${said.saved_at ?? timeNow()}${said.note ? `. ${said.note}` : ""}`);
    document.dispatchEvent(new CustomEvent("roundtable:heard")); // the session's time has begun anew
  }

  /** The next save must say which draft it follows. */
  noteVersion(seen) {
    const field = this.form.elements.namedItem("seen");
    if (field && seen !== undefined) {
      field.value = seen;
    }
  }

  refused(sentence) {
    this.failed = true;
    this.unsaved = true;
    this.say(sentence);
    this.later(TRY_AGAIN_AFTER);
  }

  later(wait) {
    this.timer ??= setTimeout(() => this.save(), wait);
  }

  /** Written only when it differs, so that a screen reader hears each state once. */
  say(sentence) {
    if (this.state && this.state.textContent !== sentence) {
      this.state.textContent = sentence;
      this.state.classList.toggle("app-draft--failed", this.failed);
    }
  }
}

/** Why it is not saved; what the service says about something that has changed is truer than a guess of ours. */
function refusal(status, detail) {
  if (status === 409 && detail) {
    return detail;
  }
  return REFUSALS[status] ?? "Not saved: something went wrong here, trying again";
}

/** The form's answers; files are sent only with the form itself. */
function typed(form) {
  const answers = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") {
      answers.append(name, value);
    }
  }
  return answers;
}

function timeNow() {
  return new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}
