"""One's own private calendar address: made, ended, made anew."""

from __future__ import annotations

import secrets
from uuid import UUID

from sqlalchemy import select

from workflows.casework.access import may
from workflows.casework.calendar_feed import CalendarFeed, hashed
from workflows.casework.errors import NotAllowed
from workflows.desk import Desk, Work


def make_feed(desk: Desk) -> str:
    """Make an address for the actor's calendar and end the one before; returns its secret, which is kept nowhere."""
    with desk.work() as work:
        if work.actor.scopes is not None or not may(work.actor, "inbox"):
            raise NotAllowed("Only somebody who works with cases has a calendar address.")
        end_feeds_of(work, work.actor.id)
        secret = secrets.token_urlsafe(32)
        feed = CalendarFeed(staff_id=work.actor.id, token_hash=hashed(secret), made_at=work.now)
        feed.happened("calendar address made")
        work.session.add(feed)
        work.commit()
        return secret


def end_feed(desk: Desk) -> None:
    """End the actor's calendar address at once; twice is once."""
    with desk.work() as work:
        end_feeds_of(work, work.actor.id)
        work.commit()


def end_feeds_of(work: Work, staff_id: UUID | None) -> None:
    """End the calendar address of a colleague; nothing brings it back."""
    theirs = (CalendarFeed.staff_id == staff_id, CalendarFeed.ended_at.is_(None))
    for feed in work.session.scalars(select(CalendarFeed).where(*theirs).with_for_update()):
        feed.end(work.now)
    work.session.flush()
