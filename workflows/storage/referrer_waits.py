"""When a case waited for what its diagram had asked the referrer, as the history of its steps tells."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.diagram import JourneyStep

WAIT = "wait_for_referrer"
# What the question leaves our hands with: it was written, or what came did not answer it.
WENT_OUT = frozenset({"ask_referrer", "record_referrer_reply"})


def waits_for_referrer(session: Session, case_id: UUID) -> list[tuple[datetime, datetime]]:
    """Return from when to when the referrer owed an answer, the earliest first; those alone that were answered."""
    steps = (JourneyStep.case_id == case_id, JourneyStep.key.in_({*WENT_OUT, WAIT}))
    asked, found = None, []
    for key, at in session.execute(select(JourneyStep.key, JourneyStep.at).where(*steps).order_by(JourneyStep.id)):
        if key in WENT_OUT:
            asked = at
        elif asked is not None:
            found.append((asked, at))
            asked = None
    return found
