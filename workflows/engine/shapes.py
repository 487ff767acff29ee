"""Which BPMN shapes the engine runs, and how each is read. A shape that is not here is refused."""

from __future__ import annotations

from typing import Any, NoReturn

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser import event_parsers as events
from SpiffWorkflow.bpmn.parser.task_parsers import (
    CallActivityParser,
    ConditionalGatewayParser,
    GatewayParser,
    SubWorkflowParser,
)
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.specs import defaults as specs
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition

from workflows.engine.breaking_off import AtTheEdge, Escalation, Failure
from workflows.engine.documents import bpmn, extension, local_name, spiff, text_of
from workflows.engine.joins import AllTogether, ProcessReader, SomeTogether
from workflows.engine.messages import Message
from workflows.engine.steps import (
    CallStep,
    DutyStep,
    EachAtOnce,
    InnerStep,
    OneByOne,
    OutsideStep,
    PersonStep,
    TableStep,
    WhileItHolds,
)
from workflows.engine.timers import DueDate

# SpiffWorkflow ships no types, so every class that extends one of its classes is marked [misc].


def properties_of(element: etree._Element) -> dict[str, str]:
    """What a shape's extension properties say; a property without a value counts as empty."""
    group = extension(element, "properties")
    if group is None:
        return {}
    return {item.get("name", ""): item.get("value", "") for item in group.iterfind(spiff("property"))}


def duty_of(element: etree._Element) -> tuple[str, dict[str, str]]:
    """The duty a service task asks for and its parameters (expressions); an empty name if none."""
    operator = extension(element, "serviceTaskOperator")
    if operator is None:
        return "", {}
    parameters = operator.iterfind(f"{spiff('parameters')}/{spiff('parameter')}")
    return operator.get("id", ""), {item.get("id", ""): item.get("value", "") for item in parameters}


def topic_of(element: etree._Element) -> str:
    """The topic under which another system finds a service task; empty when the house does it itself."""
    return properties_of(element).get("topic", "").strip() if local_name(element) == "serviceTask" else ""


def listed(text: str) -> list[str]:
    """What a property lists between commas."""
    return [one.strip() for one in text.split(",") if one.strip()]


def table_of(element: etree._Element) -> str:
    """The decision table a business rule task asks; empty if none."""
    return text_of(extension(element, "calledDecisionId"))


class _Task(TaskParser):  # type: ignore[misc]
    STANDARD_LOOP_CLASS = WhileItHolds
    PARALLEL_MI_CLASS = EachAtOnce
    SEQUENTIAL_MI_CLASS = OneByOne


class _PersonTask(_Task):
    def create_task(self) -> Any:
        properties = properties_of(self.node)
        return self.spec_class(self.spec, self.bpmn_id, properties=properties, **self.bpmn_attributes)


class _DutyTask(_Task):
    def create_task(self) -> Any:
        topic = topic_of(self.node)
        if topic:
            properties = properties_of(self.node)
            return OutsideStep(self.spec, self.bpmn_id, topic=topic, properties=properties, **self.bpmn_attributes)
        duty, parameters = duty_of(self.node)
        if not duty:
            self.raise_validation_exception("A service task must name the duty it asks for.")
        return self.spec_class(self.spec, self.bpmn_id, duty=duty, parameters=parameters, **self.bpmn_attributes)


class _TableTask(_Task):
    def create_task(self) -> Any:
        table = table_of(self.node)
        if not table:
            self.raise_validation_exception("A business rule task must name its decision table.")
        return self.spec_class(self.spec, self.bpmn_id, table=table, **self.bpmn_attributes)


class _Call(_Task, CallActivityParser):  # type: ignore[misc]
    create_task = CallActivityParser.create_task


class _SubProcess(_Task, SubWorkflowParser):  # type: ignore[misc]
    create_task = SubWorkflowParser.create_task


