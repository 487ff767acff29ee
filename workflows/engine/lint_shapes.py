"""Rules about single shapes: is everything there that the shape needs to run?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from workflows.engine import expressions
from workflows.engine.documents import bpmn, extension, local_name, spiff, text_of
from workflows.engine.drawing import CALLS, EVENTS, TASKS, Drawing
from workflows.engine.expressions import ExpressionRefused
from workflows.engine.outcome import Finding
from workflows.engine.refusals import TimerRefused
from workflows.engine.shapes import duty_of, listed, properties_of, table_of, topic_of
from workflows.engine.timers import instant

_MAY_HOLD: Final = {
    "startEvent": {"messageEventDefinition", "timerEventDefinition"},
    "endEvent": {"terminateEventDefinition", "errorEventDefinition", "escalationEventDefinition"},
    "intermediateThrowEvent": {"escalationEventDefinition"},
    "intermediateCatchEvent": {"messageEventDefinition", "timerEventDefinition"},
    "boundaryEvent": {
        "messageEventDefinition", "timerEventDefinition", "errorEventDefinition", "escalationEventDefinition",
    },
}  # fmt: skip
_WITHIN_ONLY: Final = {"errorEventDefinition", "escalationEventDefinition"}
_AGAIN: Final = {"messageEventDefinition", "escalationEventDefinition"}
_TOPIC: Final = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")
_JOINS: Final = {"parallelGateway", "inclusiveGateway"}


def shape_faults(root: etree._Element, drawing: Drawing) -> Iterator[Finding]:
    """Every fault of a single shape in this drawing."""
    for key, element in drawing.shapes.items():
        kind = local_name(element)
        if kind in EVENTS:
            yield from _event(root, drawing, key, element)
        elif kind in TASKS | CALLS:
            yield from _step(root, drawing, key, element)
            yield from _repeated(key, element)
    yield from _lanes(drawing)


def _step(root: etree._Element, drawing: Drawing, key: str, element: etree._Element) -> Iterator[Finding]:
    kind = local_name(element)
    if kind in ("userTask", "manualTask"):
        yield from _person(drawing, key, element)
    if kind == "serviceTask":
        yield from (_outside(key, element) if topic_of(element) else _duty(key, element))
    if kind == "businessRuleTask" and not table_of(element):
        yield Finding(key, "form.names-table", "Name the decision table this step asks.")
    if kind == "receiveTask":
        yield from _message(root, key, element)
    if kind == "callActivity":
        yield from _call(drawing, key, element)


def expression_faults(key: str, what: str, text: str) -> Iterator[Finding]:
    """The fault of an expression, if it has one; only the diagram's own functions may be called."""
    try:
        expressions.check(text, functions=("due",))
    except ExpressionRefused as error:
        yield Finding(key, "data.expression", f"{what}: {error}")


def _event(root: etree._Element, drawing: Drawing, key: str, element: etree._Element) -> Iterator[Finding]:
    kind = local_name(element)
    held = [child for child in element if local_name(child).endswith("EventDefinition")]
    if len(held) > 1 or element.get("parallelMultiple") == "true":
        yield Finding(key, "form.one-event", "An event waits for one thing; use an event gateway for several.")
    if not held and kind in ("intermediateCatchEvent", "boundaryEvent"):
        yield Finding(key, "form.names-event", "Say what this event waits for.")
    for definition in held:
        name = local_name(definition)
        if name not in _MAY_HOLD[kind]:
            yield Finding(key, "form.runs", _misplaced(name))
        if name == "timerEventDefinition" and kind != "startEvent":
            yield from _timer(key, definition)
        if name == "messageEventDefinition":
            yield from _message(root, key, definition)
    if kind == "boundaryEvent":
        yield from _boundary(drawing, key, element, held)


def _misplaced(name: str) -> str:
    if name == "messageEventDefinition":
        return "Nobody hears a message thrown by a diagram; ask for the duty messages.send."
    return f"A {name} cannot stand here."


def _boundary(drawing: Drawing, key: str, element: etree._Element, held: list[etree._Element]) -> Iterator[Finding]:
    on = drawing.kind(element.get("attachedToRef", ""))
    if on not in TASKS | CALLS:
        yield Finding(key, "form.attached", "The event must sit on the edge of a step.")
    names = {local_name(definition) for definition in held}
    if names & _WITHIN_ONLY and on not in CALLS and not _told_by_another_system(drawing, element, names):
        yield Finding(
            key,
            "form.attached",
            "Errors and escalations come out of a sub-process or a called process only; errors out of a step that "
            "another system does, too.",
        )
    if element.get("cancelActivity") == "false" and names & _AGAIN and _meets(drawing, key):
        yield Finding(
            key,
            "form.begins-again",
            "This may begin again before it is over, so branches must not meet on its way; "
            "let it call a process in which they do.",
        )


def _told_by_another_system(drawing: Drawing, event: etree._Element, names: set[str]) -> bool:
    on = drawing.shapes.get(event.get("attachedToRef", ""))
    return on is not None and bool(topic_of(on)) and "escalationEventDefinition" not in names


def _meets(drawing: Drawing, key: str) -> bool:
    """Whether branches are put together somewhere on the way from here."""
    ahead = drawing.reachable([key])
    return any(drawing.kind(shape) in _JOINS and len(drawing.incoming(shape)) > 1 for shape in ahead)


