"""Whether a diagram fits this service: each form, role, duty, table and setting it names must be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from inspect import Parameter, signature

from lxml import etree

from forms import Catalogue
from workflows.casework.access import ROLES
from workflows.duties.register import REGISTER
from workflows.engine.documents import local_name, read_document
from workflows.engine.drawing import Drawing, drawings
from workflows.engine.expressions import ExpressionRefused, check
from workflows.engine.filling import holes
from workflows.engine.outcome import Finding
from workflows.engine.shapes import duty_of, listed, properties_of, table_of, topic_of

CLASSES = frozenset("SABC")
PERSON_STEPS = ("userTask", "manualTask")


@dataclass(frozen=True)
class Known:
    """What a diagram may name: the forms, the decision tables, and the times and thresholds of the programmes."""

    forms: Catalogue
    tables: frozenset[str]
    settings: frozenset[str]


def misfits(xml: bytes, known: Known) -> tuple[Finding, ...]:
    """Return every reason why a diagram that runs would still ask for something that is not there."""
    found: list[Finding] = []
    for drawing in drawings(read_document(xml)):
        for key, element in drawing.shapes.items():
            found += _of_shape(drawing, key, element, known)
    return tuple(found)


def _of_shape(drawing: Drawing, key: str, element: etree._Element, known: Known) -> Iterator[Finding]:
    match local_name(element):
        case "userTask" | "manualTask":
            yield from _person(drawing, key, properties_of(element), known)
        case "serviceTask" if not topic_of(element):
            yield from _duty(key, *duty_of(element))
        case "businessRuleTask" if table_of(element) not in known.tables:
            yield Finding(key, "known_table", f"There is no decision table “{table_of(element)}”.")


def _person(drawing: Drawing, key: str, said: Mapping[str, str], known: Known) -> Iterator[Finding]:
    role = drawing.lanes.get(key, "")
    if role and role not in ROLES:
        yield Finding(key, "known_role", f"“{role}” is not a role of this service.")
    if said.get("form"):
        yield from _form(key, said, known.forms)
    yield from _due(key, said.get("due", ""), known)
    yield from _class(key, said.get("escalation", ""))


def _due(key: str, rule: str, known: Known) -> Iterator[Finding]:
    try:
        open_until_decided = holes(rule)
    except ExpressionRefused as refused:
        yield Finding(key, "known_setting", f"The due time: {refused}")
        return
    if rule.startswith("due.") and not open_until_decided and rule not in known.settings:
        yield Finding(key, "known_setting", f"No programme has the time “{rule}” among its settings.")


def _form(key: str, said: Mapping[str, str], forms: Catalogue) -> Iterator[Finding]:
    name = said["form"]
    if name not in forms.keys():  # noqa: SIM118 - a catalogue is no mapping
        yield Finding(key, "known_form", f"There is no form “{name}”.")
        return
    definition = forms.form(name).definition
    unknown = set(listed(said.get("sections", ""))) - {section.key for section in definition.sections}
    asked = {question.id for question in definition.questions}
    unread = {one.partition(" as ")[0] for one in listed(said.get("decides", ""))} - asked
    for section in sorted(unknown):
        yield Finding(key, "known_section", f"The form {name} has no section “{section}”.")
    for answer in sorted(unread):
        yield Finding(key, "known_answer", f"The form {name} does not ask “{answer}”, so it cannot decide anything.")


def _class(key: str, rule: str) -> Iterator[Finding]:
    if not rule or rule in CLASSES:
        return
    try:
        check(rule)
    except ExpressionRefused as refused:
        yield Finding(key, "known_class", f"The escalation class is S, A, B or C, or an expression: {refused}")


def _duty(key: str, name: str, given: Mapping[str, str]) -> Iterator[Finding]:
    entry = REGISTER.get(name)
    if entry is None:
        yield Finding(key, "known_duty", f"“{name}” is not in the register of duties.")
        return
    unknown = set() if entry.open_ended else set(given) - set(entry.parameters)
    wanted = list(signature(entry.perform).parameters.values())[1:]
    must = {one.name for one in wanted if one.default is Parameter.empty and one.kind is not Parameter.VAR_KEYWORD}
    for parameter in sorted(unknown):
        yield Finding(key, "known_parameter", f"The duty “{name}” has no parameter “{parameter}”.")
    for parameter in sorted(must - set(given)):
        yield Finding(key, "known_parameter", f"The duty “{name}” needs the parameter “{parameter}”.")
