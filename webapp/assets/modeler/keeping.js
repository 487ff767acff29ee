/**
 * Keeps the drawing without being asked, and says truthfully whether it is kept.
 *
 * Each save says which one it began from. Where somebody saved another meanwhile the server keeps both, and a link leads
 * to the page on which to choose. Who has the drawing in hand is said; another may take it over.
 */
const SAVE_AFTER = 2_000;
const TRY_AGAIN_AFTER = 10_000;
const STILL_HERE = 120_000;

export class Keeping {
  constructor(modeler, { addresses, state, mark, whenHeld }) {
    Object.assign(this, { modeler, addresses, state, mark, whenHeld });
    this.unsaved = this.saving = this.stopped = false;
    this.timer = null;
    modeler.on("commandStack.changed", () => this.changed());
    window.addEventListener("beforeunload", (event) => this.unsaved && event.preventDefault());
    window.addEventListener("pagehide", () => navigator.sendBeacon && this.letGo());
    setInterval(() => document.visibilityState === "visible" && !this.stopped && this.hold(), STILL_HERE);
  }

  changed() {
    this.unsaved = true;
    this.say("Not saved yet");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), SAVE_AFTER);
  }

  async hold(over = false) {
    const answer = await ask(this.addresses.hold, { over });
    if (answer.status === 409) {
      this.whenHeld((await answer.json()).detail, () => this.hold(true));
    } else if (answer.ok) {
      this.whenHeld(null);
    }
    return answer.ok;
  }

  letGo() {
    ask(this.addresses.letGo, {}, { keepalive: true }).catch(() => {});
  }

  async save() {
    if (this.saving || this.stopped) {
      return;
    }
    this.saving = true;
    this.unsaved = false;
    try {
      const { xml } = await this.modeler.saveXML({ format: true });
      await this.read(await ask(this.addresses.content, { xml, seen: this.mark }));
    } catch {
      this.again("Not saved: no connection, trying again");
    } finally {
      this.saving = false;
    }
    if (this.unsaved) {
      this.changed();
    }
  }

  async read(answer) {
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) {
      this.mark = told.mark;
      this.say(`Draft saved ${told.saved_at}`);
    } else if (answer.status === 409) {
      this.stopped = true;
      this.say(told.detail, told.look);
    } else if (answer.status >= 500 || answer.status === 429) {
      this.again("Not saved yet, trying again");
    } else {
      this.unsaved = true;
      this.say(`Not saved: ${told.detail ?? "sign in again"}`);
    }
  }

  again(words) {
    this.unsaved = true;
    this.say(words);
    this.timer = setTimeout(() => this.save(), TRY_AGAIN_AFTER);
  }

  say(words, look = "") {
    this.state.textContent = words;
    this.state.dataset.saved = String(!this.unsaved && !this.stopped);
    if (look) {
      const link = Object.assign(document.createElement("a"), { href: look, textContent: "Look at both and choose" });
      this.state.append(" ", link);
    }
  }
}

/** Ask the server as the page's scripts do: with its token, and never led elsewhere. */
export function ask(address, body, options = {}) {
  const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
  return fetch(address, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token },
    credentials: "same-origin",
    redirect: "manual",
    ...options,
  });
}
