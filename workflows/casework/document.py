"""A document: a form that was filled in for a case, in the version of its time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.casework.base import Base, Witnessed, new_id
from workflows.casework.staff import StaffMember


class Filed(Protocol):
    """A paper, or a few of its columns: which it is, and which it corrects."""

    @property
    def id(self) -> UUID:
        """Which it is."""

    @property
    def amends_id(self) -> UUID | None:
        """Which it corrects, if it does."""


Paper = TypeVar("Paper", bound=Filed)


class Document(Base, Witnessed):
    """A completed form. It is never overwritten: an amendment is a new document with a reason."""

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_of_form", "case_id", "form_key", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_run.id"))
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("task.id"))
    form_key: Mapped[str] = mapped_column(index=True)
    form_version: Mapped[int]
    number: Mapped[int]  # 1, 2, 3 ... of this form in this case
    title: Mapped[str]
    answers: Mapped[dict[str, Any]]
    sections: Mapped[list[Any] | None]
    author: Mapped[str]
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    completed_at: Mapped[datetime]
    amends_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))
    amended_why: Mapped[str | None]
    author_member: Mapped[StaffMember | None] = relationship()

    def move(self, case_id: UUID, number: int, from_case: str) -> None:
        """Give the document to another case, under its next number there."""
        self.case_id, self.number = case_id, number
        self.happened("document moved", form=self.form_key, number=number, from_case=from_case)


def as_corrected(documents: Iterable[Paper]) -> list[Paper]:
    """Return the documents that stand: each in its last correction, in the place of the one that was corrected.

    `documents`: as they were filed, oldest first. To correct an old paper does not make it the newest.
    """
    standing: list[Paper] = []
    places: dict[UUID, int] = {}
    for document in documents:
        place = places.get(document.amends_id, len(standing)) if document.amends_id else len(standing)
        standing[place : place + 1] = [document]
        places[document.id] = place
    return standing


class Attachment(Base, Witnessed):
    """A file that came with a form. It belongs to a case or, until its form is completed, to the draft of that form."""

    __tablename__ = "attachment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"), index=True)
    # A draft that is thrown away takes its files with it, whoever throws it away and however.
    draft_id: Mapped[UUID | None] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"), index=True)
    referral_id: Mapped[UUID | None] = mapped_column(ForeignKey("referral.id"), index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_at: Mapped[datetime]
