"""A diagram told as a list: the text alternative for people who cannot see the drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from workflows.engine.documents import bpmn, extension, spiff
from workflows.engine.drawing import Drawing, Flow
from workflows.engine.shapes import topic_of

_KINDS: Final = {
    "userTask": "user",
    "manualTask": "user",
    "serviceTask": "service",
    "businessRuleTask": "decision",
    "receiveTask": "message",
    "callActivity": "call",
    "subProcess": "call",
    "startEvent": "start",
    "endEvent": "end",
    "exclusiveGateway": "choice",
    "inclusiveGateway": "several",
    "parallelGateway": "together",
    "eventBasedGateway": "first to happen",
}
_EVENTS: Final = {
    "timerEventDefinition": "timer",
    "messageEventDefinition": "message",
    "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation",
    "terminateEventDefinition": "end of everything",
}


@dataclass(frozen=True, slots=True)
class OutlineStep:
    """One shape in words.

    kind: user, service, outside (another system's), decision, call, start, end, "end of everything", choice, several,
    together, "first to happen", timer, message, error, escalation or event. next: what the way on
    is called, and where it leads. boundary: the events on its edge. calls: the process it calls.
    also: further roles that may do it (a comma list).
    """

    key: str
    name: str
    kind: str
    role: str
    process: str
    next: tuple[tuple[str, str], ...]
    boundary: tuple[str, ...]
    calls: str | None
    also: str = ""


Find = Callable[[str], etree._Element]


def outline(process: str, find: Find) -> tuple[OutlineStep, ...]:
    """All steps of a process in reading order; a called process follows the step that calls it first.

    ``find`` gives the XML element of a process of the same release.
    """
    return tuple(_process(process, find, set()))


def _process(process: str, find: Find, told: set[str]) -> Iterator[OutlineStep]:
    told.add(process)
    yield from _drawing(Drawing(find(process), process), find, told)


def _drawing(drawing: Drawing, find: Find, told: set[str], role: str = "") -> Iterator[OutlineStep]:
    for key in reading_order(drawing):
        element = drawing.shapes[key]
        calls = element.get("calledElement")
        step = OutlineStep(
            key=key,
            name=element.get("name") or key,
            kind=_kind(element, drawing.kind(key)),
            role=drawing.lanes.get(key, role),
            process=drawing.process,
            next=tuple((_way(drawing, flow), flow.target) for flow in drawing.outgoing(key)),
            boundary=tuple(drawing.boundaries(key)),
            calls=calls,
            also=_also(element),
        )
        yield step
        if calls and calls not in told:
            yield from _process(calls, find, told)
        elif drawing.kind(key) == "subProcess":
            yield from _drawing(Drawing(element, drawing.process), find, told, step.role)


def _also(element: etree._Element) -> str:
    """The further roles that may do a step, as its properties say."""
    group = extension(element, "properties")
    named = [] if group is None else [one for one in group.iterfind(spiff("property")) if one.get("name") == "also"]
    return named[-1].get("value", "") if named else ""


def reading_order(drawing: Drawing) -> list[str]:
    """The shapes so that each comes after all that lead to it (going back to an earlier one aside)."""
    order: list[str] = []
    seen: set[str] = set()
    for start in [*drawing.starts(), *drawing.shapes]:
        _visit(drawing, start, seen, order)
    order.reverse()
    return _starts_first(drawing, order)


def _visit(drawing: Drawing, first: str, seen: set[str], order: list[str]) -> None:
    """Depth first by hand; a shape is noted after everything behind it, so that reversed it comes before."""
    stack = [(first, False)]
    while stack:
        key, left = stack.pop()
        if left:
            order.append(key)
        elif key not in seen and key in drawing.shapes:
            seen.add(key)
            stack.append((key, True))
            # The last pushed is visited first and so told last: the edge events and later ways wait.
            stack.extend((following, False) for following in drawing.after(key))


def _starts_first(drawing: Drawing, order: list[str]) -> list[str]:
    connected = drawing.reachable(drawing.starts())
    return [key for key in order if key in connected] + [key for key in order if key not in connected]


def _kind(element: etree._Element, name: str) -> str:
    if topic_of(element):
        return "outside"
    event = next((word for tag, word in _EVENTS.items() if element.find(bpmn(tag)) is not None), "")
    if name in ("startEvent", "intermediateThrowEvent", ""):
        return _KINDS.get(name, "event")
    return event or _KINDS.get(name, "event")


def _way(drawing: Drawing, flow: Flow) -> str:
    """What a way on is called: its name, else its condition, else "otherwise" for the default."""
    if flow.name or flow.condition:
        return flow.name or flow.condition
    return "otherwise" if drawing.shapes[flow.source].get("default") == flow.key else ""
