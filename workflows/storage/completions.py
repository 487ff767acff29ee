"""Finding what is kept of completed steps, for taking them back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from workflows.casework.completion import Completion
from workflows.casework.document import Document


def newest(session: Session, task_id: UUID) -> Completion | None:
    """Return what is kept of a task's last completion, be it taken back; None when nothing is, as long afterwards."""
    query = select(Completion).where(Completion.task_id == task_id).options(undefer(Completion.images))
    return session.scalar(query.order_by(Completion.at.desc(), Completion.id.desc()).limit(1))


def standing(session: Session, task_id: UUID) -> Completion | None:
    """Return what is kept of the completion by which a task is done now; None when nothing is."""
    found = newest(session, task_id)
    return None if found is None or found.taken_back_at else found


def within_their_time(
    session: Session, task_ids: Collection[UUID], staff_id: UUID | None, now: datetime
) -> frozenset[UUID]:
    """Return those of the tasks that this member of staff may still take back, unless something stands in the way."""
    mine = (Completion.task_id.in_(task_ids), Completion.staff_id == staff_id)
    stands = (Completion.taken_back_at.is_(None), Completion.held_fast == "", Completion.until >= now)
    return frozenset(session.scalars(select(Completion.task_id).where(*mine, *stands))) if task_ids else frozenset()


def papers_taken_back(session: Session, case_id: UUID) -> set[tuple[str, int, datetime]]:
    """Return the papers of a case that went with a step that was taken back: form, number, and when it was filed."""
    gone = select(Completion.removed).where(Completion.case_id == case_id, Completion.taken_back_at.is_not(None))
    papers = (row for rows in session.scalars(gone) for row in rows or () if row["table"] == Document.__tablename__)
    return {(row["form_key"], row["number"], datetime.fromisoformat(row["completed_at"])) for row in papers}
