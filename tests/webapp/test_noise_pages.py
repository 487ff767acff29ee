"""What came of reminders as a page and as a file: for whom they open, and what they say."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask

from tests.builders.small_town import SmallTown
from tests.webapp.test_overdue_pages import app, enter, town
from workers.jobs import remind
from workflows.actions.putting_off import know_of
from workflows.casework.access import CARE_ROLES, MANAGERS, ROLES
from workflows.clock import FixedClock

__all__ = ["app", "town"]  # fixtures
PAGE, FILE = "/overdue/reminders", "/overdue/reminders.csv"


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_pages_open_to_managers_and_to_nobody_else(app: Flask, town: SmallTown, role: str) -> None:
    browser = enter(app, town, f"{role} east" if role in CARE_ROLES else role)
    answers = [browser.get(address).status_code for address in (PAGE, FILE)]
    assert answers == [200 if role in MANAGERS else 403] * 2
    assert (f'href="{PAGE}"' in browser.get("/overdue").text) == (role in MANAGERS)


def test_numbers_of_a_month_are_drawn_and_stand_in_a_file(app: Flask, town: SmallTown, clock: FixedClock) -> None:
    nurse = town.staff("=Nia Nurse", "nurse east")
    done, _left = (town.task(town.case(), escalation="A", assignee_id=nurse, due="+2h") for _ in range(2))
    clock.advance(timedelta(days=1, minutes=5))
    remind.climb(town.office)
    remind.daily_digest(town.office)
    know_of(town.desk(nurse), done)
    manager = enter(app, town, "team_manager east")
    page = manager.get(f"{PAGE}?month=2026-11").text
    assert "2 reminders, 1 colleague of your teams; 1 (50%) followed." in page
    assert "Promised to a person, L1: when it fell due" in page
    assert (page.count("<svg"), "style=" in page) == (4, False)  # a bar of hers, one of the rung, and two of the key
    answer = manager.get(f"{FILE}?month=2026-11")
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [(row["Colleague"], row["Ladder"], row["Rung"], row["Reminders"]) for row in rows] == [
        ("'=Nia Nurse", "All", "", "2"), ("'=Nia Nurse", "Promised to a person", "L1", "2"),
        ("Everybody", "All", "", "2"), ("Everybody", "Promised to a person", "L1", "2"),
    ]  # fmt: skip
    assert {name: rows[0][name] for name in ("Followed", "Days", "Most a day")} == {
        "Followed": "1", "Days": "1", "Most a day": "2",
    }  # fmt: skip
    assert answer.headers["Content-Disposition"] == 'attachment; filename="reminders-2026-11.csv"'


def test_an_empty_month_teaches_and_an_address_that_means_nothing_asks_for_the_last_one(
    app: Flask, town: SmallTown
) -> None:
    manager = enter(app, town, "team_manager east")
    for asked in ("", "?month=2031-02&team=north&order=best", "?month=yesterday"):
        page = manager.get(PAGE + asked).text
        assert "No reminder reached anybody in October 2026 in the cases you manage." in page
    assert 'href="/overdue/reminders?month=2026-11&amp;order=most">November 2026</a>' in page
