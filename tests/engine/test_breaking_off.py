"""Errors and escalations that come out of a called process, and long automatic stretches."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.engine.drawings import (
    Office,
    boundary,
    call,
    chain,
    choice,
    complete,
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
    together,
    user,
)
from workflows.engine import Run, Spec, TooManySteps
from workflows.engine.moving import MOST_STEPS

ERROR = '<bpmn:error id="failed" name="failed" errorCode="1"/>'
ESCALATION = '<bpmn:escalation id="worse" name="worse" escalationCode="1"/>'


def _called(last: str) -> bytes:
    return diagram(
        start(), together("g"), user("try"), user("beside"), last, end("e2"),
        chain("s", "g", "try", "over"), chain("g", "beside", "e2"), process="q", extra=ERROR + ESCALATION,
    )  # fmt: skip


def _case(event: str, interrupting: bool, inner: bytes) -> Spec:
    return spec_of(
        diagram(
            start(), call("c", "q"), boundary("b", "c", event, interrupting), user("help"), user("after"), end(),
            end("e2"), chain("s", "c", "after", "e"), chain("b", "help", "e2"), extra=ERROR + ESCALATION,
        ),
        inner,
    )  # fmt: skip


def test_an_error_out_of_a_called_process_withdraws_it_and_takes_the_way_at_its_edge() -> None:
    failed = '<bpmn:errorEventDefinition errorRef="failed"/>'
    spec = _case(failed, True, _called(f'<bpmn:endEvent id="over">{failed}</bpmn:endEvent>'))
    office = Office()
    run = saved_and_resumed(Run.start(spec, office.asked, {}), spec, office)
    assert run.outcome().waiting == ()
    complete(run, "try", why="no answer")
    run = saved_and_resumed(run, spec, office)
    assert open_keys(run) == ["help"]
    complete(run, "help")
    assert run.outcome().ended_at == "e2"


def test_an_escalation_out_of_a_called_process_opens_a_way_beside_it() -> None:
    worse = '<bpmn:escalationEventDefinition escalationRef="worse"/>'
    spec = _case(worse, False, _called(f'<bpmn:endEvent id="over">{worse}</bpmn:endEvent>'))
    office = Office()
    run = saved_and_resumed(Run.start(spec, office.asked, {}), spec, office)
    complete(run, "try", why="worse")
    run = saved_and_resumed(run, spec, office)
    assert open_keys(run) == ["beside", "help"]
    complete(run, "beside")
    assert open_keys(run) == ["after", "help"]


def test_an_error_breaks_off_the_process_it_comes_out_of_and_no_other() -> None:
    failed = '<bpmn:errorEventDefinition errorRef="failed"/>'
    files = [
        _called(f'<bpmn:endEvent id="over">{failed}</bpmn:endEvent>').replace(b'"q"', name) for name in (b'"q"', b'"r"')
    ]
    spec = spec_of(
        diagram(
            start(), together("g"), call("one", "q"), call("other", "r"), boundary("b1", "one", failed),
            boundary("b2", "other", failed), user("help_one"), user("help_other"), *(end(f"e{n}") for n in range(4)),
            flow("s", "g"), chain("g", "one", "e0"), chain("g", "other", "e1"), chain("b1", "help_one", "e2"),
            chain("b2", "help_other", "e3"), extra=ERROR,
        ),
        *files,
    )  # fmt: skip
    office = Office()
    run = saved_and_resumed(Run.start(spec, office.asked, {}), spec, office)
    run.complete(next(step.id for step in run.outcome().open_steps if (step.process, step.key) == ("r", "try")), {})
    assert open_keys(saved_and_resumed(run, spec, office)) == ["beside", "help_other", "try"]


@pytest.mark.parametrize("repeated", [True, False])
def test_an_error_nobody_around_knows_goes_on_outwards(repeated: bool) -> None:
    failed = '<bpmn:errorEventDefinition errorRef="failed"/>'
    each = for_each("items", "item", "all", "result") if repeated else ""
    spec = spec_of(
        diagram(
            start(), call("outer", "m", each), boundary("b", "outer", failed), user("help"), end(), end("e2"),
            chain("s", "outer", "e"), chain("b", "help", "e2"), extra=ERROR,
        ),
        diagram(start(), call("c", "q"), end(), chain("s", "c", "e"), process="m"),
        _called(f'<bpmn:endEvent id="over">{failed}</bpmn:endEvent>'),
    )  # fmt: skip
    office = Office()
    run = saved_and_resumed(Run.start(spec, office.asked, {"items": [1, 2]}), spec, office)
    complete(run, "try", why="no answer")
    (step,) = saved_and_resumed(run, spec, office).outcome().open_steps
    assert (step.key, step.data["why"]) == ("help", "no answer")


def test_what_begins_beside_a_step_begins_every_time() -> None:
    worse = '<bpmn:escalationEventDefinition escalationRef="worse"/>'
    raises = f'<bpmn:intermediateThrowEvent id="over">{worse}</bpmn:intermediateThrowEvent>'
    inner = diagram(
        start(), choice("m"), user("try"), raises, choice("x", "again"), end(), chain("s", "m", "try", "over", "x"),
        flow("x", "e", "stop == true"), flow("x", "m", key="again"), process="q", extra=ESCALATION,
    )  # fmt: skip
    spec = _case(worse, False, inner)
    office = Office()
    run = Run.start(spec, office.asked, {})
    for number in range(1, 4):
        run = saved_and_resumed(run, spec, office)
        complete(run, "try")
        assert open_keys(run) == [*["help"] * number, "try"]
    complete(run, "try", stop=True)
    run = saved_and_resumed(run, spec, office)
    assert open_keys(run) == ["after", *["help"] * 4]
    assert run.outcome().waiting == ()


def test_a_message_beside_a_step_is_heard_as_often_as_it_comes() -> None:
    spec = spec_of(
        diagram(
            start(), user("u"), boundary("b", "u", hears("news"), interrupting=False), duty("d", "file"), end(),
            end("e2"), chain("s", "u", "e"), chain("b", "d", "e2"), extra=messages("news"),
        )
    )  # fmt: skip
    office = Office()
    run = Run.start(spec, office.asked, {})
    sizes = []
    for number in range(50):
        run = saved_and_resumed(run, spec, office)
        assert run.deliver("news", {"number": number})
        sizes.append(len(run.outcome().state))
    assert [data["number"] for _, _, data in office.calls] == list(range(50))
    assert max(sizes[2:]) <= sizes[2] + 20  # what was heard leaves nothing behind
    complete(run, "u")
    assert not run.deliver("news", {})
    assert run.outcome().finished


def _counting(rounds: int) -> Run:
    """A circle of three shapes that goes round by itself until it has counted far enough."""
    spec = spec_of(
        diagram(
            start(), choice("m"), duty("add", "add"), choice("x", "again"), user("u"), end(),
            chain("s", "m", "add", "x"), flow("x", "u", f"n >= {rounds}"), flow("x", "m", key="again"), chain("u", "e"),
        )
    )  # fmt: skip

    def add(name: str, parameters: Mapping[str, object], data: Mapping[str, object]) -> Mapping[str, object]:
        return {"n": int(str(data["n"])) + 1}

    office = Office().asked
    asked = type(office)(call=add, decide=office.decide, due=office.due, now=office.now)
    return Run.start(spec, asked, {"n": 0})


def test_a_long_automatic_stretch_arrives() -> None:
    rounds = MOST_STEPS // 3 - 2
    assert _counting(rounds).outcome().open_steps[0].data == {"n": rounds}


def test_a_longer_one_is_stopped_before_the_engine_would_lose_its_steps() -> None:
    with pytest.raises(TooManySteps):
        _counting(MOST_STEPS // 3 + 1)


def test_what_is_done_beside_a_call_is_not_taken_for_the_call_when_it_is_withdrawn() -> None:
    spec = spec_of(
        diagram(
            start(), call("c", "q"), boundary("r", "c", hears("news"), interrupting=False), user("read"),
            boundary("o", "c", hears("stop")), user("instead"), end(), end("e2"), end("e3"), chain("s", "c", "e"),
            chain("r", "read", "e2"), chain("o", "instead", "e3"), extra=messages("news", "stop"),
        ),
        diagram(start(), user("u"), end(), chain("s", "u", "e"), process="q"),
    )  # fmt: skip
    office = Office()
    run = Run.start(spec, office.asked, {})
    run.deliver("news", {})
    for key in ("read", None):
        run = saved_and_resumed(run, spec, office)
        again = saved_and_resumed(run, spec, office)
        again.deliver("stop", {})
        assert open_keys(again) == sorted(["instead", *([key] if key else [])])
        if key:
            complete(run, key)
