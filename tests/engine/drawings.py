"""Small diagrams for the tests of the engine, written as one would say them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from workflows.engine import Asked, Library, Run, Spec

NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
)
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def diagram(*parts: str, process: str = "p", extra: str = "") -> bytes:
    """One file with one process made of these parts."""
    body = "".join(parts)
    return (
        f'<bpmn:definitions {NAMESPACES} id="definitions" targetNamespace="urn:test">'
        f'<bpmn:process id="{process}" isExecutable="true">{body}</bpmn:process>{extra}</bpmn:definitions>'
    ).encode()


def start(key: str = "s", inside: str = "") -> str:
    return f'<bpmn:startEvent id="{key}">{inside}</bpmn:startEvent>'


def end(key: str = "e") -> str:
    return f'<bpmn:endEvent id="{key}"/>'


def terminate(key: str = "t") -> str:
    return f'<bpmn:endEvent id="{key}"><bpmn:terminateEventDefinition/></bpmn:endEvent>'


def user(key: str, inside: str = "", properties: Mapping[str, str] | None = None) -> str:
    listed = "".join(
        f"<spiffworkflow:property name={quoteattr(name)} value={quoteattr(value)}/>"
        for name, value in (properties or {}).items()
    )
    return (
        f'<bpmn:userTask id="{key}" name="{key}"><bpmn:documentation>Why {key}?</bpmn:documentation>'
        f"<bpmn:extensionElements><spiffworkflow:properties>{listed}</spiffworkflow:properties>"
        f"</bpmn:extensionElements>{inside}</bpmn:userTask>"
    )


def duty(key: str, name: str, inside: str = "", **parameters: str) -> str:
    listed = "".join(
        f'<spiffworkflow:parameter id="{parameter}" type="str" value={quoteattr(value)}/>'
        for parameter, value in parameters.items()
    )
    return (
        f'<bpmn:serviceTask id="{key}"><bpmn:extensionElements>'
        f'<spiffworkflow:serviceTaskOperator id="{name}" resultVariable="unused">'
        f"<spiffworkflow:parameters>{listed}</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
        f"</bpmn:extensionElements>{inside}</bpmn:serviceTask>"
    )


def outside(key: str, topic: str, **properties: str) -> str:
    listed = "".join(
        f"<spiffworkflow:property name={quoteattr(name)} value={quoteattr(value)}/>"
        for name, value in {"topic": topic, **properties}.items()
    )
    return (
        f'<bpmn:serviceTask id="{key}"><bpmn:extensionElements><spiffworkflow:properties>{listed}'
        "</spiffworkflow:properties></bpmn:extensionElements></bpmn:serviceTask>"
    )


def table(key: str, name: str) -> str:
    return (
        f'<bpmn:businessRuleTask id="{key}"><bpmn:extensionElements><spiffworkflow:calledDecisionId>{name}'
        "</spiffworkflow:calledDecisionId></bpmn:extensionElements></bpmn:businessRuleTask>"
    )


def choice(key: str, default: str = "") -> str:
    return f'<bpmn:exclusiveGateway id="{key}"{f" default={quoteattr(default)}" if default else ""}/>'


def together(key: str) -> str:
    return f'<bpmn:parallelGateway id="{key}"/>'


def some(key: str) -> str:
    return f'<bpmn:inclusiveGateway id="{key}"/>'


def call(key: str, process: str, inside: str = "") -> str:
    return f'<bpmn:callActivity id="{key}" calledElement="{process}">{inside}</bpmn:callActivity>'


def date(expression: str) -> str:
    return (
        '<bpmn:timerEventDefinition><bpmn:timeDate xsi:type="bpmn:tFormalExpression">'
        f"{escape(expression)}</bpmn:timeDate></bpmn:timerEventDefinition>"
    )


def pausing(expression: str) -> str:
    """A date whose clock stands still while those of the house do."""
    return _marked("pauses", expression)


def asked_anew(expression: str) -> str:
    """A date that the house is asked for in every act, so that the state keeps none."""
    return _marked("asked_anew", expression)


def _marked(how: str, expression: str) -> str:
    marked = f'<spiffworkflow:property name="{how}" value="yes"/>'
    group = f"<spiffworkflow:properties>{marked}</spiffworkflow:properties>"
    return f"<bpmn:extensionElements>{group}</bpmn:extensionElements>{date(expression)}"


def hears(message: str) -> str:
    return f'<bpmn:messageEventDefinition messageRef="{message}"/>'


def messages(*names: str) -> str:
    return "".join(f'<bpmn:message id="{name}" name="{name}"/>' for name in names)


def catch(key: str, what: str) -> str:
    return f'<bpmn:intermediateCatchEvent id="{key}" name="{key}">{what}</bpmn:intermediateCatchEvent>'


def boundary(key: str, on: str, what: str, interrupting: bool = True) -> str:
    cancel = "true" if interrupting else "false"
    return (
        f'<bpmn:boundaryEvent id="{key}" name="{key}" attachedToRef="{on}" cancelActivity="{cancel}">'
        f"{what}</bpmn:boundaryEvent>"
    )


def waits_for_first(key: str) -> str:
    return f'<bpmn:eventBasedGateway id="{key}"/>'


def for_each(items: str, item: str, results: str, result: str, one_by_one: bool = False) -> str:
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(one_by_one).lower()}">'
        f"<bpmn:loopDataInputRef>{items}</bpmn:loopDataInputRef>"
        f"<bpmn:loopDataOutputRef>{results}</bpmn:loopDataOutputRef>"
        f'<bpmn:inputDataItem id="{item}"/><bpmn:outputDataItem id="{result}"/>'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def flow(source: str, target: str, condition: str = "", key: str = "") -> str:
    when = (
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}</bpmn:conditionExpression>'
        if condition
        else ""
    )
    key = key or f"f_{source}_{target}"
    return f'<bpmn:sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}">{when}</bpmn:sequenceFlow>'


def chain(*keys: str) -> str:
    return "".join(flow(one, two) for one, two in pairwise(keys))


def lanes(**members: tuple[str, ...]) -> str:
    listed = "".join(
        f'<bpmn:lane id="lane_{name}" name="{name}">'
        + "".join(f"<bpmn:flowNodeRef>{key}</bpmn:flowNodeRef>" for key in keys)
        + "</bpmn:lane>"
        for name, keys in members.items()
    )
    return f'<bpmn:laneSet id="lanes">{listed}</bpmn:laneSet>'


def spec_of(*files: bytes, process: str = "p", release: str = "r1") -> Spec:
    """The spec of a process in a release made of these files."""
    return Library(lambda _: files).spec(release, process)


@dataclass
class Office:
    """Stands in for the house: answers duties, tables and dates, and remembers what it was asked."""

    now: datetime = MONDAY
    stopped: bool = False
    duties: dict[str, Mapping[str, object]] = field(default_factory=dict)
    tables: dict[str, Mapping[str, object]] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, object], dict[str, object]]] = field(default_factory=list)
    dates_asked: list[str] = field(default_factory=list)

    @property
    def asked(self) -> Asked:
        return Asked(self._call, self._decide, self._due, now=lambda: self.now, stopped=lambda: self.stopped)

    def later(self, days: float) -> None:
        self.now += timedelta(days=days)

    def _call(self, name: str, parameters: Mapping[str, object], data: Mapping[str, object]) -> Mapping[str, object]:
        self.calls.append((name, dict(parameters), dict(data)))
        return self.duties.get(name, {})

    def _decide(self, name: str, data: Mapping[str, object]) -> Mapping[str, object]:
        self.calls.append((name, {}, dict(data)))
        return self.tables[name]

    def _due(self, key: str, data: Mapping[str, object]) -> datetime:
        self.dates_asked.append(key)
        return self.now + timedelta(days=self.days[key])


def saved_and_resumed(run: Run, spec: Spec, office: Office) -> Run:
    """The same run after it was written down and read back."""
    return Run.resume(run.outcome().state, spec, office.asked)


def open_keys(run: Run) -> list[str]:
    return sorted(step.key for step in run.outcome().open_steps)


def complete(run: Run, key: str, **decisions: object) -> None:
    """Complete the first open step of this key."""
    step = next(step for step in run.outcome().open_steps if step.key == key)
    run.complete(step.id, decisions)
