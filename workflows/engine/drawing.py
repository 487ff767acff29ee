"""A process as it is drawn: shapes and the flows between them, before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar

from lxml import etree

from workflows.engine.documents import bpmn, local_name, text_of

TASKS: Final = frozenset({"userTask", "manualTask", "serviceTask", "businessRuleTask", "receiveTask"})
CALLS: Final = frozenset({"callActivity", "subProcess"})
GATEWAYS: Final = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"})
EVENTS: Final = frozenset(
    {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
)
SHAPES: Final = TASKS | CALLS | GATEWAYS | EVENTS
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Flow:
    """One arrow: from where to where, and on what condition (empty for none)."""

    key: str
    name: str
    source: str
    target: str
    condition: str


class Drawing:
    """One process, or one sub-process drawn inside it, with its own shapes and flows."""

    def __init__(self, scope: etree._Element, process: str) -> None:
        self.scope = scope
        self.process = process
        self.key = scope.get("id", "")
        self.shapes = {element.get("id", ""): element for element in scope if local_name(element) in SHAPES}
        self.flows = [_flow(element) for element in scope if local_name(element) == "sequenceFlow"]

    @cached_property
    def lanes(self) -> dict[str, str]:
        """The role of each shape: the name of the innermost lane it lies in."""
        found = {}
        for lane in self.scope.iter(bpmn("lane")):
            for reference in lane.iterfind(bpmn("flowNodeRef")):
                found[text_of(reference)] = lane.get("name", "")
        return found

    @cached_property
    def holders(self) -> dict[str, str]:
        """The role of every shape of the whole file that is listed in a lane, in this drawing or around it."""
        references = self.scope.getroottree().iter(bpmn("flowNodeRef"))
        lanes = {text_of(reference): reference.getparent() for reference in references}
        return {key: lane.get("name", "") for key, lane in lanes.items() if lane is not None}

    def kind(self, key: str) -> str:
        """The BPMN name of a shape, such as userTask; empty when there is none of this id."""
        element = self.shapes.get(key)
        return "" if element is None else local_name(element)

    def of_kind(self, *kinds: str) -> Iterator[tuple[str, etree._Element]]:
        """All shapes of these kinds, in the order of the file."""
        return ((key, element) for key, element in self.shapes.items() if local_name(element) in kinds)

    def outgoing(self, key: str) -> list[Flow]:
        """The flows that leave a shape."""
        return self._outgoing.get(key, [])

    def incoming(self, key: str) -> list[Flow]:
        """The flows that reach a shape."""
        return self._incoming.get(key, [])

    def boundaries(self, key: str) -> list[str]:
        """The events on the edge of a shape."""
        return self._boundaries.get(key, [])

    @cached_property
    def _outgoing(self) -> dict[str, list[Flow]]:
        return _sorted_by(self.flows, lambda flow: flow.source)

    @cached_property
    def _incoming(self) -> dict[str, list[Flow]]:
        return _sorted_by(self.flows, lambda flow: flow.target)

    @cached_property
    def _boundaries(self) -> dict[str, list[str]]:
        events = (key for key, _ in self.of_kind("boundaryEvent"))
        return _sorted_by(events, lambda key: self.shapes[key].get("attachedToRef", ""))

    def after(self, key: str) -> list[str]:
        """Where a case can be next: the targets of the flows, and the events on the edge."""
        return [flow.target for flow in self.outgoing(key)] + self.boundaries(key)

    def reachable(self, starts: Iterable[str], without: str | None = None) -> set[str]:
        """Every shape a case can come to from these, without passing through one of them."""
        seen: set[str] = set()
        stack = [key for key in starts if key != without]
        while stack:
            key = stack.pop()
            if key not in seen:
                seen.add(key)
                stack.extend(following for following in self.after(key) if following != without)
        return seen

    def starts(self) -> list[str]:
        """The ids of the start events."""
        return [key for key, _ in self.of_kind("startEvent")]


def _sorted_by(items: Iterable[Item], of: Callable[[Item], str]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(of(item), []).append(item)
    return found


def drawings(root: etree._Element) -> Iterator[Drawing]:
    """Every process of a file and every sub-process inside, each as a drawing of its own."""
    for process in root.iter(bpmn("process")):
        key = process.get("id", "")
        yield Drawing(process, key)
        for inner in process.iter(bpmn("subProcess")):
            yield Drawing(inner, key)


def condition_of(element: etree._Element) -> str:
    """The condition on a flow; empty for none."""
    return text_of(element.find(bpmn("conditionExpression")))


def _flow(element: etree._Element) -> Flow:
    return Flow(
        key=element.get("id", ""),
        name=element.get("name", ""),
        source=element.get("sourceRef", ""),
        target=element.get("targetRef", ""),
        condition=condition_of(element),
    )
