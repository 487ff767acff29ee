"""Every diagram can be read as a picture: all of it is drawn, nothing lies on top of something else."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from tests.diagrams.reading import BPMN, Box, Drawing, drawings

each_drawing = pytest.mark.parametrize("drawing", drawings(), ids=lambda drawing: drawing.name)


def _shapes(drawing: Drawing) -> dict[str, Box]:
    return {key: box for key, box in drawing.boxes().items() if key not in drawing.lanes}


def _hosts(drawing: Drawing) -> dict[str, str]:
    return {one.get("id", ""): one.get("attachedToRef", "") for one in drawing.nodes("boundaryEvent")}


@each_drawing
def test_everything_is_drawn_once(drawing: Drawing) -> None:
    expected = {node.get("id") for node in drawing.nodes()} | set(drawing.lanes)
    assert set(drawing.boxes()) == expected
    assert set(drawing.ways()) == {flow.get("id") for flow in drawing.flows()}


@each_drawing
def test_no_two_shapes_overlap(drawing: Drawing) -> None:
    hosts = _hosts(drawing)
    for (one, first), (other, second) in combinations(_shapes(drawing).items(), 2):
        attached = hosts.get(one) == other or hosts.get(other) == one
        assert attached or not first.touches(second), (one, other)


@each_drawing
def test_every_shape_lies_inside_its_lane(drawing: Drawing) -> None:
    boxes = drawing.boxes()
    for key, lane in drawing.lanes.items():
        for ref in lane.iter(f"{BPMN}flowNodeRef"):
            assert boxes[key].holds(boxes[ref.text or ""]), ref.text


@each_drawing
def test_no_words_lie_on_a_shape_or_on_other_words(drawing: Drawing) -> None:
    labels = drawing.labels()
    for key, label in labels.items():
        for other, box in _shapes(drawing).items():
            assert not label.touches(box), (key, other)
    for (one, first), (other, second) in combinations(labels.items(), 2):
        assert not first.touches(second), (one, other)


@each_drawing
def test_arrows_run_straight_and_begin_and_end_at_their_shapes(drawing: Drawing) -> None:
    boxes, ways = drawing.boxes(), drawing.ways()
    for flow in drawing.flows():
        way = ways[flow.get("id", "")]
        for (left, top), (right, bottom) in pairwise(way):
            assert left == right or top == bottom, flow.get("id")
        assert _on_edge(way[0], boxes[flow.get("sourceRef", "")]), flow.get("id")
        assert _on_edge(way[-1], boxes[flow.get("targetRef", "")]), flow.get("id")


def _on_edge(point: tuple[float, float], box: Box) -> bool:
    return box.left - 1 <= point[0] <= box.right + 1 and box.top - 1 <= point[1] <= box.bottom + 1


@each_drawing
def test_no_arrow_crosses_a_shape(drawing: Drawing) -> None:
    shapes, hosts, ways = _shapes(drawing), _hosts(drawing), drawing.ways()
    for flow in drawing.flows():
        source, target = flow.get("sourceRef", ""), flow.get("targetRef", "")
        own = {source, target, hosts.get(source)}
        for start, stop in pairwise(ways[flow.get("id", "")]):
            line = Box(min(start[0], stop[0]), min(start[1], stop[1]), max(start[0], stop[0]), max(start[1], stop[1]))
            for key, box in shapes.items():
                assert key in own or not _crosses(line, box), (flow.get("id"), key)


def _crosses(line: Box, box: Box) -> bool:
    across = line.left < box.right and line.right > box.left
    return across and line.top < box.bottom and line.bottom > box.top


@each_drawing
def test_the_usual_way_is_read_from_left_to_right(drawing: Drawing) -> None:
    boxes = drawing.boxes()
    first = min(node.get("id", "") for node in drawing.nodes("startEvent"))
    assert all(boxes[first].left <= box.left for box in _shapes(drawing).values())
