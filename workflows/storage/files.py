"""Files by whose they are: a case's, or those of drafts that are not complete yet."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from forms import Choice
from workflows.casework.document import Attachment
from workflows.casework.task import Draft

KILO, MEGA = 1024, 1024 * 1024


def of_case(case_id: UUID) -> ColumnElement[bool]:
    """The files of a case's record."""
    return Attachment.case_id == case_id


def of_own_drafts(staff_id: UUID | None) -> ColumnElement[bool]:
    """The files somebody chose in forms they have not completed; nobody else has anything to do with them."""
    return Attachment.draft_id.in_(select(Draft.id).where(Draft.staff_id == staff_id))


def of_referral(referral_id: UUID) -> ColumnElement[bool]:
    """The files of a referrer's draft."""
    return Attachment.referral_id == referral_id


def named(session: Session, *whose: ColumnElement[bool]) -> list[Choice]:
    """Return these files by id, with their names and sizes, the oldest first."""
    query = select(Attachment.id, Attachment.name, Attachment.size).where(or_(*whose)).order_by(Attachment.id)
    return [Choice(str(file_id), f"{name}, {size_in_words(size)}") for file_id, name, size in session.execute(query)]


def size_in_words(size: int) -> str:
    """Say how big a file is: 820 bytes, 64 KB, 2.4 MB."""
    if size < KILO:
        return f"{size} bytes"
    return f"{size / KILO:.0f} KB" if size < MEGA else f"{size / MEGA:.1f} MB"
