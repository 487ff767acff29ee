"""A case that goes to a team with other hours: what was counted is counted anew, what somebody named stays."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.builders.colleagues import administration
from tests.builders.moments import london
from tests.builders.walked_case import Town, walked_to
from tests.loaded_town import DELIVERING
from workers.jobs import move_dates
from workflows.actions import calendars as changes
from workflows.actions.calendars import Whose
from workflows.casework.audit import AuditEntry
from workflows.questions.case import head
from workflows.questions.handover import handover_for

WEDNESDAY, FRIDAY = date(2026, 11, 18), date(2026, 11, 20)
WEST, EAST = Whose("acm", "west"), "Nwosu"


def closes(town: Town, whose: Whose, day: date) -> None:
    desk = administration(town.office)
    changes.confirm_change(desk, changes.ask_to_close(desk, whose, day, "Training"))
    move_dates.work(town.office)


def let_go(town: Town, number: str) -> None:
    town.press(number, "transfer", by=EAST, kind="team", to_team="west")
    town.do(number, "release_case", released="yes")


def moves(town: Town) -> list[dict[str, str]]:
    query = select(AuditEntry.detail).where(AuditEntry.act == "due date moved").order_by(AuditEntry.seq)
    return [dict(detail) for detail in town.ask(lambda session: session.scalars(query).all())]


def test_dates_follow_the_calendar_of_the_team_that_takes_a_case_on_and_are_shown_before(one_programme: Town) -> None:
    town = one_programme
    number = str(town.once(walked_to, "first_contact"))
    siobhan = str(town.who("Siobhan").id)
    town.press(number, "action", by=EAST, what="Fit a key safe", owner=siobhan, due="2026-11-24")
    closes(town, WEST, WEDNESDAY)
    let_go(town, number)
    (accept,) = [task for task in town.open_tasks(number) if task.key == "accept_case"]
    shown = handover_for(town.office.desk(town.who("Fraser")), accept.id)
    assert shown is not None
    contact = ("First contact", london("2026-11-23 17:00"), london("2026-11-24 17:00"))
    letter = ("To send: Invitation to the person", london("2026-11-18 17:00"), london("2026-11-19 17:00"))
    assert {contact, letter} <= {(one.name, one.was, one.due) for one in shown.follows}
    town.do(number, "accept_case", accepted="yes")
    due = {task.key: task.due_at for task in town.open_tasks(number)}
    assert (due["first_contact"], due["do_action"]) == (contact[2], london("2026-11-24 17:00"))
    assert {(one["calendar"], one["team"]) for one in moves(town)} == {("team", "West")}
    assert "First contact" in [one["task"] for one in moves(town)]


def test_a_team_with_the_same_hours_moves_nothing(one_programme: Town) -> None:
    town = one_programme
    number = str(town.once(walked_to, "first_contact"))
    let_go(town, number)
    town.do(number, "accept_case", accepted="yes")
    assert moves(town) == []


def test_the_next_review_and_what_a_case_waits_for_follow_too(delivering: Town) -> None:
    town = delivering
    review = town.case(DELIVERING).next_review_at
    assert review is not None
    closes(town, WEST, review.date())
    let_go(town, DELIVERING)
    town.do(DELIVERING, "accept_case", accepted="yes")
    assert town.case(DELIVERING).next_review_at == london("2027-01-12 17:00")


@pytest.mark.both_databases
def test_a_clock_that_stands_still_counts_what_is_left_on_the_new_calendar(one_programme: Town) -> None:
    town = one_programme
    number = str(town.once(walked_to, "first_contact"))
    closes(town, WEST, FRIDAY)
    town.press(number, "hospital", "Ifeoma", hospital="North", planned="emergency", admitted_at="2026-11-16T09:00")
    let_go(town, number)
    town.do(number, "accept_case", accepted="yes")
    assert head(town.office.desk(town.who("Fraser")), number).clocks_paused_at is not None
    town.press(number, "home", "Fraser", destination="usual_home", discharged_at="2026-11-16T09:00")
    due = {task.key: task.due_at for task in town.open_tasks(number)}
    assert due["first_contact"] == london("2026-11-24 17:00")
