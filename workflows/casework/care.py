"""The care itself: contacts, actions, plans with goals, reviews, hospital stays, safeguarding concerns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.casework.base import Base, Witnessed, new_id
from workflows.casework.counted import CountedDate
from workflows.casework.staff import StaffMember


@dataclass(frozen=True)
class OwnLevel:
    """A level of risk that a clinician gave instead of the table's, with its reason."""

    level: str
    why: str
    by: str
    at: datetime


class Contact(Base, Witnessed):
    """A contact with the person, or an attempt at one."""

    __tablename__ = "contact"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"))
    at: Mapped[datetime]
    route: Mapped[str]
    outcome: Mapped[str]
    by: Mapped[str]


class Action(Base, Witnessed):
    """Something one named person will do by a date, agreed at the table or added later."""

    __tablename__ = "action"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_run.id"))
    what: Mapped[str]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"), index=True)
    due_on: Mapped[date | None]
    promised: Mapped[bool] = mapped_column(default=False)  # the person was told
    status: Mapped[str] = mapped_column(default="open")
    outcome: Mapped[str] = mapped_column(default="")
    impact: Mapped[str] = mapped_column(default="")
    postponed: Mapped[int] = mapped_column(default=0)
    owner: Mapped[StaffMember | None] = relationship(lazy="joined")

    def hand_to(self, owner: StaffMember) -> None:
        """Let somebody else do it from now on."""
        self.owner = owner
        self.happened("action handed on", to=owner.name)

    def lose_owner(self, why: str) -> None:
        """Note that nobody is named for it any more: its owner is not here, and its task lies in the pool."""
        self.owner = None
        self.happened("action without an owner", what=self.what, why=why)

    def end(self, how: str, outcome: str) -> None:
        """Note what became of it when the case ended."""
        self.status, self.outcome = how, outcome
        self.happened("action settled", what=self.what)


class CarePlan(Base, Witnessed):
    """A version of the personalised care and support plan; one is active at a time."""

    __tablename__ = "care_plan"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    number: Mapped[int]
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"))
    valid_from: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    goals: Mapped[list[Any]] = mapped_column(default=list)

    def supersede(self, now: datetime) -> None:
        """Note that a newer version took its place."""
        self.superseded_at = now
        self.happened("plan superseded", number=self.number)


class Review(Base, Witnessed, CountedDate):
    """A review of the plan: when it was due, when it was done and what came of it."""

    __tablename__ = "review"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
    level: Mapped[str]
    done_at: Mapped[datetime | None]
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))
    outcome: Mapped[str | None]

    def done(self, outcome: str, document_id: UUID | None, now: datetime) -> None:
        """Record that the review took place."""
        self.done_at, self.outcome, self.document_id = now, outcome, document_id
        self.happened("review done", outcome=outcome)


UNNAMED = "not named"


ADMITTED_AGAIN = "admitted_again"  # how a stay ended that nobody told the end of
NOT_KNOWN = "unknown"  # where somebody went from hospital, as long as nobody told


class HospitalEpisode(Base, Witnessed):
    """A stay in hospital. Person-facing clocks stand still meanwhile."""

    __tablename__ = "hospital_episode"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_run.id"))
    admitted_at: Mapped[datetime]
    hospital: Mapped[str]
    planned: Mapped[str]
    source: Mapped[str] = mapped_column(default="told")
    discharged_at: Mapped[datetime | None]
    destination: Mapped[str | None]

    def told_again(self, hospital: str, planned: str) -> None:
        """Take from a second notice of the same stay what the first did not know."""
        self.hospital = hospital if self.hospital in {"", UNNAMED} and hospital else self.hospital
        self.planned = planned if self.planned == "unknown" and planned else self.planned
        self.happened("second notice of the same hospital stay", hospital=hospital)

    def began(self, at: datetime) -> None:
        """Take from a late notice when the stay began, of which only the end had been told."""
        self.admitted_at = at
        self.happened("admission told after the discharge", at=at.isoformat())

    def admitted_again(self, at: datetime) -> None:
        """End a stay whose end nobody told: the person was admitted once more, elsewhere or after a time at home."""
        self.discharged_at, self.destination = at, ADMITTED_AGAIN
        self.happened("admitted again while a stay stood open", hospital=self.hospital)

    def discharge(self, at: datetime, destination: str) -> None:
        """Record the way out of hospital."""
        self.discharged_at, self.destination = at, destination
        self.happened("left hospital", destination=destination)

    def went_to(self, destination: str) -> None:
        """Note where the person went, which was not known when they left."""
        self.destination = destination
        self.happened("found after hospital", destination=destination)


class SafeguardingConcern(Base, Witnessed):
    """A concern sent to the local authority, tracked until a safeguarding lead closes it."""

    __tablename__ = "safeguarding_concern"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_run.id"))
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    def close(self, now: datetime) -> None:
        """Record that the lead closed the concern."""
        self.closed_at = now
        self.happened("safeguarding concern closed")


class ServiceUse(Base, Witnessed):
    """A use of another service that a feed told of: A&E, 111, ambulance. Missing is not zero."""

    __tablename__ = "service_use"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    source: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
