"""Errors and escalations: what comes out of a called process is heard at the edge of the step that called it.

SpiffWorkflow lets every step of the calling process hear it, so that one failing branch would
break off another that only waits for an error of the same kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition, EscalationEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.util.task import TaskState

from workflows.engine.plain import plain_copy
from workflows.engine.timers import DueDate

# SpiffWorkflow ships no types, so every class that extends one of its classes is marked [misc].


class _ComesOut:
    """What errors and escalations have in common; the variables of the branch that raised it come along."""

    name: str

    def throw(self, my_task: Any) -> None:
        """Let the nearest step around hear it that has an event for it at its edge; otherwise nobody does."""
        event = BpmnEvent(self, payload=plain_copy(my_task.data))
        for step in _steps_around(my_task):
            listener = _listener(step, event)
            if listener is not None:
                listener.task_spec.catch(listener, event)
                listener.task_spec._update(listener)
                return

    def update_task_data(self, my_task: Any) -> None:
        """Take over the variables that came along, once."""
        my_task.data.update(my_task.internal_data.pop(self.name, None) or {})


class Failure(_ComesOut, ErrorEventDefinition):  # type: ignore[misc]
    """An error: the process cannot go on."""


class Escalation(_ComesOut, EscalationEventDefinition):  # type: ignore[misc]
    """An escalation: somebody else should know."""


class AtTheEdge(BoundaryEvent):  # type: ignore[misc]
    """An event at the edge of a step. One that does not end the step goes on listening; a date comes only once."""

    def _on_ready_hook(self, my_task: Any) -> None:
        super()._on_ready_hook(my_task)
        if not self.cancel_activity and not isinstance(self.event_definition, DueDate):
            again = my_task.parent._add_child(self, TaskState.WAITING)
            self._predict(again, mask=TaskState.NOT_FINISHED_MASK)
            self._update(again)

    def _on_complete_hook(self, my_task: Any) -> None:
        super()._on_complete_hook(my_task)
        if not self.cancel_activity:  # the step goes on, and its own way on is the one that counts
            for child in my_task.children:
                if isinstance(child.task_spec, BoundaryEventJoin):
                    child.cancel()


def heard_at_the_edge(step: Any, code: str) -> tuple[Any, Any]:
    """The event at the edge of a step that hears an error of this code, and the error; no event when none does."""
    error = BpmnEvent(Failure(code, code), payload={})
    return _listener(step, error), error


def _listener(step: Any, event: Any) -> Any:
    """Of the events at the edge of a step the one that hears this; the one that names the code before any other."""
    listening = [edge for edge in _at_the_edge_of(step) if edge.task_spec.catches(edge, event)]
    return min(listening, key=lambda task: task.task_spec.event_definition.code is None, default=None)


def _steps_around(task: Any) -> Iterator[Any]:
    """The step that called the process of this task, the step that called that one, and so on."""
    workflow = task.workflow
    while workflow.parent_task_id is not None:
        step = workflow.top_workflow.get_task_from_id(workflow.parent_task_id)
        yield step
        workflow = step.workflow


def _at_the_edge_of(step: Any) -> Iterator[Any]:
    """The events at the edge of a step; of a repeated one, at the edge of the whole."""
    whole = step.parent if isinstance(step.parent.task_spec, LoopTask) else step
    if isinstance(whole.parent.task_spec, BoundaryEventSplit):
        yield from (task for task in whole.parent.children if isinstance(task.task_spec, BoundaryEvent))
