"""Steps that another system does: they wait under their topic, go on with what it decided, or break off at the edge."""

from __future__ import annotations

import pytest

from tests.engine.drawings import (
    Office,
    boundary,
    chain,
    complete,
    diagram,
    duty,
    end,
    lanes,
    open_keys,
    outside,
    saved_and_resumed,
    spec_of,
    start,
    user,
)
from workflows.engine import Run
from workflows.engine.lint import find_faults
from workflows.engine.refusals import CannotMove

ERRORS = '<bpmn:error id="nobody" name="nobody" errorCode="not_found"/><bpmn:error id="rest" name="rest"/>'


def drawn(inside: str) -> bytes:
    return diagram(
        lanes(nurse=("known", "look")), start(), inside,
        boundary("edge", "score", '<bpmn:errorEventDefinition errorRef="nobody"/>'),
        user("known"), user("look"), end(), end("e2"),
        chain("s", "score", "known", "e"), chain("edge", "look", "e2"), extra=ERRORS,
    )  # fmt: skip


def test_a_step_of_another_system_waits_and_goes_on_with_what_it_decided() -> None:
    spec, office = spec_of(drawn(outside("score", "risk-score", reads="age", decides="risk"))), Office()
    run = saved_and_resumed(Run.start(spec, office.asked, {"age": 81}), spec, office)
    (job,) = run.outcome().outside
    assert (job.key, job.topic, job.data["age"], job.properties["decides"]) == ("score", "risk-score", 81, "risk")
    assert [step.kind for step in spec.outline() if step.key == "score"] == ["outside"]
    assert [(one.kind, one.due_at) for one in run.outcome().waiting] == [("outside", None)]
    assert open_keys(run) == []
    run.complete(job.id, {"risk": "high"})
    outcome = run.outcome()
    assert (outcome.outside, outcome.was_outside, outcome.was_open) == ((), {job.id}, set())
    assert (outcome.data["risk"], open_keys(run)) == ("high", ["known"])
    assert ("score", "service") in [(step.key, step.kind) for step in outcome.done]


def test_an_error_it_tells_takes_the_way_at_the_edge_and_one_that_nobody_hears_moves_nothing() -> None:
    spec, office = spec_of(drawn(outside("score", "risk-score"))), Office()
    run = saved_and_resumed(Run.start(spec, office.asked, {}), spec, office)
    (job,) = run.outcome().outside
    assert not run.break_off(job.id, "asleep", {})
    assert run.outcome().outside == (job,)
    assert run.break_off(job.id, "not_found", {"why": "moved"})
    outcome = saved_and_resumed(run, spec, office).outcome()
    assert (outcome.outside, outcome.data["why"], [step.key for step in outcome.open_steps]) == ((), "moved", ["look"])
    complete(run, "look")
    assert run.outcome().finished


def test_a_case_that_moves_to_another_release_waits_for_the_system_that_is_named_there() -> None:
    old, office = spec_of(drawn(outside("score", "risk-score"))), Office()
    state = Run.start(old, office.asked, {}).outcome().state
    new = spec_of(drawn(outside("score", "better-score")), release="r2")
    moved = Run.move(state, old, new, office.asked, {}).outcome()
    assert [job.topic for job in moved.outside] == ["better-score"]
    with pytest.raises(CannotMove):
        Run.move(state, old, spec_of(drawn(duty("score", "case.note")), release="r3"), office.asked, {})


def test_the_check_knows_steps_of_other_systems() -> None:
    assert find_faults(drawn(outside("score", "risk-score", reads="age, sex", tries="5"))) == ()
    faulty = outside("score", "Risk Score", reads="age now", tries="often")
    assert {one.rule for one in find_faults(drawn(faulty))} == {
        "form.plain-topic",
        "form.plain-variables",
        "form.tries",
    }
    assert {one.rule for one in find_faults(drawn(duty("score", "case.note")))} == {"form.attached"}
