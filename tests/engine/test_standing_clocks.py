"""Clocks that stand still: a timer marked to pause waits with the house, and goes on with the date it is given."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.engine.drawings import (
    MONDAY,
    Office,
    boundary,
    catch,
    chain,
    choice,
    complete,
    date,
    diagram,
    duty,
    end,
    flow,
    hears,
    messages,
    open_keys,
    pausing,
    saved_and_resumed,
    spec_of,
    start,
    together,
    user,
    waits_for_first,
)
from workflows.engine import Run, Spec

DAYS = {"wait.week": 7, "wait.day": 1, "wait.now": 0}
WEEK = timedelta(days=7)
ALONE = spec_of(diagram(start(), catch("w", pausing("due('wait.week')")), user("u"), end(), chain("s", "w", "u", "e")))
FIRST_OF_TWO = spec_of(
    diagram(
        start(), waits_for_first("g"), catch("w", pausing("due('wait.week')")), catch("m", hears("news")),
        user("u"), user("v"), end(), end("e2"), chain("s", "g", "w", "u", "e"), flow("g", "m"), chain("m", "v", "e2"),
        extra=messages("news"),
    )
)  # fmt: skip
AT_A_STEP = spec_of(
    diagram(
        start(), user("a"), boundary("w", "a", pausing("due('wait.week')"), interrupting=False), user("u"),
        end(), end("e2"), chain("s", "a", "e"), chain("w", "u", "e2"),
    )
)  # fmt: skip


def _office(**given: object) -> Office:
    return Office(days=dict(DAYS), **given)  # type: ignore[arg-type]  # passed on as it is


def _stands(run: Run, spec: Spec, office: Office, days: float) -> Run:
    """The house stops its clocks, and so many days pass."""
    office.stopped = True
    office.later(days)
    return saved_and_resumed(run, spec, office)


def _goes_on(run: Run, spec: Spec, office: Office, new: datetime) -> Run:
    office.stopped = False
    run = saved_and_resumed(run, spec, office)
    run.restart_clocks(lambda _event, _date: new)
    return run


@pytest.mark.parametrize("spec", [ALONE, FIRST_OF_TWO, AT_A_STEP])
def test_a_timer_that_pauses_does_not_go_off_while_clocks_stand_still(spec: Spec) -> None:
    office = _office()
    run = _stands(Run.start(spec, office.asked, {}), spec, office, days=30)
    assert run.wake() == 0
    assert "u" not in open_keys(run)
    waiting = {event.key: event for event in run.outcome().waiting}
    assert waiting["w"].due_at is None
    assert run.outcome().next_due_at is None


@pytest.mark.parametrize("spec", [ALONE, FIRST_OF_TWO, AT_A_STEP])
def test_when_clocks_go_on_it_goes_off_at_its_new_date(spec: Spec) -> None:
    office = _office()
    run = _stands(Run.start(spec, office.asked, {}), spec, office, days=30)
    new = office.now + timedelta(days=3)
    run = _goes_on(run, spec, office, new)
    assert run.outcome().next_due_at == new
    office.later(2.9)
    assert run.wake() == 0
    office.later(0.1)
    assert run.wake() == 1
    assert "u" in open_keys(run)


@pytest.mark.parametrize("spec", [ALONE, FIRST_OF_TWO])
def test_the_old_date_is_handed_over_with_the_event_it_belongs_to(spec: Spec) -> None:
    office = _office()
    run = Run.start(spec, office.asked, {})
    (event,) = (one for one in run.outcome().waiting if one.kind == "timer")
    run, heard = _stands(run, spec, office, days=1), []
    office.stopped = False
    run = saved_and_resumed(run, spec, office)
    run.restart_clocks(lambda key, old: (heard.append((key, old)), old)[1])
    assert heard == [(event.id, MONDAY + WEEK)]


def test_a_new_date_that_has_come_already_lets_go_at_once() -> None:
    office = _office()
    run = _stands(Run.start(ALONE, office.asked, {}), ALONE, office, days=30)
    assert open_keys(_goes_on(run, ALONE, office, office.now)) == ["u"]


def test_a_timer_that_begins_while_clocks_stand_still_waits_as_well() -> None:
    spec = spec_of(
        diagram(
            start(), user("a"), catch("w", pausing("due('wait.now')")), user("u"), end(),
            chain("s", "a", "w", "u", "e"),
        )
    )  # fmt: skip
    office = _office(stopped=True)
    run = Run.start(spec, office.asked, {})
    complete(run, "a")
    assert open_keys(run) == []
    assert open_keys(_goes_on(run, spec, office, office.now)) == ["u"]


def test_other_timers_run_on() -> None:
    spec = spec_of(diagram(start(), catch("w", date("due('wait.week')")), user("u"), end(), chain("s", "w", "u", "e")))
    office = _office()
    run = _stands(Run.start(spec, office.asked, {}), spec, office, days=7)
    assert run.wake() == 1
    office.stopped = False
    run.restart_clocks(lambda _event, _date: pytest.fail("nothing stood still"))


def test_news_is_heard_while_clocks_stand_still() -> None:
    office = _office()
    run = _stands(Run.start(FIRST_OF_TWO, office.asked, {}), FIRST_OF_TWO, office, days=1)
    assert run.deliver("news", {})
    assert open_keys(run) == ["v"]


def test_another_branch_moves_on_without_setting_off_what_stands_still() -> None:
    spec = spec_of(
        diagram(
            start(), together("g"), catch("w", pausing("due('wait.day')")), user("u"), user("a"), user("b"),
            end(), end("e2"), chain("s", "g", "w", "u", "e"), chain("g", "a", "b", "e2"),
        )
    )  # fmt: skip
    office = _office()
    run = _stands(Run.start(spec, office.asked, {}), spec, office, days=5)
    complete(run, "a")
    assert open_keys(run) == ["b"]


def test_clocks_do_not_begin_to_run_in_the_middle_of_an_act() -> None:
    """What lets them go on has to give new dates first; the old ones must not go off meanwhile."""
    spec = spec_of(
        diagram(
            start(), together("g"), catch("w", pausing("due('wait.day')")), user("u"), user("a"), duty("d", "go.on"),
            end(), end("e2"), chain("s", "g", "w", "u", "e"), chain("g", "a", "d", "e2"),
        )
    )  # fmt: skip
    office = _office()
    run = _stands(Run.start(spec, office.asked, {}), spec, office, days=5)
    office.duties = _LettingGo(office)
    complete(run, "a")
    assert not office.stopped
    assert open_keys(run) == []


class _LettingGo(dict[str, dict[str, object]]):
    """Duties that let the clocks go on, whatever they are asked."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office

    def get(self, *_asked: object) -> dict[str, object]:  # type: ignore[override]  # the one way it is read
        self._office.stopped = False
        return {}


def test_a_round_begins_with_a_clock_of_its_own() -> None:
    spec = spec_of(
        diagram(
            start(), choice("m"), catch("w", pausing("due('wait.week')")), user("u"), choice("x", "again"), end(),
            flow("s", "m"), chain("m", "w", "u", "x"), flow("x", "e", "stop == true"), flow("x", "m", key="again"),
        )
    )  # fmt: skip
    office = _office()
    run = _stands(Run.start(spec, office.asked, {}), spec, office, days=30)
    run = _goes_on(run, spec, office, office.now)
    complete(run, "u")
    assert run.outcome().next_due_at == office.now + WEEK
