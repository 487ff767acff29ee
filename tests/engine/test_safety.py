"""Nothing a diagram says can run code, wherever it is written: the 24 places of SpiffWorkflow."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from xml.sax.saxutils import escape

import pytest

from tests.engine.drawings import (
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
    hears,
    messages,
    some,
    spec_of,
    start,
    user,
)
from workflows.engine import DecisionTable, DiagramRefused, EngineRefused, ExpressionRefused, Run, TableRefused
from workflows.engine.documents import read_document
from workflows.engine.lint import find_faults
from workflows.engine.scripting import SafeScripts

BAD = "__import__('os').system('true')"
IN_XML = escape(BAD)


def _around(step: str, key: str, extra: str = "") -> bytes:
    return diagram(start(), step, end(), chain("s", key, "e"), extra=extra)


def _script(tag: str) -> bytes:
    script = f"<bpmn:extensionElements><spiffworkflow:{tag}>{IN_XML}</spiffworkflow:{tag}></bpmn:extensionElements>"
    return _around(f'<bpmn:userTask id="u">{script}</bpmn:userTask>', "u")


def _choosing(gateway: str) -> bytes:
    return diagram(
        start(), gateway, user("a"), user("b"), end(), chain("s", "g"),
        flow("g", "a", BAD), flow("g", "b", key="no"), chain("a", "e"), chain("b", "e"),
    )  # fmt: skip


def _timer(tag: str) -> bytes:
    definition = f"<bpmn:timerEventDefinition><bpmn:{tag}>{IN_XML}</bpmn:{tag}></bpmn:timerEventDefinition>"
    return _around(catch("c", definition), "c")


def _each(sequential: str, cardinality: str, completion: str) -> bytes:
    inside = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}">'
        f"<bpmn:loopCardinality>{cardinality}</bpmn:loopCardinality>"
        f"<bpmn:completionCondition>{completion}</bpmn:completionCondition>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    return _around(user("u", inside), "u")


def _loop() -> bytes:
    inside = (
        '<bpmn:standardLoopCharacteristics testBefore="true">'
        f"<bpmn:loopCondition>{IN_XML}</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
    )
    return _around(user("u", inside), "u")


def _conditional() -> bytes:
    definition = (
        f"<bpmn:conditionalEventDefinition><bpmn:condition>{IN_XML}</bpmn:condition></bpmn:conditionalEventDefinition>"
    )
    return _around(catch("c", definition), "c")


def _payload(kind: str, tag: str, within: str) -> bytes:
    payload = f"<bpmn:extensionElements><spiffworkflow:{tag}>{IN_XML}</spiffworkflow:{tag}></bpmn:extensionElements>"
    extra = f'<bpmn:{kind} id="x" name="x" {kind}Code="1">{payload}</bpmn:{kind}>'
    thrown = f'<bpmn:endEvent id="e"><bpmn:{kind}EventDefinition {kind}Ref="x"/></bpmn:endEvent>'
    if within == "message":
        extra = f'<bpmn:message id="x" name="x">{payload}</bpmn:message>'
    return diagram(start(), user("u"), thrown, chain("s", "u", "e"), extra=extra)


def _correlation() -> bytes:
    extra = messages("m") + (
        '<bpmn:correlationProperty id="case"><bpmn:correlationPropertyRetrievalExpression messageRef="m">'
        f"<bpmn:formalExpression>{IN_XML}</bpmn:formalExpression></bpmn:correlationPropertyRetrievalExpression>"
        "</bpmn:correlationProperty>"
    )
    return _around(catch("c", hears("m")), "c", extra)


def _process_correlation() -> bytes:
    definition = (
        '<bpmn:messageEventDefinition messageRef="m"><bpmn:extensionElements>'
        "<spiffworkflow:processVariableCorrelation><spiffworkflow:propertyId>case</spiffworkflow:propertyId>"
        f"<spiffworkflow:expression>{IN_XML}</spiffworkflow:expression>"
        "</spiffworkflow:processVariableCorrelation></bpmn:extensionElements></bpmn:messageEventDefinition>"
    )
    return _around(catch("c", definition), "c", messages("m"))


DIAGRAMS: dict[str, Callable[[], bytes]] = {
    "script": lambda: _around(f'<bpmn:scriptTask id="t"><bpmn:script>{IN_XML}</bpmn:script></bpmn:scriptTask>', "t"),
    "prescript": lambda: _script("preScript"),
    "postscript": lambda: _script("postScript"),
    "exclusive condition": lambda: _choosing(choice("g", "no")),
    "inclusive condition": lambda: _choosing(some("g").replace("/>", ' default="no"/>')),
    "date": lambda: _timer("timeDate"),
    "duration": lambda: _timer("timeDuration"),
    "cycle": lambda: _timer("timeCycle"),
    "conditional event": _conditional,
    "loop condition": _loop,
    "parallel cardinality": lambda: _each("false", IN_XML, "false"),
    "sequential cardinality": lambda: _each("true", IN_XML, "false"),
    "parallel completion": lambda: _each("false", "2", IN_XML),
    "sequential completion": lambda: _each("true", "2", IN_XML),
    "message payload": lambda: _payload("message", "messagePayload", "message"),
    "correlation": _correlation,
    "process correlation": _process_correlation,
    "signal payload": lambda: _payload("signal", "payloadExpression", "signal"),
    "error payload": lambda: _payload("error", "payloadExpression", "error"),
    "escalation payload": lambda: _payload("escalation", "payloadExpression", "escalation"),
    "service parameter": lambda: _around(duty("d", "letters.send", to=BAD), "d"),
}


def _table(place: str) -> bytes:
    texts = {"input": "age", "cell": "&lt; 18", "output": '"x"'} | {place: IN_XML}
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">'
        '<decision id="t" name="t"><decisionTable hitPolicy="FIRST">'
        f'<input id="i"><inputExpression id="ie"><text>{texts["input"]}</text></inputExpression></input>'
        '<output id="o" name="answer"/>'
        f'<rule id="r"><inputEntry id="c"><text>{texts["cell"]}</text></inputEntry>'
        f'<outputEntry id="oe"><text>{texts["output"]}</text></outputEntry></rule>'
        "</decisionTable></decision></definitions>"
    ).encode()


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every command that reached the operating system."""
    ran: list[str] = []
    monkeypatch.setattr(os, "system", ran.append)
    return ran


