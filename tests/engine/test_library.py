"""Specs are read once, stay inside their release, and are shared by all threads."""

from __future__ import annotations

import threading

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
    for_each,
    lanes,
    open_keys,
    saved_and_resumed,
    spec_of,
    start,
    together,
    user,
)
from workflows.engine import DiagramRefused, Library, Run

TOP = diagram(
    lanes(triage=("first",)),
    start(), user("first", properties={"form": "F01"}), call("c", "q"), end(), chain("s", "first", "c", "e"),
)  # fmt: skip


def _inner(key: str) -> bytes:
    return diagram(start(), user(key), end(), chain("s", key, "e"), process="q")


def test_a_spec_is_read_once_for_each_release() -> None:
    asked: list[str] = []

    def load(release: str) -> list[bytes]:
        asked.append(release)
        return [TOP, _inner("u")]

    library = Library(load)
    assert library.spec("r1", "p") is library.spec("r1", "p")
    library.spec("r1", "q")
    library.spec("r2", "p")
    assert asked == ["r1", "r2"]


def test_a_called_process_is_the_one_of_the_same_release() -> None:
    releases = {"r1": [TOP, _inner("old")], "r2": [TOP, _inner("new")]}
    library = Library(releases.__getitem__)
    for release, expected in (("r1", "old"), ("r2", "new")):
        run = Run.start(library.spec(release, "p"), Office().asked, {})
        complete(run, "first")
        assert open_keys(run) == [expected]


def test_a_process_that_is_not_in_the_release_is_refused() -> None:
    with pytest.raises(DiagramRefused, match="'q'"):
        spec_of(TOP)
    with pytest.raises(DiagramRefused, match="'nowhere'"):
        spec_of(TOP, _inner("u"), process="nowhere")


def test_the_steps_of_a_spec_include_those_of_called_processes() -> None:
    steps = spec_of(TOP, _inner("u")).steps()
    assert [(step.key, step.role, step.process) for step in steps] == [("first", "triage", "p"), ("u", "", "q")]
    assert steps[0].properties == {"form": "F01"}
    assert steps[0].documentation == "Why first?"


def test_a_repeated_step_is_listed_once() -> None:
    spec = spec_of(diagram(start(), user("u", for_each("a", "b", "c", "d")), end(), chain("s", "u", "e")))
    assert [step.key for step in spec.steps()] == ["u"]


def test_the_published_file_of_each_process_is_kept() -> None:
    inner = _inner("u")
    spec = spec_of(TOP, inner)
    assert spec.diagram_xml() == TOP
    assert spec.diagram_xml("q") == inner
    assert spec.processes() == ("p", "q")
    with pytest.raises(DiagramRefused):
        spec.diagram_xml("nowhere")


def test_a_shape_may_be_called_like_a_duty_or_a_parameter() -> None:
    spec = spec_of(
        diagram(
            start(), duty("tell", "close", to="'gp'"), user("to"), user("close"), end(),
            chain("s", "tell", "to", "close", "e"),
        )
    )  # fmt: skip
    assert open_keys(Run.start(spec, Office().asked, {})) == ["to"]


def test_a_step_inside_a_sub_process_belongs_to_the_process_and_its_lane() -> None:
    inside = start("s2") + user("u") + end("e2") + chain("s2", "u", "e2")
    spec = spec_of(
        diagram(
            lanes(nurse=("sub",)), start(), f'<bpmn:subProcess id="sub">{inside}</bpmn:subProcess>', user("z"), end(),
            chain("s", "sub", "z", "e"),
        )
    )  # fmt: skip
    office = Office()
    run = saved_and_resumed(Run.start(spec, office.asked, {"self": "a name like any other"}), spec, office)
    (step,) = run.outcome().open_steps
    assert (step.key, step.process, step.role) == ("u", "p", "nurse")
    complete(run, "u", x=1)
    assert run.outcome().open_steps[0].data == {"self": "a name like any other", "x": 1}


