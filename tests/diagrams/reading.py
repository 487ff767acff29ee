"""The shipped diagrams as they are drawn: their shapes, what they say about their steps, and where they lie."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

import workflows

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
FOLDER = Path(workflows.__file__).parent / "diagrams"
FILES = sorted(FOLDER.glob("*.bpmn"))
NODES = frozenset(
    {
        "startEvent", "endEvent", "intermediateCatchEvent", "boundaryEvent", "userTask", "serviceTask",
        "businessRuleTask", "receiveTask", "callActivity", "exclusiveGateway", "inclusiveGateway",
        "parallelGateway", "eventBasedGateway",
    }
)  # fmt: skip
ASKED_DATE = re.compile(r"(?:\w+ or )?due\('([^']+)'\)")  # a date that was said comes before the usual one


@dataclass(frozen=True)
class Box:
    """Where something lies on the page."""

    left: float
    top: float
    right: float
    bottom: float

    def touches(self, other: Box) -> bool:
        """Whether two boxes share more than an edge."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def holds(self, other: Box) -> bool:
        """Whether the other box lies wholly inside this one."""
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom


class Drawing:
    """One diagram file."""

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        self.root = etree.fromstring(path.read_bytes())
        (self.process,) = self.root.findall(f"{BPMN}process")
        self.lanes = {lane.get("id", ""): lane for lane in self.process.iter(f"{BPMN}lane")}

    def nodes(self, *kinds: str) -> list[etree._Element]:
        """Return the shapes of these kinds, all of them unless named."""
        wanted = frozenset(kinds) or NODES
        return [element for element in self.process if etree.QName(element).localname in wanted]

    def flows(self) -> list[etree._Element]:
        """Return the arrows."""
        return self.process.findall(f"{BPMN}sequenceFlow")

    def role_of(self, key: str) -> str | None:
        """Return the name of the lane a shape lies in."""
        for lane in self.lanes.values():
            if any(ref.text == key for ref in lane.iter(f"{BPMN}flowNodeRef")):
                return lane.get("name")
        return None

    def boxes(self) -> dict[str, Box]:
        """Return where every drawn shape lies, by its id."""
        return {shape.get("bpmnElement", ""): _box(shape) for shape in self.root.iter(f"{DI}BPMNShape")}

    def labels(self) -> dict[str, Box]:
        """Return where the words beside shapes and arrows lie."""
        found = {}
        for kind in ("BPMNShape", "BPMNEdge"):
            for drawn in self.root.iter(f"{DI}{kind}"):
                label = drawn.find(f"{DI}BPMNLabel")
                if label is not None and label.find(f"{DC}Bounds") is not None:
                    found[drawn.get("bpmnElement", "")] = _box(label)
        return found

    def ways(self) -> dict[str, list[tuple[float, float]]]:
        """Return the corners of every drawn arrow."""
        return {
            edge.get("bpmnElement", ""): [(float(p.get("x", 0)), float(p.get("y", 0))) for p in edge.iter(WAYPOINT)]
            for edge in self.root.iter(f"{DI}BPMNEdge")
        }


@cache
def drawings() -> tuple[Drawing, ...]:
    """Return every shipped diagram."""
    return tuple(Drawing(path) for path in FILES)


def steps() -> Iterator[tuple[Drawing, etree._Element, dict[str, str]]]:
    """Return every step that a person does, with what the diagram says about it."""
    for drawing in drawings():
        for element in drawing.nodes("userTask"):
            yield drawing, element, said(element)


def said(element: etree._Element) -> dict[str, str]:
    """Return the properties of a shape."""
    return {one.get("name", ""): one.get("value", "") for one in element.iter(f"{SPIFF}property")}


def conditions(drawing: Drawing) -> list[str]:
    """Return the conditions on the arrows."""
    return [one.text or "" for one in drawing.process.iter(f"{BPMN}conditionExpression")]


def dates(drawing: Drawing) -> list[str]:
    """Return what its timers wait for."""
    return [one.text or "" for one in drawing.process.iter(f"{BPMN}timeDate")]


def asked_duties(drawing: Drawing) -> list[tuple[str, str, frozenset[str]]]:
    """Return the duties a diagram asks for: the shape, the duty, the parameters it gives."""
    found = []
    for element in drawing.nodes("serviceTask"):
        (operator,) = element.iter(f"{SPIFF}serviceTaskOperator")
        given = frozenset(one.get("id", "") for one in operator.iter(f"{SPIFF}parameter"))
        found.append((element.get("id", ""), operator.get("id", ""), given))
    return found


def _box(drawn: etree._Element) -> Box:
    bounds = drawn.find(f"{DC}Bounds")
    assert bounds is not None
    left, top, width, height = (float(bounds.get(name, 0)) for name in ("x", "y", "width", "height"))
    return Box(left, top, left + width, top + height)
