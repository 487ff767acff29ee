"""The browser of the journeys: finding it, installing it, and what each page must never do.

`python -m tests.browser` (which `make test` runs) sees to it that there is one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, sync_playwright

Axe = Callable[[Page], list[str]]

ROOT = Path(__file__).parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# All that axe found good would be many times as much to send, and nobody reads it.
FAULTS = """rules => axe.run(document, {runOnly: rules, resultTypes: ["violations"]}).then(found =>
    found.violations.map(fault => ({id: fault.id, help: fault.help, nodes: fault.nodes.map(node => node.target)})))"""
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
    # The browser, too, stays on this machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
MISSING = (
    "There is no browser for the journeys, and none could be installed. "
    "Install Chromium so that `chromium` is on the PATH, or run: .venv/bin/playwright install --with-deps chromium"
)


def find_browser() -> str | None:
    """Return the path of a Chromium: the system's, else Playwright's own, else None."""
    for name in NAMES:
        path = shutil.which(name)
        if path and _starts(path):
            return path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() and _starts(own) else None


def _starts(path: str) -> bool:
    """Some systems ship a `chromium` that only says how to install one."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install_browser() -> None:
    """Install a Chromium by whatever this machine has: its package manager for root, else Playwright."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], env=quiet, check=False)
    if find_browser() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the browser that was found; without one the journeys fail, they are never skipped."""
    path = find_browser()
    if path is None:
        pytest.fail(MISSING)
    sandbox = () if os.geteuid() else ("--no-sandbox",)  # Chromium's sandbox refuses to start for root
    return {**browser_type_launch_args, "executable_path": path, "args": [*QUIET, *sandbox]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A desk in England."""
    here = {"locale": "en-GB", "timezone_id": "Europe/London", "viewport": {"width": 1280, "height": 900}}
    return {**browser_context_args, **here, "reduced_motion": "reduce"}


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page that fails its test when a script breaks or the content security policy has to step in."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    yield page
    assert not complaints, complaints


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The accessibility checker, as npm brought it."""
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def axe(axe_source: str) -> Axe:
    """Check a page for accessibility; returns one line for each fault, none for a good page."""

    def check(page: Page) -> list[str]:
        page.wait_for_load_state()  # of a page that is still on its way nothing can be said
        page.evaluate(axe_source)
        return [_line(fault) for fault in page.evaluate(FAULTS, RULES)]

    return check


def follow(target: Locator) -> None:
    """Click what leads to another page, and wait until that page is there with its scripts.

    A click alone may leave the old page, or half of the new one, to whatever the test reads next.
    """
    with target.page.expect_navigation():
        target.click()


def _line(fault: dict[str, Any]) -> str:
    places = "; ".join(" ".join(map(str, target)) for target in fault["nodes"])
    return f"{fault['id']}: {fault['help']} ({places})"


def main() -> int:
    """See to it that there is a browser; 1 and a sentence when there is not."""
    if find_browser() is None:
        sys.stdout.write("Installing a browser for the journeys\n")
        install_browser()
    if find_browser() is None:
        sys.stderr.write(f"{MISSING}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
