"""What every page has to be: readable aloud, in words, passable by keyboard, and no wider than a phone."""

from __future__ import annotations

from playwright.sync_api import ConsoleMessage, Page

from tests.browser import Axe

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
DRAWN = """() => [...document.querySelectorAll("[data-diagram]:not([data-diagram-state])")]
    .every(one => one.closest("details:not([open])"))"""
# The menu folds in the frame after the one in which it notices that the page became narrow.
FRAMES = """count => new Promise(done => {
    const next = () => count-- ? requestAnimationFrame(next) : done();
    next();
})"""
# What can be right on a desk and wrong on a phone; the rest of axe has seen the same page already.
OF_WIDTH = ("target-size", "scrollable-region-focusable", "color-contrast", "link-in-text-block", "region")
AXE_OF_WIDTH = """rules => axe.run(document, {runOnly: {type: "rule", values: rules}}).then(found =>
    found.violations.map(fault => `${fault.id}: ${fault.nodes.map(node => node.target).join("; ")}`))"""
# Words joined by underscores, ids, and Python's word for nothing where a number or a date should be.
CODES = r"""() => {
    const words = document.body.cloneNode(true);
    words.querySelectorAll("code, script, noscript").forEach(part => part.remove());
    return words.textContent.match(/\b[a-z]+(_[a-z0-9]+)+\b|\b[0-9a-f]{8}-[0-9a-f]{4}\b|: None\b/g) || [];
}"""


def faults_of(page: Page, axe: Axe) -> list[str]:
    """List what is wrong with the page that stands in the browser, on a desk and on a phone."""
    page.wait_for_function(DRAWN)
    page.set_viewport_size(DESK)
    faults = [*axe(page), *shape_of(page), *skipping(page)]
    page.set_viewport_size(PHONE)
    page.evaluate(FRAMES, 4)
    return faults + [f"on a phone: {fault}" for fault in [*narrow_faults(page), *overflow(page)]]


def narrow_faults(page: Page) -> list[str]:
    """Ask axe, which is in the page since the look on the desk, for what depends on the width."""
    return list(page.evaluate(AXE_OF_WIDTH, list(OF_WIDTH)))


def overheard(page: Page) -> list[str]:
    """Return a list that fills with whatever the page's scripts complain of."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
    return complaints


def is_complaint(said: ConsoleMessage) -> bool:
    """Chromium notes an answer of 403 or 404 as an error; those pages are asked for on purpose."""
    return said.type in ("error", "warning") and "status of 40" not in said.text


def shape_of(page: Page) -> list[str]:
    """One heading of the first order, a title of its own, and words instead of codes."""
    faults = []
    if page.locator("h1").count() != 1:
        faults.append(f"{page.locator('h1').count()} headings of the first order")
    if page.title() in ("", "Roundtable – Roundtable"):
        faults.append("no title of its own")
    said = page.evaluate(CODES)
    return faults + [f"a code instead of words: {code}" for code in said]


def skipping(page: Page) -> list[str]:
    """The first tab stop leads past the menu."""
    page.keyboard.press("Tab")
    if page.evaluate("() => document.activeElement.textContent") != "Skip to main content":
        return ["the first tab stop is not the skip link"]
    page.keyboard.press("Enter")
    reached = page.evaluate("() => document.activeElement.id || document.activeElement.tagName")
    return [] if reached == "maincontent" else [f"the skip link leads to {reached}"]


def overflow(page: Page) -> list[str]:
    """Name what sticks out to the right; nothing on a page that fits."""
    if not page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        return []
    wide = page.evaluate(
        """() => [...document.querySelectorAll('main *, header *, footer *')]
            .filter(part => part.getBoundingClientRect().right > innerWidth + 1)
            .map(part => part.tagName.toLowerCase() + '.' + part.className).slice(0, 5)"""
    )
    return [f"has to be scrolled sideways: {', '.join(wide)}"]
