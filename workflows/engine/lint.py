"""What makes a diagram unfit to publish: everything that would run wrongly, most of it in silence.

Each finding names the shape and says what to do, so that the editor can mark it. The rules look
at the drawing only; whether a form, a duty or a role exists is for those to say who keep them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.spiff.parser.process import VALIDATOR

from workflows.engine.documents import BPMN, SPIFF, bpmn, local_name, namespace_of, nearest_id, read_document
from workflows.engine.drawing import SHAPES, Drawing, drawings
from workflows.engine.lint_shapes import shape_faults
from workflows.engine.lint_ways import way_faults
from workflows.engine.outcome import Finding
from workflows.engine.refusals import DiagramRefused

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_TAKEN: Final = re.compile(r"Start|End|Root|.*\.(EndJoin|BoundaryEventSplit|BoundaryEventJoin)|StartEvent(Split|Join)")
_ADMITTED: Final = SHAPES | {
    "sequenceFlow", "laneSet", "documentation", "extensionElements", "incoming", "outgoing",
    "textAnnotation", "association", "group", "standardLoopCharacteristics", "multiInstanceLoopCharacteristics",
}  # fmt: skip
_NEVER: Final = {
    "signalEventDefinition": "Signals are not run; use a message.",
    "compensateEventDefinition": "Compensation is not run.",
    "linkEventDefinition": "Link events are not run; draw the flow.",
    "cancelEventDefinition": "Cancel events are not run.",
    "conditionalEventDefinition": "Conditional events are not run; use a gateway.",
    "complexGateway": "Complex gateways are not run; use exclusive or parallel ones.",
    "scriptTask": "Scripts are not run; ask for a duty or a decision table.",
    "sendTask": "Use a service task with the duty messages.send.",
    "task": "Say who does it: a user task, or a service task.",
    "adHocSubProcess": "Ad-hoc sub-processes are not run; start a companion process.",
    "transaction": "Transactions are not run.",
    "dataObject": "Data objects are not run; use decision variables.",
    "dataObjectReference": "Data objects are not run; use decision variables.",
    "dataStoreReference": "Data stores are not run; ask for a duty.",
    "dataStore": "Data stores are not run; ask for a duty.",
    "ioSpecification": "Input and output lists are not run; use decision variables.",
    "correlationProperty": "Messages find their case by the office, not by correlation.",
    "correlationSubscription": "Messages find their case by the office, not by correlation.",
    "messageFlow": "Message flows are not run; ask for the duty messages.send.",
    "preScript": "Scripts are not run; ask for a duty before this step.",
    "postScript": "Scripts are not run; ask for a duty after this step.",
    "messagePayload": "A message brings its variables from outside; none are worked out here.",
    "messageVariable": "The variables of a message are merged under their own names.",
    "payloadExpression": "An error or escalation takes no variables along.",
    "variableName": "An error or escalation brings no variables along.",
    "processVariableCorrelation": "Messages find their case by the office, not by correlation.",
}


def find_faults(xml: bytes) -> tuple[Finding, ...]:
    """Every reason why this file must not be published; empty when there is none."""
    try:
        root = read_document(xml)
    except DiagramRefused as error:
        return (Finding("", "form.readable", str(error)),)
    found = [*_schema_faults(xml), *_id_faults(root), *_element_faults(root), *_process_faults(root)]
    for drawing in drawings(root):
        found += [*shape_faults(root, drawing), *way_faults(drawing)]
    return tuple(dict.fromkeys(found))


def find_faults_between(files: Sequence[bytes]) -> tuple[Finding, ...]:
    """What only shows when the diagrams of a release are put together; each of them can be read."""
    roots = [read_document(xml) for xml in files]
    calls = {
        process.get("id", ""): [element.get("calledElement", "") for element in process.iter(bpmn("callActivity"))]
        for root in roots
        for process in root.iter(bpmn("process"))
    }
    return (*_shared_ids(roots), *_shared_steps(roots, calls), *_unknown_calls(calls), *_rings(calls))


def _schema_faults(xml: bytes) -> Iterator[Finding]:
    try:
        VALIDATOR.validate(read_document(xml))  # read again: checking changes what it checks
    except ValidationException as error:
        yield Finding("", "form.schema", f"The file is not valid BPMN: {error}")


def _id_faults(root: etree._Element) -> Iterator[Finding]:
    # Parameters and duties carry ids of their own kind, which may well come twice.
    ids = [key for element in root.iter() if (key := element.get("id")) and namespace_of(element) != SPIFF]
    for key, times in Counter(ids).items():
        if times > 1:
            yield Finding(key, "form.unique-ids", f"The id '{key}' is used {times} times.")
    for element in root.iter(f"{{{BPMN}}}*"):
        yield from _id_fault(element, element.get("id", ""))


def _id_fault(element: etree._Element, key: str) -> Iterator[Finding]:
    if not key and local_name(element) in SHAPES | {"sequenceFlow", "process"}:
        yield Finding("", "form.has-id", f"A {local_name(element)} has no id.")
    if key and not _NAME.fullmatch(key):
        yield Finding(key, "form.plain-ids", f"The id '{key}' may hold letters, digits, _, - and . only.")
    if key and _TAKEN.fullmatch(key):
        yield Finding(key, "form.free-ids", f"The id '{key}' is used by the engine itself; choose another.")


def _element_faults(root: etree._Element) -> Iterator[Finding]:
    for element in root.iter():
        reason = _NEVER.get(local_name(element))
        if reason:
            yield Finding(nearest_id(element), "form.runs", reason)
    for scope in root.iter(bpmn("process"), bpmn("subProcess")):
        if scope.get("triggeredByEvent") == "true":
            yield Finding(
                scope.get("id", ""), "form.runs", "Event sub-processes run wrongly; start a companion process."
            )
        for element in scope.iterchildren(f"{{{BPMN}}}*"):
            name = local_name(element)
            if name not in _ADMITTED and name not in _NEVER:
                yield Finding(nearest_id(element), "form.runs", f"A {name} is not run.")


def _process_faults(root: etree._Element) -> Iterator[Finding]:
    processes = list(root.iter(bpmn("process")))
    if not processes:
        yield Finding("", "form.has-process", "The file holds no process.")
    for process in processes:
        if process.get("isExecutable") != "true":
            yield Finding(process.get("id", ""), "form.executable", "The process must be marked as executable.")


# Between the files of a release ---------------------------------------------------------------


def _shared_ids(roots: list[etree._Element]) -> Iterator[Finding]:
    for key, times in Counter(drawing.key for root in roots for drawing in drawings(root)).items():
        if times > 1:
            yield Finding(key, "service.unique-in-release", f"'{key}' is drawn {times} times in this release.")


def _shared_steps(roots: list[etree._Element], calls: dict[str, list[str]]) -> Iterator[Finding]:
    """Steps for people of one name in diagrams that run together: nobody could tell which one was done."""
    asked: dict[str, set[str]] = {}
    for root in roots:
        for drawing in drawings(root):
            asked.setdefault(drawing.process, set()).update(_asked_of_people(drawing))
    for process, called in calls.items():
        for other in _reached(called, calls) - {process}:
            for key in sorted(asked.get(process, set()) & asked.get(other, set())):
                yield Finding(
                    key,
                    "service.unique-in-release",
                    f"'{key}' is drawn in '{process}' and in '{other}', which it calls.",
                )


def _asked_of_people(drawing: Drawing) -> list[str]:
    return [key for key, _ in drawing.of_kind("userTask", "manualTask")]


def _reached(called: Sequence[str], calls: dict[str, list[str]]) -> set[str]:
    """Every process that is called from these on, directly or through others."""
    reached: set[str] = set()
    stack = list(called)
    while stack:
        name = stack.pop()
        if name not in reached:
            reached.add(name)
            stack += calls.get(name, [])
    return reached


def _unknown_calls(calls: dict[str, list[str]]) -> Iterator[Finding]:
    for process, called in calls.items():
        for name in called:
            if name and name not in calls:
                yield Finding(
                    process, "service.called-exists", f"'{process}' calls '{name}', which is not in the release."
                )


def _rings(calls: dict[str, list[str]]) -> Iterator[Finding]:
    for process, called in calls.items():
        if process in _reached(called, calls):
            yield Finding(process, "service.no-ring", f"'{process}' calls itself, directly or round a ring.")
