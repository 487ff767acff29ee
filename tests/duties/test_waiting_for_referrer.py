"""A task whose referrer owes an answer stands still, for some days at most, and also where a stay in hospital does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.builders.moments import london
from tests.builders.small_town import SmallTown
from tests.builders.walked_case import Town
from workers.jobs import remind
from workflows.actions import asking_referrer
from workflows.actions.journey import deliver
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import AnswersRefused, NotAllowed, OutOfDate, RuleBroken
from workflows.casework.notice import Notice
from workflows.casework.programme import Programme, ProgrammeSetting
from workflows.casework.task import Task
from workflows.clock import FixedClock
from workflows.duties.clocks import pause_clocks, pause_task, resume_clocks, resume_task, together
from workflows.duties.register import Asking
from workflows.questions.referrer_wait import referrer_wait
from workflows.questions.task_page import task_page
from workflows.storage import cases
from workflows.working_time import ENGLAND, Counted, Duration, Remaining, Unit

MONDAY = london("2026-11-16 10:00")


class Street(SmallTown):
    """A nurse with a task of class A, due on Wednesday, and their manager."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.nurse, self.manager = self.staff("Nurse", "nurse east"), self.staff("Manager", "team_manager east")
        times = (("wait.referrer_reminder", "3WD"), ("wait.referrer_return", "10WD"))
        self.add(*(ProgrammeSetting(programme_id=self.programme_id, key=key, value=value) for key, value in times))

    def asked(self, **given: Any) -> UUID:
        """A task of the nurse, counted in working days."""
        usual = {"assignee_id": self.nurse, "escalation": "A", "due_since": MONDAY, "due_amount": 2}
        return self.task(self.case(), due="+55h", **{**usual, **given})

    def kept(self, task: UUID) -> Task:
        with self.office.desk().looking() as session:
            return session.get_one(Task, task)

    def hospital(self, task: UUID, stays: bool) -> None:
        """The person of a task goes to hospital, or comes back."""
        with self.office.desk().work() as work:
            found = work.session.get_one(Task, task)
            asking = Asking(work, found.case, work.session.get_one(CaseRun, found.run_id), {})
            pause_clocks(asking, "in hospital") if stays else resume_clocks(asking)
            work.commit()

    def told(self) -> list[tuple[str, str]]:
        """Who was written to that the referrer is silent, and how."""
        asked = select(Notice.address, Notice.kind).where(Notice.kind.contains("silent")).order_by(Notice.id)
        with self.office.desk().looking() as session:
            return sorted((address.partition("@")[0], kind) for address, kind in session.execute(asked))


@pytest.fixture
def street(office: Office, clock: FixedClock) -> Street:
    clock.move_to(MONDAY)
    return Street(office)


@pytest.mark.both_databases
def test_the_clock_stops_with_the_question_and_goes_on_with_what_was_left_when_the_answer_comes(
    street: Street, clock: FixedClock
) -> None:
    task, desk = street.asked(), street.desk(street.nurse)
    asking_referrer.ask_referrer(desk, task, "Which pharmacy does she use?")
    clock.move_to(london("2026-11-19 10:00"))
    page = task_page(desk, task)
    assert (page.paused_why, page.overdue) == ("waiting for the referrer", False)
    assert page.left == Remaining(2, Unit.WORKING_DAYS)
    assert page.would_be == london("2026-11-23 17:00")
    found = referrer_wait(desk, task).asked
    assert found is not None
    assert (found.what, found.by, found.over_at) == (
        "Which pharmacy does she use?",
        "Nurse",
        london("2026-11-30 17:00"),
    )
    asking_referrer.referrer_answered(desk, task, "Copper Kettle")
    kept = street.kept(task)
    assert (kept.paused_at, kept.due_at) == (None, london("2026-11-23 17:00"))
    assert kept.remind_at is not None


def test_nobody_falls_through_while_a_referrer_says_nothing(street: Street, clock: FixedClock) -> None:
    task = street.asked()
    asking_referrer.ask_referrer(street.desk(street.nurse), task, "Which pharmacy?")
    clock.move_to(london("2026-11-19 16:59"))
    remind.climb(street.office)
    assert street.told() == []
    clock.move_to(london("2026-11-19 17:00"))
    for _ in range(2):
        remind.climb(street.office)
    assert street.told() == [("nurse", "referrer_still_silent")]
    clock.move_to(london("2026-11-30 17:00"))
    for _ in range(2):
        remind.climb(street.office)
    assert street.told()[:2] == [("manager", "referrer_silent"), ("nurse", "referrer_silent")]
    assert len(street.told()) == 3
    kept = street.kept(task)
    assert (kept.paused_at, kept.referrer_asked_at, kept.due_at) == (None, None, london("2026-12-02 17:00"))


