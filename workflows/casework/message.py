"""Messages from other systems: kept first, then delivered or parked where somebody sees them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.base import Base, Witnessed, new_id
from workflows.clock import as_utc

MESSAGE_TYPES = (
    "referral_received",
    "referrer_reply",
    "consent_withdrawn",
    "consent_changed",
    "hospital_admission",
    "hospital_discharge",
    "ed_attendance",
    "nhs111_contact",
    "ambulance",
    "person_died",
    "gp_changed",
    "moved",
    "urgent_raised",
    "safeguarding_raised",
    "mdt_case_decided",
    "service_update",
    "carer_changed",
    "merge_identity",
    "split_identity",
)
# What concerns who somebody is, or who may speak for them: one person proposes, another agrees.
SETTLED_BY_TWO = frozenset({"carer_changed", "merge_identity", "split_identity"})
# What cannot wait for tomorrow: danger, a death, and that somebody wants less shared.
PRESSING = frozenset({"urgent_raised", "safeguarding_raised", "person_died", "consent_withdrawn", "consent_changed"})
OTHER_PROGRAMME = "A colleague of another programme"  # where something of the person was recorded in their case there
WAITING = ("received", "parked")  # for somebody to look


@dataclass(frozen=True)
class Envelope:
    """A message as it comes in: who it is about, when it happened, who says so, and what it says."""

    message_id: str
    type: str
    nhs_number: str
    dob: date | None
    occurred_at: datetime
    source: str
    payload: Mapping[str, Any]

    @property
    def number(self) -> str:
        """The NHS number without spaces or anything else between its digits."""
        return "".join(sign for sign in self.nhs_number if sign.isdigit())

    @property
    def born(self) -> date | None:
        """The date of birth; a referral may say it among its answers only."""
        try:
            return self.dob or date.fromisoformat(str(self.payload.get("dob", "")))
        except ValueError:
            return None

    @property
    def content_hash(self) -> str:
        """All that it says, in a hash: only what says the same of the same person is the same message."""
        born, at = self.dob and self.dob.isoformat(), as_utc(self.occurred_at).isoformat()
        said = json.dumps([self.type, self.number, born, at, dict(self.payload)], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


class Message(Base, Witnessed):
    """One message in. The same number from the same source with the same content is the same message.

    A source that uses a number again for something else has sent another message, which nobody may lose.
    """

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("source", "message_id", "content_hash"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[str]  # as its source numbers it
    content_hash: Mapped[str]
    type: Mapped[str]
    nhs_number: Mapped[str] = mapped_column(default="")
    dob: Mapped[date | None]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    source: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[str] = mapped_column(default="received", index=True)  # delivered, parked, settled
    parked_why: Mapped[str | None]
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"), index=True)
    proposed_by_id: Mapped[UUID | None]  # of what two people settle: who proposed how
    proposed_by: Mapped[str | None]
    proposed_how: Mapped[str | None]
    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    settled_how: Mapped[str | None]

    @classmethod
    def received(cls, envelope: Envelope, now: datetime) -> Message:
        """Write down what came in, as it came."""
        return cls(
            id=new_id(),
            message_id=envelope.message_id,
            content_hash=envelope.content_hash,
            type=envelope.type,
            nhs_number=envelope.number,
            dob=envelope.born,
            occurred_at=as_utc(envelope.occurred_at),
            received_at=now,
            source=envelope.source,
            payload=dict(envelope.payload),
        )

    @property
    def pressing(self) -> bool:
        """Whether somebody has to look at it within hours."""
        return self.type in PRESSING

    def deliver(self, case_id: UUID) -> None:
        """Note which case took it."""
        self.status, self.case_id, self.parked_why = "delivered", case_id, None
        self.happened("message delivered", type=self.type)

    def park(self, why: str) -> None:
        """Put it where a coordinator sees it; nothing is lost."""
        self.status, self.parked_why = "parked", why
        self.happened("message parked", type=self.type, why=why)

    def propose(self, by_id: UUID | None, by: str, how: str) -> None:
        """Record how somebody would settle what two people have to settle; it waits for another to agree."""
        self.status, self.parked_why = "parked", f"{by} proposes: {how}"
        self.proposed_by_id, self.proposed_by, self.proposed_how = by_id, by, how
        self.happened("settlement proposed", type=self.type, how=how)

    def settle(self, by: str, how: str, now: datetime) -> None:
        """Record what a person did about a parked message."""
        self.status, self.settled_by, self.settled_how, self.settled_at = "settled", by, how, now
        self.happened("message settled", type=self.type, how=how)
