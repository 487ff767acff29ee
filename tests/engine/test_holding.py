"""A step that needs nobody and fails: the run stands there, the rest goes on, and it is tried again when told to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.engine.drawings import (
    Office,
    boundary,
    chain,
    choice,
    complete,
    date,
    diagram,
    duty,
    end,
    flow,
    open_keys,
    spec_of,
    start,
    together,
    user,
)
from workflows.engine import Asked, ExpressionRefused, HeldStep, Run, StepNotOpen

SPEC = spec_of(
    diagram(
        start(), user("ask"), together("g"), duty("write", "letters.send", "", to="'gp'"), user("after"),
        user("beside"),
        end("e1"), end("e2"), chain("s", "ask", "g", "write", "after", "e1"), chain("g", "beside", "e2"),
    )
)  # fmt: skip


def failing(office: Office, failed: list[HeldStep]) -> Asked:
    def call(name: str, given: Mapping[str, object], data: Mapping[str, object]) -> Mapping[str, object]:
        raise KeyError(name)

    return replace(office.asked, call=call, failed=failed.append)


def left_out(asked: Asked, key: str) -> Asked:
    return replace(asked, left_out=frozenset({("p", key)}))


def test_whoever_asks_is_told_at_which_step_an_act_stopped() -> None:
    failed: list[HeldStep] = []
    run = Run.start(SPEC, failing(Office(), failed), {})
    with pytest.raises(KeyError):
        complete(run, "ask", letter="L04")
    (step,) = failed
    assert (step.key, step.kind, step.asks, step.process) == ("write", "service", "letters.send", "p")
    assert step.data == {"letter": "L04"}


def test_a_step_that_is_left_out_is_held_while_the_rest_goes_on() -> None:
    asked = left_out(failing(Office(), []), "write")
    run = Run.start(SPEC, asked, {})
    complete(run, "ask")
    held = run.outcome()
    assert ([step.key for step in held.held], [step.key for step in held.open_steps]) == (["write"], ["beside"])
    again = Run.resume(held.state, SPEC, failing(Office(), []))  # which would fail if it were tried
    complete(again, "beside")
    later = again.outcome()
    assert (later.held, later.finished) == (held.held, False)


def test_a_held_step_is_done_once_it_is_told_to_try_again() -> None:
    office = Office()
    run = Run.start(SPEC, left_out(failing(office, []), "write"), {})
    complete(run, "ask")
    held = run.outcome()
    again = Run.resume(held.state, SPEC, office.asked)
    again.try_again(held.held[0].id)
    assert (sorted(open_keys(again)), again.outcome().held) == (["after", "beside"], ())
    with pytest.raises(StepNotOpen):
        again.try_again(held.held[0].id)


def test_a_choice_that_cannot_be_worked_out_is_held_too() -> None:
    spec = spec_of(
        diagram(
            start(), user("ask"), choice("way", "no"), end("e1"), end("e2"), chain("s", "ask", "way"),
            flow("way", "e1", "3 + word > 1", "yes"), flow("way", "e2", "", "no"),
        )
    )  # fmt: skip
    failed: list[HeldStep] = []
    asked = replace(Office().asked, failed=failed.append)
    run = Run.start(spec, asked, {"word": "x"})
    with pytest.raises(ExpressionRefused):
        complete(run, "ask")
    run = Run.start(spec, left_out(asked, failed[0].key), {"word": "x"})
    complete(run, "ask")
    assert [step.name for step in run.outcome().held] == ["way"]


def test_of_a_step_whose_date_at_the_edge_cannot_be_read_that_step_is_named() -> None:
    spec = spec_of(
        diagram(
            start(), user("ask"), user("wait"), boundary("late", "wait", date("'soon'")), end("e1"), end("e2"),
            chain("s", "ask", "wait", "e1"), chain("late", "e2"),
        )
    )  # fmt: skip
    failed: list[HeldStep] = []
    asked = replace(Office().asked, failed=failed.append)
    run = Run.start(spec, asked, {})
    with pytest.raises(Exception, match="soon"):
        complete(run, "ask")
    assert failed[0].name == "wait"
    run = Run.start(spec, left_out(asked, failed[0].key), {})
    complete(run, "ask")
    outcome = run.outcome()
    assert ([step.name for step in outcome.held], outcome.open_steps) == (["wait"], ())


def test_a_held_step_stays_held_when_its_run_moves_to_another_release() -> None:
    office = Office()
    run = Run.start(SPEC, left_out(failing(office, []), "write"), {})
    complete(run, "ask")
    held = run.outcome()
    there = spec_of(SPEC.diagram_xml(), release="r2")
    moved = Run.move(held.state, SPEC, there, failing(office, []), {})
    assert moved.outcome().held == held.held
    again = Run.resume(moved.outcome().state, there, office.asked)
    again.try_again(held.held[0].id)
    assert open_keys(again) == ["after", "beside"]
