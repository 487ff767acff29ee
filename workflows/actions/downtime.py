"""Noting that the downtime packs were written, and whom they tell of."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from workflows.actions.heartbeats import beat
from workflows.casework.rounds import DOWNTIME
from workflows.desk import Desk


def note_written(desk: Desk, packs: Iterable[tuple[str, Collection[str]]], *, whole: bool) -> None:
    """Write into the trail which cases each team's pack tells of. whole: every team has one, today's are done."""
    told = list(packs)
    with desk.work() as work:
        for team, numbers in told:
            work.unit.tell("downtime pack written", "List", None, team=team, shown=sorted(numbers))
        work.commit()
    if whole:
        beat(desk, DOWNTIME, f"{len(told)} teams")
