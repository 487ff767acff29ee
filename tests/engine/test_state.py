"""The saved state of a run: our own text, our own version, nothing but plain JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.drawings import Office, call, chain, complete, diagram, end, spec_of, start, user
from workflows.engine import NotPlain, Run, StateRefused

FILE = diagram(start(), user("a"), user("b"), end(), chain("s", "a", "b", "e"))
SPEC = spec_of(FILE)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def _state() -> str:
    return Run.start(SPEC, Office().asked, {"x": 1}).outcome().state


@given(st.dictionaries(st.text(), PLAIN, max_size=4), st.dictionaries(st.text(), PLAIN, max_size=4))
def test_whatever_plain_variables_there_are_they_come_back_as_they_were(
    before: dict[str, object], after: dict[str, object]
) -> None:
    before.pop("::written", None)
    after.pop("::written", None)
    run = Run.resume(Run.start(SPEC, Office().asked, before).outcome().state, SPEC, Office().asked)
    complete(run, "a", **{})
    run.complete(run.outcome().open_steps[0].id, after)
    again = Run.resume(run.outcome().state, SPEC, Office().asked).outcome()
    assert json.dumps(again.data, sort_keys=True) == json.dumps({**before, **after}, sort_keys=True)


@pytest.mark.parametrize(("before", "after"), [(1, True), (True, 1), (1, 1.0), ([1], [True]), ({"a": 0}, {"a": False})])
def test_a_change_that_python_thinks_is_none_is_kept(before: object, after: object) -> None:
    run = Run.start(SPEC, Office().asked, {"x": before})
    complete(run, "a", x=after)
    again = Run.resume(run.outcome().state, SPEC, Office().asked).outcome()
    assert json.dumps(again.open_steps[0].data["x"]) == json.dumps(after)


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, b"bytes", float("nan"), float("inf"), 1 + 2j, {1: "key"}, [[object()]], print]
)
def test_what_is_not_plain_is_refused_at_the_door(value: object) -> None:
    with pytest.raises(NotPlain):
        Run.start(SPEC, Office().asked, {"x": value})
    run = Run.start(SPEC, Office().asked, {})
    with pytest.raises(NotPlain):
        complete(run, "a", x=value)
    assert [step.key for step in run.outcome().open_steps] == ["a"]


def test_a_refused_decision_does_not_spoil_the_run() -> None:
    run = Run.start(SPEC, Office().asked, {})
    with pytest.raises(NotPlain):
        complete(run, "a", x=object())
    complete(run, "a", x=1)
    assert run.outcome().open_steps[0].data == {"x": 1}


@pytest.mark.parametrize("version", [0, 2, "1", "__import__('os').system('true')", None])
def test_the_state_of_another_version_is_refused(version: object) -> None:
    state = json.loads(_state()) | {"v": version}
    with pytest.raises(StateRefused, match="another version"):
        Run.resume(json.dumps(state), SPEC, Office().asked)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', '{"v": 1}'])
def test_a_damaged_state_is_refused(text: str) -> None:
    with pytest.raises(StateRefused):
        Run.resume(text, SPEC, Office().asked)


@pytest.mark.parametrize("damage", [{"runs": []}, {"runs": [{}]}, {"runs": None}, {"writings": None, "runs": [1]}])
def test_a_state_with_holes_is_refused(damage: dict[str, object]) -> None:
    with pytest.raises(StateRefused):
        Run.resume(json.dumps(json.loads(_state()) | damage), SPEC, Office().asked)


def test_the_state_of_another_release_or_process_is_refused() -> None:
    with pytest.raises(StateRefused, match="release"):
        Run.resume(_state(), spec_of(FILE, release="r2"), Office().asked)
    other = diagram(start(), user("a"), end(), chain("s", "a", "e"), process="q")
    with pytest.raises(StateRefused, match="process"):
        Run.resume(_state(), spec_of(other, process="q"), Office().asked)


def test_a_state_that_names_shapes_which_are_not_drawn_is_refused() -> None:
    changed = spec_of(diagram(start(), user("c"), end(), chain("s", "c", "e")))
    with pytest.raises(StateRefused, match="does not fit"):
        Run.resume(_state(), changed, Office().asked)


def test_a_state_whose_step_calls_another_process_now_is_refused() -> None:
    inner = [diagram(start(), user("u"), end(), chain("s", "u", "e"), process=name) for name in ("q", "r")]
    before = spec_of(diagram(start(), call("c", "q"), end(), chain("s", "c", "e")), *inner)
    after = spec_of(diagram(start(), call("c", "r"), end(), chain("s", "c", "e")), *inner)
    with pytest.raises(StateRefused, match="no longer calls"):
        Run.resume(Run.start(before, Office().asked, {}).outcome().state, after, Office().asked)


def test_saving_twice_gives_the_same_text() -> None:
    run = Run.resume(_state(), SPEC, Office().asked)
    assert run.outcome().state == run.outcome().state == _again(run.outcome().state)


def test_a_run_that_was_read_back_is_the_same_text_whatever_order_its_variables_were_written_in() -> None:
    characteristics = "bpmn:multiInstanceLoopCharacteristics"
    twice = f"<{characteristics}><bpmn:loopCardinality>2</bpmn:loopCardinality></{characteristics}>"
    spec = spec_of(diagram(start(), user("a"), user("b", twice), end(), chain("s", "a", "b", "e")))
    run = Run.start(spec, Office().asked, {})
    complete(run, "a", y=1)
    complete(run, "b", x=1)
    state = run.outcome().state
    assert Run.resume(state, spec, Office().asked).outcome().state == state


def _again(state: str) -> str:
    return Run.resume(state, SPEC, Office().asked).outcome().state


def test_the_state_holds_no_specification() -> None:
    assert "Why a?" not in _state()
    assert len(_state()) < 1_000
