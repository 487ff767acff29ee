"""A referral on its way in: typed by staff, by a referrer with a link, imported from a list, or sent by a system."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.backoff import wait_after
from workflows.casework.base import Base, Witnessed, new_id
from workflows.casework.incident import TRIES_ALONE


class Referral(Base, Witnessed):
    """Somebody asks the service to look at a person. A draft keeps itself until it is sent."""

    __tablename__ = "referral"
    __table_args__ = (UniqueConstraint("same_as", name="uq_referral_same_as"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"), index=True)
    reference: Mapped[str] = mapped_column(unique=True)  # shows the status, without clinical detail
    code_hash: Mapped[str | None] = mapped_column(index=True)  # "come back with this code"
    # draft, sent, repeated (the same as an earlier one), purged; of somebody with an open case, once the team has
    # looked at it: added (the referrer knows that the person is with us) or read (they may not know)
    status: Mapped[str] = mapped_column(default="draft")
    raw: Mapped[dict[str, Any]] = mapped_column(default=dict)
    form_version: Mapped[int] = mapped_column(default=1)
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    same_as: Mapped[str | None]  # keyed hash of the day and every word: sent twice is sent once
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"), index=True)


class CandidateList(Base, Witnessed):
    """A list of people at risk that somebody brought: looked through first, then taken in as a whole."""

    __tablename__ = "candidate_list"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"), index=True)
    source: Mapped[str]  # which list: a value of the question list_source of form F00
    file_name: Mapped[str]
    status: Mapped[str] = mapped_column(
        default="preview", index=True
    )  # preview, importing, stopped, imported, discarded
    total: Mapped[int] = mapped_column(default=0)  # rows in the file
    good: Mapped[int] = mapped_column(default=0)  # rows that can be taken in
    done: Mapped[int] = mapped_column(default=0)  # rows taken in
    uploaded_by_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    uploaded_at: Mapped[datetime]
    imported_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")  # in a row that did not take a row in
    next_at: Mapped[datetime | None]  # when it is tried again
    refused_why: Mapped[str] = mapped_column(default="", server_default="")

    def could_not_be_taken_in(self, why: str, now: datetime) -> None:
        """Wait longer after each try; after so many that a person has to look it stops."""
        self.tries, self.refused_why = self.tries + 1, why
        if self.tries >= TRIES_ALONE:
            self.status, self.next_at = "stopped", None
        else:
            self.next_at = now + wait_after(self.tries)
        self.happened("list could not be taken in", times=self.tries, why=why)

    def goes_on(self) -> None:
        """Forget what stood in the way: rows are taken in, or somebody wants it tried again."""
        self.tries, self.next_at, self.refused_why = 0, None, ""

    def errand(self, now: datetime, changed: Collection[str]) -> str | None:
        """A list that was confirmed waits to be taken in."""
        return "import_lists" if self.status == "importing" and "status" in changed else None


class Candidate(Base):
    """One row of a list. It knows what is wrong with it, and its case once it was taken in."""

    __tablename__ = "candidate"
    __table_args__ = (UniqueConstraint("list_id", "row"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    list_id: Mapped[UUID] = mapped_column(ForeignKey("candidate_list.id"))
    row: Mapped[int]  # as a spreadsheet numbers it: the headings are row 1
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)  # emptied once the row is taken in
    typed: Mapped[dict[str, Any]] = mapped_column(default=dict)  # a row with problems, as it stood in the file
    problems: Mapped[list[Any]] = mapped_column(default=list)  # [column, what is wrong and how to mend it]
    good: Mapped[bool] = mapped_column(default=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"), index=True)
