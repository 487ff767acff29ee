"""The overdue board and the exception report as pages and as a file: for whom they open, and what they say."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.builders.small_town import SmallTown
from tests.webapp.conftest import Browser
from webapp import create_app
from workflows.actions.overdue_weeks import count_weeks
from workflows.actions.tasks import reassign_task
from workflows.assembly import Office
from workflows.casework.access import CARE_ROLES, ROLES, RUNS_THE_CASE
from workflows.casework.audit import AuditEntry

BOARD, REPORT, FILE = "/overdue", "/overdue/report", "/overdue/report.csv"


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service."""
    return SmallTown(office)


@pytest.fixture
def app(town: SmallTown) -> Flask:
    """The application on it."""
    return create_app(town.office)


def enter(app: Flask, town: SmallTown, *posts: str, name: str = "Mia Manager") -> Browser:
    """Somebody signed in who holds these posts."""
    staff_id = town.staff(name, *posts)
    browser = Browser(app.test_client())
    assert browser.post(f"/sign-in/as/{staff_id}").status_code == 303
    return browser


def seen(town: SmallTown) -> list[tuple[str, list[str]]]:
    with town.office.desk().looking() as session:
        entries = session.scalars(select(AuditEntry.detail).where(AuditEntry.act == "list seen")).all()
        return [(entry["page"], entry["shown"]) for entry in entries]


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_pages_open_to_those_who_run_cases_and_to_nobody_else(app: Flask, town: SmallTown, role: str) -> None:
    browser = enter(app, town, f"{role} east" if role in CARE_ROLES else role)
    answers = [browser.get(address).status_code for address in (BOARD, REPORT, FILE)]
    assert answers == [200 if role in RUNS_THE_CASE else 403] * 3
    assert ('href="/overdue"' in browser.get("/account").text) == (role in RUNS_THE_CASE)


def test_the_board_lists_people_and_writes_down_who_was_shown(app: Flask, town: SmallTown) -> None:
    town.task(town.case(), name="Weigh him", due="-1d", escalation="S")
    town.task(town.case(team="north", given="Nobody", family="Else"), due="-1d")
    page = enter(app, town, "team_manager east").get(BOARD).text
    assert "1 overdue task, 1 person." in page
    assert "Ada Khan" in page
    assert "Else" not in page
    assert seen(town) == [("overdue board", ["ACM-000001"])]


def test_a_number_leads_to_what_it_counts(app: Flask, town: SmallTown) -> None:
    town.task(town.case(), name="promised", due="-3d", escalation="A")
    town.task(town.case(), name="internal", due="-3d")
    manager = enter(app, town, "team_manager east")
    assert 'href="/overdue?kind=A&amp;age=1-2#people"' in manager.get(BOARD).text
    page = manager.get("/overdue?kind=A&age=1-2").text
    assert "promised" in page
    assert "internal" not in page


def test_many_are_handed_on_at_once_and_one_is_back_at_the_board_as_it_was(app: Flask, town: SmallTown) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    tasks = [town.task(town.case(), due="-1d") for _ in range(2)]
    manager = enter(app, town, "team_manager east")
    asked = manager.get("/inbox/hand-over", query_string={"task": tasks, "back": "/overdue?kind=B&page=2"}).text
    assert 'value="/overdue?kind=B&amp;page=2"' in asked
    given = {"task": tasks, "to": str(nurse), "why": "Time for it", "back": "/overdue?kind=B&page=2&x=//example.com"}
    assert manager.post("/inbox/hand-over", given).location == "/overdue?kind=B&page=2"
    assert "Handed over: 2 of 2." in manager.get(BOARD).text


def test_who_runs_a_case_but_may_not_hand_on_is_offered_no_ticks(app: Flask, town: SmallTown) -> None:
    town.task(town.case(), due="-1d")
    assert 'type="checkbox"' not in enter(app, town, "gp_lead east").get(BOARD).text


def test_an_empty_board_teaches(app: Flask, town: SmallTown) -> None:
    town.task(town.case(), due="-1d", paused_at=town.now)
    page = enter(app, town, "team_manager east").get(BOARD).text
    assert "Nothing is overdue in the cases you look after." in page
    assert "1 task stands still" in page


def test_the_trend_is_drawn_and_stands_in_a_table(app: Flask, town: SmallTown) -> None:
    case = town.case()
    for due in ("-5d", "-2d"):
        town.task(case, due=due, opened_at=town.at("-18d"))
    count_weeks(town.office.desk())
    page = enter(app, town, "team_manager east").get(BOARD).text
    assert 'aria-label="Overdue at the end of each of the last 3 weeks: 0, 0, 2, now 2 tasks"' in page
    assert "15 November 2026, reckoned afterwards" in page
    assert "style=" not in page


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def test_the_file_has_the_rows_of_the_page_without_names_and_without_what_people_typed(
    app: Flask, town: SmallTown
) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    task = town.task(town.case(), name="=HYPERLINK(1)", due="-1d", escalation="S")
    reassign_task(town.desk(UUID(str(town.staff("Mo Manager", "team_manager east")))), task, nurse, "Ada asked for her")
    manager = enter(app, town, "team_manager east")
    page, answer = manager.get(REPORT), manager.get(FILE)
    assert "Ada asked for her" in page.text
    assert "Khan" not in page.text + answer.text
    (row,) = (row for row in rows_of(answer) if row["Exception"] == "Safety tasks that were late")
    assert row == {
        "Exception": "Safety tasks that were late", "Team": "East", "Case": "ACM-000001", "What": "'=HYPERLINK(1)",
        "Since": "2026-11-15 09:00", "Whose": "Nia Nurse",
        "What was done about it": "handed to Nia Nurse Mon 16 Nov, 09:00; the reason stands in the case",
        "What is counted": "Every task about safety that was late in these days, done since or not.",
    }  # fmt: skip
    assert answer.headers["Content-Disposition"] == 'attachment; filename="exceptions-2026-11-10-to-2026-11-16.csv"'
    assert seen(town) == [("exception report", ["ACM-000001"]), ("exception report, as a file", ["ACM-000001"])]


def test_the_report_says_what_is_no_day_and_keeps_what_was_typed(app: Flask, town: SmallTown) -> None:
    manager = enter(app, town, "team_manager east")
    answer = manager.get(REPORT, query_string={"first[day]": "31", "first[month]": "2", "first[year]": "2026"})
    assert answer.status_code == 422
    assert "Enter a real date" in answer.text
    assert 'value="31"' in answer.text
