"""Trying a draft of the ladders on past tasks: asked for by its writer, made by the worker. Twice is once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from workflows.actions.programmes import managed
from workflows.casework.access import Actor
from workflows.casework.ladder import Ladder
from workflows.casework.ladder_table import ladder_of, read_ladder, written
from workflows.casework.ladder_try import LadderTry
from workflows.casework.programme import Programme
from workflows.casework.replay import must_be_a_time
from workflows.casework.staff import StaffMember
from workflows.desk import Desk
from workflows.storage import people
from workflows.storage.ladder_drafts import draft_in


def ask_to_try(desk: Desk, key: str, first: date, last: date) -> UUID:
    """Ask the worker to try the draft on the tasks of a time. Raises AnswersRefused; LadderRefused for no ladder."""
    must_be_a_time(first, last, desk.today)
    with desk.work() as work:
        programme = managed(work, key)
        ladder = ladder_of(draft_in(work.session, desk.actor, programme).rows)
        tried = LadderTry(
            programme_id=programme.id, staff_id=desk.actor.id, content=written(ladder), first=first, last=last,
            asked_at=work.now,
        )  # fmt: skip
        work.session.add(tried)
        work.commit()
        return tried.id


def tries_to_make(desk: Desk, limit: int) -> Sequence[UUID]:
    """Return the tries that somebody asked for and that are not made yet, the oldest first."""
    with desk.looking() as session:
        query = select(LadderTry.id).where(LadderTry.ended_at.is_(None)).order_by(LadderTry.asked_at)
        return session.scalars(query.limit(limit)).all()


@dataclass(frozen=True)
class Wanted:
    """A try that is to be made: by whom, of which programme and draft, on which days."""

    actor: Actor
    programme: str
    draft: Ladder
    first: date
    last: date


def wanted(desk: Desk, try_id: UUID) -> Wanted:
    """Return what a try is to find out; it sees what whoever asked for it sees today."""
    with desk.looking() as session:
        asked = session.get_one(LadderTry, try_id)
        actor = people.actor_for(session, session.get_one(StaffMember, asked.staff_id), desk.today)
        key = session.get_one(Programme, asked.programme_id).key
        return Wanted(actor, key, read_ladder(asked.content), asked.first, asked.last)


def note_progress(desk: Desk, try_id: UUID, done: int, in_all: int) -> None:
    """Note how many of the tasks have been gone through."""
    with desk.work() as work:
        made = work.session.get_one(LadderTry, try_id)
        made.done, made.in_all = done, in_all
        work.commit()


def keep_found(desk: Desk, try_id: UUID, found: dict[str, Any]) -> None:
    """Keep what a try has found (see `questions.ladder_found.as_told`)."""
    with desk.work() as work:
        made = work.session.get_one(LadderTry, try_id)
        made.found, made.ended_at = found, work.now
        work.commit()


def note_not_tried(desk: Desk, try_id: UUID) -> None:
    """Note that a try could not be made; whoever asked for it may ask again."""
    with desk.work() as work:
        made = work.session.get_one(LadderTry, try_id)
        made.failed, made.ended_at = True, work.now
        work.commit()