def _timer(key: str, definition: etree._Element) -> Iterator[Finding]:
    text = text_of(definition.find(bpmn("timeDate")))
    if not text or len([child for child in definition if local_name(child).startswith("time")]) != 1:
        yield Finding(key, "form.timer-is-date", "A timer waits for a date (timeDate), such as due('wait.reply').")
        return
    yield from expression_faults(key, "The date", text)
    try:
        said = expressions.check(text)
        if said.stands_alone:
            instant(said.value({}), key)
    except (ExpressionRefused, TimerRefused) as error:
        yield Finding(key, "form.timer-is-date", str(error))


def _message(root: etree._Element, key: str, holder: etree._Element) -> Iterator[Finding]:
    wanted = holder.get("messageRef")
    known = {element.get("id"): element.get("name") for element in root.iter(bpmn("message"))}
    if not wanted or not known.get(wanted):
        yield Finding(key, "form.names-message", "Say which message this waits for, and give that message a name.")


def _person(drawing: Drawing, key: str, element: etree._Element) -> Iterator[Finding]:
    if not _role(drawing, element):
        yield Finding(key, "form.has-role", "Put the step into the lane of those who do it.")
    if not text_of(element.find(bpmn("documentation"))):
        yield Finding(key, "form.says-why", "Say in one sentence why the person is asked (documentation).")
    group = extension(element, "properties")
    seen: set[str] = set()
    for item in group.iterfind(spiff("property")) if group is not None else ():
        name = item.get("name", "")
        if not name or item.get("value") is None or name in seen:
            yield Finding(key, "form.properties", f"The property '{name}' needs a name of its own and a value.")
        seen.add(name)


def _role(drawing: Drawing, element: etree._Element) -> str:
    """The lane of a shape; inside a sub-process, the lane of the sub-process."""
    inside: etree._Element | None = element
    while inside is not None:
        if inside.get("id", "") in drawing.holders:
            return drawing.holders[inside.get("id", "")]
        inside = inside.getparent()
    return ""


def _outside(key: str, element: etree._Element) -> Iterator[Finding]:
    """A step another system does: found by a plain topic, and told and asked for variables by their names."""
    said = properties_of(element)
    if duty_of(element)[0]:
        yield Finding(key, "form.duty-or-topic", "Name a duty, or the topic of another system: not both.")
    if not _TOPIC.fullmatch(topic_of(element)):
        yield Finding(key, "form.plain-topic", "A topic is made of small letters, digits, _ and -, sixty at most.")
    for name in (*listed(said.get("reads", "")), *listed(said.get("decides", ""))):
        if not _VARIABLE.fullmatch(name):
            yield Finding(key, "form.plain-variables", f"'{name}' is no name of a decision variable.")
    if not re.fullmatch(r"([1-9][0-9]?)?", said.get("tries", "").strip()):
        yield Finding(key, "form.tries", "Say how often it is tried as a number from 1 to 99.")


def _duty(key: str, element: etree._Element) -> Iterator[Finding]:
    duty, parameters = duty_of(element)
    if not duty:
        yield Finding(key, "form.names-duty", "Name the duty this step asks for.")
    for name, text in parameters.items():
        if not name:
            yield Finding(key, "form.parameters", "A parameter has no name.")
        yield from expression_faults(key, f"The parameter '{name}'", text)


def _call(drawing: Drawing, key: str, element: etree._Element) -> Iterator[Finding]:
    called = element.get("calledElement", "")
    if not called:
        yield Finding(key, "form.names-process", "Name the process this step calls.")
    if called == drawing.process:
        yield Finding(key, "service.no-ring", "A process cannot call itself.")


def _repeated(key: str, element: etree._Element) -> Iterator[Finding]:
    loop = element.find(bpmn("standardLoopCharacteristics"))
    if loop is not None:
        condition = text_of(loop.find(bpmn("loopCondition")))
        if not condition and not (loop.get("loopMaximum") or "").isdigit():
            yield Finding(key, "form.loop-ends", "Say when the repetition ends: a condition or a highest number.")
        if condition:
            yield from expression_faults(key, "The condition of the repetition", condition)
    each = element.find(bpmn("multiInstanceLoopCharacteristics"))
    if each is not None:
        yield from _for_each(key, each)


def _for_each(key: str, each: etree._Element) -> Iterator[Finding]:
    count, items = text_of(each.find(bpmn("loopCardinality"))), text_of(each.find(bpmn("loopDataInputRef")))
    item, results = each.find(bpmn("inputDataItem")), text_of(each.find(bpmn("loopDataOutputRef")))
    if bool(count) == bool(items):
        yield Finding(key, "form.for-each", "Say either how often the step is repeated, or for which list.")
    if item is not None and not results:
        yield Finding(key, "form.for-each", "A step repeated for each item must name the list that takes the results.")
    if results and each.find(bpmn("outputDataItem")) is None:
        yield Finding(key, "form.for-each", "Name the variable that holds each result.")
    for what, text in (("The number", count), ("The end condition", text_of(each.find(bpmn("completionCondition"))))):
        if text:
            yield from expression_faults(key, what, text)


def _lanes(drawing: Drawing) -> Iterator[Finding]:
    for lane in drawing.scope.iterfind(f"{bpmn('laneSet')}//{bpmn('lane')}"):
        if not lane.get("name"):
            yield Finding(lane.get("id", ""), "form.lane-is-role", "Name the lane after the role that works in it.")
        for reference in lane.iterfind(bpmn("flowNodeRef")):
            if (reference.text or "") not in drawing.shapes:
                yield Finding(
                    lane.get("id", ""), "form.lane-holds", f"The lane lists '{reference.text}', which is not there."
                )
