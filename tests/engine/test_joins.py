"""Where branches meet: who is waited for, and which of what they bring is kept."""

from __future__ import annotations

from tests.engine.drawings import (
    Office,
    chain,
    choice,
    complete,
    diagram,
    end,
    flow,
    open_keys,
    saved_and_resumed,
    some,
    spec_of,
    start,
    together,
    user,
)
from workflows.engine import Run, Spec


def _forked() -> Spec:
    branches = [user(f"u{n}") + chain("g", f"u{n}", "j") for n in range(2)]
    return spec_of(
        diagram(
            start(), user("first"), together("g"), *branches, together("j"), user("after"), end(),
            chain("s", "first", "g"), chain("j", "after", "e"),
        )
    )  # fmt: skip


def test_a_branch_that_arrives_first_but_decided_last_counts_with_all_it_said() -> None:
    spec, office = _forked(), Office()
    run = Run.start(spec, office.asked, {"x": {"deep": {"n": 0}}})
    complete(run, "first")
    complete(run, "u1", x={"deep": {"n": 1}, "old": True})
    complete(run, "u0", x={"deep": {"n": 2}})
    assert run.outcome().open_steps[0].data["x"] == {"deep": {"n": 2}}


def _some_in_a_loop() -> Spec:
    """A circle in which one or both ways may be wanted, and one way is a circle of its own."""
    return spec_of(
        diagram(
            start(), choice("m"), some("g").replace("/>", ' default="neither"/>'), some("j"), user("sum"),
            choice("x", "out"), end(), chain("s", "m", "g"),
            choice("m2"), user("visit"), choice("x2", "enough"), flow("g", "m2", "visits == true"),
            chain("m2", "visit", "x2"), flow("x2", "m2", "again == true"), flow("x2", "j", key="enough"),
            user("call"), flow("g", "call", "calls == true"), flow("call", "j"), flow("g", "j", key="neither"),
            chain("j", "sum", "x"), flow("x", "m", "round == true"), flow("x", "e", key="out"),
        )
    )  # fmt: skip


def test_an_inclusive_join_in_a_circle_waits_for_the_way_that_is_still_going() -> None:
    spec, office = _some_in_a_loop(), Office()
    run = Run.start(spec, office.asked, {"visits": True, "calls": True})
    for _ in range(3):
        complete(run, "call")
        run = saved_and_resumed(run, spec, office)
        assert open_keys(run) == ["visit"]
        complete(run, "visit", again=True)
        run = saved_and_resumed(run, spec, office)
        assert open_keys(run) == ["visit"]
        complete(run, "visit", again=False)
        assert open_keys(run) == ["sum"]
        complete(run, "sum", round=True)
        run = saved_and_resumed(run, spec, office)
        assert open_keys(run) == ["call", "visit"]


def test_an_inclusive_join_waits_for_nobody_who_was_not_sent() -> None:
    spec, office = _some_in_a_loop(), Office()
    run = Run.start(spec, office.asked, {"visits": True})
    complete(run, "visit", visits=False, calls=True)
    complete(run, "sum", round=True)
    assert open_keys(run) == ["call"]
    complete(run, "call", calls=False)
    complete(run, "sum", round=True)
    assert open_keys(saved_and_resumed(run, spec, office)) == ["sum"]
