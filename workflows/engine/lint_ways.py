"""Rules about the ways through a diagram: flows, gateways, beginnings, ends and circles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from workflows.engine.documents import bpmn
from workflows.engine.drawing import CALLS, GATEWAYS, Drawing, Flow
from workflows.engine.lint_shapes import expression_faults
from workflows.engine.outcome import Finding

_CHOOSING: Final = ("exclusiveGateway", "inclusiveGateway")
_JOINING: Final = ("parallelGateway", "inclusiveGateway")


def way_faults(drawing: Drawing) -> Iterator[Finding]:
    """Every fault in how the shapes of this drawing are connected."""
    for flow in drawing.flows:
        yield from _flow(drawing, flow)
    for key, _ in drawing.of_kind(*_CHOOSING):
        yield from _choice(drawing, key)
    for key, _ in drawing.of_kind("eventBasedGateway"):
        yield from _first_to_happen(drawing, key)
    yield from _single_ways(drawing)
    yield from _beginning(drawing)
    yield from _end(drawing)
    yield from _circles(drawing)
    yield from _final_endings(drawing)


def _flow(drawing: Drawing, flow: Flow) -> Iterator[Finding]:
    source, target = drawing.kind(flow.source), drawing.kind(flow.target)
    if not source or not target:
        yield Finding(flow.key, "form.connected", "The flow must lead from one shape to another in the same process.")
        return
    if target in ("startEvent", "boundaryEvent") or source == "endEvent":
        yield Finding(flow.key, "form.connected", "No flow leads into a beginning or an edge event, or out of an end.")
    if flow.condition and source not in _CHOOSING:
        yield Finding(flow.key, "data.condition-at-gateway", "A condition is only heeded behind a choosing gateway.")
    if flow.condition:
        yield from expression_faults(flow.key, "The condition", flow.condition)


def _choice(drawing: Drawing, key: str) -> Iterator[Finding]:
    ways = drawing.outgoing(key)
    default = drawing.shapes[key].get("default")
    if default and default not in [flow.key for flow in ways]:
        yield Finding(key, "data.default", "The default flow must leave this gateway.")
    if len(ways) > 1 and not default:
        yield Finding(key, "data.default", "Mark one flow as the default, for when no condition holds.")
    for flow in ways:
        if flow.key == default and flow.condition:
            yield Finding(flow.key, "data.default", "The default flow takes no condition.")
        if len(ways) > 1 and flow.key != default and not flow.condition:
            yield Finding(flow.key, "data.condition", "Say on what condition this way is taken.")


def _first_to_happen(drawing: Drawing, key: str) -> Iterator[Finding]:
    targets = [flow.target for flow in drawing.outgoing(key)]
    if len(targets) < 2:
        yield Finding(key, "form.event-gateway", "An event gateway needs at least two events to choose from.")
    timers = [name for name in targets if _holds(drawing, name, "timerEventDefinition")]
    if len(timers) > 1:
        yield Finding(key, "form.event-gateway", "Behind an event gateway only one timer is heeded.")
    for name in targets:
        if drawing.kind(name) not in ("intermediateCatchEvent", "receiveTask"):
            yield Finding(key, "form.event-gateway", "An event gateway leads to events only.")
        if len(drawing.incoming(name)) > 1:
            yield Finding(name, "form.event-gateway", "An event behind an event gateway has no other way in.")


def _holds(drawing: Drawing, key: str, definition: str) -> bool:
    element = drawing.shapes.get(key)
    return element is not None and element.find(bpmn(definition)) is not None


def _single_ways(drawing: Drawing) -> Iterator[Finding]:
    for key, element in drawing.shapes.items():
        ways = len(drawing.outgoing(key))
        if drawing.kind(key) == "endEvent" or element.get("isForCompensation") == "true":
            continue
        if ways > 1 and drawing.kind(key) not in GATEWAYS:
            yield Finding(key, "form.one-way-out", "Only a gateway has several ways out.")
        if ways == 0:
            yield Finding(key, "form.leads-on", "The way stops here; lead it to an end event.")


def _beginning(drawing: Drawing) -> Iterator[Finding]:
    if len(drawing.starts()) != 1:
        yield Finding(drawing.key, "form.one-start", "A process has exactly one start event.")


def _end(drawing: Drawing) -> Iterator[Finding]:
    if not any(drawing.of_kind("endEvent")):
        yield Finding(drawing.key, "form.has-end", "A process needs an end event.")


def _circles(drawing: Drawing) -> Iterator[Finding]:
    """A circle on which nothing is chosen: the engine would look ahead round it for ever."""
    decides = {key for key, _ in drawing.of_kind(*_CHOOSING, "eventBasedGateway", "boundaryEvent")}
    for key in _without_a_last(drawing, decides):
        if _comes_back(drawing, key, decides):
            yield Finding(key, "form.circle-chooses", "This circle has no gateway at which it could be left.")


def _without_a_last(drawing: Drawing, decides: set[str]) -> list[str]:
    """The shapes that may lie on such a circle: what leads nowhere else is taken away, again and again."""
    ways = {key: len({flow.target for flow in drawing.outgoing(key)} - decides) for key in drawing.shapes}
    last = [key for key, many in ways.items() if not many]
    gone = {*decides, *last}
    while last:
        for before in {flow.source for flow in drawing.incoming(last.pop())} & ways.keys() - gone:
            ways[before] -= 1
            if not ways[before]:
                gone.add(before)
                last.append(before)
    return [key for key in drawing.shapes if key not in gone]


def _comes_back(drawing: Drawing, key: str, decides: set[str]) -> bool:
    seen: set[str] = set()
    stack = [flow.target for flow in drawing.outgoing(key)]
    while stack:
        current = stack.pop()
        if current == key:
            return True
        if current not in seen and current not in decides:
            seen.add(current)
            stack.extend(flow.target for flow in drawing.outgoing(current))
    return False


def _final_endings(drawing: Drawing) -> Iterator[Finding]:
    """Breaking off a called process leaves what runs beside it open; only a terminate clears that."""
    breaking = [
        key
        for key, element in drawing.of_kind("boundaryEvent")
        if drawing.kind(element.get("attachedToRef", "")) in CALLS
        and not _runs_beside(element)
        and _holds(drawing, key, "messageEventDefinition")
        and _something_beside(drawing, element.get("attachedToRef", ""))
    ]
    for key in sorted(drawing.reachable(breaking)):
        if drawing.kind(key) == "endEvent" and not _holds(drawing, key, "terminateEventDefinition"):
            yield Finding(key, "form.ending-is-final", "After breaking off, end with a terminate end event.")


def _something_beside(drawing: Drawing, key: str) -> bool:
    """Whether another branch may be going while this step is: one that began before it, or at its edge."""
    forks = [fork for fork, _ in drawing.of_kind(*_JOINING) if len(drawing.outgoing(fork)) > 1]
    forks += [
        element.get("attachedToRef", "") for _, element in drawing.of_kind("boundaryEvent") if _runs_beside(element)
    ]
    return any(key in drawing.reachable([fork]) for fork in forks)


def _runs_beside(event: etree._Element) -> bool:
    return event.get("cancelActivity") == "false"
