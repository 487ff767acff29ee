"""The person hears what was decided before the others do: whose letter about them waits for their own."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.notice import Letter

# What others are told of the person, and the letter that tells it to the person.
THEIR_OWN = {"L04": "L04p", "L08": "L08p"}
NOT_GONE = ("draft", "ready", "held")


def persons_letter_waits(session: Session, letter: Letter) -> bool:
    """Say whether the person has a letter that tells them the same and has not gone."""
    own = THEIR_OWN.get(letter.template)
    if own is None or letter.audience == "person":
        return False
    theirs = (Letter.case_id == letter.case_id, Letter.template == own, Letter.recipient == "person")
    return session.scalar(select(Letter.id).where(*theirs, Letter.status.in_(NOT_GONE)).limit(1)) is not None
