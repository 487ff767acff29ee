"""A ladder is published: open tasks go by it from then on, and nothing that was told is told again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.webapp.test_serving import environment, run
from tests.workers.test_climbing import NINE, REVIEW, Street, street
from workers.jobs import remind
from workflows.actions import ladders
from workflows.casework.audit import AuditEntry
from workflows.casework.errors import AnswersRefused, NotAllowed, OutOfDate
from workflows.casework.escalation import Escalation, LadderVersion
from workflows.casework.ladder import LEVELS, Ladder
from workflows.casework.ladder_table import read_ladder, standard, written
from workflows.casework.task import Task
from workflows.clock import FixedClock
from workflows.desk import Desk
from workflows.duties.rungs import set_next_rung

__all__ = ["environment", "street"]  # fixtures


def changed(was: str, to: str) -> Ladder:
    table = written(standard())
    assert was in table
    return read_ladder(table.replace(was, to))


SOONER = changed("A,L2,+2WD", "A,L2,+1WD")
TWICE_BEFORE = changed(
    "A,R1,-1WD,,holder,daily,,,,done", "A,R1,-2WD,,holder,daily,,,,done\nA,R2,-1H,,holder,daily,,,,done"
)


def head(street: Street) -> Desk:
    return street.desk(street.staff("Max Orr", "service_manager"))


@pytest.mark.both_databases
def test_an_open_task_goes_by_the_new_ladder_and_what_was_told_is_not_told_again(
    street: Street, clock: FixedClock
) -> None:
    task = street.task(street.case(), escalation="A", assignee_id=street.nurse, due="+2h")
    clock.advance(timedelta(hours=3))
    remind.climb(street.office)  # due, and the manager hears two working days later
    before = street.kept(task).remind_at
    assert ladders.publish(head(street), "acm", SOONER, "Two days are too long") == 1
    assert remind.climb(street.office) == (1, 0)
    assert (before and f"{before:%d}", f"{street.kept(task).remind_at:%d}") == ("18", "17")
    assert remind.climb(street.office) == (0, 0)
    with street.office.desk().looking() as session:
        assert [(one.slot, one.version) for one in session.scalars(select(Escalation))] == [("L1", 0)]


@pytest.mark.both_databases
def test_a_rung_added_below_what_a_task_has_reached_does_not_come(street: Street, clock: FixedClock) -> None:
    task = street.task(street.case(), escalation="A", assignee_id=street.nurse, due="+2h")
    clock.advance(timedelta(hours=3))
    remind.climb(street.office)
    ladders.publish(head(street), "acm", TWICE_BEFORE, "Remind twice")
    remind.climb(street.office)
    assert f"{street.kept(task).remind_at:%d %H}" == "18 17"
    with street.office.desk().looking() as session:
        assert [one.slot for one in session.scalars(select(Escalation))] == ["L1"]


HEAD = "A,L3,+5WD,,service_manager,daily,board,,,done"
ONE_BETWEEN = changed(HEAD, "A,L3,+3WD,,team_manager,daily,,,,seen\n" + HEAD.replace("L3", "L4"))
REPORT = "review,L4,+10WD,,,nobody,agenda report,,,done"
ONE_FEWER = changed(
    "review,L2,+2WD,,team_manager,daily,,,,seen,\nreview,L3,+5WD,,service_manager,daily,board,,,done,\n" + REPORT,
    "review,L2,+5WD,,service_manager,daily,board,,,done\n" + REPORT.replace("L4", "L3"),
)


@pytest.mark.both_databases
def test_a_rung_put_in_between_two_tells_nobody_again_what_the_later_one_told(
    street: Street, clock: FixedClock
) -> None:
    task = street.task(street.case(), escalation="A", assignee_id=street.nurse, due="+2h")
    assert list(street.mornings(clock, 9).values())[-1] == ["head"]
    ladders.publish(head(street), "acm", ONE_BETWEEN, "Ask the team once more")
    assert street.mornings(clock, 5) == {}
    assert (street.kept(task).level, street.kept(task).remind_at) == (LEVELS.index("L4") + 1, None)


@pytest.mark.both_databases
def test_where_a_rung_is_taken_out_the_later_ones_still_come(street: Street, clock: FixedClock) -> None:
    street.task(street.case(), assignee_id=street.nurse, due="+2h", **REVIEW)
    assert list(street.mornings(clock, 9).values())[-1] == ["head"]
    ladders.publish(head(street), "acm", ONE_FEWER, "Straight to the head of the service")
    assert street.mornings(clock, 9) == {}
    with street.office.desk().looking() as session:
        last = session.scalars(select(Escalation).order_by(Escalation.id)).all()[-1]
    assert (last.slot, last.turn, last.shown) == ("L3", 1, " agenda report ")


def test_only_a_case_whose_next_reminder_moves_tells_of_it(street: Street, clock: FixedClock) -> None:
    moved, same = street.case(), street.case()
    street.task(moved, escalation="A", assignee_id=street.nurse, due="+2h")
    street.task(same, escalation="B", assignee_id=street.nurse, due="+2h")
    clock.advance(timedelta(hours=3))
    remind.climb(street.office)
    ladders.publish(head(street), "acm", SOONER, "Two days are too long")
    clock.advance(timedelta(minutes=1))
    assert remind.climb(street.office) == (2, 0)
    with street.office.desk().looking() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.at == clock.now())).all()
    assert [(one.act, one.case_id) for one in entries] == [("reminder on another day", moved)]
    told = entries[0].detail
    assert (told["number"], told["was"][:10], told["to"][:10]) == (1, "2026-11-18", "2026-11-17")


@pytest.mark.both_databases
def test_the_time_of_a_task_put_on_another_day_counts_from_when_it_was_put_there(
    street: Street, clock: FixedClock
) -> None:
    asked = NINE - timedelta(days=28)
    task = street.task(street.case(), escalation="S", assignee_id=street.nurse, due="+1d", opened_at=asked)
    with street.office.desk().work() as work:
        held = work.session.get_one(Task, task)
        held.put_on(work.now + timedelta(days=8), None, work.now)
        set_next_rung(held, work.now)
        work.commit()
    halfway = street.kept(task).remind_at
    assert f"{halfway:%d %H:%M}" == "19 09:05"
    ladders.publish(head(street), "acm", SOONER, "Two days are too long")
    assert street.round() == []
    assert street.kept(task).remind_at == halfway


def test_a_task_that_is_asked_after_it_goes_by_it_at_once(street: Street) -> None:
    ladders.publish(head(street), "acm", SOONER, "Two days are too long")
    street.task(street.case(), escalation="A", assignee_id=street.nurse, due="+2d")
    assert ladders.tasks_of_older_ladders(street.office.desk()) == []


def test_each_version_is_kept_with_who_and_why_and_going_back_is_publishing_the_old_one(street: Street) -> None:
    desk = head(street)
    ladders.publish(desk, "acm", SOONER, "Two days are too long")
    assert ladders.publish(desk, "acm", standard(), "Too many mails") == 2
    with desk.looking() as session:
        kept = session.scalars(select(LadderVersion).order_by(LadderVersion.number)).all()
    assert [(one.number, one.published_by, one.why) for one in kept] == [
        (1, "Max Orr", "Two days are too long"), (2, "Max Orr", "Too many mails"),
    ]  # fmt: skip


def test_it_is_refused_without_a_reason_without_a_change_after_somebody_else_and_to_others(street: Street) -> None:
    desk = head(street)
    for ladder, why in ((SOONER, " "), (standard(), "Nothing")):
        with pytest.raises(AnswersRefused):
            ladders.publish(desk, "acm", ladder, why)
    ladders.publish(desk, "acm", SOONER, "Sooner", instead_of=0)
    with pytest.raises(OutOfDate):
        ladders.publish(desk, "acm", TWICE_BEFORE, "Remind twice", instead_of=0)
    with pytest.raises(NotAllowed):
        ladders.publish(street.desk(street.nurse), "acm", TWICE_BEFORE, "Remind twice")


def test_the_command_says_first_what_it_would_have_done(
    street: Street, environment: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "sooner.csv"
    file.write_text(written(SOONER))
    said = run(environment, "ladder", "publish", str(file), "--programme", "acm", "--reason", "Too late").stdout
    assert said.splitlines()[0].startswith("0 tasks from ")
    assert said.splitlines()[-1].startswith("Version 1 counts from now on.")
    assert run(environment, "ladder", "show").stdout == written(SOONER)
