"""What a case did on a release that the one before does not know: then it does not go back there."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.diagram import CaseRun, JourneyStep, Release
from workflows.due_words import exactly
from workflows.engine.parsing import Library

WORK = ("user", "service", "decision", "outside")  # of which something remains: a paper, a letter, a message, a record


def gone_too_far(session: Session, library: Library, case_id: UUID, before: Release, since: datetime) -> str:
    """Say which step was done since the move that only the newer diagrams draw; "" when there is none.

    What both draw would have been done either way, with its letters and messages.
    """
    query = (
        select(JourneyStep, CaseRun.process)
        .join(CaseRun, CaseRun.id == JourneyStep.run_id)
        .where(JourneyStep.case_id == case_id, JourneyStep.at >= since, JourneyStep.kind.in_(WORK))
    )
    for step, process in session.execute(query.order_by(JourneyStep.id)).all():
        if (step.process, step.key) not in _drawn(library, before, process):
            return f"“{step.name}” was done on {exactly(step.at, step.at)}; the diagrams before do not know that step."
    return ""


def _drawn(library: Library, release: Release, process: str) -> frozenset[tuple[str, str]]:
    if not library.holds(release.id.hex, process):
        return frozenset()
    return frozenset((one.process, one.key) for one in library.spec(release.id.hex, process).outline())
