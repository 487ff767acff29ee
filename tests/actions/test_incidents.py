"""What should happen by itself and fails: nothing is lost or half saved; it is told, tried again, and closes alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count, islice
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests.builders.everything import everything
from tests.builders.walked_case import Town, walked_to
from tests.builders.ways_in import COORDINATOR, a_list, csv_file, nhs_numbers
from workers.jobs import import_lists, try_again, wake_cases
from workflows.actions import lists, mending, wakeups
from workflows.actions.incidents import trying
from workflows.actions.taking_back import take_back
from workflows.actions.wakeups import note_broken
from workflows.casework.backoff import LONGEST
from workflows.casework.diagram import CaseRun
from workflows.casework.document import Document
from workflows.casework.errors import OutOfDate, RuleBroken
from workflows.casework.incident import ACT, STEP, TRIES_ALONE, WAKE, Failure, Incident, StepFailed
from workflows.casework.masking import masked, without
from workflows.casework.notice import Notice
from workflows.casework.referral import CandidateList
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.clock import FixedClock
from workflows.desk import Desk
from workflows.duties import REGISTER
from workflows.questions.timeline import timeline

Break = Callable[[str, Exception], None]


@pytest.fixture
def number(town: Town) -> str:
    """A case whose coordinator is to be named; then the person is invited by a letter, by itself."""
    return str(town.once(walked_to, "allocate_coordinator"))


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Break:
    """Let a duty fail in the midst of what it does."""

    def fail(name: str, error: Exception) -> None:
        def perform(asking: Any, **given: Any) -> None:
            asking.case.raise_flag("unrouted")
            asking.work.session.flush()
            raise error

        monkeypatch.setitem(REGISTER, name, replace(REGISTER[name], perform=perform))

    return fail


def incidents(town: Town) -> list[Incident]:
    found: list[Incident] = town.ask(lambda session: session.scalars(select(Incident).order_by(Incident.id)).all())
    return found


def keys(town: Town, number: str) -> list[str]:
    return [task.key for task in town.open_tasks(number)]


def test_what_somebody_did_is_kept_whole_and_the_case_stands_at_what_failed(
    town: Town, number: str, broken: Break
) -> None:
    broken("letters.send", KeyError("Ada Khan"))
    town.do(number, "allocate_coordinator")
    (one,) = incidents(town)
    assert (one.kind, one.step_key, one.asks, one.tries, one.fault) == (
        STEP,
        "invite_person",
        "letters.send",
        1,
        "KeyError",
    )
    assert "Ada" not in one.why
    case = town.case(number)
    assert case.coordinator_id is not None
    assert "unrouted" not in case.flags
    assert keys(town, number) == []  # what follows the letter waits for it
    papers = town.ask(lambda session: session.scalars(select(Document.form_key)).all())
    assert (
        town.ask(lambda s: s.scalars(select(Task).where(Task.key == "allocate_coordinator")).one()).form_key in papers
    )
    nurse = town.office.desk(town.who("Siobhan"))
    assert "automatic step failed" in [entry.act for entry in timeline(nurse, number).entries]


def test_it_is_tried_again_after_growing_pauses_and_closes_when_it_has_happened(
    town: Town, number: str, broken: Break, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken("letters.send", KeyError("x"))
    town.do(number, "allocate_coordinator")
    assert try_again.work(town.office) == (0, 0)  # not at once
    for tries, minutes in ((2, 1), (3, 2), (4, 4)):
        clock.advance(timedelta(minutes=minutes))
        assert try_again.work(town.office) == (1, 0)
        assert incidents(town)[0].tries == tries
    monkeypatch.undo()
    clock.advance(timedelta(minutes=8))
    assert try_again.work(town.office) == (1, 0)
    (one,) = incidents(town)
    assert (one.closed_how, one.next_at) == ("done", None)
    assert "first_contact" in keys(town, number)
    assert town.ask(lambda session: set(session.scalars(select(CaseRun.failures)))) == {0}


def test_after_two_hours_a_person_has_to_look_and_it_is_still_tried(
    town: Town, number: str, broken: Break, clock: FixedClock
) -> None:
    broken("letters.send", KeyError("x"))
    town.do(number, "allocate_coordinator")
    for _ in range(TRIES_ALONE):
        assert not incidents(town)[0].needs_somebody
        clock.advance(LONGEST)
        try_again.work(town.office)
        if incidents(town)[0].tries == TRIES_ALONE:
            break
    (one,) = incidents(town)
    assert one.needs_somebody
    assert one.next_at is not None
    told = town.ask(lambda session: session.scalars(select(Notice).where(Notice.kind == "incident")).all())
    assert sorted(notice.address.partition("@")[0] for notice in told) == ["robin.marsh", "shabana.malik"]
    assert {notice.case_id for notice in told} == {None}
    clock.advance(LONGEST)
    try_again.work(town.office)
    assert len(town.ask(lambda s: s.scalars(select(Notice).where(Notice.kind == "incident")).all())) == len(told)


def test_what_a_duty_refuses_in_words_is_refused_as_before(town: Town, number: str, broken: Break) -> None:
    before = everything(town.office)
    broken("letters.send", RuleBroken("There is no address."))
    with pytest.raises(RuleBroken, match="There is no address"):
        town.do(number, "allocate_coordinator")
    assert everything(town.office) == before


def test_a_completion_with_a_failure_behind_it_is_taken_back_like_any_other(
    town: Town, number: str, broken: Break, clock: FixedClock
) -> None:
    before = everything(town.office)
    broken("letters.send", KeyError("x"))
    town.do(number, "allocate_coordinator")
    clock.advance(timedelta(minutes=2))
    try_again.work(town.office)  # in vain
    asked = select(Task.id, StaffMember.name).join(StaffMember, StaffMember.id == Task.ended_by_id)
    done = asked.where(Task.key == "allocate_coordinator")
    task_id, who = town.ask(lambda session: session.execute(done).one())
    take_back(town.office.desk(town.who(who)), task_id)
    assert everything(town.office) == before


def test_an_act_that_cannot_stand_anywhere_is_refused_and_kept_as_an_incident(town: Town, number: str) -> None:
    run = town.ask(lambda session: session.scalars(select(CaseRun)).one())
    sound = spoil(town, run.id)
    with pytest.raises(RuleBroken, match="Nothing was changed"):
        town.do(number, "allocate_coordinator")
    (one,) = incidents(town)
    assert (one.kind, one.next_at, one.needs_somebody) == (ACT, None, True)
    assert keys(town, number) == ["allocate_coordinator"]
    spoil(town, run.id, sound)
    town.do(number, "allocate_coordinator")
    assert incidents(town)[0].closed_how == "done"


def test_when_nobody_is_there_a_refusal_is_an_incident_too(
    town: Town, number: str, broken: Break, clock: FixedClock
) -> None:
    """At a date that comes, what a duty refuses in words has no reader."""
    for name in REGISTER:
        broken(name, RuleBroken("There is nobody called Ada."))
    clock.advance(timedelta(weeks=27))
    wake_cases.work(town.office)
    assert {one.kind for one in incidents(town)} == {STEP}
    assert town.case(number).open


def test_waking_that_fails_as_a_whole_is_tried_again_and_closes_by_itself(
    town: Town, number: str, clock: FixedClock
) -> None:
    (run,) = town.ask(lambda session: session.scalars(select(CaseRun)).all())
    sound = spoil(town, run.id)
    clock.advance(timedelta(weeks=27))
    assert wake_cases.work(town.office) == (0, 1)
    assert wake_cases.work(town.office) == (0, 0)  # not at once again
    (one,) = incidents(town)
    assert (one.kind, one.tries, one.open) == (WAKE, 1, True)
    spoil(town, run.id, sound)
    clock.advance(timedelta(minutes=1))
    assert wake_cases.work(town.office) == (1, 0)
    assert incidents(town)[0].closed_how == "done"


def test_of_many_that_are_tried_again_one_that_breaks_off_is_noted_and_the_others_are_tried(
    town: Town, monkeypatch: pytest.MonkeyPatch, broken: Break
) -> None:
    numbers = [town.refer(nhs_number=one) for one in islice(nhs_numbers(), 3)]
    for number in numbers:
        town.walk_until(number, "allocate_coordinator")
    broken("letters.send", KeyError("x"))
    for number in numbers:
        town.do(number, "allocate_coordinator")
    monkeypatch.undo()
    _break_off(monkeypatch, wakeups, "follow_up", at=1)  # in the midst of trying the first
    _break_off(monkeypatch, mending, "_held", at=2)  # before anything of the second is tried
    ids = [one.id for one in incidents(town)]
    first, second, third = mending.try_again(town.office.desk(town.who("Robin")), ids)
    assert "It failed again. The program failed" in first.said
    assert (second.said, third.over) == (mending.BROKE_OFF, True)
    assert [(one.closed_how, one.tries) for one in incidents(town)] == [("", 2), ("", 1), ("done", 1)]


def _break_off(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, at: int) -> None:
    """Let something unforeseen happen the so-maniest time."""
    real, times = getattr(where, name), count(1)

    def breaks(*given: Any, **named: Any) -> Any:
        if next(times) == at:
            raise RuntimeError("unforeseen")
        return real(*given, **named)

    monkeypatch.setattr(where, name, breaks)


def spoil(town: Town, run_id: UUID, state: str = "{}") -> str:
    """Put something else in the place of a process's state; returns what it was."""
    with town.office.desk().work() as work:
        run = work.session.get_one(CaseRun, run_id)
        kept, run.state = run.state, state
        run.happened("process went on")
        work.commit()
        return kept


