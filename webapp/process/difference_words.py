"""What differs between two versions of a diagram or table, in the words of the service."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from webapp.wording import counted
from workflows.casework.roles import ROLE_NAMES
from workflows.questions.process_compared import ADDED, CHANGED, MOVED, REMOVED, REWORDED, Compared, Detail, Difference

HEADINGS = {
    ADDED: "New",
    REMOVED: "Taken out",
    CHANGED: "Does something else",
    REWORDED: "Reads otherwise, does the same",
    MOVED: "Only drawn or listed elsewhere",
}
BADGES = {ADDED: "New", REMOVED: "Taken out", CHANGED: "Changed", REWORDED: "Reworded", MOVED: "Moved"}
KINDS = {
    "userTask": "Step", "manualTask": "Step", "serviceTask": "Step of Roundtable", "businessRuleTask": "Decision",
    "receiveTask": "Wait for news", "callActivity": "Part", "subProcess": "Part", "sequenceFlow": "Way",
    "startEvent": "Beginning", "endEvent": "End", "boundaryEvent": "Event at the edge of a step",
    "intermediateCatchEvent": "Wait", "intermediateThrowEvent": "Event", "exclusiveGateway": "Choice",
    "inclusiveGateway": "Choice of several", "parallelGateway": "Side by side",
    "eventBasedGateway": "Whichever comes first", "lane": "Lane", "process": "Process", "message": "Message",
    "error": "Error", "escalation": "Escalation", "signal": "Signal", "textAnnotation": "Note",
    "association": "Line to a note", "table": "Table", "input": "Column asked", "output": "Column answered",
    "rule": "Rule",
}  # fmt: skip
WHAT = {
    "property.form": "form", "property.due": "time it is due", "property.escalation": "class of its reminders",
    "property.decides": "answer that decides", "property.also": "others who may do it", "property.ladder": "reminders",
    "property.duty": "what Roundtable does", "role": "whose it is", "name": "name", "documentation": "explanation",
    "text": "text", "conditionExpression": "condition", "sourceRef": "comes from", "targetRef": "leads to",
    "default": "way if no other fits", "calledElement": "process it goes into", "attachedToRef": "at the edge of",
    "cancelActivity": "ends the step", "kind": "kind", "hitPolicy": "which rule counts", "aggregation": "summed up as",
    "expression": "asks for", "type": "kind of answer", "values": "possible answers",
    "label": "heading", "note": "note", "description": "description", "place": "place in the order",
    "calledDecision": "table it asks", "multiInstanceLoopCharacteristics": "repeated",
}  # fmt: skip
_NAMED = frozenset({"sourceRef", "targetRef", "default", "attachedToRef", "property.due", "property.form"})
NOTHING: Mapping[str, str] = MappingProxyType({})
_ENDS = re.compile(r"(?:EventDefinition|Ref)\b")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Said:
    """One text of two versions. code: it is written for Roundtable, not for people."""

    text: str
    code: bool = False


@dataclass(frozen=True)
class Part:
    """In what something differs. label: nothing runs otherwise because of it."""

    what: str
    was: Said
    now: Said
    label: bool


@dataclass(frozen=True)
class Line:
    """One thing that differs, and in what."""

    element: str
    words: str
    details: tuple[Part, ...]


@dataclass(frozen=True)
class Group:
    """What became of these elements alike."""

    change: str
    heading: str
    lines: tuple[Line, ...]


def groups(compared: Compared, known: Mapping[str, str] = NOTHING) -> list[Group]:
    """Put differences in words, what came and went first; what is only drawn elsewhere is counted.

    known: what people call times and forms, by their keys.
    """
    names = {**known, **compared.names}
    found = [Group(change, HEADINGS[change], tuple(_lines(compared.of(change), names))) for change in HEADINGS]
    return [one for one in found if one.lines]


def in_short(compared: Compared) -> str:
    """Say in one line how much differs."""
    said = []
    for change in HEADINGS:
        number = len(compared.of(change))
        said += [f"{number} {BADGES[change].lower()}"] if number else []
    return ", ".join(said) or "Nothing differs"


def marks(compared: Compared, *changes: str) -> dict[str, list[str]]:
    """Return which elements a drawing marks, by what became of them."""
    return {change: [one.element for one in compared.of(change)] for change in changes if compared.of(change)}


def _lines(found: Sequence[Difference], names: Mapping[str, str]) -> Iterator[Line]:
    if found and found[0].change == MOVED and found[0].kind != "rule":
        yield Line("", _moved(found), ())
        return
    for one in found:
        details = tuple(_worded(detail, names, heading=one.kind == "rule") for detail in one.details)
        yield Line(one.element, _named(one), details)


def _moved(found: Sequence[Difference]) -> str:
    arrows = sum(one.kind == "sequenceFlow" for one in found)
    shapes = len(found) - arrows
    said = [counted(shapes, "element")] * bool(shapes) + [counted(arrows, "arrow")] * bool(arrows)
    return f"{' and '.join(said)} drawn in another place"


def _named(one: Difference) -> str:
    kind = KINDS.get(one.kind, _plain(one.kind).capitalize())
    name = ROLE_NAMES.get(one.name, one.name) if one.kind == "lane" else one.name
    if one.kind in ("rule", "table"):
        return f"{kind} {name}"
    return f"{kind} “{name}”" if name else kind


def _worded(detail: Detail, names: Mapping[str, str], heading: bool) -> Part:
    """Say what differs; heading: of a rule, whose cells bear the headings that people gave them."""
    plain = WHAT.get(detail.what) or (f"“{detail.what}”" if heading else _plain(detail.what))
    was, now = (_said(detail, text, names) for text in (detail.was, detail.now))
    return Part(plain, was, now, detail.label)


def _said(detail: Detail, text: str, names: Mapping[str, str]) -> Said:
    if detail.label or not text:
        return Said(text)
    known = {"role": ROLE_NAMES, "kind": KINDS}.get(detail.what, names if detail.what in _NAMED else NOTHING)
    return Said(known[text]) if text in known else Said(text, code=not text.isdigit())


def _plain(what: str) -> str:
    """Say a name of BPMN as words: timerEventDefinition.timeDuration is “timer, time duration”."""
    parts = [_HUMP.sub(" ", _ENDS.sub("", part)).lower() for part in what.removeprefix("property.").split(".")]
    return ", ".join(part.replace("_", " ") for part in parts if part)