class _Events:
    """How our diagrams say what they wait for; every other way is refused."""

    def parse_timer_event(self, event: Any) -> DueDate:
        date = event.find(bpmn("timeDate"))
        if not text_of(date):
            self._refuse("A timer waits for a date (timeDate); durations and cycles are not run.")
        node, told = self.node, self.get_event_description(event)  # type: ignore[attr-defined]  # from the reader beside it
        pauses, asked_anew = (properties_of(node).get(name) == "yes" for name in ("pauses", "asked_anew"))
        return DueDate(node.get("name") or node.get("id"), text_of(date), pauses, asked_anew, description=told)

    def parse_message_event(self, message_event: Any) -> Message:
        messages = self.process_parser.parser.messages  # type: ignore[attr-defined]  # likewise
        name = messages.get(message_event.get("messageRef"))
        if not name:
            self._refuse("A message event must name a message.")
        return Message(name)

    def parse_error_event(self, error_event: Any) -> Failure:
        read = super().parse_error_event(error_event)  # type: ignore[misc]  # from the reader beside it
        return Failure(read.name, read.code, description=read.description)

    def parse_escalation_event(self, escalation_event: Any) -> Escalation:
        read = super().parse_escalation_event(escalation_event)  # type: ignore[misc]  # likewise
        return Escalation(read.name, read.code, description=read.description)

    def parse_signal_event(self, signal_event: Any) -> NoReturn:
        self._refuse("Signals are not run; use a message.")

    def parse_conditional_event(self, event: Any) -> NoReturn:
        self._refuse("Conditional events are not run; use a gateway.")

    def parse_cancel_event(self, event: Any) -> NoReturn:
        self._refuse("Cancel events are not run.")

    def _refuse(self, reason: str) -> NoReturn:
        self.raise_validation_exception(reason)  # type: ignore[attr-defined]  # likewise
        raise AssertionError(reason)


class _Start(_Events, events.StartEventParser):  # type: ignore[misc]
    def get_event_definition(self, xpaths: Any) -> Any:
        # A run is started by its caller, who has already heard the message or seen the date.
        return NoneEventDefinition(description="Default")


class _End(_Events, events.EndEventParser):  # type: ignore[misc]
    def parse_message_event(self, message_event: Any) -> NoReturn:
        self._refuse("Nobody hears a message thrown by a diagram; ask for the duty messages.send.")


class _Throw(_Events, events.IntermediateThrowEventParser):  # type: ignore[misc]
    def parse_message_event(self, message_event: Any) -> NoReturn:
        self._refuse("Nobody hears a message thrown by a diagram; ask for the duty messages.send.")

    def parse_timer_event(self, event: Any) -> NoReturn:
        self._refuse("A throw event cannot hold a timer.")


class _Catch(_Events, events.IntermediateCatchEventParser):  # type: ignore[misc]
    pass


class _Boundary(_Events, events.BoundaryEventParser):  # type: ignore[misc]
    pass


class _Receive(_Events, events.ReceiveTaskParser):  # type: ignore[misc]
    def create_task(self) -> Any:
        return self._create_task(self.parse_message_event(self.node))


class DiagramReader(BpmnParser):  # type: ignore[misc]
    """SpiffWorkflow's reader, limited to the shapes below."""

    PROCESS_PARSER_CLASS = ProcessReader

    PARSER_CLASSES = {
        bpmn("startEvent"): (_Start, specs.StartEvent),
        bpmn("endEvent"): (_End, specs.EndEvent),
        bpmn("intermediateThrowEvent"): (_Throw, specs.IntermediateThrowEvent),
        bpmn("intermediateCatchEvent"): (_Catch, specs.IntermediateCatchEvent),
        bpmn("boundaryEvent"): (_Boundary, AtTheEdge),
        bpmn("eventBasedGateway"): (events.EventBasedGatewayParser, specs.EventBasedGateway),
        bpmn("exclusiveGateway"): (ConditionalGatewayParser, specs.ExclusiveGateway),
        bpmn("inclusiveGateway"): (ConditionalGatewayParser, SomeTogether),
        bpmn("parallelGateway"): (GatewayParser, AllTogether),
        bpmn("userTask"): (_PersonTask, PersonStep),
        bpmn("manualTask"): (_PersonTask, PersonStep),
        bpmn("receiveTask"): (_Receive, specs.ReceiveTask),
        bpmn("serviceTask"): (_DutyTask, DutyStep),
        bpmn("businessRuleTask"): (_TableTask, TableStep),
        bpmn("callActivity"): (_Call, CallStep),
        bpmn("subProcess"): (_SubProcess, InnerStep),
    }
