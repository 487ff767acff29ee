"""Writing a run down as text, and reading it back.

The text is our own compact JSON with our own version number. It holds ids, decision variables and
where the run stands; never a specification, never an object. Rows are in tree order and their
order matters: keep the text as text (a JSONB column would shuffle it and lose data).
"""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflows.engine.parsing import Spec
from workflows.engine.plain import plain_copy
from workflows.engine.pruning import live_workflows
from workflows.engine.refusals import StateRefused
from workflows.engine.remembering import variables
from workflows.engine.sequence import SEQUENCE

VERSION: Final = 1

Row = list[Any]


def dump(top: Any, spec: Spec, ended_at: str | None) -> str:
    """The state of a pruned run as text."""
    workflows = live_workflows(top) or [top]
    numbers = _numbers(workflows)
    state = {
        "v": VERSION,
        "release": spec.release,
        "process": spec.process,
        "ended": ended_at,
        "writings": top.script_engine.writings,
        "done": variables(top.data) if top.completed else None,
        "runs": [_run_rows(workflow, numbers) for workflow in workflows],
    }
    return json.dumps(state, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def load(text: str, spec: Spec, scripts: Any) -> tuple[Any, str | None]:
    """The run a text describes, and the end event it reached; raises StateRefused."""
    state = _checked(text, spec)
    try:
        return _built(state, spec, scripts), state["ended"]
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise StateRefused(f"The saved state does not fit the diagram: {error!r}") from error


def _checked(text: str, spec: Spec) -> dict[str, Any]:
    try:
        state = json.loads(text)
    except ValueError as error:
        raise StateRefused("The saved state is damaged.") from error
    if not isinstance(state, dict) or state.get("v") != VERSION:
        raise StateRefused("The saved state was written by another version of the engine.")
    for what, wanted in (("release", spec.release), ("process", spec.process)):
        if state.get(what) != wanted:
            raise StateRefused(f"The saved state belongs to the {what} '{state.get(what)}', not '{wanted}'.")
    return state


# Writing --------------------------------------------------------------------------------------


def _numbers(workflows: list[Any]) -> dict[Any, int]:
    """The order in which tasks last changed, counted from 1 so that the text stays short and stable."""
    tasks = [task for workflow in workflows for task in workflow.tasks.values()]
    return {task.id: place for place, task in enumerate(sorted(tasks, key=lambda t: t.last_state_change), 1)}


def _run_rows(workflow: Any, numbers: dict[Any, int]) -> dict[str, Any]:
    index = {task_id: place for place, task_id in enumerate(workflow.tasks)}
    rows = [_row(task, index, numbers[task.id]) for task in workflow.tasks.values()]
    owner = workflow.parent_task_id
    return {"of": owner.hex if owner else None, "spec": workflow.spec.name, "tasks": rows}


def _row(task: Any, index: dict[Any, int], number: int) -> Row:
    parent = task.parent
    row: Row = [task.id.hex, index[parent.id] if parent else -1, task.task_spec.name, task.state, number]
    extra: dict[str, Any] = {}
    if task.triggered:
        extra["t"] = 1
    kept = {key: value for key, value in task.internal_data.items() if value not in ([], None)}
    if "merged" in kept:  # how often a repeated step was done is all that still counts of its instances
        kept["merged"] = len(kept["merged"])
    if kept:
        extra["i"] = plain_copy(kept)
    data = _in_order(task.data)
    if data and parent is None:
        extra["d"] = data
    elif data:
        extra |= _difference(_in_order(parent.data), data)
    return [*row, extra] if extra else row


def _in_order(data: dict[str, object]) -> dict[str, object]:
    """The variables by name, so that what has not changed is the same text again."""
    return dict(sorted(plain_copy(data).items()))


def _difference(before: dict[str, object], after: dict[str, object]) -> dict[str, Any]:
    changed = {key: value for key, value in after.items() if key not in before or not _same(before[key], value)}
    gone = [key for key in before if key not in after]
    return {"u": changed, **({"r": gone} if gone else {})}


def _same(one: object, other: object) -> bool:
    # 1 == True == 1.0 in Python, but not in what a person answered.
    return one == other and json.dumps(one) == json.dumps(other)


# Reading --------------------------------------------------------------------------------------


def _built(state: dict[str, Any], spec: Spec, scripts: Any) -> Any:
    top = BpmnWorkflow(spec.top, spec.called, script_engine=scripts, deserializing=True)
    top.script_engine = scripts
    scripts.writings = state["writings"]
    first, *called = state["runs"]
    _fill(top, first["tasks"])
    for run in called:
        _fill(_called_run(top, run, spec), run["tasks"])
    if state["done"] is not None:
        top.completed, top.data = True, state["done"]
    _stamp(top, state)
    return top


def _called_run(top: Any, run: dict[str, Any], spec: Spec) -> Any:
    owner_id = UUID(run["of"])
    owner = top.get_task_from_id(owner_id)
    if owner.task_spec.spec != run["spec"]:
        raise StateRefused(f"'{owner.task_spec.name}' no longer calls '{run['spec']}'.")
    sub = BpmnSubWorkflow(spec.called[run["spec"]], owner_id, top, deserializing=True)
    top.subprocesses[owner_id] = sub
    sub.completed_event.connect(owner.task_spec._on_subworkflow_completed, owner)
    return sub


def _fill(workflow: Any, rows: list[Row]) -> None:
    tasks: list[Any] = []
    for row in rows:
        parent = tasks[row[1]] if row[1] >= 0 else None
        tasks.append(_task(workflow, row, parent))
    workflow.task_tree = tasks[0]


def _task(workflow: Any, row: Row, parent: Any) -> Any:
    extra: dict[str, Any] = row[5] if len(row) > 5 else {}
    task = Task(workflow, workflow.spec.task_specs[row[2]], parent, state=row[3], id=UUID(row[0]))
    task.triggered = "t" in extra
    task.internal_data = _restored_internal(task.task_spec, extra.get("i", {}))
    task.data = extra.get("d", {}) if "u" not in extra else _restored(parent.data, extra)
    if task.state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
        workflow.top_workflow.event_manager.add_task(task)
    return task


def _restored(before: dict[str, object], extra: dict[str, Any]) -> dict[str, object]:
    gone, changed = extra.get("r", ()), extra["u"]
    return {**plain_copy({key: value for key, value in before.items() if key not in gone}), **changed}


def _restored_internal(task_spec: Any, kept: dict[str, Any]) -> dict[str, Any]:
    if not hasattr(task_spec, "merge_child"):
        return kept
    done = kept.get("merged", 0)  # earlier states name the instances
    return kept | {"merged": [""] * done if isinstance(done, int) else done}


def _stamp(top: Any, state: dict[str, Any]) -> None:
    """Give every task a fresh number in the old order: what happens next is later than all of them."""
    rows = [row for run in state["runs"] for row in run["tasks"]]
    by_id = {
        task_id.hex: task for workflow in (top, *top.subprocesses.values()) for task_id, task in workflow.tasks.items()
    }
    for row in sorted(rows, key=lambda row: row[4]):
        by_id[row[0]].last_state_change = SEQUENCE.time()
