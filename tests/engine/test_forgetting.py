"""What a run may forget, and what it may not: what chance finds seldom (test_differential.py finds the rest)."""

from __future__ import annotations

import pytest

from tests.engine.drawings import (
    Office,
    boundary,
    call,
    chain,
    choice,
    complete,
    date,
    diagram,
    duty,
    end,
    flow,
    for_each,
    hears,
    messages,
    open_keys,
    saved_and_resumed,
    spec_of,
    start,
    terminate,
    together,
    user,
)
from workflows.engine import Run


def _loop_of(inside: str, first: str, last: str) -> bytes:
    return diagram(
        start(), choice("m"), inside, choice("x", "again"), end(), flow("s", "m"), flow("m", first),
        flow(last, "x"), flow("x", "e", "stop == true"), flow("x", "m", key="again"),
    )  # fmt: skip


def test_after_three_hundred_rounds_the_step_is_found_and_the_state_is_small() -> None:
    shapes = [
        user("call"),
        duty("count", "d"),
        *(user(f"u{n}") for n in range(3)),
        chain("call", "count", "u0", "u1", "u2"),
    ]
    spec = spec_of(_loop_of("".join(shapes), "call", "u2"))
    office = Office(duties={"d": {"seen": True}})
    state = Run.start(spec, office.asked, {"case": "4711"}).outcome().state
    sizes = []
    for _ in range(300):
        for key in ("call", "u0", "u1", "u2"):
            run = Run.resume(state, spec, office.asked)
            complete(run, key, **{f"by_{key}": "nurse"})
            state = run.outcome().state
        sizes.append(len(state.encode()))
    assert open_keys(Run.resume(state, spec, office.asked)) == ["call"]
    assert max(sizes) < 16_000
    assert sizes[-1] <= sizes[10] + 20  # counters grow by a digit, nothing else grows


def test_a_join_inside_a_loop_waits_for_both_branches_in_every_round() -> None:
    inside = together("g") + user("a") + user("b") + together("j") + chain("g", "a", "j") + chain("g", "b", "j")
    spec = spec_of(_loop_of(inside, "g", "j"))
    office = Office()
    run = Run.start(spec, office.asked, {})
    for number in range(20):
        first, second = ("a", "b") if number % 2 else ("b", "a")
        complete(run, first, **{first: number})
        run = saved_and_resumed(run, spec, office)
        assert open_keys(run) == [second]
        complete(run, second, **{second: number})
        run = saved_and_resumed(run, spec, office)
        assert open_keys(run) == ["a", "b"]
        assert run.outcome().open_steps[0].data == {"a": number, "b": number}


def test_a_reminder_in_a_loop_stays_open_beside_the_next_round() -> None:
    inside = user("u") + boundary("b", "u", date("due('days')"), interrupting=False) + user("chase") + end("e2")
    spec = spec_of(_loop_of(inside + chain("b", "chase", "e2"), "u", "u"))
    office = Office(days={"days": 5})
    run = Run.start(spec, office.asked, {})
    office.later(5)
    run = saved_and_resumed(run, spec, office)
    assert run.wake() == 1
    complete(saved := saved_and_resumed(run, spec, office), "u")
    assert open_keys(saved) == ["chase", "u"]


def test_finished_branches_leave_their_decisions_behind() -> None:
    spec = spec_of(
        diagram(
            start(), together("g"), *(user(f"u{n}") + end(f"e{n}") + chain("g", f"u{n}", f"e{n}") for n in range(4)),
            flow("s", "g"),
        )
    )  # fmt: skip
    office = Office()
    run = Run.start(spec, office.asked, {})
    for number in range(4):
        complete(run, f"u{number}", **{f"k{number}": number})
        run = saved_and_resumed(run, spec, office)
    outcome = run.outcome()
    assert (outcome.finished, outcome.ended_at) == (True, "e3")
    assert outcome.data == {"k0": 0, "k1": 1, "k2": 2, "k3": 3}


def test_a_finished_run_is_only_its_result() -> None:
    spec = spec_of(diagram(start(), user("u"), terminate(), chain("s", "u", "t")))
    run = Run.start(spec, Office().asked, {"x": 1})
    complete(run, "u", y=2)
    outcome = run.outcome()
    assert len(outcome.state) < 300
    again = Run.resume(outcome.state, spec, Office().asked).outcome()
    assert (again.finished, again.ended_at, again.data, again.done) == (True, "t", {"x": 1, "y": 2}, ())


@pytest.mark.parametrize("one_by_one", [False, True])
def test_a_withdrawn_repeated_call_leaves_nothing_running(one_by_one: bool) -> None:
    each = for_each("items", "item", "all", "result", one_by_one)
    spec = spec_of(
        diagram(
            start(), call("outer", "middle"), boundary("b", "outer", hears("stop")), user("after"), end(), end("e2"),
            chain("s", "outer", "e"), chain("b", "after", "e2"), extra=messages("stop"),
        ),
        diagram(start(), call("c", "inner", each), end(), chain("s", "c", "e"), process="middle"),
        diagram(start(), user("u"), duty("d", "d"), end(), chain("s", "u", "d", "e"), process="inner"),
    )  # fmt: skip
    office = Office(days={"days": 5})
    run = Run.start(spec, office.asked, {"items": [1, 2, 3]})
    assert open_keys(run) == (["u"] if one_by_one else ["u"] * 3)
    run = saved_and_resumed(run, spec, office)
    assert run.deliver("stop", {})
    assert open_keys(run) == ["after"]
    complete(run, "after")
    assert run.outcome().finished
    assert office.calls == []
