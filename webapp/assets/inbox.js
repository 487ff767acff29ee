/**
 * Lets people go through a list of tasks without the mouse. The list carries `data-inbox`, each row `data-task`
 * with a link `data-open`, and where they apply buttons `data-claim`, `data-take-back` and a tick box `data-select`.
 * The page's search box carries `data-search`. Enter needs no key here: the row's link has the focus.
 */
import { keysAreOn, openKeyHelp } from "./keys_help.js";

const NEXT = "inbox: the row after the one that was claimed";

const KEYS = {
  j: (list) => move(list, +1),
  k: (list) => move(list, -1),
  c: (list) => current(list)?.querySelector("[data-claim]")?.click(),
  x: (list) => current(list)?.querySelector("[data-select]")?.click(),
  z: (list) => takeBackButton(list)?.click(),
  "/": () => document.querySelector("[data-search]")?.focus(),
};

/** Say how many tasks are ticked; the buttons for many wait until there is one. */
function countTicks(list) {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) {
    return;
  }
  const ticked = list.querySelectorAll("[data-select]:checked").length;
  bar.hidden = ticked === 0;
  bar.querySelector("[data-bulk-count]").textContent = ticked === 1 ? "1 task ticked:" : `${ticked} tasks ticked:`;
}

/** Listen for the inbox's keys where the page shows a list of tasks. */
export function takeInboxKeys(page) {
  const list = page.querySelector("[data-inbox]");
  if (!list) {
    return;
  }
  list.addEventListener("change", () => countTicks(list));
  countTicks(list); // ticks survive a way back to the page
  list.addEventListener("click", (event) => event.target.closest("[data-claim]") && rememberNext(event.target));
  goOnAfterClaim(list);
  page.addEventListener("keydown", (event) => {
    if (!isForUs(event)) {
      return;
    }
    if (event.key === "?") {
      openKeyHelp();
    } else if (keysAreOn() && KEYS[event.key]) {
      KEYS[event.key](list);
    } else {
      return;
    }
    event.preventDefault();
  });
}

/** A key belongs to the inbox only while nobody is typing and no dialog is open. */
function isForUs(event) {
  const typing = event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable], dialog");
  return !typing && !event.ctrlKey && !event.altKey && !event.metaKey;
}

/** Claiming brings the page anew: whoever goes through the list goes on with the row behind the one they took. */
function rememberNext(button) {
  const row = button.closest("[data-task]");
  const next = row.nextElementSibling ?? row.previousElementSibling;
  sessionStorage.setItem(NEXT, next?.id ?? "");
}

function goOnAfterClaim(list) {
  const id = sessionStorage.getItem(NEXT);
  sessionStorage.removeItem(NEXT);
  const row = id && [...list.querySelectorAll("[data-task]")].find((each) => each.id === id);
  if (row) {
    take(row);
  }
}

function current(list) {
  return document.activeElement?.closest("[data-task]") ?? list.querySelector("[data-task][aria-current=true]");
}

/** The row's own button, otherwise that of what was just done. */
function takeBackButton(list) {
  return current(list)?.querySelector("[data-take-back]") ?? document.querySelector("[data-take-back]");
}

function move(list, step) {
  const rows = [...list.querySelectorAll("[data-task]")];
  const here = current(list);
  const next = here ? rows[rows.indexOf(here) + step] : rows[0];
  if (!next) {
    return;
  }
  here?.removeAttribute("aria-current");
  take(next);
}

function take(row) {
  row.setAttribute("aria-current", "true");
  row.querySelector("[data-open]").focus();
}
