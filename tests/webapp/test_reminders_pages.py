"""The pages on which managers read, draft, try and publish who is told when."""

from __future__ import annotations

import io
import re

import pytest

from tests.webapp.conftest import Browser, SignedIn
from workers.jobs import try_ladders
from workflows.assembly import Office
from workflows.casework.ladder_table import standard, written

PAGE = "/programme/acm/reminders"
DRAFT, TRY = f"{PAGE}/draft", f"{PAGE}/try"
SOONER = written(standard()).replace("A,L2,+2WD", "A,L2,+1WD")
TWO_LATER = {"ladder": "A", "side": "after", "amount": "3", "unit": "WD", "whom1": "gp_lead", "how": "daily",
             "until": "done", "times": "", "again": ""}  # fmt: skip


@pytest.fixture
def manager(as_role: SignedIn) -> Browser:
    """The manager of the programme."""
    return as_role("service_manager", name="Max Orr")


def seen(browser: Browser) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', browser.get(DRAFT).text)
    assert found
    return found[1]


def file_of(table: str) -> dict[str, object]:
    return {"file": (io.BytesIO(table.encode()), "reminders.csv")}


def test_everybody_reads_who_is_told_when_and_only_managers_change_it(as_role: SignedIn) -> None:
    nurse = as_role("nurse", "east")
    page = nurse.get(PAGE).text
    assert "2 working days after it was due" in page
    assert "Team manager: in the morning message. Not if somebody has said that they know of it." in page
    assert "go to your draft" not in page
    assert nurse.get(DRAFT).status_code == 403
    assert nurse.get(f"{PAGE}/0").status_code == 200
    assert nurse.get(f"{PAGE}/7").status_code == 404


def test_a_rung_is_added_changed_and_taken_out_in_words(manager: Browser) -> None:
    assert "How long before or after" in manager.get(f"{DRAFT}/rung?ladder=A").text
    typed = {**TWO_LATER, "seen": seen(manager)}
    page = manager.post(f"{DRAFT}/rung", typed, follow_redirects=True).text
    assert "Kept in your draft: 3 working days after it was due." in page
    assert "Promised to a person, L4 is new: 5 working days after it was due." in page
    place = re.search(r'rung\?place=(\d+)">Change<span class="nhsuk-u-visually-hidden"> Promised to a person, L3', page)
    assert place
    assert 'value="3"' in manager.get(f"{DRAFT}/rung?place={place[1]}").text
    page = manager.post(f"{DRAFT}/remove", {"seen": seen(manager), "place": place[1]}, follow_redirects=True).text
    assert "What you change" not in page


def test_what_is_wrong_with_a_rung_is_said_beside_it_and_what_was_chosen_stays(manager: Browser) -> None:
    answer = manager.post(f"{DRAFT}/rung", {**TWO_LATER, "amount": "soon", "whom1": "", "seen": seen(manager)})
    assert answer.status_code == 422
    assert '<a href="#amount">' in answer.text
    assert 'value="soon"' in answer.text
    late = manager.post(f"{DRAFT}/rung", {**TWO_LATER, "seen": "0000"})
    assert late.status_code == 409
    assert "This draft has changed since you opened the page" in late.text


def test_a_table_from_a_spreadsheet_becomes_the_draft_or_every_fault_is_said(manager: Browser) -> None:
    handed = manager.get(f"{PAGE}/0.csv")
    assert handed.mimetype == "text/csv"
    table = handed.data.decode("utf-8-sig").replace("A,L2,'+2WD", "A,L2,'+1WD")
    page = manager.post(f"{DRAFT}/file", file_of(table), follow_redirects=True).text
    assert "Promised to a person, L2: 1 working day after it was due." in page
    broken = manager.post(f"{DRAFT}/file", file_of(table.replace("C,L1,due", "C,L1,later")))
    assert broken.status_code == 422
    assert "C L1: L1 is the moment at which a task is due" in broken.text
    assert manager.post(f"{DRAFT}/file", {"file": (io.BytesIO(b"\xff\xfe\x00"), "x.xlsx")}).status_code == 422
    assert manager.post(f"{DRAFT}/discard", follow_redirects=True).status_code == 200
    assert "You have not changed anything yet" in manager.get(DRAFT).text


def test_a_draft_is_tried_then_published_and_can_be_gone_back_from(manager: Browser, office: Office) -> None:
    manager.post(f"{DRAFT}/file", file_of(SOONER))
    assert "Publish your draft" not in manager.get(TRY).text
    assert manager.post(f"{PAGE}/publish", {"why": "Sooner"}).status_code == 422
    days = {"first[day]": "1", "first[month]": "8", "first[year]": "2026"}
    assert manager.post(TRY, days).status_code == 422
    days |= {"last[day]": "31", "last[month]": "10", "last[year]": "2026"}
    assert "Being tried" in manager.post(TRY, days, follow_redirects=True).text
    assert manager.get(f"{TRY}/progress").json == {
        "going_on": True, "done": 0, "good": 1, "words": "Your draft is about to be tried",
    }  # fmt: skip
    try_ladders.ITEMS.work(office)
    assert manager.get(f"{TRY}/progress").json == {"going_on": False}
    page = manager.get(TRY).text
    assert "0 tasks from 1 August 2026 to 31 October 2026." in page
    assert manager.post(f"{PAGE}/publish", {"why": " "}).status_code == 422
    page = manager.post(f"{PAGE}/publish", {"why": "Two days are too long"}, follow_redirects=True).text
    assert "Version 1 counts from now on." in page
    assert "Max Orr" in page
    assert "Promised to a person, L2: 1 working day after it was due." in manager.get(f"{PAGE}/1").text
    page = manager.post(f"{PAGE}/0/again", follow_redirects=True).text
    assert "Your draft is now version 0." in page