def test_nothing_about_the_person_is_told() -> None:
    assert without("Ada was born on 1942-03-01, ada", ["Ada"]) == "… was born on a date, …"
    given = {"owner": "Ada", "priority": "high", "age": 81, "phone": 1234567890, "b": True, "on": "2026-11-16"}
    assert masked(given, {"high"}, {"b"}) == {
        "owner": "hidden: text of 3 characters", "priority": "high", "age": 81, "phone": "hidden: a number",
        "b": "hidden: sensitive", "on": "hidden: a date",
    }  # fmt: skip


def test_a_list_is_taken_in_although_a_step_fails_in_every_row(town: Town, broken: Break) -> None:
    broken("case.enter", KeyError("x"))
    rows = 14  # more than one act may leave out
    list_id = a_list(town, csv_file(*({} for _ in range(rows))))
    lists.confirm_list(town.office.desk(town.who(COORDINATOR)), list_id)
    assert import_lists.work(town.office) == (1, 0)
    assert town.ask(lambda session: session.get_one(CandidateList, list_id).status) == "imported"
    assert [one.kind for one in incidents(town)] == [STEP] * rows


def test_an_act_in_which_too_much_fails_is_refused_and_told(town: Town) -> None:
    def act(desk: Desk) -> None:
        count = len(desk.left_out)
        raise StepFailed(Failure(f"C{count}", None, None, "acm_nomination", "keep", step_kind="service"))

    with pytest.raises(RuleBroken):
        trying(town.office.desk(), act)
    assert [one.kind for one in incidents(town)] == [ACT]


