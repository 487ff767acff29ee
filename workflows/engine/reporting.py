"""Reading off a run what people and the calendar need to know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from workflows.engine.messages import Message
from workflows.engine.outcome import OpenStep, OutsideJob, WaitingEvent
from workflows.engine.parsing import Spec
from workflows.engine.pruning import live_workflows
from workflows.engine.remembering import variables
from workflows.engine.steps import OutsideStep, PersonStep
from workflows.engine.timers import DueDate, due_at, pausing


def open_steps(spec: Spec, top: Any) -> tuple[OpenStep, ...]:
    """What people are being asked to do now, the longest open first."""
    ready = [task for task in _tasks(top) if task.state == TaskState.READY and isinstance(task.task_spec, PersonStep)]
    return tuple(_open_step(spec, task) for task in sorted(ready, key=lambda task: task.last_state_change))


def waiting_events(spec: Spec, top: Any) -> tuple[WaitingEvent, ...]:
    """Which dates and messages the run waits for, and which other systems."""
    waiting = [
        task for task in _tasks(top) if task.state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent)
    ]
    others = [WaitingEvent(one.id, one.key, one.name, one.process, "outside", None, None) for one in outside(spec, top)]
    return (*(event for task in waiting for event in _waiting_events(spec, task)), *others)


def outside(spec: Spec, top: Any) -> tuple[OutsideJob, ...]:
    """What other systems are being asked to do now, the longest open first."""
    ready = [task for task in _tasks(top) if task.state == TaskState.READY and isinstance(task.task_spec, OutsideStep)]
    return tuple(
        OutsideJob(
            task.id.hex, shape.bpmn_id, shape.bpmn_name or shape.bpmn_id, spec.drawn_in(task.workflow.spec.name),
            shape.topic, dict(shape.properties), variables(task.data),
        )
        for task in sorted(ready, key=lambda task: task.last_state_change)
        for shape in (task.task_spec,)
    )  # fmt: skip


def pausing_timers(top: Any) -> tuple[tuple[str, Any], ...]:
    """Which of the waiting dates stand still while clocks do: the id of the event, and the engine's task."""
    waiting = [
        task for task in _tasks(top) if task.state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent)
    ]
    return tuple((_event_id(task), task) for task in waiting if pausing(task))


def timers_named(top: Any, dates: Mapping[str, datetime]) -> tuple[tuple[Any, datetime], ...]:
    """Which of the waiting dates bear one of these keys or ids: the engine's task, and the date it is to get."""
    waiting = [task for task in _tasks(top) if task.state == TaskState.WAITING and due_at(task) is not None]
    named = [(task, dates.get(_event_id(task), dates.get(task.task_spec.bpmn_id))) for task in waiting]
    return tuple((task, date) for task, date in named if date is not None)


def _event_id(task: Any) -> str:
    """The id under which the date of a waiting task is told: behind an event gateway it is that of the event there."""
    definition = task.task_spec.event_definition
    if not isinstance(definition, MultipleEventDefinition):
        return str(task.id.hex)
    both = zip(definition.event_definitions, task.task_spec.outputs, strict=True)
    return next(_behind(task, shape) for part, shape in both if isinstance(part, DueDate))


def _behind(task: Any, shape: Any) -> str:
    return f"{task.id.hex}:{shape.bpmn_id}"


def data_of(top: Any) -> dict[str, object]:
    """The final decision variables of a finished run, else those of the branch that moved last."""
    if top.completed:
        return variables(top.data)
    moving = TaskState.READY | TaskState.WAITING | TaskState.STARTED
    latest = max(
        (task for task in _tasks(top) if task.has_state(moving)),
        key=lambda task: task.last_state_change,
        default=top.task_tree,
    )
    return variables(latest.data)


def _tasks(top: Any) -> Iterator[Any]:
    for workflow in live_workflows(top):
        yield from workflow.tasks.values()


def _open_step(spec: Spec, task: Any) -> OpenStep:
    shape = task.task_spec
    return OpenStep(
        id=task.id.hex,
        key=shape.bpmn_id,
        name=shape.bpmn_name or shape.bpmn_id,
        role=shape.lane or "",
        process=spec.drawn_in(task.workflow.spec.name),
        properties=dict(shape.properties),
        data=variables(task.data),
        documentation=(shape.documentation or "").strip(),
    )


def _waiting_events(spec: Spec, task: Any) -> Iterator[WaitingEvent]:
    definition = task.task_spec.event_definition
    if not isinstance(definition, MultipleEventDefinition):
        yield from _waiting_event(spec, task, definition, task.task_spec, task.id.hex)
        return
    # An event gateway waits in the place of the events behind it.
    for part, shape in zip(definition.event_definitions, task.task_spec.outputs, strict=True):
        yield from _waiting_event(spec, task, part, shape, _behind(task, shape))


def _waiting_event(spec: Spec, task: Any, definition: Any, shape: Any, event_id: str) -> Iterator[WaitingEvent]:
    timer, message = isinstance(definition, DueDate), isinstance(definition, Message)
    if not timer and not message:  # an error or an escalation, which only the diagram itself can raise
        return
    yield WaitingEvent(
        id=event_id,
        key=shape.bpmn_id,
        name=shape.bpmn_name or shape.bpmn_id,
        process=spec.drawn_in(task.workflow.spec.name),
        kind="timer" if timer else "message",
        message=definition.name if message else None,
        due_at=due_at(task) if timer else None,
    )