def test_after_days_off_the_worker_tells_once_and_the_clock_goes_on(street: Street, clock: FixedClock) -> None:
    task = street.asked()
    asking_referrer.ask_referrer(street.desk(street.nurse), task, "Which pharmacy?")
    clock.move_to(london("2026-12-03 10:00"))
    remind.climb(street.office)
    assert street.told() == [("manager", "referrer_silent"), ("nurse", "referrer_silent")]
    assert street.kept(task).due_at == london("2026-12-07 17:00")


def test_a_task_waits_twice_and_no_more(street: Street) -> None:
    task, desk = street.asked(), street.desk(street.nurse)
    for _ in range(2):
        asking_referrer.ask_referrer(desk, task, "Which pharmacy?")
        asking_referrer.referrer_answered(desk, task, "They ask at home")
    with pytest.raises(RuleBroken, match="twice already"):
        asking_referrer.ask_referrer(desk, task, "Which pharmacy?")


@pytest.mark.parametrize(
    "given",
    [{"escalation": "S"}, {"properties": {"pauses": "no"}}, {"properties": {"pauses": "yes"}}, {"due": ""}],
    ids=["safety", "runs on", "a review", "no date"],
)
def test_what_is_about_safety_or_has_its_own_rule_never_waits(street: Street, given: dict[str, Any]) -> None:
    task = street.task(street.case(), assignee_id=street.nurse, **given)
    with pytest.raises(RuleBroken, match="does not stop for the referrer"):
        asking_referrer.ask_referrer(street.desk(street.nurse), task, "Which pharmacy?")


def test_a_case_that_nobody_referred_waits_for_no_referrer(street: Street) -> None:
    task = street.task(street.case(source="risk_list"), assignee_id=street.nurse)
    with pytest.raises(RuleBroken, match="does not stop for the referrer"):
        asking_referrer.ask_referrer(street.desk(street.nurse), task, "Which pharmacy?")


def test_what_is_late_is_not_hidden_by_a_question(street: Street) -> None:
    task = street.task(street.case(), assignee_id=street.nurse, due="-1h")
    with pytest.raises(RuleBroken, match="overdue: its clock does not stop"):
        asking_referrer.ask_referrer(street.desk(street.nurse), task, "Which pharmacy?")


def test_what_was_asked_is_said_by_whoever_does_the_task_and_once(street: Street) -> None:
    task, desk = street.asked(), street.desk(street.nurse)
    with pytest.raises(AnswersRefused):
        asking_referrer.ask_referrer(desk, task, " ")
    with pytest.raises(NotAllowed):
        asking_referrer.ask_referrer(street.desk(street.staff("Other", "nurse east")), task, "Which pharmacy?")
    with pytest.raises(RuleBroken, match="does not wait"):
        asking_referrer.referrer_answered(desk, task, "Copper Kettle")
    asking_referrer.ask_referrer(desk, task, "Which pharmacy?")
    with pytest.raises(RuleBroken, match="waits for the referrer already"):
        asking_referrer.ask_referrer(desk, task, "Which pharmacy?")
    with pytest.raises(AnswersRefused):
        asking_referrer.referrer_answered(desk, task, "")


def test_a_task_that_becomes_urgent_waits_for_nobody(street: Street, clock: FixedClock) -> None:
    task = street.asked()
    asking_referrer.ask_referrer(street.desk(street.nurse), task, "Which pharmacy?")
    with street.office.desk().work() as work:
        found = work.session.get_one(Task, task)
        soon = london("2026-11-16 14:00")
        found.pull_forward(soon, Counted.promised(clock.now(), Duration.parse("4WH")), "S")
        work.commit()
    clock.move_to(london("2026-12-03 10:00"))
    remind.climb(street.office)
    assert [kind for _, kind in street.told()] == []
    assert street.kept(task).overdue(clock.now())


def test_what_is_done_meanwhile_tells_nobody(street: Street, clock: FixedClock) -> None:
    task = street.asked()
    asking_referrer.ask_referrer(street.desk(street.nurse), task, "Which pharmacy?")
    session = street.session()
    found = session.get_one(Task, task)
    found.status, found.ended_at = "completed", clock.now()
    session.commit()
    session.close()
    for day in ("2026-11-19 17:00", "2026-11-30 17:00", "2026-12-03 10:00"):
        clock.move_to(london(day))
        remind.climb(street.office)
    assert street.told() == []
    assert asking_referrer.questions_to_look_after(street.office.desk(), 10) == []


@pytest.mark.parametrize("answered_first", [True, False])
def test_the_clock_goes_on_when_neither_the_hospital_nor_the_referrer_holds_it(
    street: Street, clock: FixedClock, answered_first: bool
) -> None:
    task, desk = street.asked(), street.desk(street.nurse)
    asking_referrer.ask_referrer(desk, task, "Which pharmacy?")
    clock.move_to(london("2026-11-17 10:00"))
    street.hospital(task, stays=True)
    assert task_page(desk, task).paused_why == "in hospital, and waiting for the referrer"
    ends = [
        lambda: asking_referrer.referrer_answered(desk, task, "Copper Kettle"),
        lambda: street.hospital(task, False),
    ]
    for end, still in zip(ends if answered_first else ends[::-1], (True, False), strict=True):
        clock.advance(timedelta(days=1))
        end()
        assert (street.kept(task).paused_at is not None) == still
    assert street.kept(task).due_at == london("2026-11-23 17:00")  # two working days, as on Monday


