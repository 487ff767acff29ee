"""A running case goes over to another release of the diagrams: what is in the way, and where it then stands.

Everything that is open or waited for needs a shape of its own under its key, of the same sort, in the same process; a
choice may name another one. What lies behind the case only hands its decision variables on, so it needs none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent, EventBasedGateway
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from workflows.engine.meeting import Marking, done_twice, never_filled, ways_after
from workflows.engine.parsing import Spec
from workflows.engine.prospect import Obstacle, Prospect
from workflows.engine.sorts import Sort, behind, sort_of
from workflows.engine.standing import CARRIER, Level, Place, read, write
from workflows.engine.timers import timer_of

Instead = Mapping[str, str]
NOTHING: Final = ""  # chosen instead of a date or message beside a step: it is no longer waited for
_CHILD, _SPLIT = " [child]", ".BoundaryEventSplit"
_PARTS: Final = (_CHILD, _SPLIT, ".BoundaryEventJoin")


@dataclass(frozen=True)
class Crossed:
    """A saved state as it would be under another release, and what is in the way; while something is, it is no good.

    came_from: the shape of the old drawing from which each place comes. What lies ahead is not part of it: `expecting`.
    """

    state: str
    prospect: Prospect
    came_from: Mapping[str, str]


def cross(state: str, old: Spec, new: Spec, instead: Instead) -> Crossed:
    """Take a saved state over to another release; raises StateRefused when it is damaged."""
    standing = read(state)
    came_from = {place.id: place.name for level in standing.levels for place in level.places}
    obstacles = [found for level in standing.levels for found in _cross_level(level, old, new, instead)]
    return Crossed(write(standing, new.release), Prospect(tuple(dict.fromkeys(obstacles))), came_from)


def _cross_level(level: Level, old: Spec, new: Spec, instead: Instead) -> list[Obstacle]:
    called = level.of is not None
    before, after = (old.called[level.process], new.called.get(level.process)) if called else (old.top, new.top)
    if after is None:
        named = before.description or level.process
        why = f"“{named}” is under way, and the new diagrams hold no such process."
        return [Obstacle(level.process, named, level.process, why)]
    crossing = _Crossing(level, before, after, instead, old.drawn_in(before.name))
    crossing.go_over()
    return crossing.obstacles or crossing.stuck()


class _Crossing:
    """One level of a run on its way from one drawing of its process to another."""

    def __init__(self, level: Level, old: Any, new: Any, instead: Instead, process: str) -> None:
        self.obstacles: list[Obstacle] = []
        self._level, self._old, self._new = level, old, new
        self._instead, self._process = instead, process
        level.places = [place for place in level.places if not place.expected]
        self._was = {place.id: place.name for place in level.places}
        self._before = self._marking(old, self._was)

    def go_over(self) -> None:
        """Give every place its shape in the new drawing, or say what is in the way."""
        for place in list(self._level.places):
            shape = self._old.task_specs[place.name]
            if isinstance(shape, UnstructuredJoin) and not isinstance(shape, _EndJoin) and _has_come(place):
                self._at_join(place, shape)
            elif place.finished:
                self._behind(place, shape)
            else:
                self._open(place, shape)

    def stuck(self) -> list[Obstacle]:
        """Say where the branches of the run would wait for ever, or do something twice, and did not before."""
        before, now = self._before, self._marking(self._new, {one.id: one.name for one in self._level.places})
        known = {(self._target(join), self._target(way)) for join, way in never_filled(before)}
        found = [
            self._no_choice(join, f"At “{self._named(join)}” the case would wait for ever for a branch by "
                            f"“{self._named(way)}”, which it never began.")
            for join, way in never_filled(now) if (join, way) not in known
        ]  # fmt: skip
        twice = done_twice(now) if not done_twice(before) else []
        return found + [
            self._no_choice(key, f"“{self._named(key)}” would be done twice: two branches of the case come to it now.")
            for key in twice[:1]
        ]

    # What is open ---------------------------------------------------------------------------------

    def _open(self, place: Place, shape: Any) -> None:
        target = self._target(place.name)
        if isinstance(shape, BoundaryEvent) and not self._still_at_edge(place, target):
            self._gone_from_edge(place, shape, target)
            return
        sort, found = sort_of(shape), self._new.task_specs.get(target)
        if found is None or sort_of(found) != sort:
            self._obstacle(shape, sort, found)
            return
        place.name = target
        if isinstance(shape, EventBasedGateway):
            self._first_of(place, shape, found)
        elif (timer := timer_of(found)) is not None and timer.asked_anew:
            place.kept.pop("event_value", None)
        if isinstance(self._new.task_specs.get(target + _SPLIT), BoundaryEventSplit) and not self._has_edge(place):
            self._level.insert_above(place, target + _SPLIT)

    def _has_edge(self, place: Place) -> bool:
        above = place.above
        return above is not None and self._was.get(above.id, "").endswith(_SPLIT)

    def _still_at_edge(self, place: Place, target: str) -> bool:
        return target in (event.name for event in self._edge(place))

    def _edge(self, place: Place) -> list[Any]:
        """What the new drawing has at the edge of the step beside which something is waited for."""
        split = self._new.task_specs.get(self._target(self._was[place.above.id])) if place.above else None
        return [] if split is None else [event for event in split.outputs if isinstance(event, BoundaryEvent)]

    def _gone_from_edge(self, place: Place, shape: Any, target: str) -> None:
        """A date or message beside a step: somebody has to say that it may go; an error is not waited for."""
        sort = sort_of(shape)
        if sort.waits and target != NOTHING:
            alike = [event.name for event in self._edge(place) if sort_of(event) == sort]
            self._obstacle(shape, sort, None, alike, may_go=True)
        else:
            self._level.places.remove(place)

    def _first_of(self, place: Place, shape: Any, found: Any) -> None:
        """A gateway that waits for the first of several: each date and message needs its own behind the new one."""
        now = dict(behind(found))
        for key, sort in behind(shape):
            target = self._target(key)
            if target == NOTHING and now:
                self._forget_date(place, sort)
            elif now.get(target) != sort:
                event = self._old.task_specs[key]
                alike = [one for one in now if now[one] == sort]
                self._obstacle(event, sort, None, alike, may_go=bool(now))
        if all(sort.what != "timer" for sort in now.values()):
            place.kept.pop("event_value", None)

    def _forget_date(self, place: Place, sort: Sort) -> None:
        if sort.what == "timer":
            place.kept.pop("event_value", None)

    # What waits at joins, and what is behind --------------------------------------------------------

    def _at_join(self, place: Place, shape: Any) -> None:
        join = self._new.task_specs.get(self._target(shape.name))
        if join is None or sort_of(join) != sort_of(shape):
            self._obstacle(shape, sort_of(shape), join)
            return
        place.name = join.name
        above = place.above
        way = self._way_into(join, self._target(self._was[above.id])) if above else None
        if above is None or way is None:
            came = self._old.task_specs[self._was[above.id]] if above else shape
            why = f"A branch waits at “{_name(shape)}”, and the way from “{_name(came)}” no longer leads there."
            self.obstacles.append(self._choice(came, why, [one.name for one in join.inputs]))
        elif above.name != way:
            self._level.insert_above(place, way)

    def _way_into(self, join: Any, came_by: str) -> str | None:
        """The way of the new drawing by which a branch has come: the same, or the only one to which that leads."""
        if came_by in (way.name for way in join.inputs):
            return came_by
        ways = ways_after(self._new, came_by, join) if came_by in self._new.task_specs else []
        return ways[0] if len(ways) == 1 else None

    def _behind(self, place: Place, shape: Any) -> None:
        """What is passed hands its variables on under its old name, or under no name in particular."""
        target = self._target(place.name)
        found = self._new.task_specs.get(target)
        if found is not None and type(found) is type(shape):
            place.name = target
            return
        place.name, place.kept, place.triggered = CARRIER, {}, False
        if isinstance(shape, BoundaryEvent) and place.above is not None and place.above.above is not None:
            place.above = place.above.above  # else the engine would take it for the step itself

    # Words ------------------------------------------------------------------------------------------

    def _obstacle(
        self, shape: Any, sort: Sort, found: Any, among: list[str] | None = None, may_go: bool = False
    ) -> None:
        key = _key(shape.name)
        if shape.name.endswith(_CHILD) and any(one.key == key for one in self.obstacles):
            return  # it is said of the repeated step already
        chosen = self._instead.get(key)
        if chosen:
            there = self._new.task_specs.get(chosen)
            reason = f", and “{chosen}” is {'not there either' if there is None else f'no {sort.words}'}"
        else:
            reason = "" if found is None else f": it is no {sort.words} any more, or works in another way"
        gone = "is no longer there" if found is None or chosen else "has changed"
        why = f"{sort.now.capitalize()} “{_name(shape)}” {gone}{reason}."
        self.obstacles.append(self._choice(shape, why, self._alike(sort) if among is None else among, may_go))

    def _choice(self, shape: Any, why: str, choices: list[str], may_go: bool = False) -> Obstacle:
        fresh = [key for key in choices if key not in self._old.task_specs]
        ordered = tuple(dict.fromkeys([*fresh, *choices]))
        return Obstacle(_key(shape.name), _name(shape), self._process, why, ordered, may_go)

    def _no_choice(self, name: str, why: str) -> Obstacle:
        return Obstacle(_key(name), self._named(name), self._process, why)

    def _alike(self, sort: Sort) -> list[str]:
        """The shapes of the new drawing that may stand instead."""
        return [name for name, one in self._new.task_specs.items() if one.bpmn_id == name and sort_of(one) == sort]

    def _named(self, name: str) -> str:
        shape = self._new.task_specs.get(name)
        return _name(shape) if shape is not None else name

    def _target(self, name: str) -> str:
        """What a shape of the old drawing is called in the new one."""
        for part in _PARTS:
            if name.endswith(part):
                return self._instead.get(name.removesuffix(part), name.removesuffix(part)) + part
        return self._instead.get(name, name)

    def _marking(self, process: Any, names: Mapping[str, str]) -> Marking:
        come: dict[str, set[str]] = {}
        at = []
        for place in self._level.places:
            shape = process.task_specs[names[place.id]]
            if isinstance(shape, UnstructuredJoin):
                if _has_come(place) and place.above is not None:
                    come.setdefault(shape.name, set()).add(names[place.above.id])
            elif not place.finished and not isinstance(shape, BoundaryEvent) and not shape.name.endswith(_CHILD):
                at.append(shape.name)
        return Marking(process, tuple(at), {join: frozenset(ways) for join, ways in come.items()})


def _has_come(place: Place) -> bool:
    return bool(place.state & (TaskState.WAITING | TaskState.CANCELLED))


def _key(name: str) -> str:
    return next((name.removesuffix(part) for part in _PARTS if name.endswith(part)), name)


def _name(shape: Any) -> str:
    return str(shape.bpmn_name or _key(shape.name))


# Once the state is loaded ----------------------------------------------------------------------------


def expecting(workflows: list[Any], old: Spec, crossed: Crossed, instead: Instead) -> None:
    """Let the engine see what now lies ahead: new dates and messages beside open steps begin, joins look again."""
    for workflow in workflows:
        before = old.top if workflow.parent_task_id is None else old.called[workflow.spec.name]
        live = [task for task in workflow.tasks.values() if not task.has_state(TaskState.FINISHED_MASK)]
        for task in live:
            task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)
        for task in live:
            if isinstance(task.task_spec, UnstructuredJoin) or _without_date(task):
                task.task_spec._update(task)
            split = before.task_specs.get(crossed.came_from[task.id.hex] + _SPLIT)
            _begin_beside(task, {instead.get(event.name, event.name) for event in split.outputs} if split else set())


def _without_date(task: Any) -> bool:
    timer = timer_of(task.task_spec) if task.state == TaskState.WAITING else None
    return timer is not None and not timer.asked_anew and task.internal_data.get("event_value") is None


def _begin_beside(task: Any, known: set[str]) -> None:
    """Begin what is drawn at the edge of a step; what was drawn there before has begun, or is over, already."""
    split = task.parent
    if (
        split is None
        or not isinstance(split.task_spec, BoundaryEventSplit)
        or isinstance(task.task_spec, BoundaryEvent)
    ):
        return
    for event in split.task_spec.outputs:
        if isinstance(event, BoundaryEvent) and event.name not in known:
            begun = split._add_child(event, TaskState.WAITING)
            event._predict(begun, mask=TaskState.NOT_FINISHED_MASK)
            event._update(begun)
