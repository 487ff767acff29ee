"""What of that which is late somebody may look at, and on which calendars it is counted."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from workflows.casework.access import Actor
from workflows.casework.calendars import calendar_of
from workflows.casework.programme import Programme
from workflows.questions import reach
from workflows.storage import alleged
from workflows.storage.lateness import Calendars


def in_sight(actor: Actor) -> ColumnElement[bool]:
    """The tasks of the cases that the actor sees whole, as a condition on `Task` and its `Case`: see the caseload."""
    return and_(reach.works_on(actor), ~alleged.kept_from(actor.id))


def calendars_of(session: Session) -> Calendars:
    """Return when the service of each programme is open."""
    found = session.execute(select(Programme.id, Programme.content)).all()
    return {programme_id: calendar_of(content) for programme_id, content in found}
