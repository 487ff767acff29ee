"""The ladders of a programme: the table that counts today, and those that were published before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from workflows.casework.errors import NotFound
from workflows.casework.escalation import LadderVersion
from workflows.casework.ladder import Ladder
from workflows.casework.ladder_table import read_ladder, standard
from workflows.desk import Desk
from workflows.questions.programmes import seen_programme


@dataclass(frozen=True)
class Version:
    """A published table: its number, by whom, when and why. Number 0 is the one that came with the programme."""

    number: int
    ladder: Ladder
    by: str = ""
    at: datetime | None = None
    why: str = ""


def ladder_today(desk: Desk, key: str) -> Ladder:
    """Return the ladders that count in a programme today."""
    with desk.looking() as session:
        return seen_programme(session, desk.actor, key).ladder


def versions(desk: Desk, key: str) -> Sequence[Version]:
    """Return every table that was published in a programme, the newest first; the last is the usual one."""
    with desk.looking() as session:
        found = seen_programme(session, desk.actor, key)
        theirs = select(LadderVersion).where(LadderVersion.programme_id == found.id)
        rows = session.scalars(theirs.order_by(LadderVersion.number.desc()))
        published = [
            Version(row.number, read_ladder(row.content), row.published_by, row.published_at, row.why) for row in rows
        ]
        return (*published, Version(0, standard()))


def version(desk: Desk, key: str, number: int) -> Version:
    """Return one of the published tables; raises NotFound."""
    for one in versions(desk, key):
        if one.number == number:
            return one
    raise NotFound("There is no such version.")
