"""The picture of a diagram (BPMN DI): where new shapes and flows are drawn, so that people find their way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from lxml import etree

DI: Final = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC: Final = "{http://www.omg.org/spec/DD/20100524/DC}"
WAYPOINT: Final = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
_GAP: Final = 40.0
_STEP: Final = 30.0
_TRIES: Final = 40

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """Where a shape lies, in pixels of the diagram."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        """The middle of the shape."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def right(self) -> float:
        """Where it ends on the right."""
        return self.x + self.width

    def overlaps(self, other: Box) -> bool:
        """Whether two shapes cover each other anywhere."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


class Picture:
    """The drawn shapes and flows of a file; a file without a picture stays without one."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._drawn = {one.get("bpmnElement", ""): one for one in root.iter(DI + "BPMNShape", DI + "BPMNEdge")}

    def add(self, key: str, kind: str, beside: str, *, before: bool) -> None:
        """Draw a new shape left or right of another, where nothing lies in the way."""
        there = self._drawn.get(beside)
        box = self.box(beside)
        if there is None or box is None:
            return
        side = 36.0 if kind.endswith("Event") else 50.0
        x = box.x - _GAP - side if before else box.right + _GAP
        free = self._free(Box(x, box.middle[1] - side / 2, side, side))
        shape = etree.Element(DI + "BPMNShape", {"id": f"{key}_di", "bpmnElement": key})
        where = {"x": free.x, "y": free.y, "width": side, "height": side}
        etree.SubElement(shape, DC + "Bounds", {name: _number(value) for name, value in where.items()})
        self._put_beside(there, shape)
        self._drawn[key] = shape

    def connect(self, key: str, source: str, target: str) -> None:
        """Draw a new flow between two shapes."""
        boxes = self.box(source), self.box(target)
        there = self._drawn.get(source)
        if there is None or boxes[0] is None or boxes[1] is None:
            return
        edge = etree.Element(DI + "BPMNEdge", {"id": f"{key}_di", "bpmnElement": key})
        _draw(edge, _way((boxes[0].right, boxes[0].middle[1]), boxes[1]))
        self._put_beside(there, edge)
        self._drawn[key] = edge

    def point(self, key: str, target: str) -> None:
        """Let a drawn flow end at another shape; its way stays as far as it can."""
        edge, box = self._drawn.get(key), self.box(target)
        if edge is None or box is None:
            return
        points = [(_of(one, "x"), _of(one, "y")) for one in edge.iterchildren(WAYPOINT)]
        kept = list(takewhile(lambda point: point[0] <= box.x, points[:-1])) or points[:1]
        if kept:
            _draw(edge, [*kept[:-1], *_way(kept[-1], box)])

    def remove(self, keys: Iterable[str]) -> None:
        """Take shapes and flows out of the picture."""
        for key in keys:
            drawn = self._drawn.pop(key, None)
            parent = drawn.getparent() if drawn is not None else None
            if drawn is not None and parent is not None:
                parent.remove(drawn)

    def box(self, key: str) -> Box | None:
        """Where a shape is drawn; None where it is not."""
        shape = self._drawn.get(key)
        bounds = shape.find(DC + "Bounds") if shape is not None else None
        return None if bounds is None else Box(*(_of(bounds, name) for name in ("x", "y", "width", "height")))

    def _free(self, wanted: Box) -> Box:
        """The nearest place above or below where it covers nothing but what holds it."""
        around = [box for key in self._drawn if (box := self.box(key)) is not None]
        others = [box for box in around if box.width <= 160 and box.height <= 120]
        for step in range(_TRIES):
            shift = _STEP * ((step + 1) // 2) * (1 if step % 2 else -1)
            box = Box(wanted.x, wanted.y + shift, wanted.width, wanted.height)
            if not any(box.overlaps(other) for other in others):
                return box
        return wanted

    def _put_beside(self, there: etree._Element, new: etree._Element) -> None:
        parent = there.getparent()
        if parent is not None:
            new.tail = there.tail
            parent.insert(parent.index(there) + 1, new)


def _way(start: Point, box: Box) -> list[Point]:
    """From a point to a shape: straight into its left side, or round one corner from above or below."""
    across, down = box.middle
    if abs(start[1] - down) <= box.height / 2 - 5 and start[0] <= box.x:
        return [start, (box.x, start[1] if box.height > 50 else down)]
    edge = box.y if start[1] < down else box.y + box.height
    if start[0] <= box.x:
        return [start, (across, start[1]), (across, edge)]
    return [start, (start[0] + 20, start[1]), (start[0] + 20, edge - 20), (across, edge - 20), (across, box.y)]


def _draw(edge: etree._Element, points: Iterable[Point]) -> None:
    """Give an edge its waypoints, before its label, each on a line of its own where they were so before."""
    old = list(edge.iterchildren(WAYPOINT))
    between, after = (old[0].tail, old[-1].tail) if old else (None, None)
    for one in old:
        edge.remove(one)
    new = [etree.Element(WAYPOINT, {"x": _number(x), "y": _number(y)}) for x, y in points]
    for number, one in enumerate(new):
        one.tail = between if number + 1 < len(new) else after
        edge.insert(number, one)


def _of(element: etree._Element, name: str) -> float:
    try:
        return float(element.get(name, "0"))
    except ValueError:
        return 0.0


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"
