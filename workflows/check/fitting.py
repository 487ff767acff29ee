"""Whether a diagram fits this service: each form, role, duty, table and setting it names must be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from workflows.check.known import Known
from workflows.engine.documents import local_name
from workflows.engine.drawing import Drawing, drawings
from workflows.engine.expressions import ExpressionRefused, check
from workflows.engine.filling import holes
from workflows.engine.outcome import Finding
from workflows.engine.shapes import duty_of, listed, properties_of, table_of, topic_of

CLASSES = frozenset("SABC")
PERSON_STEPS = ("userTask", "manualTask")


def misfits(root: etree._Element, known: Known) -> tuple[Finding, ...]:
    """Return every reason why a diagram that runs would still ask for something that is not there."""
    found: list[Finding] = []
    for drawing in drawings(root):
        for key, element in drawing.shapes.items():
            found += _of_shape(drawing, key, element, known)
    return tuple(found)


def _of_shape(drawing: Drawing, key: str, element: etree._Element, known: Known) -> Iterator[Finding]:
    match local_name(element):
        case "userTask" | "manualTask":
            yield from _person(drawing, key, properties_of(element), known)
        case "serviceTask" if not topic_of(element):
            yield from _duty(key, *duty_of(element), known)
        case "businessRuleTask" if table_of(element) not in known.tables:
            yield Finding(key, "service.known-table", f"There is no decision table “{table_of(element)}”.")


def _person(drawing: Drawing, key: str, said: Mapping[str, str], known: Known) -> Iterator[Finding]:
    role = drawing.lanes.get(key, "")
    if role and role not in known.roles:
        yield Finding(key, "service.known-role", f"“{role}” is not a role of this service.")
    if said.get("form"):
        yield from _form(key, said, known)
    yield from _due(key, said.get("due", ""), known)
    yield from _class(key, said.get("escalation", ""))


def _due(key: str, rule: str, known: Known) -> Iterator[Finding]:
    try:
        open_until_decided = holes(rule)
    except ExpressionRefused as refused:
        yield Finding(key, "service.known-setting", f"The due time: {refused}")
        return
    if rule.startswith("due.") and not open_until_decided and rule not in known.settings:
        yield Finding(key, "service.known-setting", f"No programme has the time “{rule}” among its settings.")


def _form(key: str, said: Mapping[str, str], known: Known) -> Iterator[Finding]:
    name = said["form"]
    form = known.forms.get(name)
    if form is None:
        yield Finding(key, "service.known-form", f"There is no form “{name}”.")
        return
    unknown = set(listed(said.get("sections", ""))) - set(form.sections)
    unread = {one.partition(" as ")[0] for one in listed(said.get("decides", ""))} - set(form.questions)
    for section in sorted(unknown):
        yield Finding(key, "service.known-section", f"The form {name} has no section “{section}”.")
    for answer in sorted(unread):
        yield Finding(
            key, "data.known-answer", f"The form {name} does not ask “{answer}”, so it cannot decide anything."
        )


def _class(key: str, rule: str) -> Iterator[Finding]:
    if not rule or rule in CLASSES:
        return
    try:
        check(rule)
    except ExpressionRefused as refused:
        yield Finding(key, "service.known-class", f"The escalation class is S, A, B or C, or an expression: {refused}")


def _duty(key: str, name: str, given: Mapping[str, str], known: Known) -> Iterator[Finding]:
    duty = known.duties.get(name)
    if duty is None:
        yield Finding(key, "service.known-duty", f"“{name}” is not in the register of duties.")
        return
    for parameter in sorted(set() if duty.open_ended else set(given) - set(duty.parameters)):
        yield Finding(key, "service.known-parameter", f"The duty “{name}” has no parameter “{parameter}”.")
    for parameter in sorted(set(duty.needs) - set(given)):
        yield Finding(key, "service.known-parameter", f"The duty “{name}” needs the parameter “{parameter}”.")
