"""Years of one case: nothing is lost, nothing grows, and the last completion is as much work as the first.

Work is counted, not timed: the tasks in the saved state, its size, and the functions called to take the
case up, do one thing and put it away again.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, islice

from tests.engine.drawings import (
    MONDAY,
    Office,
    boundary,
    call,
    catch,
    chain,
    choice,
    date,
    diagram,
    duty,
    end,
    flow,
    for_each,
    spec_of,
    start,
    terminate,
    together,
    user,
)
from workflows.engine import Outcome, Run, Spec

LARGEST_STATE = 16_000
TWENTY_YEARS = timedelta(days=20 * 365)


@dataclass(frozen=True)
class Work:
    """What one act took: tasks in the state and its size after it, functions called in it."""

    tasks: int
    size: int
    calls: int


@dataclass
class Case:
    """A case that is put away after every act and taken up again for the next."""

    spec: Spec
    office: Office
    outcome: Outcome = field(init=False)
    largest: int = 0
    completed: int = 0
    measured: list[Work] | None = None

    def __post_init__(self) -> None:
        self._keep(lambda: Run.start(self.spec, self.office.asked, {"case": "ACM-000001", "reviewers": ["gp", "ot"]}))

    def complete(self, key: str, **decisions: object) -> None:
        """Do the one open step of this key that has been open longest."""
        step = next(step for step in self.outcome.open_steps if step.key == key)
        self._act(lambda run: run.complete(step.id, decisions))
        self.completed += 1

    def until(self, due: datetime) -> None:
        """Let time pass until then; whatever comes due on the way goes off on its day."""
        while self.outcome.next_due_at is not None and self.outcome.next_due_at <= due:
            self.office.now = max(self.office.now, self.outcome.next_due_at)
            self._act(lambda run: run.wake())
        self.office.now = max(self.office.now, due)

    def open(self) -> list[str]:
        return [step.key for step in self.outcome.open_steps]

    def work_of(self, what: Callable[[], object]) -> Work:
        """The most that any act in this took."""
        self.measured = []
        what()
        most, self.measured = self.measured, None
        return Work(*(max(getattr(work, part) for work in most) for part in ("tasks", "size", "calls")))

    def _act(self, what: Callable[[Run], object]) -> None:
        state = self.outcome.state

        def whole() -> Run:
            run = Run.resume(state, self.spec, self.office.asked)
            what(run)
            return run

        self._keep(whole)

    def _keep(self, what: Callable[[], Run]) -> None:
        calls, outcome = (0, what().outcome()) if self.measured is None else _counted(lambda: what().outcome())
        size = len(outcome.state.encode())
        self.outcome, self.largest = outcome, max(self.largest, size)
        if self.measured is not None:
            tasks = sum(len(run["tasks"]) for run in json.loads(outcome.state)["runs"])
            self.measured.append(Work(tasks, size, calls))


def _counted(what: Callable[[], Outcome]) -> tuple[int, Outcome]:
    calls = 0

    def tick(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(tick)
    try:
        outcome = what()
    finally:
        sys.setprofile(before)
    return calls, outcome


def _assert_as_little_work(early: Work, late: Work) -> None:
    """The late act is as much work as the early one; a number may have grown by a digit here and there."""
    assert late.tasks == early.tasks
    assert late.size <= early.size * 1.05
    assert late.calls <= early.calls * 1.02


# Twenty years of weekly contact ---------------------------------------------------------------


def _weekly_contact() -> list[bytes]:
    """Contact every week, chased when it is late; beside it a review every quarter that asks two people."""
    weekly = (
        choice("m") + catch("week", date("due('week')")) + user("contact") + choice("x", "again") + terminate()
        + boundary("late", "contact", date("due('late')"), interrupting=False) + user("chase") + end("chased")
        + chain("g", "m", "week", "contact", "x") + flow("x", "t", "over == true") + flow("x", "m", key="again")
        + chain("late", "chase", "chased")
    )  # fmt: skip
    reviews = (
        choice("m2") + catch("quarter", date("due('quarter')")) + call("review", "q") + choice("x2", "next")
        + chain("g", "m2", "quarter", "review", "x2") + flow("x2", "m2", key="next")
        + end("e2") + flow("x2", "e2", "enough == true")
    )  # fmt: skip
    each = for_each("reviewers", "reviewer", "opinions", "opinion")
    return [
        diagram(start(), together("g"), weekly, reviews, flow("s", "g")),
        diagram(start(), user("ask", each), duty("d", "plan"), end(), chain("s", "ask", "d", "e"), process="q"),
    ]


def _a_week(case: Case, number: int) -> None:
    """Contact is late every fourth week; whoever is asked for a review answers in the week."""
    case.until(case.office.now + timedelta(days=7))
    for _ in range(case.open().count("ask")):
        case.complete("ask", opinion={"of week": number, "said": "as before"})
    assert "contact" in case.open()
    if number % 4 == 0:
        case.until(case.office.now + timedelta(days=3))
        case.complete("chase")
    case.complete("contact", reached=number % 2 == 0)


def test_after_twenty_years_of_weekly_contact_the_case_is_found_and_is_as_much_work_as_in_the_first() -> None:
    office = Office(days={"week": 7, "late": 3, "quarter": 91}, duties={"plan": {"planned": True}})
    case, weeks = Case(spec_of(*_weekly_contact()), office), count(1)

    def live(many: int) -> None:
        for week in islice(weeks, many):
            _a_week(case, week)

    live(20)
    early = case.work_of(lambda: live(30))
    live(920)
    _assert_as_little_work(early, case.work_of(lambda: live(30)))
    assert office.now > MONDAY + TWENTY_YEARS
    assert [name for name, _, _ in office.calls].count("plan") > 75
    assert case.largest < LARGEST_STATE
    case.until(office.now + timedelta(days=7))
    case.complete("contact", over=True)
    assert case.outcome.finished


# Five thousand completions --------------------------------------------------------------------


def test_the_five_thousandth_completion_of_a_case_is_as_much_work_as_the_fiftieth() -> None:
    spec = spec_of(
        diagram(
            start(), choice("m"), user("visit"), together("g"), user("note"), user("plan"), together("j"),
            choice("x", "again"), end(), chain("s", "m", "visit", "g", "note", "j"), chain("g", "plan", "j", "x"),
            flow("x", "e", "over == true"), flow("x", "m", key="again"),
        )
    )  # fmt: skip
    case = Case(spec, Office())

    def rounds(completions: int) -> None:
        while case.completed < completions:
            case.complete("visit", seen=True)
            case.complete("plan", goals=["walk", "shop"])
            case.complete("note", text="x" * 200)

    rounds(48)
    early = case.work_of(lambda: rounds(60))
    rounds(4_986)
    _assert_as_little_work(early, case.work_of(lambda: rounds(5_000)))
    assert case.largest < LARGEST_STATE
    assert case.open() == ["visit"]
