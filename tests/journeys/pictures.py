"""Draw the pictures of the README from the running service: `make pictures`."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser import QUIET, find_browser, follow
from tests.conftest import MONDAY_MORNING
from tests.journeys.conftest import Screens
from tests.journeys.street import a_street
from tests.journeys.tour import NURSE, SERVICE_MANAGER, VISITOR, places
from tests.journeys.whole import PHONE
from tests.web_server import WebServer
from webapp import create_app
from workflows.clock import FixedClock
from workflows.storage.database import Database
from workflows.storage.schema import upgrade

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
LARGEST = 250_000  # bytes
HERE = {"locale": "en-GB", "timezone_id": "Europe/London", "reduced_motion": "reduce"}


@dataclass(frozen=True)
class Picture:
    """A page as somebody sees it, from the top, this high; on a phone if it is narrow."""

    name: str
    who: str
    path: str
    height: int
    width: int = 1280
    press: tuple[str, ...] = ()  # buttons on the way to the page
    begins_at: str = ""  # what stands at the top, if it is not the page's head


PICTURES = (
    Picture("sign-in", VISITOR, "/sign-in", 900),
    Picture("inbox", NURSE, "/inbox", 1000),
    Picture("task", NURSE, "/tasks/{triage}", 1150),
    Picture("case", NURSE, "/cases/{edith}", 1000),
    Picture("process", NURSE, "/cases/{amina}/process", 1000, begins_at="h2:has-text('Drawn')"),
    Picture("caseload", SERVICE_MANAGER, "/caseload", 960),
    Picture(
        "refer-on-a-phone", VISITOR, "/refer/acm", 844, PHONE["width"], ("Begin", "I have written them down, go on")
    ),
)


def main() -> int:
    """Draw every picture; 1 when one is too big for a README."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        address = f"sqlite:///{folder}/roundtable.db"
        database = Database(address)
        upgrade(database)
        database.close()
        sandbox = () if os.geteuid() else ("--no-sandbox",)
        browser = playwright.chromium.launch(executable_path=find_browser(), args=[*QUIET, *sandbox])
        with a_street(Path(folder), address, FixedClock(MONDAY_MORNING)) as street:
            server = WebServer(create_app(street.office))
            screens, known = Screens(browser, server.url, HERE), places(street)
            sizes = [_draw(screens.page(picture.who), picture, known) for picture in PICTURES]
            screens.close()
            server.stop()
        browser.close()
    return int(any(size > LARGEST for size in sizes))


def _draw(page: Page, picture: Picture, known: dict[str, str]) -> int:
    page.set_viewport_size({"width": picture.width, "height": picture.height})
    page.goto(picture.path.format(**known))
    for name in picture.press:
        follow(page.get_by_role("main").get_by_role("button", name=name))
    page.wait_for_load_state("networkidle")
    if picture.begins_at:
        page.locator(picture.begins_at).evaluate("one => one.scrollIntoView()")
    file = FOLDER / f"{picture.name}.png"
    page.screenshot(path=file)
    page.close()
    size = file.stat().st_size
    sys.stdout.write(f"{file.name}: {size // 1000} kB\n")
    return size


if __name__ == "__main__":
    sys.exit(main())
