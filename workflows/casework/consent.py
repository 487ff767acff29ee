"""Consent to share: on what basis, how far, who is left out, and for how long."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.base import Base, Witnessed, new_id

# What somebody named in sharing without consent is to it.
ASKED, RECEIVES = "asked", "receives"
WITHDREW = "the person withdrew"  # why a consent, or sharing without one, has ended


class Consent(Base, Witnessed):
    """One recorded basis for sharing. A new one ends the one before; none is deleted."""

    __tablename__ = "consent"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    basis: Mapped[str]
    may_proceed: Mapped[str]
    discuss_mdt: Mapped[str] = mapped_column(default="unknown")
    share_with: Mapped[list[str]] = mapped_column(default=list)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    valid_from: Mapped[datetime]
    review_by: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None]

    @property
    def in_force(self) -> bool:
        """Whether it still counts."""
        return self.ended_at is None

    def end(self, why: str, now: datetime) -> None:
        """Stop relying on this basis."""
        self.ended_at, self.ended_why = now, why
        self.happened("consent ended", why=why)

    def count_again(self) -> None:
        """Rely on this basis as before: that it had ended was a mistake."""
        self.ended_at = self.ended_why = None
        self.happened("consent counts again")


class Exclusion(Base, Witnessed):
    """Somebody, or an organisation, the person does not want to see their record. Enforced on the server."""

    __tablename__ = "exclusion"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"), index=True)
    who: Mapped[str]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SharingOverride(Base, Witnessed):
    """Sharing without consent because of serious harm: two people, minimum items, a last day, no automatic renewal."""

    __tablename__ = "sharing_override"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    status: Mapped[str] = mapped_column(default="requested")  # requested, approved, rejected, ended
    requested_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    items: Mapped[list[Any]] = mapped_column(default=list)
    recipients: Mapped[list[Any]] = mapped_column(default=list)
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]

    def decide(self, approved: bool, by_id: UUID | None, expires_at: datetime | None) -> None:
        """Record the second person's decision."""
        self.status = "approved" if approved else "rejected"
        self.approved_by_id, self.expires_at = by_id, expires_at
        self.happened(f"override {self.status}")

    def end(self, outcome: str, now: datetime) -> None:
        """End the override after its review or at its expiry."""
        self.status, self.ended_at, self.outcome = "ended", now, outcome
        self.happened("override ended", outcome=outcome)

    def count_again(self) -> None:
        """Let it count as before, until its last day: that it had ended was a mistake."""
        self.status, self.ended_at, self.outcome = "approved", None, None
        self.happened("override counts again")


class NamedInOverride(Base, Witnessed):
    """Somebody with an account here who is named in sharing without consent: they see the case while it lasts.

    `part`: "asked" for whoever requested it and carries it, "receives" for those with whom it is shared.
    """

    __tablename__ = "named_in_override"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    override_id: Mapped[UUID] = mapped_column(ForeignKey("sharing_override.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), index=True)
    part: Mapped[str]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