def in_order(kinds: list[str], minutes: list[int]) -> list[tuple[str, int]]:
    """Each pause begins before it ends, however the two lie to each other."""
    return list(zip(kinds, sorted(minutes), strict=True))


orders = st.permutations(["hospital", "hospital", "referrer", "referrer"])
moments = st.lists(st.integers(1, 30 * 24 * 60), min_size=4, max_size=4, unique=True)


@settings(deadline=None)
@given(orders, moments)
def test_no_time_is_lost_or_doubled_in_whatever_order_two_pauses_begin_and_end(
    kinds: list[str], minutes: list[int]
) -> None:
    case = Case(programme=Programme(key="acm", name="ACM", content={}), flags=[])
    promised = ENGLAND.resume(MONDAY, ENGLAND.remaining(MONDAY, london("2026-11-20 17:00"), Unit.WORKING_HOURS))
    task = Task(
        case=case, name="Ring", key="ring", escalation="A", properties={}, due_unit="WH", due_at=promised, level=0,
        repeats=0, snoozes=0, status="open", opened_at=MONDAY,
    )  # fmt: skip
    running, since = timedelta(), MONDAY
    left = ENGLAND.remaining(MONDAY, promised, Unit.WORKING_HOURS).amount
    for kind, minute in in_order(kinds, minutes):
        now = MONDAY + timedelta(minutes=minute)
        work: Any = SimpleNamespace(now=now)
        if task.paused_at is None:
            running += ENGLAND.open_time(since, now, Unit.WORKING_HOURS)
        held, now_held = ("clocks_paused_at", now) if kind == "hospital" else ("referrer_asked_at", now)
        noun = case if kind == "hospital" else task
        begins = getattr(noun, held) is None
        setattr(noun, held, now_held if begins else None)
        pause_task(work, task) if begins else resume_task(work, task)
        since = now
    assert task.paused_at is None
    assert task.due_at is not None
    assert ENGLAND.remaining(since, task.due_at, Unit.WORKING_HOURS).amount == left - running.total_seconds()


def test_times_that_overlap_count_once() -> None:
    def spans(*days: tuple[int, int]) -> Iterator[tuple[datetime, datetime]]:
        return ((MONDAY + timedelta(days=one), MONDAY + timedelta(days=other)) for one, other in days)

    assert together(spans((5, 6), (0, 2), (1, 3), (3, 4))) == list(spans((0, 4), (5, 6)))


# The wait that the diagram draws ----------------------------------------------------------------


def returned(town: Town, clock: FixedClock, asked_at: str, answered_at: str, recorded_at: str) -> str:
    """A referral that triage sends back with a question, on these days of November 2026."""
    number = town.refer()
    clock.move_to(london(asked_at))
    town.do(number, "triage_referral", verdict="return")
    town.do(number, "ask_referrer", standard_questions=["practice"], questions=None, ask_note="Please")
    clock.move_to(london(answered_at))
    with town.office.desk().work() as work:
        assert deliver(work, cases.held(work.session, town.case(number).id), "referrer_reply", {"answer": "x"})
        work.commit()
    clock.move_to(london(recorded_at))
    town.do(number, "record_referrer_reply", state="answered")
    return number


@pytest.mark.parametrize(
    ("asked_at", "answered_at", "recorded_at", "due"),
    [
        ("2026-11-17 10:00", "2026-11-24 10:00", "2026-11-24 11:00", "2026-11-25 17:00"),  # one of two days was left
        ("2026-11-16 11:00", "2026-11-24 10:00", "2026-11-24 11:00", "2026-11-26 17:00"),  # both were
        ("2026-11-17 10:00", "2026-11-24 10:00", "2026-11-25 11:00", "2026-11-25 17:00"),  # the clock went on meanwhile
    ],
)
def test_triage_goes_on_with_the_time_that_was_left_when_the_question_went_out(
    one_programme: Town, clock: FixedClock, asked_at: str, answered_at: str, recorded_at: str, due: str
) -> None:
    number = returned(one_programme, clock, asked_at, answered_at, recorded_at)
    (triage,) = [task for task in one_programme.open_tasks(number) if task.key == "triage_referral"]
    assert triage.due_at == london(due)


def test_an_answer_to_what_is_asked_no_longer_says_so(street: Street) -> None:
    task, desk = street.asked(), street.desk(street.nurse)
    asking_referrer.ask_referrer(desk, task, "Which pharmacy?")
    session = street.session()
    session.get_one(Task, task).status = "cancelled"
    session.commit()
    session.close()
    with pytest.raises(OutOfDate):
        asking_referrer.referrer_answered(desk, task, "Copper Kettle")
