"""Writing down that somebody looked at a person's record: views belong to the audit trail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from workflows.desk import Desk


def note_seen(desk: Desk, act: str, subject: str, case_id: UUID, **detail: Any) -> None:
    """Write into the case's trail that the actor saw something of it, such as "task seen"."""
    with desk.work() as work:
        work.unit.tell(act, subject, case_id, **detail)
        work.commit()
