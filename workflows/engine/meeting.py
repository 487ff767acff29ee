"""Whether the branches of a run still come together as they should, once it stands in another diagram."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins import EndEventMixin
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent, ThrowingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin

from workflows.engine.joins import AllTogether
from workflows.engine.steps import CallStep, DutyStep, InnerStep, OutsideStep, PersonStep, TableStep

_DOES_SOMETHING = (
    PersonStep,
    OutsideStep,
    DutyStep,
    TableStep,
    CallStep,
    InnerStep,
    CatchingEvent,
    ThrowingEvent,
    LoopTask,
)


@dataclass(frozen=True)
class Marking:
    """Where a run stands in one process. at: what is open; come: by join, the ways by which branches came to it."""

    process: Any
    at: tuple[str, ...]
    come: Mapping[str, frozenset[str]]


def never_filled(marking: Marking) -> Iterator[tuple[str, str]]:
    """Joins with a way by which nobody can come any more, each with that way: the case would wait there for ever."""
    ahead = _ahead(marking)
    for join in marking.process.task_specs.values():
        if isinstance(join, AllTogether):
            come = marking.come.get(join.name, frozenset())
            if come or any(way.name in ahead for way in join.inputs):
                yield from ((join.name, way.name) for way in join.inputs if way.name not in come | ahead)


def done_twice(marking: Marking) -> list[str]:
    """Shapes to which two branches come without having met before: what stands there would happen twice."""
    found: dict[str, None] = {}
    reached = [_up_to_joins(marking.process, one) for one in marking.at]
    for one, other in combinations(reached, 2):
        found.update(dict.fromkeys(sorted(one & other)))
    return [name for name in found if _does_something(marking.process.task_specs[name])]


def come_again(marking: Marking) -> Iterator[tuple[str, str]]:
    """Joins to which a branch can come by a way by which one came already, each with that way.

    The second one would begin the join anew, and wait there for the others for ever.
    """
    for name, ways in marking.come.items():
        join = marking.process.task_specs[name]
        ahead = set().union(*(_up_to_joins(marking.process, one, join) for one in marking.at))
        yield from ((name, way) for way in sorted(ways & ahead))


def ways_after(process: Any, key: str, join: Any) -> list[str]:
    """The ways into a join to which a branch comes that has passed this shape."""
    reached = _up_to_joins(process, key, join)
    return [way.name for way in join.inputs if way.name in reached]


def _ahead(marking: Marking) -> set[str]:
    """Whatever the case can still come to; past a join only when branches can come by all ways into it."""
    shapes = marking.process.task_specs
    found, ahead = set(marking.at), list(marking.at)
    while ahead:
        for following in _following(shapes, shapes[ahead.pop()]):
            come = found | marking.come.get(following.name, frozenset())
            waits = isinstance(following, AllTogether) and not all(way.name in come for way in following.inputs)
            if following.name not in found and not waits:
                found.add(following.name)
                ahead.append(following.name)
    return found


def _up_to_joins(process: Any, start: str, join: Any = None) -> set[str]:
    """What can be reached from a shape, itself included, without passing any join, or without passing this one."""
    found, ahead = {start}, [start]
    while ahead:
        for following in _following(process.task_specs, process.task_specs[ahead.pop()]):
            stops = _branches_meet(following) and join in (None, following)
            if following.name not in found and not stops:
                found.add(following.name)
                ahead.append(following.name)
    return found


def _branches_meet(shape: Any) -> bool:
    """Whether several ways come together here; a gateway with one way in only parts them."""
    return isinstance(shape, UnstructuredJoin) and len(shape.inputs) > 1


def _following(shapes: Mapping[str, Any], shape: Any) -> Iterator[Any]:
    """What comes after a shape, by whatever happens at its edge too."""
    yield from shape.outputs
    split = shapes.get(f"{shape.name}.BoundaryEventSplit")
    if isinstance(split, BoundaryEventSplit):
        yield from (event for event in split.outputs if event is not shape)


def _does_something(shape: Any) -> bool:
    return isinstance(shape, _DOES_SOMETHING) and not isinstance(shape, EndEventMixin)
