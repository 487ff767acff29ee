"""What an operator did to a process by hand: kept with the state before and after, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.base import Base, new_id

MOVE, RESTART, CANCEL, SET = "move", "restart", "cancel", "set"


class Intervention(Base):
    """One act of an operator upon a process. It is never changed; the trail of the case tells of it too.

    what: the step and where it went, or the variable with its value before and after. images: every row that it made,
    changed or removed, as it was before.
    """

    __tablename__ = "intervention"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("case_run.id"), index=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    at: Mapped[datetime]
    kind: Mapped[str]  # move, restart, cancel, set
    what: Mapped[dict[str, Any]]
    why: Mapped[str]
    state_before: Mapped[str] = mapped_column(deferred=True)
    state_after: Mapped[str] = mapped_column(deferred=True)
    images: Mapped[list[Any]] = mapped_column(deferred=True)
