"""The shapes of a diagram that do something of ours: ask a person, ask for a duty, ask a table."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import (
    CallActivity,
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
    StandardLoopTask,
    SubWorkflowTask,
)
from SpiffWorkflow.bpmn.specs.mixins import (
    CallActivityMixin,
    EndEventMixin,
    ExclusiveGatewayMixin,
    InclusiveGatewayMixin,
    ParallelGatewayMixin,
    StartEventMixin,
    SubWorkflowTaskMixin,
    UserTaskMixin,
)
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent, ThrowingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import EventBasedGateway

from workflows.engine.plain import plain_copy
from workflows.engine.refusals import CannotGoOn
from workflows.engine.remembering import newest, note_written, variables, write


class PersonStep(UserTaskMixin, BpmnSpecMixin):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """A step a person does; ``properties`` is what the diagram says about form, due date and so on."""

    def __init__(self, wf_spec: Any, name: str, properties: dict[str, str], **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.properties = properties


class DutyStep(BpmnSpecMixin):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """A step the house does: its parameters are worked out, the duty is asked, its answer merged."""

    def __init__(self, wf_spec: Any, name: str, duty: str, parameters: dict[str, str], **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.duty = duty
        self.parameters = parameters

    def _run_hook(self, my_task: Any) -> bool:
        scripts = my_task.workflow.script_engine
        given = {key: scripts.evaluate(my_task, text) for key, text in self.parameters.items()}
        write(my_task, scripts.asked.call(self.duty, plain_copy(given), variables(my_task.data)))
        return True


class OutsideStep(UserTaskMixin, BpmnSpecMixin):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """A step another system does: it waits like a person's step, under the topic by which that system finds it.

    ``properties``: what the diagram says about it, such as what the system is told and what it may decide.
    """

    def __init__(self, wf_spec: Any, name: str, topic: str, properties: dict[str, str], **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.topic = topic
        self.properties = properties


class TableStep(BpmnSpecMixin):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """A step a decision table does: the table is asked and its outputs are merged."""

    def __init__(self, wf_spec: Any, name: str, table: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.table = table

    def _run_hook(self, my_task: Any) -> bool:
        asked = my_task.workflow.script_engine.asked
        write(my_task, asked.decide(self.table, variables(my_task.data)))
        return True


class CallStep(CallActivity):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """A step that is a process of its own; it begins with a copy of the variables."""

    def copy_data(self, my_task: Any, subworkflow: Any) -> None:
        """Hand the variables over, whatever they are called."""
        subworkflow.task_tree.data.update(plain_copy(my_task.data))


class InnerStep(SubWorkflowTask):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """A sub-process drawn inside its process."""

    copy_data = CallStep.copy_data


class _TakingOver:
    """How a repeated step takes over what each instance decided: whole values, the newest of each."""

    data_output: Any = None

    def merge_child(self, workflow: Any, child: Any) -> None:
        """Take over what one instance decided; SpiffWorkflow would mix old and new lists item by item."""
        if self.data_output is None:
            child.parent.data = newest([child.parent.data, child.data])
            child.data = dict(child.parent.data)
        super().merge_child(workflow, child)  # type: ignore[misc]  # from the class beside it


class WhileItHolds(_TakingOver, StandardLoopTask):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """A step repeated while a condition holds."""


class _Gathering(_TakingOver):
    """How a repeated step gathers results: a fresh list in every round, noted as decided at its end."""

    data_input: Any
    input_item: Any
    output_item: Any
    name: str

    def create_child(self, my_task: Any, *given: Any) -> None:
        """Begin one instance; item and result are its own, whatever is called like them around the step."""
        for name in self._own_names():
            my_task.data.pop(name, None)
        super().create_child(my_task, *given)  # type: ignore[misc]  # from the class beside it

    def _own_names(self) -> list[str]:
        return [own.bpmn_id for own in (self.input_item, self.output_item) if own is not None]

    def merge_child(self, workflow: Any, child: Any) -> None:
        """Take one result; an instance that has none (a person gave none, a process ended early) hands over nothing."""
        if self.output_item is not None and not self.output_item.exists(child):
            self.output_item.set(child, None)
        super().merge_child(workflow, child)

    def init_data_output_with_input_data(self, my_task: Any, input_data: object) -> None:
        """Begin with an empty list (a set of names when the input is one)."""
        if self.data_output.get(my_task) is not input_data or input_data is None:
            self.data_output.set(my_task, {} if isinstance(input_data, dict) else [])

    def init_data_output_with_cardinality(self, my_task: Any) -> None:
        """Begin with an empty list."""
        self.data_output.set(my_task, [])

    def _run_hook(self, my_task: Any) -> Any:
        before = my_task.parent.data
        my_task.data |= {name: before[name] for name in self._own_names() if name in before}
        if self.data_output is not None:
            note_written(my_task, [self.data_output.bpmn_id])
        return super()._run_hook(my_task)  # type: ignore[misc]  # from the class beside it

    def _require_list(self, my_task: Any) -> None:
        items = None if self.data_input is None else my_task.parent.data.get(self.data_input.bpmn_id)
        if self.data_input is not None and not isinstance(items, (list, dict)):
            raise CannotGoOn(f"'{self.name}' is repeated for each of '{self.data_input.bpmn_id}': not a list.")


class EachAtOnce(_Gathering, ParallelMultiInstanceTask):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """A step repeated for every item of a list, all open at the same time."""

    def _update_hook(self, my_task: Any) -> Any:
        self._require_list(my_task)
        return super()._update_hook(my_task)


class OneByOne(_Gathering, SequentialMultiInstanceTask):  # type: ignore[misc]  # SpiffWorkflow ships no types
    """A step repeated for every item of a list, one after the other."""

    def add_next_child(self, my_task: Any) -> None:
        """Begin with the next item, also an empty one; SpiffWorkflow takes that for the end, and waits."""
        if not self.children_complete(my_task):
            take = self.get_next_index if self.data_input is None else self.get_next_input_item
            place, item = take(my_task)
            self.create_child(my_task, item, place)

    def _update_hook(self, my_task: Any) -> Any:
        self._require_list(my_task)
        return super()._update_hook(my_task)


_KINDS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("service", (DutyStep, OutsideStep)),
    ("user", (UserTaskMixin,)),
    ("decision", (TableStep,)),
    ("gateway", (ExclusiveGatewayMixin, InclusiveGatewayMixin, ParallelGatewayMixin, EventBasedGateway)),
    ("call", (CallActivityMixin, SubWorkflowTaskMixin)),
    ("start", (StartEventMixin,)),
    ("end", (EndEventMixin,)),
    ("event", (CatchingEvent, ThrowingEvent)),
)


def kind_of(task_spec: Any) -> str | None:
    """What kind of shape this is; None for what only the engine sees (splits, joins, containers)."""
    if task_spec.bpmn_id is None:
        return None
    return next((kind for kind, classes in _KINDS if isinstance(task_spec, classes)), None)
