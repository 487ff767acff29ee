"""What a change would mean for every open case is found out by moving each of them, and nothing of that is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders.errands import Street, errand
from tests.builders.everything import everything
from tests.builders.soundness import faults
from tests.builders.walked_case import Town
from workers.jobs import work_out_impacts
from workflows.actions import impacts, moving_cases
from workflows.casework.base import new_id
from workflows.casework.errors import NotAllowed
from workflows.casework.impact import Impact, ImpactOnCase
from workflows.casework.process_change import ProcessChange
from workflows.desk import Desk
from workflows.engine.prospect import MOVES, NEEDS_A_CHOICE, STAYS

OURS = {"impact", "impact_on_case", "heartbeat"}


@pytest.fixture
def street(town: Town) -> Street:
    town.once(_publish_the_errand)
    return Street(town)


def _publish_the_errand(town: Town) -> None:
    Street(town).publish(errand("visit", "phone"))


def ask(street: Street, drawn: bytes) -> UUID:
    """Somebody draws the errand anew, and asks what that would mean."""
    changes = street.town.ask(lambda s: s.scalars(select(ProcessChange.id)).all())
    return impacts.ask_for_impact(street.operator, street.draft(drawn, *changes))


def found(street: Street, impact_id: UUID) -> tuple[Impact, dict[str, ImpactOnCase]]:
    """The report, and what came of each case by its number."""

    def look(session: Session) -> tuple[Impact, dict[str, ImpactOnCase]]:
        rows = session.scalars(select(ImpactOnCase).where(ImpactOnCase.impact_id == impact_id)).all()
        return session.get_one(Impact, impact_id), {numbers[one.case_id]: one for one in rows}

    numbers = {one.id: one.number for one in street.cases()}
    made: tuple[Impact, dict[str, ImpactOnCase]] = street.town.ask(look)
    return made


def worked_out(street: Street, drawn: bytes) -> tuple[Impact, dict[str, ImpactOnCase]]:
    impact_id = ask(street, drawn)
    assert work_out_impacts.ITEMS.work(street.town.office) == (1, 0)
    return found(street, impact_id)


@pytest.mark.both_databases
def test_every_open_case_is_tried_and_stays_as_it_was(street: Street) -> None:
    numbers = [street.begin() for _ in range(3)]
    impact_id = ask(street, errand("visit", "write", "phone", role="nurse"))
    before, trail = everything(street.town.office, *OURS), street.trail()
    assert work_out_impacts.ITEMS.work(street.town.office) == (1, 0)
    report, cases = found(street, impact_id)
    assert (report.done, report.in_all, report.ended_at is not None) == (3, 3, True)
    assert {number: one.verdict for number, one in cases.items()} == dict.fromkeys(numbers, MOVES)
    assert everything(street.town.office, *OURS) == before
    assert street.trail() == trail
    assert faults(street.town.office) == []


def test_the_report_says_what_whoever_has_the_task_will_see_differently_and_which_clocks_go_on(street: Street) -> None:
    number = street.begin()
    task, (waiting,) = street.task(number), street.waiting(number)
    _, cases = worked_out(street, errand("visit", "phone", role="nurse", form="F20", escalation="S"))
    assert cases[number].found["seen"] == [
        {
            "task": "visit", "sort": "changed", "reworded": False,
            "changes": {"form_key": ["F36", "F20"], "role": ["care_coordinator", "nurse"], "escalation": ["B", "S"]},
        }
    ]  # fmt: skip
    assert task.due_at is not None
    assert waiting.due_at is not None
    assert cases[number].found["clocks"] == [
        {"name": "visit", "due_at": task.due_at.isoformat(), "what": "goes on"},
        {"name": "late", "due_at": waiting.due_at.isoformat(), "what": "goes on"},
    ]


def test_a_case_that_cannot_move_is_told_of_with_why_and_what_may_be_chosen(street: Street) -> None:
    waits, moves = street.begin(), street.begin()
    street.town.do(moves, "visit")
    _, cases = worked_out(street, errand("call_on", "phone"))
    assert {number: one.verdict for number, one in cases.items()} == {waits: NEEDS_A_CHOICE, moves: MOVES}
    assert cases[waits].why == "The step “visit” is no longer there. The date “late” is no longer there."
    assert [one["choices"] for one in cases[waits].found["obstacles"]] == [["call_on", "phone"], []]
    assert [one["may_go"] for one in cases[waits].found["obstacles"]] == [False, True]


def test_a_change_that_cannot_be_read_ends_the_report_and_no_case_is_tried(street: Street) -> None:
    street.begin()
    impact_id = ask(street, errand("visit").replace(b"userTask", b"scriptTask"))
    assert work_out_impacts.ITEMS.work(street.town.office) == (0, 1)
    report, cases = found(street, impact_id)
    assert (report.failed, cases) == (True, {})


def test_a_case_that_fails_is_one_line_and_the_others_go_on(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [street.begin() for _ in range(3)]
    go_over = moving_cases.go_over

    def breaks_off(work: Any, case: Any, *rest: Any) -> Any:
        if case.number == numbers[1]:
            raise RuntimeError("the machine stumbles")
        return go_over(work, case, *rest)

    monkeypatch.setattr(moving_cases, "go_over", breaks_off)
    _, cases = worked_out(street, errand("visit", "write"))
    assert [cases[number].verdict for number in numbers] == [MOVES, STAYS, MOVES]
    assert cases[numbers[1]].why == moving_cases.BROKE_OFF


def test_asked_twice_is_asked_once_and_another_drawing_takes_its_place(street: Street) -> None:
    street.begin()
    first = ask(street, errand("visit", "write"))
    assert ask(street, errand("visit", "write")) == first
    second = ask(street, errand("visit", "phone", "write"))
    assert second != first
    assert found(street, first)[0].stopped
    assert impacts.impacts_to_work_out(street.operator, 9) == [second]


def test_what_was_worked_out_before_goes_when_it_is_worked_out_anew(street: Street) -> None:
    street.begin()
    worked_out(street, errand("visit", "write"))
    street.town.office.clock.advance(timedelta(minutes=1))
    second, cases = worked_out(street, errand("visit", "write"))
    assert len(cases) == 1
    assert street.town.ask(lambda s: s.scalars(select(Impact.id)).all()) == [second.id]


def test_a_killed_worker_goes_on_with_the_cases_that_are_left(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [street.begin() for _ in range(4)]
    monkeypatch.setattr(impacts, "PORTION", 2)
    impact_id, tried = ask(street, errand("visit", "write")), []
    try_case = impacts.try_case

    def killed(wanted: Any, case_id: UUID, number: str) -> Any:
        tried.append(number)
        if len(tried) == 4:
            raise KeyboardInterrupt
        return try_case(wanted, case_id, number)

    monkeypatch.setattr(impacts, "try_case", killed)
    with pytest.raises(KeyboardInterrupt):
        work_out_impacts.ITEMS.work(street.town.office)
    assert found(street, impact_id)[0].done == 2
    work_out_impacts.ITEMS.work(street.town.office)
    assert found(street, impact_id)[0].done == 4
    assert tried == [*numbers, *numbers[2:]]


def test_two_workers_at_once_keep_each_case_once(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [street.begin() for _ in range(4)]
    monkeypatch.setattr(impacts, "PORTION", 2)
    impact_id, try_case, begun = ask(street, errand("visit", "write")), impacts.try_case, []

    def another_too(wanted: Any, case_id: UUID, number: str) -> Any:
        if not begun:
            begun.append(number)
            impacts._try_portion(street.operator, impact_id, wanted)
        return try_case(wanted, case_id, number)

    monkeypatch.setattr(impacts, "try_case", another_too)
    assert work_out_impacts.ITEMS.work(street.town.office) == (1, 0)
    report, cases = found(street, impact_id)
    assert (report.done, report.failed, sorted(cases)) == (4, False, numbers)


def test_somebody_stops_it_and_what_is_known_stays(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        street.begin()
    monkeypatch.setattr(impacts, "PORTION", 1)
    impact_id = ask(street, errand("visit", "write"))
    try_case = impacts.try_case

    def stopped_meanwhile(wanted: Any, case_id: UUID, number: str) -> Any:
        if found(street, impact_id)[0].done == 1:
            impacts.stop_impact(street.operator, impact_id)
        return try_case(wanted, case_id, number)

    monkeypatch.setattr(impacts, "try_case", stopped_meanwhile)
    work_out_impacts.ITEMS.work(street.town.office)
    report, cases = found(street, impact_id)
    assert (report.stopped, report.files, len(cases)) == (True, {}, 1)


def test_whoever_works_meanwhile_sees_nothing_of_what_is_tried(street: Street) -> None:
    number = street.begin()
    impact_id = ask(street, errand("visit", "write", "phone"))
    work_out_impacts.ITEMS.work(street.town.office)
    street.town.office.clock.advance(timedelta(hours=1))
    street.town.do(number, "visit")
    assert street.task(number).key == "phone"
    assert found(street, impact_id)[1][number].verdict == MOVES


def test_only_who_may_publish_asks(street: Street) -> None:
    marta: Desk = street.by("Marta")
    with pytest.raises(NotAllowed):
        impacts.ask_for_impact(marta, new_id())
    with pytest.raises(NotAllowed):
        impacts.stop_impact(marta, new_id())
