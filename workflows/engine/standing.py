"""Where a saved run stands, taken apart: it can be looked at and changed without anything being run."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from SpiffWorkflow.util.task import TaskState

from workflows.engine.plain import plain_copy
from workflows.engine.refusals import StateRefused

CARRIER: Final = "Start"  # a place that only hands its decision variables on bears the name of the very first


@dataclass(eq=False)
class Place:
    """One place of a run: a step that is open, a date or message waited for, a branch at a join, or what led there.

    name: the engine's name of the shape. number: the order in which places last changed. data: all decision variables
    there. kept: what the engine notes for itself, such as the date of a timer.
    """

    id: str
    above: Place | None
    name: str
    state: int
    number: int
    data: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    triggered: bool = False

    @property
    def expected(self) -> bool:
        """Whether it lies ahead; the engine works that out anew from the diagram."""
        return bool(self.state & (TaskState.PREDICTED_MASK | TaskState.FUTURE))

    @property
    def finished(self) -> bool:
        """Whether it is behind the run, or a branch that has come to a join before another."""
        return bool(self.state & TaskState.FINISHED_MASK)


@dataclass(eq=False)
class Level:
    """The places of the run itself, or of one process it has called. of: the place that called it."""

    of: str | None
    process: str
    places: list[Place]

    def insert_above(self, place: Place, name: str) -> Place:
        """Put a passed place between this one and the one above it."""
        data = plain_copy(place.above.data if place.above else {})
        new = place.above = Place(uuid4().hex, place.above, name, TaskState.COMPLETED, place.number, data)
        self.places.insert(self.places.index(place), new)
        return new


@dataclass(eq=False)
class Standing:
    """A whole run: its levels, the outermost first, and what is said of all of it."""

    head: dict[str, Any]
    levels: list[Level]


def read(state: str) -> Standing:
    """Take a saved state apart; raises StateRefused when it is damaged."""
    try:
        head = json.loads(state)
        levels = [_level(run) for run in head.pop("runs")]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise StateRefused("The saved state is damaged.") from error
    return Standing(head, levels)


def write(standing: Standing, release: str) -> str:
    """Put a state together again, as one of this release."""
    state = {**standing.head, "release": release, "runs": [_rows(level) for level in standing.levels]}
    return json.dumps(state, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _level(run: dict[str, Any]) -> Level:
    places: list[Place] = []
    for row in run["tasks"]:
        above = places[row[1]] if row[1] >= 0 else None
        extra = row[5] if len(row) > 5 else {}
        kept, data = extra.get("i", {}), extra.get("d", {})
        if "u" in extra and above is not None:
            gone = extra.get("r", ())
            data = {**plain_copy({key: one for key, one in above.data.items() if key not in gone}), **extra["u"]}
        places.append(Place(row[0], above, row[2], row[3], row[4], data, kept, "t" in extra))
    return Level(run["of"], run["spec"], places)


def _rows(level: Level) -> dict[str, Any]:
    index = {id(place): number for number, place in enumerate(level.places)}
    rows = []
    for place in level.places:
        extra = {"d": place.data} | ({"i": place.kept} if place.kept else {}) | ({"t": 1} if place.triggered else {})
        rows.append(
            [place.id, index[id(place.above)] if place.above else -1, place.name, place.state, place.number, extra]
        )
    return {"of": level.of, "spec": level.process, "tasks": rows}