@pytest.mark.parametrize(
    "shape",
    [
        '<bpmn:scriptTask id="x"><bpmn:script>1</bpmn:script></bpmn:scriptTask>',
        '<bpmn:sendTask id="x"/>',
        '<bpmn:task id="x"/>',
        '<bpmn:complexGateway id="x"/>',
        '<bpmn:receiveTask id="x"/>',
        '<bpmn:serviceTask id="x"/>',
        '<bpmn:businessRuleTask id="x"/>',
        '<bpmn:callActivity id="x"/>',
        '<bpmn:transaction id="x"/>',
        '<bpmn:adHocSubProcess id="x"/>',
        '<bpmn:intermediateCatchEvent id="x"><bpmn:signalEventDefinition/></bpmn:intermediateCatchEvent>',
        '<bpmn:intermediateCatchEvent id="x"><bpmn:messageEventDefinition/></bpmn:intermediateCatchEvent>',
        '<bpmn:intermediateThrowEvent id="x"><bpmn:messageEventDefinition/></bpmn:intermediateThrowEvent>',
        '<bpmn:intermediateThrowEvent id="x"><bpmn:signalEventDefinition/></bpmn:intermediateThrowEvent>',
    ],
)
def test_a_shape_the_engine_does_not_run_is_refused_when_read(shape: str) -> None:
    with pytest.raises(DiagramRefused):
        spec_of(diagram(start(), shape, end(), chain("s", "x", "e")))


def test_a_data_object_that_would_hang_the_reader_is_refused() -> None:
    reference = (
        '<bpmn:userTask id="u"><bpmn:dataInputAssociation><bpmn:sourceRef>ref</bpmn:sourceRef>'
        "</bpmn:dataInputAssociation></bpmn:userTask>"
    )
    inner = f'<bpmn:subProcess id="b">{start("s3")}{reference}{end("e3")}{chain("s3", "u", "e3")}</bpmn:subProcess>'
    outer = f'<bpmn:subProcess id="a">{start("s2")}{inner}{end("e2")}{chain("s2", "b", "e2")}</bpmn:subProcess>'
    data = '<bpmn:dataObject id="data"/><bpmn:dataObjectReference id="ref" dataObjectRef="data"/>'
    with pytest.raises(DiagramRefused, match="dataObject"):
        spec_of(diagram(data, start(), outer, end(), chain("s", "a", "e")))


def test_a_chain_too_long_to_read_is_refused_and_does_not_crash() -> None:
    keys = [f"u{number}" for number in range(1500)]
    with pytest.raises(DiagramRefused, match="cannot be run"):
        spec_of(diagram(start(), *(user(key) for key in keys), end(), chain("s", *keys, "e")))


def test_eight_threads_share_one_spec() -> None:
    each = for_each("items", "item", "results", "result")
    files = [
        diagram(
            start(), together("g"), user("many", each), boundary("b", "many", date("due('late')"), interrupting=False),
            user("chase"), end("e2"), chain("b", "chase", "e2"), call("c", "q"), together("j"), choice("x"), end(),
            chain("s", "g", "many", "j"), chain("g", "c", "j"), chain("j", "x", "e"),
        ),
        _inner("u"),
    ]  # fmt: skip
    library = Library(lambda _: files)
    wrong: list[object] = []

    def work(number: int) -> None:
        for _ in range(12):
            try:
                wrong.extend(_one_case(library, number))
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def _one_case(library: Library, number: int) -> list[object]:
    office, spec = Office(days={"late": 5}), library.spec("r1", "p")
    run = Run.start(spec, office.asked, {"items": ["a", "b"], "number": number})
    for key in ("many", "u", "many"):
        run = saved_and_resumed(run, spec, office)
        complete(run, key, result=number)
    data = run.outcome().data
    return [] if (run.outcome().finished, data["results"]) == (True, [number, number]) else [data]
