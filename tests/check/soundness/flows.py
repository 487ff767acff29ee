"""Small diagrams for tests, written as lines of “from > to, to”."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from lxml import etree

from workflows.check.soundness import Unsound, judge

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_KINDS: Final = {
    "start": "startEvent",
    "end": "endEvent",
    "and": "parallelGateway",
    "xor": "exclusiveGateway",
    "or": "inclusiveGateway",
    "first": "eventBasedGateway",
    "catch": "intermediateCatchEvent",
}


def flow(lines: str, shapes: Mapping[str, str] | None = None, around: str = "") -> str:
    """The inside of a scope: shapes by the letters their names begin with, and the flows between them.

    shapes: elements written out, for those that are more than their kind says. around: more elements.
    """
    pairs = [(source, target) for source, targets in _ways(lines) for target in targets]
    names = list(dict.fromkeys([name for source, targets in _ways(lines) for name in (source, *targets)]))
    drawn = [(shapes or {}).get(name, f'<{_kind(name)} id="{name}" name="{name}"/>') for name in names]
    flows = [f'<sequenceFlow id="{a}__{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs]
    return "".join([*drawn, *flows, around])


def _kind(name: str) -> str:
    return _KINDS.get(name.rstrip("0123456789_abc"), _KINDS.get(name.rstrip("0123456789"), "task"))


def _ways(lines: str) -> Iterable[tuple[str, list[str]]]:
    for line in lines.strip().splitlines():
        places = [[name.strip() for name in part.split(",")] for part in line.split(">")]
        for sources, targets in zip(places, places[1:] or [[]], strict=False):
            yield from ((source, targets) for source in sources)


def process(inside: str, key: str = "p") -> str:
    return f'<process id="{key}" name="{key}">{inside}</process>'


def file(*inside: str) -> etree._Element:
    """A file with these processes, pools and messages."""
    return etree.fromstring(f'<definitions xmlns="{BPMN}">{"".join(inside)}</definitions>')


def drawn(lines: str, shapes: Mapping[str, str] | None = None, around: str = "") -> etree._Element:
    """A file with one process."""
    return file(process(flow(lines, shapes, around)))


def rules(root: etree._Element) -> list[tuple[str, str]]:
    """Each violation by its rule and where it is shown."""
    return [(found.rule, found.element) for found in judge(root)]


def of(rule: str, root: etree._Element) -> Unsound:
    """The only violation of a rule."""
    (found,) = [found for found in judge(root) if found.rule == rule]
    return found
