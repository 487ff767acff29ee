"""What waits to be told to somebody."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.escalation import Nudge


def waiting(session: Session, task_id: UUID) -> Sequence[Nudge]:
    """Return and hold what waits to be told of a task."""
    untold = select(Nudge).where(Nudge.task_id == task_id, Nudge.told_at.is_(None))
    return session.scalars(untold.order_by(Nudge.id).with_for_update(of=Nudge)).all()
