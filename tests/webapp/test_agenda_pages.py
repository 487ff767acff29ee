"""The agenda of a team's meeting as a page, what was agreed there, and the page on which a team says when it meets."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.builders.small_town import SmallTown
from tests.questions.test_agenda import LAST, late, refuses, waiting
from tests.webapp.desk_work import at_work, said
from webapp import create_app
from workflows.assembly import Office
from workflows.casework.access import CARE_ROLES, PERMISSIONS, ROLES
from workflows.casework.audit import AuditEntry

AGREED = {"agreed": "Siobhan visits instead", "until[day]": "20", "until[month]": "11", "until[year]": "2026"}


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service, on Monday 16 November at nine; East meets on Tuesdays."""
    found = SmallTown(office)
    found.meets("east", date(2026, 10, 6), where="Library")
    return found


@pytest.fixture
def app(town: SmallTown) -> Flask:
    """The application on it."""
    return create_app(town.office)


@pytest.fixture
def chair(town: SmallTown) -> UUID:
    """Who chairs the meetings of East."""
    return town.staff("Gil Lead", "gp_lead east")


@pytest.fixture
def east(town: SmallTown) -> str:
    """The address of the agenda of East."""
    return f"/agenda/{town.teams['east']}"


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_agenda_opens_to_those_who_take_part_and_to_nobody_else(
    app: Flask, town: SmallTown, east: str, role: str
) -> None:
    browser = at_work(app, town.staff("Some Body", f"{role} east" if role in CARE_ROLES else role))
    takes_part = role in PERMISSIONS["agenda.see"]
    assert browser.get(east).status_code == (200 if takes_part else 403)
    assert ('href="/agenda"' in browser.get("/account").text) == takes_part
    if takes_part:
        assert browser.get("/agenda").location == east
        assert browser.get(f"/agenda/{town.teams['north']}").status_code == 403


def test_the_agenda_tells_the_meeting_the_cases_and_what_is_overdue(
    app: Flask, town: SmallTown, chair: UUID, east: str
) -> None:
    waiting(town)
    late(town, case=town.case(given="Walter", family="Oakes"), assignee_id=chair)
    page = said(at_work(app, chair).get(east))
    assert "Tuesday 17 November 2026, 14:00, Library" in page
    assert "1 case; one meeting has time for 2" in page
    assert "Overdue reviews (1)" in page
    assert "Walter Oakes, 84" in page
    assert "14 working days late" in page
    assert "Gil Lead" in page
    assert "Discussed at the meeting" not in page  # it is still to come
    with town.office.desk().looking() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "list seen"))
    assert entry.detail == {"page": "agenda", "shown": ["ACM-000001", "ACM-000002"]}


def test_what_a_meeting_agreed_is_noted_and_stands_in_the_timeline(
    app: Flask, town: SmallTown, chair: UUID, east: str
) -> None:
    task = late(town, fired="-8d")
    browser, form = at_work(app, chair), f"{east}/{LAST.isoformat()}/{task}"
    assert f'href="{form}"' in browser.get(east).text
    assert "Discussed at the meeting of Tuesday 10 November 2026" in said(browser.get(form))
    assert browser.post(form, AGREED).location == f"{east}?day={LAST.isoformat()}"
    assert "“Siobhan visits instead”, by Friday 20 November 2026. Noted by Gil Lead." in said(browser.get(east))
    told = said(browser.get("/cases/ACM-000001/timeline"))
    assert "Overdue, and discussed at the meeting of 10 November 2026: Review with the person" in told
    assert "Siobhan visits instead" in told


def test_what_is_missing_is_said_and_nothing_that_was_typed_is_lost(
    app: Flask, town: SmallTown, chair: UUID, east: str
) -> None:
    form = f"{east}/{LAST.isoformat()}/{late(town, fired='-8d')}"
    answer = at_work(app, chair).post(form, {**AGREED, "until[day]": ""})
    assert answer.status_code == 422
    assert "Siobhan visits instead" in answer.text
    assert "There is a problem" in answer.text
    assert at_work(app, chair).get(f"{east}/soon/{town.teams['east']}").status_code == 404


def test_who_may_not_be_discussed_is_not_printed(app: Flask, town: SmallTown, chair: UUID, east: str) -> None:
    case = town.case()
    refuses(town, case)
    late(town, case=case)
    page = at_work(app, chair).get(east).text
    assert '<details class="nhsuk-details app-not-printed">' in page
    assert "not for the table (1)" in page


def test_the_task_and_the_overdue_board_lead_to_the_agenda(app: Flask, town: SmallTown, chair: UUID, east: str) -> None:
    task = late(town)
    browser = at_work(app, chair)
    assert f'<a href="{east}">On the agenda of Tuesday 17 November 2026</a>' in browser.get(f"/tasks/{task}").text
    assert f'<a href="{east}">On the next meeting’s agenda' in browser.get("/overdue").text
    lead = at_work(app, town.staff("Saf Lead", "safeguarding_lead"))
    assert f'href="{east}"' not in lead.get("/overdue").text


def test_a_team_says_when_it_meets(app: Flask, town: SmallTown) -> None:
    manager, page = at_work(app, town.staff("Mia Manager", "team_manager east")), "/programme/acm/teams/east/meetings"
    assert "Every Tuesday at 14:00, Library" in said(manager.get(page))
    wrong = manager.post(page, {"first[day]": "31", "first[month]": "2", "first[year]": "2027", "at": "noon"})
    assert wrong.status_code == 422
    assert "Enter a real date" in wrong.text
    assert "Enter when the meeting begins" in wrong.text
    typed = {"first[day]": "19", "first[month]": "11", "first[year]": "2026", "at": "9.30", "weeks": "2"}
    assert manager.post(page, {**typed, "where": " Online "}).status_code == 303
    assert "Every 2 weeks on a Thursday at 09:30, Online, from 19 November 2026" in said(manager.get(page))
    assert manager.post(page, {**typed, "weeks": "first"}).status_code == 422
    assert manager.post(page, {**typed, "weeks": "third"}).status_code == 303
    told = said(manager.get(page))
    assert "The third Thursday of each month at 09:30, from 19 November 2026" in told
    assert "Thu 17 Dec, 09:30" in told


def test_only_managers_are_offered_to_change_it(app: Flask, town: SmallTown) -> None:
    nurse = at_work(app, town.staff("Nia Nurse", "nurse east"))
    page = nurse.get("/programme/acm/teams/east/meetings").text
    assert "<form" not in page.split("<main")[1].split("</main>")[0]
    assert "/agenda/" not in page


def test_the_chair_sends_the_agenda_round_and_who_did_stands_on_it(
    app: Flask, town: SmallTown, chair: UUID, east: str
) -> None:
    waiting(town)
    reader = at_work(app, town.staff("Cora Coordinates", "care_coordinator east"))
    sending = {"met_on": "2026-11-17", "times": "0"}
    browser = at_work(app, chair)
    assert "Not sent round yet. Send the agenda round" in said(browser.get(east))
    sent = browser.post(f"{east}/send", sending, follow_redirects=True)
    assert "1 colleague will hear that it is ready" in said(sent)
    page = said(reader.get(east))
    assert "Sent round by Gil Lead, Mon 16 Nov, 09:00." in page
    assert "Send it round" not in page
    assert "East, 17 Nov 2026 : ready since Mon 16 Nov, 09:00" in said(reader.get("/told"))
    assert reader.post(f"{east}/send", sending).status_code == 403
    waiting(town)
    assert "with 1 item; now 2. Send it round again" in said(browser.get(east))
    assert browser.post(f"{east}/send", sending).status_code == 409
