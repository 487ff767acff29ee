"""What tests of the inbox and the task page share: somebody at work in a browser, and what a page says."""

from __future__ import annotations

import re
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from tests.webapp.conftest import Browser

# What the form of a first contact sends when somebody was spoken with.
SPOKE = {
    "at[day]": "16", "at[month]": "11", "at[year]": "2026", "at[time]": "08:30", "route": "phone", "outcome": "spoke",
    "safe_and_well": "yes", "notes": "She is glad of the call.",
}  # fmt: skip


def at_work(app: Flask, staff_id: UUID) -> Browser:
    """The browser of a member of staff who has signed in."""
    browser = Browser(app.test_client())
    assert browser.post(f"/sign-in/as/{staff_id}").status_code == 303
    return browser


def said(answer: TestResponse) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
