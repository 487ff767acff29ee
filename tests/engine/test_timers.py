"""Dates are measured on the clock of the house, worked out once, and kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.engine.drawings import (
    MONDAY,
    Office,
    asked_anew,
    boundary,
    call,
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
    saved_and_resumed,
    spec_of,
    start,
    together,
    user,
    waits_for_first,
)
from workflows.engine import Asked, DiagramRefused, Run, TimerRefused, TooManySteps
from workflows.engine.timers import instant

WEEK = spec_of(diagram(start(), catch("w", date("due('wait.week')")), user("u"), end(), chain("s", "w", "u", "e")))


def _waiting_for(expression: str, **data: object) -> Run:
    spec = spec_of(diagram(start(), catch("w", date(expression)), user("u"), end(), chain("s", "w", "u", "e")))
    return Run.start(spec, Office(days={"wait.week": 7}).asked, data)


def test_the_due_instant_of_a_timer_is_exposed() -> None:
    outcome = _waiting_for("due('wait.week')").outcome()
    (event,) = outcome.waiting
    assert (event.key, event.kind, event.due_at) == ("w", "timer", MONDAY + timedelta(days=7))
    assert outcome.next_due_at == event.due_at


def test_a_timer_goes_off_at_its_instant_and_not_before() -> None:
    office = Office(days={"wait.week": 7})
    run = Run.start(WEEK, office.asked, {})
    office.later(6.99999)
    assert run.wake() == 0
    office.now = MONDAY + timedelta(days=7)
    assert run.wake() == 1
    assert open_keys(run) == ["u"]
    assert run.wake() == 0


def test_a_date_is_asked_for_once_and_survives_saving() -> None:
    office = Office(days={"wait.week": 7})
    run = Run.start(WEEK, office.asked, {})
    office.days["wait.week"] = 100
    for _ in range(3):
        office.later(1)
        run = saved_and_resumed(run, WEEK, office)
        run.wake()
    assert office.dates_asked == ["wait.week"]
    assert run.outcome().next_due_at == MONDAY + timedelta(days=7)


def test_a_date_is_asked_for_again_in_every_round() -> None:
    spec = spec_of(
        diagram(
            start(), choice("m"), catch("w", date("due('wait.week')")), user("u"), choice("x", "again"), end(),
            flow("s", "m"), chain("m", "w", "u", "x"), flow("x", "e", "stop == true"), flow("x", "m", key="again"),
        )
    )  # fmt: skip
    office = Office(days={"wait.week": 7})
    run = Run.start(spec, office.asked, {})
    for number in range(1, 4):
        office.later(7)
        run = saved_and_resumed(run, spec, office)
        assert run.wake() == 1
        complete(run, "u")
        assert run.outcome().next_due_at == MONDAY + timedelta(days=7 * (number + 1))


@pytest.mark.parametrize(
    ("expression", "data"),
    [
        ("next_review_at", {"next_review_at": "2026-12-01T09:00:00"}),
        ("next_review_at", {"next_review_at": "soon"}),
        ("next_review_at", {"next_review_at": 20261201}),
        ("next_review_at", {}),
        ("'P7D'", {}),
    ],
)
def test_a_timer_without_a_date_that_names_its_zone_is_refused(expression: str, data: dict[str, object]) -> None:
    with pytest.raises(TimerRefused, match="'w'"):
        _waiting_for(expression, **data)


def test_a_naive_date_from_the_office_is_refused() -> None:
    office = Office(now=datetime(2026, 11, 16, 9, 0), days={"wait.week": 7})  # noqa: DTZ001  # naive on purpose
    with pytest.raises(TimerRefused, match="time zone"):
        Run.start(WEEK, office.asked, {})


@pytest.mark.parametrize("text", ["2026-12-01T10:00:00+01:00", "2026-12-01T09:00:00Z", "2026-12-01T09:00:00+00:00"])
def test_any_zone_will_do_and_utc_is_kept(text: str) -> None:
    assert instant(text) == datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    (event,) = _waiting_for("at", at=text).outcome().waiting
    assert event.due_at is not None
    assert event.due_at.tzinfo is UTC


def test_a_date_in_the_past_lets_go_at_once() -> None:
    run = _waiting_for("at", at="2020-01-01T00:00:00+00:00")
    assert open_keys(run) == ["u"]


def test_a_circle_of_past_dates_is_stopped() -> None:
    spec = spec_of(
        diagram(
            start(), choice("m"), catch("w", date("at")), choice("x", "again"), end(), flow("s", "m"),
            chain("m", "w", "x"), flow("x", "e", "stop == true"), flow("x", "m", key="again"),
        )
    )  # fmt: skip
    with pytest.raises(TooManySteps):
        Run.start(spec, Office().asked, {"at": "2020-01-01T00:00:00+00:00"})


@pytest.mark.parametrize("tag", ["timeDuration", "timeCycle"])
def test_durations_and_cycles_are_refused_when_the_diagram_is_read(tag: str) -> None:
    definition = f"<bpmn:timerEventDefinition><bpmn:{tag}>'P1D'</bpmn:{tag}></bpmn:timerEventDefinition>"
    with pytest.raises(DiagramRefused, match="timeDate"):
        spec_of(diagram(start(), catch("w", definition), end(), chain("s", "w", "e")))


def _reminded(interrupting: bool) -> Run:
    spec = spec_of(
        diagram(
            start(), user("u"), boundary("b", "u", date("due('late')"), interrupting), duty("d", "escalate"),
            user("chase"), end(), end("e2"), chain("s", "u", "e"), chain("b", "d", "chase", "e2"),
        )
    )  # fmt: skip
    office = Office(days={"late": 2})
    run = Run.start(spec, office.asked, {})
    office.later(2)
    assert run.wake() == 1
    return run


def test_a_reminder_opens_beside_the_step_it_reminds_of() -> None:
    assert open_keys(_reminded(interrupting=False)) == ["chase", "u"]


def test_a_deadline_withdraws_the_step() -> None:
    assert open_keys(_reminded(interrupting=True)) == ["chase"]


def test_who_completes_a_step_late_but_before_anybody_noticed_has_completed_it() -> None:
    spec = spec_of(
        diagram(
            start(), user("u"), boundary("b", "u", date("due('late')")), user("chase"), user("next"), end(),
            end("e2"), chain("s", "u", "next", "e"), chain("b", "chase", "e2"),
        )
    )  # fmt: skip
    office = Office(days={"late": 2})
    run = Run.start(spec, office.asked, {})
    office.later(5)
    complete(run, "u")
    assert open_keys(run) == ["next"]


def test_two_timers_that_are_due_go_off_in_one_waking() -> None:
    spec = spec_of(
        diagram(
            start(), together("g"), catch("w1", date("due('a')")), catch("w2", date("due('b')")), user("u1"),
            user("u2"), end("e1"), end("e2"), flow("s", "g"),
            chain("g", "w1", "u1", "e1"), chain("g", "w2", "u2", "e2"),
        )
    )  # fmt: skip
    office = Office(days={"a": 1, "b": 2})
    run = Run.start(spec, office.asked, {})
    office.later(3)
    assert run.wake() == 2
    assert open_keys(run) == ["u1", "u2"]


@pytest.mark.parametrize("system_time", [datetime(1999, 1, 1, tzinfo=UTC), datetime(2199, 1, 1, tzinfo=UTC)])
def test_the_clock_of_the_machine_does_not_matter(system_time: datetime) -> None:
    with time_machine.travel(system_time, tick=False):
        test_a_timer_goes_off_at_its_instant_and_not_before()
        test_a_join_does_not_need_a_clock()


def test_a_join_does_not_need_a_clock() -> None:
    spec = spec_of(
        diagram(
            start(), together("g"), user("a"), user("b"), together("j"), user("u"), end(),
            flow("s", "g"), chain("g", "a", "j"), chain("g", "b", "j"), chain("j", "u", "e"),
        )
    )  # fmt: skip
    office = Office()
    run = Run.start(spec, office.asked, {"x": "old"})
    complete(run, "b", x="new", b=1)
    run = saved_and_resumed(run, spec, office)
    complete(run, "a", a=1)
    assert run.outcome().open_steps[0].data == {"x": "new", "a": 1, "b": 1}


def _visit_then_deadline(office: Office) -> Run:
    """A call that may take five days, and in it a letter after two."""
    spec = spec_of(
        diagram(
            start(), call("c", "q"), boundary("b", "c", date("due('deadline')")), user("too_late"), end(), end("e2"),
            chain("s", "c", "e"), chain("b", "too_late", "e2"),
        ),
        diagram(
            start(), catch("w", date("due('letter')")), duty("d", "send"), user("u"), end(),
            chain("s", "w", "d", "u", "e"), process="q",
        ),
    )  # fmt: skip
    return saved_and_resumed(Run.start(spec, office.asked, {}), spec, office)


def test_after_days_without_a_look_the_date_that_came_first_goes_off_first() -> None:
    office = Office(days={"deadline": 5, "letter": 2})
    run = _visit_then_deadline(office)
    office.later(6)
    assert run.wake() == 2
    assert [name for name, _, _ in office.calls] == ["send"]
    assert open_keys(run) == ["too_late"]


def test_a_date_does_not_go_off_out_of_turn_because_another_step_was_done() -> None:
    office = Office(days={"early": 1, "late": 3})
    spec = spec_of(
        diagram(
            start(), together("g"), catch("w1", date("due('late')")), catch("w2", date("due('early')")),
            duty("d1", "after late"), duty("d2", "after early"), user("u"), end("e1"), end("e2"), end("e3"),
            flow("s", "g"), chain("g", "w1", "d1", "e1"), chain("g", "w2", "d2", "e2"), chain("g", "u", "e3"),
        )
    )  # fmt: skip
    run = Run.start(spec, office.asked, {})
    office.later(4)
    complete(run, "u")
    assert [name for name, _, _ in office.calls] == ["after early", "after late"]


@pytest.mark.parametrize("alone", [True, False])
def test_a_date_that_is_asked_anew_stands_in_no_state_and_follows_what_the_house_says(alone: bool) -> None:
    moment = {"x": MONDAY + timedelta(days=9)}
    asked = Asked(lambda *_: {}, lambda *_: {}, lambda key, _: moment[key], lambda: moment.get("now", MONDAY))
    waits = catch("w", asked_anew("due('x')"))
    drawn = diagram(start(), waits, user("u"), end(), chain("s", "w", "u", "e"))
    if not alone:
        drawn = diagram(
            start(), waits_for_first("g"), waits, catch("m", hears("news")), user("u"), end(), end("e2"),
            chain("s", "g", "w", "u", "e"), chain("g", "m", "e2"), extra=messages("news"),
        )  # fmt: skip
    spec = spec_of(drawn)
    outcome = Run.start(spec, asked, {}).outcome()
    assert outcome.next_due_at == moment["x"]
    assert "2026-11-25" not in outcome.state
    moment["x"] += timedelta(days=3)
    moment["now"] = MONDAY + timedelta(days=10)
    run = Run.resume(outcome.state, spec, asked)
    assert (run.wake(), run.outcome().next_due_at) == (0, moment["x"])
    moment["now"] = MONDAY + timedelta(days=12)
    run = Run.resume(run.outcome().state, spec, asked)
    assert (run.wake(), open_keys(run)) == (1, ["u"])
