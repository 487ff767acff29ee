"""What differs between two versions of a diagram: what it does, what people read in it, and how it is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from workflows.engine.documents import BPMN, local_name, namespace_of, read_document, text_of

ADDED, REMOVED, CHANGED, REWORDED, MOVED = "added", "removed", "changed", "reworded", "moved"
_HOLD_OTHERS: Final = frozenset(
    {"definitions", "process", "subProcess", "transaction", "adHocSubProcess", "collaboration", "laneSet", "lane"}
    | {"childLaneSet"}
)
_NOT_TOLD: Final = frozenset({"definitions", "laneSet", "childLaneSet", "collaboration", "import"})
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_WRAPPERS: Final = frozenset({"extensionElements", "properties"})
# What other elements say as well.
_DERIVED: Final = frozenset({"incoming", "outgoing", "flowNodeRef"})
# Elements whose name is no label: it decides whose step it is, or what is listened for.
_NAME_COUNTS: Final = frozenset({"lane", "message", "signal", "error", "escalation"})
# What an attribute says when it is not there.
_UNSAID: Final = {
    "cancelActivity": "true", "isInterrupting": "true", "parallelMultiple": "false", "isSequential": "false",
    "triggeredByEvent": "false", "instantiate": "false", "gatewayDirection": "Unspecified", "startQuantity": "1",
    "completionQuantity": "1", "isForCompensation": "false",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that differs. label: it is only read by people, nothing runs otherwise because of it."""

    what: str
    was: str
    now: str
    label: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one element: of a diagram by its id, of a table a column or a rule.

    change: ADDED, REMOVED, CHANGED (it does something else), REWORDED (only what people read differs), or MOVED (only
    its place does). kind: what it is, as BPMN calls it. name: as people do. moved: its place differs as well.
    """

    element: str
    kind: str
    name: str
    change: str
    details: tuple[Detail, ...] = ()
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """Everything that differs, in the order of the newer version; what is gone comes last. names: by id, of both."""

    differences: tuple[Difference, ...]
    names: Mapping[str, str]

    def of(self, *changes: str) -> tuple[Difference, ...]:
        """Return the differences of these sorts."""
        return tuple(one for one in self.differences if one.change in changes)


@dataclass(slots=True)
class _Told:
    """What an element says: what it does, what people read, and where it is drawn."""

    kind: str
    name: str
    does: dict[str, str] = field(default_factory=dict)
    reads: dict[str, str] = field(default_factory=dict)
    place: str = ""


def compare_diagrams(was: bytes, now: bytes) -> Compared:
    """Compare two versions of a diagram by the ids of its elements. Raises DiagramRefused where one is no XML."""
    before, after = _read(was), _read(now)
    found = [_difference(key, before.get(key), told) for key, told in after.items()]
    found += [_difference(key, told, None) for key, told in before.items() if key not in after]
    names = {key: told.name for key, told in (before | after).items() if told.name}
    return Compared(tuple(one for one in found if one is not None), names)


def _difference(key: str, was: _Told | None, now: _Told | None) -> Difference | None:
    told = now or was
    if told is None:
        return None
    if was is None or now is None:
        return Difference(key, told.kind, told.name, REMOVED if now is None else ADDED)
    does, reads = details_of(was.does, now.does), details_of(was.reads, now.reads, label=True)
    moved = was.place != now.place
    if not (does or reads or moved):
        return None
    change = CHANGED if does else REWORDED if reads else MOVED
    return Difference(key, told.kind, told.name or was.name, change, (*does, *reads), moved)


def details_of(was: Mapping[str, str], now: Mapping[str, str], label: bool = False) -> tuple[Detail, ...]:
    """Return what two sets of facts say differently, in the order of the newer."""
    named = dict.fromkeys((*now, *was))
    pairs = ((what, was.get(what, ""), now.get(what, "")) for what in named)
    return tuple(Detail(what, before, after, label) for what, before, after in pairs if before != after)


# Reading a diagram ----------------------------------------------------------------------------


def _read(xml: bytes) -> dict[str, _Told]:
    root = read_document(xml)
    roles, places = _roles(root), _places(root)
    found = {}
    for element in _elements(root):
        key = element.get("id", "")
        told = _told(element)
        if key in roles:
            told.does["role"] = roles[key]
        told.place = places.get(key, "")
        found[key] = told
    for told in found.values():
        if told.kind == "sequenceFlow":  # an arrow is known by what it joins
            ends = (found.get(told.does.get(end, "")) for end in ("sourceRef", "targetRef"))
            told.name = " → ".join(end.name if end and end.name else "a place without a name" for end in ends)
    return found


def _elements(holder: etree._Element) -> Iterator[etree._Element]:
    """Everything with an id of its own that a process, a lane or the file holds."""
    for child in holder:
        if namespace_of(child) != BPMN or local_name(child) in _DERIVED:
            continue
        if child.get("id") and local_name(child) not in _NOT_TOLD:
            yield child
        if local_name(child) in _HOLD_OTHERS:
            yield from _elements(child)


def _roles(root: etree._Element) -> dict[str, str]:
    """By shape, the name of the innermost lane that lists it."""
    found = {}
    for lane in root.iter(f"{{{BPMN}}}lane"):
        for listed in lane.iterfind(f"{{{BPMN}}}flowNodeRef"):
            found[text_of(listed)] = lane.get("name", "")
    return found


def _places(root: etree._Element) -> dict[str, str]:
    """By element, where it is drawn: the corners of a shape, the bends of an arrow."""
    found = {}
    for drawn in root.iter():
        shown = drawn.get("bpmnElement") if local_name(drawn) in ("BPMNShape", "BPMNEdge") else None
        if shown:
            points = (part for part in drawn if local_name(part) in ("Bounds", "waypoint"))
            found[shown] = " ".join(
                _number(part.get(name)) for part in points for name in ("x", "y", "width", "height")
            )
    return found


def _number(text: str | None) -> str:
    try:
        return f"{float(text or 0):g}"
    except ValueError:
        return text or ""


def _told(element: etree._Element) -> _Told:
    kind, name = local_name(element), " ".join(element.get("name", "").split())
    told = _Told(kind, name, {"kind": kind})
    (told.does if kind in _NAME_COUNTS else told.reads)["name"] = name
    told.does |= _attributes(element)
    for child in element:
        if local_name(child) in _DERIVED or _stands_alone(element, child):
            continue
        if local_name(child) in ("documentation", "text"):
            told.reads[local_name(child)] = " ".join(text_of(child).split())
        else:
            told.does |= _within(child, "")
    return told


def _stands_alone(holder: etree._Element, child: etree._Element) -> bool:
    """Whether a child is told by itself: what a process holds, but not what belongs to a step."""
    holds = local_name(holder) in _HOLD_OTHERS and namespace_of(child) == BPMN
    return holds and (child.get("id") is not None or local_name(child) in _HOLD_OTHERS)


def _attributes(element: etree._Element) -> dict[str, str]:
    """What an element says beside its id and name; what goes without saying is left out."""
    said = ((etree.QName(str(key)), str(value)) for key, value in element.attrib.items())
    return {
        name.localname: value
        for name, value in said
        if name.localname not in ("id", "name") and name.namespace != _XSI and _UNSAID.get(name.localname) != value
    }


def _within(element: etree._Element, path: str) -> dict[str, str]:
    """What a part of an element says, with everything in it, by path; a property of a step by its name."""
    name = local_name(element)
    if name == "property" and element.get("value") is not None:
        return {f"property.{element.get('name', '')}": element.get("value", "")}
    wraps = name in _WRAPPERS
    here = path if wraps else f"{path}.{name}".lstrip(".")
    own = {"": text_of(element), "name": element.get("name", ""), **_attributes(element)}
    found = {f"{here}.{key}".strip("."): value for key, value in own.items() if value and not wraps}
    for place, child in enumerate(element):
        for key, value in _within(child, here).items():
            found[f"{key}.{place}" if key in found else key] = value
    return found or ({} if wraps else {here: "yes"})
