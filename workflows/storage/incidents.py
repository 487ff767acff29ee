"""Finding what failed in a process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from workflows.casework.access import PERMISSIONS, Actor
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.incident import ACT, Incident


def of_run(session: Session, run_id: UUID) -> Sequence[Incident]:
    """Return every incident of a process, open or closed, in the order in which they began."""
    return session.scalars(select(Incident).where(Incident.run_id == run_id).order_by(Incident.id)).all()


def of_no_run(session: Session, case_id: UUID | None, process: str, key: str) -> Incident | None:
    """Return, held, the open incident of an act that was refused at this step before its process was there."""
    alike = (Incident.process == process, Incident.step_key == key, Incident.case_id == case_id)
    query = select(Incident).where(Incident.kind == ACT, Incident.run_id.is_(None), Incident.closed_at.is_(None))
    return session.scalar(query.where(*alike).order_by(Incident.id).limit(1).with_for_update())


def close_all(session: Session, run: CaseRun, now: datetime) -> None:
    """Close the incidents of a process that ends: nothing of it happens any more."""
    if not run.failures:
        return
    for one in of_run(session, run.id):
        if one.open:
            one.close(False, now)
    run.failures, run.failed_why, run.retry_at = 0, None, None


def cases_run_by(actor: Actor, permission: str) -> ColumnElement[bool]:
    """Whether a case is of a programme for which the actor may do this, as a condition on `Case`."""
    reached = {post.programme_id for post in actor.posts if post.role in PERMISSIONS[permission]}
    return true() if None in reached else Case.programme_id.in_(reached)


def run_by(actor: Actor, permission: str) -> ColumnElement[bool]:
    """Whether an incident is of such a programme. What belongs to no case is for everybody who runs the service."""
    theirs = select(Case.id).where(cases_run_by(actor, permission))
    return or_(Incident.case_id.is_(None), Incident.case_id.in_(theirs))