def test_what_cannot_wait_and_does_not_begin_is_told_at_once_to_the_team_too(
    town: Town, number: str, broken: Break
) -> None:
    broken("case.raise_flag", RuntimeError("no such table"))
    town.press(number, "urgent", "Siobhan")
    told = town.ask(lambda s: s.execute(select(Notice.kind, StaffMember.name).join(StaffMember)).all())
    assert ("incident_pressing", "Adaeze Nwosu") in told
    assert "incident" in {kind for kind, _ in told}


def test_what_is_refused_again_and_again_is_one_incident(town: Town) -> None:
    def act(desk: Desk) -> None:
        raise StepFailed(Failure("C1", uuid4(), uuid4(), "acm_nomination"))

    for _ in range(3):
        with pytest.raises(RuleBroken):
            trying(town.office.desk(), act)
    assert [(one.kind, one.tries) for one in incidents(town)] == [(ACT, 3)]


@pytest.fixture
def done_at_last(
    town: Town, number: str, broken: Break, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Incident:
    """An incident of a letter that could not be sent, and then could."""
    broken("letters.send", KeyError("x"))
    town.do(number, "allocate_coordinator")
    monkeypatch.undo()
    clock.advance(timedelta(minutes=2))
    try_again.work(town.office)
    (found,) = incidents(town)
    return found


def test_what_was_done_meanwhile_is_not_opened_again(town: Town, done_at_last: Incident) -> None:
    note_broken(town.office.desk(), done_at_last.id, OutOfDate("Somebody else changed this."))
    assert incidents(town)[0].closed_how == "done"


def test_an_incident_whose_step_is_not_held_any_more_is_closed(
    town: Town, number: str, done_at_last: Incident, clock: FixedClock
) -> None:
    with town.office.desk().work() as work:  # as it was left before 22 November
        one = work.session.get_one(Incident, done_at_last.id)
        one.failed(Failure(number, None, None, one.process, why="x"), work.now)
        work.commit()
    clock.advance(timedelta(minutes=2))
    assert try_again.work(town.office) == (1, 0)
    assert not incidents(town)[0].open
