"""Forgetting, safely, what a run no longer needs.

SpiffWorkflow keeps every task that ever ran. After about a thousand in one line it stops finding
the open ones, so forgetting is needed for a case to be right, not only for it to be small. What
happened is kept in the history of the case, not here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from workflows.engine.joins import arrivals
from workflows.engine.remembering import newest


def live_workflows(top: Any) -> list[Any]:
    """The run and its called processes that are still going, outermost first.

    A called process is going only while the step that called it is: a step withdrawn together
    with its surroundings may leave its process behind, and that one must never run again.
    """
    found = [] if top.completed else [top]
    for workflow in found:
        found.extend(
            sub
            for owner, sub in top.subprocesses.items()
            if owner in workflow.tasks and not sub.completed and not _finished(workflow.tasks[owner])
        )
    return found


def prune(top: Any) -> None:
    """Forget every task that can no longer matter, in the run and its called processes."""
    live = live_workflows(top)
    top.subprocesses = {sub.parent_task_id: sub for sub in live[1:]}
    for workflow in live or [top]:
        _forget(workflow, _needed(workflow))
    alive = {task_id for workflow in live for task_id in workflow.tasks}
    top.event_manager.tasks = {key: task for key, task in top.event_manager.tasks.items() if key in alive}


def _finished(task: Any) -> bool:
    return bool(task.has_state(TaskState.FINISHED_MASK))


def _needed(workflow: Any) -> set[Any]:
    needed = {workflow.task_tree.id}
    if workflow.completed:
        return needed
    joins: dict[str, list[Any]] = {}
    for task in workflow.tasks.values():
        if not _finished(task):
            needed.update(_with_its_surroundings(task))
        elif isinstance(task.task_spec, UnstructuredJoin):
            joins.setdefault(task.task_spec.name, []).append(task)
    for tasks in joins.values():
        for task in _still_expected(tasks):
            needed.update((task.id, task._parent))
    needed.update(_edges(workflow, needed))
    return needed


def _with_its_surroundings(task: Any) -> Iterator[Any]:
    yield task.id
    if task.parent is not None:  # data are inherited from the parent, also later
        yield task.parent.id
    if isinstance(task.task_spec, BoundaryEventJoin):  # looks back to its split to see which way was taken
        split = task.find_ancestor(task.task_spec.split_task)
        if split is not None:
            yield split.id


def _edges(workflow: Any, needed: set[Any]) -> list[Any]:
    """The events at the edge of a step that led to what is needed, which else would pass for the step itself."""
    edges = []
    for task_id in needed:
        task = workflow.tasks[task_id]
        while task.parent is not None and task.parent.id not in needed:
            task = task.parent
        if task.parent is not None and isinstance(task.parent.task_spec, BoundaryEventSplit):
            edges.append(task.id)
    return edges


def _still_expected(tasks: list[Any]) -> list[Any]:
    """Branches that have come to a join and not gone on; ended branches become one."""
    waiting = arrivals(tasks)
    if len(waiting) > 1 and isinstance(waiting[0].task_spec, _EndJoin):
        waiting[-1].parent.data = newest(task.parent.data for task in waiting)
        return waiting[-1:]
    return waiting


def _forget(workflow: Any, needed: set[Any]) -> None:
    """Keep the needed tasks, each below its nearest kept ancestor, parents before children."""
    tasks = workflow.tasks
    children: dict[Any, list[Any]] = {}
    stack: list[tuple[Any, Any]] = [(workflow.task_tree.id, None)]
    while stack:  # by hand: a tree may be deeper than Python's own stack
        task_id, above = stack.pop()
        task = tasks[task_id]
        if task_id in needed:
            children[task_id] = []
            if above is not None:
                children[above].append(task_id)
                task._parent = above
            above = task_id
        stack.extend((child, above) for child in reversed(task._children))
    for task_id, kept in children.items():
        tasks[task_id]._children = kept
    workflow.tasks = {task_id: tasks[task_id] for task_id in children}
    if workflow.last_task is not None and workflow.last_task.id not in workflow.tasks:
        workflow.last_task = None
