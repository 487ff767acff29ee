"""An operator's hand on a run: a step is left, begun again or taken away, or a decision variable set.

What is left counts as passed, without its work being done; what is begun inherits its decision variables. A hand that
would leave a branch waiting for ever at a join, or do a step twice, is refused with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent, ThrowingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.events.start_event import StartEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from workflows.engine.holding import is_held, step_of
from workflows.engine.meeting import Marking, come_again, done_twice, never_filled
from workflows.engine.parsing import Spec
from workflows.engine.plain import plain_copy
from workflows.engine.pruning import live_workflows
from workflows.engine.refusals import HandRefused
from workflows.engine.remembering import variables, write
from workflows.engine.steps import CallStep, DutyStep, InnerStep, OutsideStep, PersonStep, TableStep, kind_of

_Fault = TypeVar("_Fault")
_SPLIT: Final = ".BoundaryEventSplit"
_STEPS: Final = (PersonStep, OutsideStep, DutyStep, TableStep, CallStep, InnerStep, CatchingEvent, ThrowingEvent)
_OPEN: Final = TaskState.READY | TaskState.WAITING | TaskState.STARTED


@dataclass(frozen=True, slots=True)
class Token:
    """One place where a run stands. key, name, process: of the shape; kind: as of DoneStep, or "outside".

    targets: the steps of the same drawing to which it may go, by key and name. held: it failed and waits to be tried
    again. fixed: it is one of several of a repeated step, on which nobody lays a hand.
    """

    id: str
    key: str
    name: str
    process: str
    kind: str
    held: bool
    fixed: bool
    targets: tuple[tuple[str, str], ...]
    data: Mapping[str, object]


def tokens(spec: Spec, top: Any) -> tuple[Token, ...]:
    """Every place where the run stands, the outermost process first; what only watches at an edge is none."""
    return tuple(_token(spec, task) for task in _standing(top))


def _standing(top: Any) -> Iterator[Any]:
    for workflow in live_workflows(top):
        for task in workflow.tasks.values():
            if task.has_state(_OPEN) and _may_stand(task.task_spec):
                yield task


def _may_stand(shape: Any) -> bool:
    """A step, or what waits in its place; not an event that only watches at an edge, nor what the engine adds."""
    return shape.bpmn_id is not None and not isinstance(shape, BoundaryEvent | UnstructuredJoin | LoopTask)


def _token(spec: Spec, task: Any) -> Token:
    told = step_of(spec, task)
    fixed = task.parent is not None and isinstance(task.parent.task_spec, LoopTask)
    shape = task.task_spec
    kind = "outside" if isinstance(shape, OutsideStep) else told.kind
    return Token(
        id=told.id, key=shape.bpmn_id, name=told.name, process=told.process, kind=kind, held=is_held(task), fixed=fixed,
        targets=() if fixed else tuple(_targets(task.workflow.spec)), data=told.data,
    )  # fmt: skip


def _targets(process: Any) -> Iterator[tuple[str, str]]:
    """The steps of a drawing at which a token may be put down."""
    for name, shape in process.task_specs.items():
        if name == shape.bpmn_id and _takes_a_token(process, shape):
            yield name, shape.bpmn_name or name


def _takes_a_token(process: Any, shape: Any) -> bool:
    if isinstance(shape, BoundaryEvent | StartEvent | _EndJoin):
        return False
    if kind_of(shape) == "gateway":  # one where branches meet counts the ways by which they come
        return len(shape.inputs) == 1 or not isinstance(shape, UnstructuredJoin)
    if not isinstance(shape, _STEPS):
        return False
    waits_for_first = any(kind_of(way) == "gateway" and isinstance(way, CatchingEvent) for way in shape.inputs)
    return kind_of(shape) is not None and not waits_for_first


def move(spec: Spec, top: Any, token_id: str, to: str) -> None:
    """Leave a place without doing its work, and go on from another step of the same drawing."""
    task = _found(spec, top, token_id)
    process = task.workflow.spec
    if to not in dict(_targets(process)):
        raise HandRefused("There is no such step in this drawing at which the case could go on.")
    before = _markings(top)
    _leave(task)
    shape = process.task_specs.get(f"{to}{_SPLIT}") or process.task_specs[to]
    begun = _comes_from(task, shape)._add_child(shape, TaskState.FUTURE)
    begun.data = plain_copy(task.data)
    shape._predict(begun, mask=TaskState.NOT_FINISHED_MASK)
    shape._update(begun)
    _look_again(spec, top, before)


def _comes_from(task: Any, shape: Any) -> Any:
    """What a gateway takes for the way by which the branch has come; everything else does not mind."""
    if not isinstance(shape, UnstructuredJoin) or task.task_spec in shape.inputs:
        return task
    way = task._add_child(shape.inputs[0], TaskState.COMPLETED)
    way.data = plain_copy(task.data)
    return way


def begin_again(spec: Spec, top: Any, token_id: str) -> None:
    """Begin a step anew: whoever was asked is asked again, dates are worked out again, a called process starts over."""
    move(spec, top, token_id, _found(spec, top, token_id).task_spec.bpmn_id)


def take_away(spec: Spec, top: Any, token_id: str) -> None:
    """Take a branch away; what comes after it does not happen."""
    task, before = _found(spec, top, token_id), _markings(top)
    beside = [one for one in _beside(task) if one.state == TaskState.WAITING]
    for one in (task, *beside):
        one.cancel()
    rest = [one for one in task.workflow.tasks.values() if one.has_state(_OPEN) and _moves(one)]
    if not rest:
        raise HandRefused(f"“{_name(task)}” is all that this process does: move it on instead of taking it away.")
    _look_again(spec, top, before)


def set_variable(top: Any, name: str, value: object) -> None:
    """Set a decision variable everywhere the run stands; as the newest it counts where branches meet."""
    for workflow in live_workflows(top):
        for task in workflow.tasks.values():
            if task.has_state(_OPEN):
                write(task, {name: value})


def all_variables(top: Any) -> dict[str, object]:
    """The decision variables of all places where the run stands."""
    found: dict[str, object] = {}
    for task in _standing(top):
        found |= variables(task.data)
    return found


def _found(spec: Spec, top: Any, token_id: str) -> Any:
    for task in _standing(top):
        if task.id.hex == token_id:
            if _token(spec, task).fixed:
                raise HandRefused(f"“{_name(task)}” is one of several of a repeated step: nobody can lay a hand on it.")
            return task
    raise HandRefused("The case does not stand there any more.")


def _leave(task: Any) -> None:
    """Count a step as passed; what watches at its edge goes, what has come of that stays."""
    for one in _beside(task):
        if one.state == TaskState.WAITING:
            one.cancel()
    task._drop_children()
    task.internal_data.clear()
    task._set_state(TaskState.COMPLETED)


def _beside(task: Any) -> list[Any]:
    """The events at the edge of a step, as the run knows them."""
    split = task.parent
    if split is None or not isinstance(split.task_spec, BoundaryEventSplit):
        return []
    return [one for one in split.children if isinstance(one.task_spec, BoundaryEvent)]


def _moves(task: Any) -> bool:
    return not isinstance(task.task_spec, BoundaryEvent) or task.state != TaskState.WAITING


def _look_again(spec: Spec, top: Any, before: Mapping[Any, Marking]) -> None:
    """Let joins see who is still coming; refuse when one would now wait for ever, or a step be done twice."""
    for workflow in live_workflows(top):
        _refuse_what_is_new(workflow, before.get(workflow), _marking(workflow))
    for workflow in live_workflows(top):
        for task in list(workflow.tasks.values()):
            if task.state == TaskState.WAITING and isinstance(task.task_spec, UnstructuredJoin):
                task.task_spec._update(task)


def _refuse_what_is_new(workflow: Any, was: Marking | None, now: Marking) -> None:
    """What was so before the hand is let pass, such as a step beside another that may hear the same news once more."""
    for join, way in _new(never_filled, was, now):
        at, by = _called(workflow, join), _called(workflow, way)
        raise HandRefused(f"At “{at}” the case would wait for ever for the branch by “{by}”.")
    for join, way in _new(come_again, was, now):
        at, by = _called(workflow, join), _called(workflow, way)
        raise HandRefused(f"A branch would come to “{at}” by “{by}” twice.")
    for twice in _new(done_twice, was, now):
        raise HandRefused(f"“{_called(workflow, twice)}” would be done twice: two branches come to it.")


def _new(faults: Callable[[Marking], Iterable[_Fault]], was: Marking | None, now: Marking) -> Iterator[_Fault]:
    had = set(faults(was)) if was else set()
    return (one for one in faults(now) if one not in had)


def _markings(top: Any) -> dict[Any, Marking]:
    return {workflow: _marking(workflow) for workflow in live_workflows(top)}


def _marking(workflow: Any) -> Marking:
    come: dict[str, set[str]] = {}
    at = []
    for task in workflow.tasks.values():
        shape = task.task_spec
        if isinstance(shape, UnstructuredJoin) and task.state != TaskState.READY:
            if task.has_state(TaskState.WAITING | TaskState.CANCELLED) and task.parent is not None:
                come.setdefault(shape.name, set()).add(task.parent.task_spec.name)
        elif task.has_state(_OPEN) and not isinstance(shape, BoundaryEvent) and not shape.name.endswith(" [child]"):
            at.append(shape.name.removesuffix(_SPLIT))
    return Marking(workflow.spec, tuple(at), {join: frozenset(ways) for join, ways in come.items()})


def _name(task: Any) -> str:
    return str(task.task_spec.bpmn_name or task.task_spec.bpmn_id)


def _called(workflow: Any, name: str) -> str:
    shape = workflow.spec.task_specs.get(name)
    return str(shape.bpmn_name or name) if shape is not None else name
