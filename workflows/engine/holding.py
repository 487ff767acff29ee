"""Steps that need nobody and cannot be done just now: the run stands there, and everything else goes on."""

from __future__ import annotations

from typing import Any, Final

from SpiffWorkflow.util.task import TaskState

from workflows.engine.outcome import HeldStep
from workflows.engine.parsing import Spec
from workflows.engine.pruning import live_workflows
from workflows.engine.remembering import variables
from workflows.engine.steps import DutyStep, TableStep, kind_of

_HELD: Final = "held"  # kept with the step in the state of the run


def hold(task: Any) -> None:
    """Let a step wait until it is told to try again."""
    task.internal_data[_HELD] = True


def is_held(task: Any) -> bool:
    """Whether a step waits until it is told to try again."""
    return _HELD in task.internal_data


def let_go(task: Any) -> None:
    """Let a step be done with the next move."""
    task.internal_data.pop(_HELD, None)


def held_tasks(top: Any) -> list[Any]:
    """The engine's tasks that are held, in the run and the processes it has called."""
    return [
        task
        for workflow in live_workflows(top)
        for task in workflow.tasks.values()
        if task.state == TaskState.READY and is_held(task)
    ]


def held_steps(spec: Spec, top: Any) -> tuple[HeldStep, ...]:
    """The steps that are held, the one that has been longest first."""
    return tuple(step_of(spec, task) for task in sorted(held_tasks(top), key=lambda task: task.last_state_change))


def step_of(spec: Spec, task: Any) -> HeldStep:
    """Tell of a step that fails or is held; what only the engine sees bears the name of the shape it belongs to."""
    shape = task.task_spec
    drawn = task.workflow.spec.task_specs.get(shape.name.partition(".")[0], shape)
    asks = shape.duty if isinstance(shape, DutyStep) else shape.table if isinstance(shape, TableStep) else ""
    return HeldStep(
        id=task.id.hex,
        key=shape.name,
        name=drawn.bpmn_name or drawn.bpmn_id or shape.name,
        process=spec.drawn_in(task.workflow.spec.name),
        kind=kind_of(shape) or "",
        asks=asks,
        data=variables(task.data),
    )
