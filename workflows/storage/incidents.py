"""Finding what failed in a process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.diagram import CaseRun
from workflows.casework.incident import Incident


def of_run(session: Session, run_id: UUID) -> Sequence[Incident]:
    """Return every incident of a process, open or closed, in the order in which they began."""
    return session.scalars(select(Incident).where(Incident.run_id == run_id).order_by(Incident.id)).all()


def close_all(session: Session, run: CaseRun, now: datetime) -> None:
    """Close the incidents of a process that ends: nothing of it happens any more."""
    for one in of_run(session, run.id) if run.failures else ():
        if one.open:
            one.close(False, now)
