"""Working at the pages of the demonstration's office, and filling in the referral page by page."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from forms.inputs import names_of, without_numbers
from tests.builders.walked_case import Town
from tests.builders.ways_in import referral
from tests.webapp.conftest import Browser
from webapp import create_app


def application(town: Town) -> Flask:
    """The application on the demonstration's office."""
    return create_app(town.office)


def signed_in(app: Flask, town: Town, name: str) -> Browser:
    """A browser in which somebody has signed in."""
    browser = Browser(app.test_client())
    assert browser.post(f"/sign-in/as/{town.who(name).id}").status_code == 303
    return browser


def begun(browser: Browser) -> tuple[str, str]:
    """Begin a referral from outside; returns the reference and the code that were shown."""
    browser.post("/refer/acm/start")
    shown = re.findall(r"<dd>(.*?)</dd>", browser.get("/refer/acm/code").text)
    return shown[0], shown[1].replace(" ", "")


def part_of(town: Town, key: str, **said: Any) -> dict[str, list[str]]:
    """What the page of one part sends."""
    part = next(each for each in town.office.desk().forms.form("F01").sections if each.key == key)
    asked = {name for name, _ in names_of(part.fields)}
    return {name: values for name, values in referral(town, **said).items() if without_numbers(name) in asked}


def fill_in(browser: Browser, town: Town, **said: Any) -> TestResponse:
    """Go through every part as the pages lead; returns the last answer."""
    answer = browser.get("/refer/acm/part/urgency")
    address = "/refer/acm/part/urgency"
    while "/part/" in address:
        answer = browser.post(address, part_of(town, urlsplit(address).path.rpartition("/")[2], **said))
        assert answer.status_code == 303, answer.text
        address = answer.location
    return answer


def led_to(answer: TestResponse) -> str:
    """Which page an answer leads to, whichever referral it is about."""
    return urlsplit(answer.location).path


def problems_on(answer: TestResponse) -> list[str]:
    """The sentences of the error summary."""
    found = re.search(r'nhsuk-error-summary__list">(.*?)</ul>', answer.text, re.DOTALL)
    links = re.findall(r"<a[^>]*>(.*?)</a>", found[1], re.DOTALL) if found else []
    return [re.sub(r"\s+", " ", each).strip() for each in links]