def _drive(xml: bytes) -> None:
    """Do everything with the diagram that could make it work out what it holds."""
    run = Run.start(spec_of(xml), Office().asked, {"x": 1})
    for step in run.outcome().open_steps:
        run.complete(step.id, {"y": 2})
    run.deliver("m", {"case": 1})
    run.wake()
    Run.resume(run.outcome().state, spec_of(xml), Office().asked).wake()


def test_there_are_24_places() -> None:
    assert len(DIAGRAMS) + len(["input", "cell", "output"]) == 24


@pytest.mark.parametrize("place", DIAGRAMS)
def test_code_in_a_diagram_never_runs(place: str, system: list[str]) -> None:
    with suppress(EngineRefused, ExpressionRefused):
        _drive(DIAGRAMS[place]())
    assert system == []


@pytest.mark.parametrize("place", DIAGRAMS)
def test_a_diagram_with_code_cannot_be_published(place: str, system: list[str]) -> None:
    assert find_faults(DIAGRAMS[place]())
    assert system == []


@pytest.mark.parametrize("place", ["input", "cell", "output"])
def test_code_in_a_table_is_refused(place: str, system: list[str]) -> None:
    with pytest.raises(TableRefused):
        DecisionTable.parse(_table(place)).decide({"age": 3})
    assert system == []


@pytest.mark.parametrize("place", ["exclusive condition", "date", "service parameter", "loop condition"])
def test_code_where_an_expression_belongs_is_refused_in_words(place: str) -> None:
    with pytest.raises(ExpressionRefused, match="Only functions can be called"):
        _drive(DIAGRAMS[place]())


def test_the_script_engine_and_its_environment_refuse_scripts_and_services() -> None:
    scripts = SafeScripts(Office().asked)
    task: Any = type("Task", (), {"data": {}})()
    refused: list[Callable[[], object]] = [
        lambda: scripts.execute(task, "x = 1"),
        lambda: scripts.call_service(task, operation_name="x"),
        lambda: scripts.environment.execute("x = 1", {}),
        lambda: scripts.environment.call_service({}, operation_name="x"),
        lambda: scripts.environment.evaluate(BAD, {}),
        lambda: scripts.evaluate(task, BAD),
        lambda: scripts.validate("import os"),
    ]
    for attempt in refused:
        with pytest.raises(ExpressionRefused):
            attempt()


def test_a_resumed_run_has_the_safe_script_engine_everywhere() -> None:
    spec = spec_of(
        diagram(start(), call("c", "q"), end(), chain("s", "c", "e")),
        diagram(start(), user("u"), end(), chain("s", "u", "e"), process="q"),
    )
    run = Run.resume(Run.start(spec, Office().asked, {}).outcome().state, spec, Office().asked)
    (sub,) = run._top.subprocesses.values()
    assert isinstance(run._top.script_engine, SafeScripts)
    assert sub.script_engine is run._top.script_engine


ENTITY = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;&b;</x>'


@pytest.mark.parametrize(
    "xml",
    [
        ENTITY,
        b'<!DOCTYPE x SYSTEM "passwd"><x/>',
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "passwd">]><x>&e;</x>',
        b"<!DOCTYPE x><x/>",
        b"<x>&unknown;</x>",
        b"<x",
        b"",
        b"\x00\x01",
        b"<x>" + b" " * 2_000_001 + b"</x>",
    ],
)
def test_xml_with_tricks_is_refused(xml: bytes) -> None:
    with pytest.raises(DiagramRefused):
        read_document(xml)
    assert find_faults(xml)[0].rule == "readable"


def test_a_boundary_date_that_is_code_spoils_the_act_not_the_system(system: list[str]) -> None:
    spec = spec_of(
        diagram(
            start(), user("a"), user("u"), boundary("b", "u", date(BAD)), user("x"), end(), end("e2"),
            chain("s", "a", "u", "e"), chain("b", "x", "e2"),
        )
    )  # fmt: skip
    run = Run.start(spec, Office().asked, {})
    with pytest.raises(ExpressionRefused):
        run.complete(run.outcome().open_steps[0].id, {})
    assert system == []
