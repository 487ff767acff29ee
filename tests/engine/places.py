"""The 24 places in which a diagram or table can hold an expression, each with the same text in it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.util.task import TaskState

from tests.engine.dmn import dmn
from tests.engine.drawings import (
    catch,
    chain,
    choice,
    diagram,
    duty,
    end,
    flow,
    hears,
    messages,
    some,
    start,
    table,
    user,
)


def _around(step: str, key: str, extra: str = "") -> bytes:
    return diagram(start(), step, end(), chain("s", key, "e"), extra=extra)


def _extension(tag: str, inside: str) -> str:
    return f"<bpmn:extensionElements><spiffworkflow:{tag}>{inside}</spiffworkflow:{tag}></bpmn:extensionElements>"


def _script(tag: str) -> Callable[[str], bytes]:
    return lambda text: _around(f'<bpmn:userTask id="u">{_extension(tag, escape(text))}</bpmn:userTask>', "u")


def _choosing(gateway: str) -> Callable[[str], bytes]:
    return lambda text: diagram(
        start(), gateway, user("a"), user("b"), end(), chain("s", "g"),
        flow("g", "a", text), flow("g", "b", key="no"), chain("a", "e"), chain("b", "e"),
    )  # fmt: skip


def _timer(tag: str) -> Callable[[str], bytes]:
    def drawn(text: str) -> bytes:
        what = f"<bpmn:timerEventDefinition><bpmn:{tag}>{escape(text)}</bpmn:{tag}></bpmn:timerEventDefinition>"
        return _around(catch("c", what), "c")

    return drawn


def _conditional(text: str) -> bytes:
    what = f"<bpmn:conditionalEventDefinition><bpmn:condition>{escape(text)}</bpmn:condition>"
    return _around(catch("c", f"{what}</bpmn:conditionalEventDefinition>"), "c")


def _each(sequential: str, cardinality: str, completion: str) -> Callable[[str], bytes]:
    def drawn(text: str) -> bytes:
        inside = (
            f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}">'
            f"<bpmn:loopCardinality>{cardinality.format(escape(text))}</bpmn:loopCardinality>"
            f"<bpmn:completionCondition>{completion.format(escape(text))}</bpmn:completionCondition>"
            "</bpmn:multiInstanceLoopCharacteristics>"
        )
        return _around(user("u", inside), "u")

    return drawn


def _loop(text: str) -> bytes:
    inside = (
        '<bpmn:standardLoopCharacteristics testBefore="true">'
        f"<bpmn:loopCondition>{escape(text)}</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
    )
    return _around(user("u", inside), "u")


def _thrown(kind: str, event: str = "endEvent") -> Callable[[str], bytes]:
    """A signal, an error or an escalation that is thrown, with something to take along."""

    def drawn(text: str) -> bytes:
        taken = _extension("payloadExpression", escape(text))
        extra = f'<bpmn:{kind} id="x" name="x" {kind}Code="1">{taken}</bpmn:{kind}>'
        thrown = f'<bpmn:{event} id="t"><bpmn:{kind}EventDefinition {kind}Ref="x"/></bpmn:{event}>'
        last = "" if event == "endEvent" else end() + chain("t", "e")
        return diagram(start(), user("u"), thrown, chain("s", "u", "t"), last, extra=extra)

    return drawn


def _message_thrown(text: str) -> bytes:
    payload = _extension("messagePayload", escape(text))
    thrown = (
        f'<bpmn:endEvent id="e"><bpmn:messageEventDefinition messageRef="m">{payload}</bpmn:messageEventDefinition>'
    )
    return diagram(start(), user("u"), f"{thrown}</bpmn:endEvent>", chain("s", "u", "e"), extra=messages("m"))


def _correlation(text: str) -> bytes:
    extra = messages("m") + (
        '<bpmn:correlationProperty id="case"><bpmn:correlationPropertyRetrievalExpression messageRef="m">'
        f"<bpmn:formalExpression>{escape(text)}</bpmn:formalExpression></bpmn:correlationPropertyRetrievalExpression>"
        "</bpmn:correlationProperty>"
    )
    return _around(catch("c", hears("m")), "c", extra)


def _process_correlation(text: str) -> bytes:
    inside = (
        "<spiffworkflow:propertyId>case</spiffworkflow:propertyId>"
        f"<spiffworkflow:expression>{escape(text)}</spiffworkflow:expression>"
    )
    what = f'<bpmn:messageEventDefinition messageRef="m">{_extension("processVariableCorrelation", inside)}'
    return _around(catch("c", f"{what}</bpmn:messageEventDefinition>"), "c", messages("m"))


IN_A_DIAGRAM: dict[str, Callable[[str], bytes]] = {
    "script": lambda text: _around(
        f'<bpmn:scriptTask id="t"><bpmn:script>{escape(text)}</bpmn:script></bpmn:scriptTask>', "t"
    ),
    "prescript": _script("preScript"),
    "postscript": _script("postScript"),
    "exclusive condition": _choosing(choice("g", "no")),
    "inclusive condition": _choosing(some("g").replace("/>", ' default="no"/>')),
    "date": _timer("timeDate"),
    "duration": _timer("timeDuration"),
    "cycle": _timer("timeCycle"),
    "conditional event": _conditional,
    "loop condition": _loop,
    "parallel cardinality": _each("false", "{}", "false"),
    "sequential cardinality": _each("true", "{}", "false"),
    "parallel completion": _each("false", "2", "{}"),
    "sequential completion": _each("true", "2", "{}"),
    "message payload": _message_thrown,
    "correlation": _correlation,
    "process correlation": _process_correlation,
    "signal payload": _thrown("signal", "intermediateThrowEvent"),
    "error payload": _thrown("error"),
    "escalation payload": _thrown("escalation"),
    "service parameter": lambda text: _around(duty("d", "letters.send", to=text), "d"),
}
IN_A_TABLE: dict[str, Callable[[str], bytes]] = {
    "table input": lambda text: dmn([text], ["answer"], [(["1"], ['"x"'])], "FIRST"),
    "table cell": lambda text: dmn(["age"], ["answer"], [([text], ['"x"'])], "FIRST"),
    "table output": lambda text: dmn(["age"], ["answer"], [(["-"], [text])], "FIRST"),
}
PLACES = IN_A_DIAGRAM | IN_A_TABLE
ASKS_THE_TABLE = _around(table("d", "t"), "d")


def run_as_it_comes(place: str, text: str) -> None:
    """Do with SpiffWorkflow alone everything that could make it work out this text in this place."""
    xml = PLACES[place](text)
    reader = SpiffBpmnParser()
    with warnings.catch_warnings(), suppress(Exception):
        warnings.simplefilter("ignore")
        if place in IN_A_TABLE:
            reader.add_dmn_xml(etree.fromstring(xml))
        reader.add_bpmn_str(ASKS_THE_TABLE if place in IN_A_TABLE else xml)
        top = BpmnWorkflow(reader.get_spec("p"), script_engine=PythonScriptEngine())
        top.task_tree.data.update({"age": 71})
        _drive(top)


def _drive(top: Any) -> None:
    top.do_engine_steps()
    for task in top.get_tasks(state=TaskState.READY):
        task.run()
    top.do_engine_steps()
    top.refresh_waiting_tasks()
    top.send_event(BpmnEvent(MessageEventDefinition("m"), payload={"case": 1}))
    top.do_engine_steps()
