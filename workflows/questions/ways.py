"""By which ways somebody is told, and of what the ladders of their programmes speak at once and in the morning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.ladder import AT_ONCE, NAMES, NOBODY
from workflows.casework.programme import Programme
from workflows.casework.staff import StaffMember
from workflows.casework.ways import EMAIL
from workflows.desk import Desk


@dataclass(frozen=True)
class Said:
    """What a programme's ladder of one class says at one pace ("at once", "daily", "weekly"), and by which ways."""

    programme: str
    about: str
    pace: str
    by: tuple[str, ...]


@dataclass(frozen=True)
class OwnWays:
    """What somebody has chosen, and what there is to choose; without `texts` this service sends none."""

    mobile: str
    at_once: tuple[str, ...]
    daily: tuple[str, ...]
    said: tuple[Said, ...]
    texts: bool

    def allowed(self, at_once: bool) -> frozenset[str]:
        """Return the ways that some rung of theirs may go, at once or in the morning."""
        theirs = (one.by for one in self.said if (one.pace == AT_ONCE) == at_once)
        return frozenset({EMAIL}.union(*theirs))


def own_ways(desk: Desk) -> OwnWays:
    """Return by which ways the actor is told."""
    with desk.looking() as session:
        staff = session.get_one(StaffMember, desk.actor.id)
        said = tuple(one for programme in _of_theirs(session, desk) for one in _said(programme))
        at_once, daily = tuple(staff.at_once_by.split()), tuple(staff.daily_by.split())
        return OwnWays(staff.mobile, at_once, daily, said, desk.settings.sends_texts)


def _of_theirs(session: Session, desk: Desk) -> list[Programme]:
    held = {post.programme_id for post in desk.actor.posts}
    found = session.scalars(select(Programme).order_by(Programme.name))
    return [programme for programme in found if programme.id in held]


def _said(programme: Programme) -> Iterator[Said]:
    for name, words in NAMES.items():
        rungs = [rung for rung in programme.ladder.of(name) if rung.how != NOBODY]
        for pace in dict.fromkeys(rung.how for rung in rungs):
            by = {way for rung in rungs if rung.how == pace for way in rung.by}
            yield Said(programme.name, words, pace, tuple(sorted(by)))
