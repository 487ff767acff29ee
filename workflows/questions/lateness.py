"""What of that which is late somebody may look at, and how each programme works."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from workflows.casework.access import Actor
from workflows.casework.calendars import NOTHING_OF_ITS_OWN, Content, calendar_of
from workflows.casework.programme import Programme, Team, ladder_in
from workflows.casework.roles import names_in
from workflows.questions import reach
from workflows.storage import alleged
from workflows.storage.lateness import House, Houses


def in_sight(actor: Actor) -> ColumnElement[bool]:
    """The tasks of the cases that the actor sees whole, as a condition on `Task` and its `Case`: see the caseload."""
    return and_(reach.works_on(actor), ~alleged.kept_from(actor.id))


def houses_of(session: Session) -> Houses:
    """Return how each team works, and each programme for the cases that have no team yet."""
    programmes = {row.id: row.content for row in session.execute(select(Programme.id, Programme.content))}
    found = {key: _house(content) for key, content in programmes.items()}
    teams = session.execute(select(Team.id, Team.programme_id, Team.content))
    return found | {row.id: _house(programmes[row.programme_id], row.content) for row in teams}


def _house(programme: Content, team: Content = NOTHING_OF_ITS_OWN) -> House:
    return House(calendar_of(programme, team), ladder_in(programme), names_in(programme))
