"""The case: one episode of care of one person in one programme."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.casework.base import Base, Witnessed, new_id
from workflows.casework.calendars import NOTHING_OF_ITS_OWN, calendar_of
from workflows.casework.errors import RuleBroken
from workflows.casework.person import Person
from workflows.casework.programme import Programme, Team
from workflows.casework.sectors import CARE_SECTORS, in_order
from workflows.casework.staff import StaffMember
from workflows.working_time import Calendar

STAGES = (
    "identified",
    "referred",
    "triage",
    "consent",
    "assessment",
    "mdt",
    "planning",
    "active",
    "step_down",
    "closed",
)
STAGE_NAMES = {
    "identified": "Identified",
    "referred": "Referred",
    "triage": "Triage",
    "consent": "Consent",
    "assessment": "Assessment",
    "mdt": "MDT meeting",
    "planning": "Care plan",
    "active": "Delivery",
    "step_down": "Step down",
    "closed": "Closed",
}
FLAGS = (
    "urgent",
    "in_hospital",
    "safeguarding_open",
    "limited_sharing",
    "no_contact",
    "legal_hold",
    "unrouted",
    "entered_in_error",
)
CLOSURE_REASONS = (
    "goals_met",
    "needs_met_by_other_service",
    "declined_at_offer",
    "consent_withdrawn",
    "unable_to_contact",
    "not_eligible_under_18",
    "not_eligible_gp",
    "not_suitable_signposted",
    "duplicate",
    "moved_out_of_area",
    "moved_to_care_home",
    "long_hospital_stay",
    "died",
    "disengaged_by_choice",
    "not_nominated",
    "returned_incomplete",
    "referral_withdrawn",
    "error",
)


class Case(Base, Witnessed):
    """What the team carries for one person, from identification to closure."""

    __tablename__ = "case"
    __table_args__ = (
        Index(
            "ix_case_held_back",
            "id",
            sqlite_where=text("sharing_scope = 'held_back'"),
            postgresql_where=text("sharing_scope = 'held_back'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(unique=True)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"), index=True)
    coordinator_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"), index=True)
    previous_case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"))
    source: Mapped[str] = mapped_column(default="referral")
    stage: Mapped[str] = mapped_column(default="referred", index=True)
    flags: Mapped[list[str]] = mapped_column(default=list)
    priority: Mapped[str] = mapped_column(default="standard")
    risk_level: Mapped[str] = mapped_column(default="unknown")
    sharing_scope: Mapped[str] = mapped_column(default="none")  # none, minimum, care_professionals, limited, full
    shared_with: Mapped[str] = mapped_column(default=lambda: spelled(CARE_SECTORS))  # see `sectors`
    opened_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closure_reason: Mapped[str | None]
    retain_until: Mapped[date | None]
    next_review_at: Mapped[datetime | None] = mapped_column(index=True)
    clocks_paused_at: Mapped[datetime | None]
    clocks_paused_why: Mapped[str | None]
    outbound_stopped: Mapped[bool] = mapped_column(default=False)  # nothing more may go out about this case
    version: Mapped[int] = mapped_column(default=1)
    programme: Mapped[Programme] = relationship(lazy="joined")
    person: Mapped[Person] = relationship(lazy="joined")
    team: Mapped[Team | None] = relationship(lazy="joined")
    coordinator: Mapped[StaffMember | None] = relationship()
    stages: Mapped[list[StageEntry]] = relationship(back_populates="case", order_by="StageEntry.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def open(self) -> bool:
        """Whether the episode is still running."""
        return self.closed_at is None

    @property
    def calendar(self) -> Calendar:
        """When whoever looks after the case is open: its team, and before it has one its programme."""
        return calendar_of(self.programme.content, self.team.content if self.team else NOTHING_OF_ITS_OWN)

    @property
    def may_be_rung(self) -> bool:
        """Whether anybody may ring the person now: alive, told that they were nominated, and not to be left alone."""
        return not (self.person.dead or self.nominated or self.outbound_stopped)

    @property
    def nominated(self) -> bool:
        """Whether the person stands on a list only: nobody has decided yet to offer them help."""
        return self.stage == "identified"

    @property
    def in_hospital(self) -> bool:
        """Whether a stay in hospital stands open."""
        return "in_hospital" in self.flags

    def enter(self, stage: str, now: datetime) -> None:
        """Move the case on to a stage; the history of stages is kept, never overwritten."""
        if stage not in STAGES:
            raise RuleBroken(f"There is no stage “{stage}”.")
        if stage == self.stage and self.stages:
            return
        self.stage = stage
        self.stages.append(StageEntry(stage=stage, entered_at=now))
        if stage == "consent" and self.accepted_at is None:
            self.accepted_at = now
        self.happened("stage entered", stage=stage)

    def set_priority(self, priority: str) -> None:
        """Set how soon the person is to hear from the team."""
        if priority != self.priority:
            self.priority = priority
            self.happened("priority set", priority=priority)

    def raise_flag(self, flag: str) -> None:
        """Mark the case, for example as in hospital."""
        if flag not in FLAGS:
            raise RuleBroken(f"There is no flag “{flag}”.")
        if flag not in self.flags:
            self.flags = [*self.flags, flag]
            self.happened("flag raised", flag=flag)

    def lower_flag(self, flag: str) -> None:
        """Take a mark away."""
        if flag in self.flags:
            self.flags = [kept for kept in self.flags if kept != flag]
            self.happened("flag lowered", flag=flag)

    def name_coordinator(self, staff: StaffMember) -> None:
        """Name the person's single point of contact."""
        before = {"held_by_id": str(self.coordinator_id)} if self.coordinator_id else {}
        self.coordinator = staff
        self.happened("care coordinator named", coordinator=staff.name, **before)

    def lose_coordinator(self, why: str) -> None:
        """Note that the care coordinator no longer looks after the case, and why."""
        before, self.coordinator = self.coordinator, None
        told = {"coordinator": before.name if before else "", "why": why}
        self.happened("care coordinator no longer named", **told, **({"held_by_id": str(before.id)} if before else {}))

    def join_team(self, team: Team) -> None:
        """Put the case into a neighbourhood team's hands."""
        self.team = team
        self.happened("team assigned", team=team.name, key=team.key)

    @property
    def sectors(self) -> frozenset[str]:
        """The kinds of organisation whose staff may know of the case; until consent is asked, all that give care."""
        return frozenset(self.shared_with.split())

    @property
    def narrowed(self) -> bool:
        """Whether the person changed what may be shared and nobody has recorded yet with whom it still may be."""
        return self.sharing_scope == "limited" and not self.sectors

    @property
    def reach(self) -> str:
        """The sharing scope as people are told it: “named” while nothing is shared any further."""
        return "named" if self.narrowed or (self.sharing_scope == "none" and not self.sectors) else self.sharing_scope

    def share(self, scope: str, sectors: Iterable[str]) -> None:
        """Set how far information may travel, and to which kinds of organisation; every screen and letter obeys it."""
        self.sharing_scope, self.shared_with = scope, spelled(sectors)
        self.happened("sharing scope set", scope=scope, sectors=in_order(self.sectors))

    def close(self, reason: str, now: datetime, retain_until: date) -> None:
        """End the episode, once, for one coded reason."""
        if reason not in CLOSURE_REASONS:
            raise RuleBroken(f"“{reason}” is not a reason for closing a case.")
        if not self.open:
            return
        self.enter("closed", now)
        self.closed_at, self.closure_reason, self.retain_until = now, reason, retain_until
        self.next_review_at = None
        self.happened("case closed", reason=reason)

    def reopen(self, stage: str, now: datetime) -> None:
        """Take a closure back, for example after a mistaken death notice."""
        self.closed_at = self.closure_reason = self.retain_until = None
        self.outbound_stopped = False
        self.enter(stage, now)
        self.happened("case reopened", stage=stage)

    def stop_outbound(self) -> None:
        """Stop every letter, reminder and appointment at once."""
        self.outbound_stopped = True
        self.happened("outbound stopped")

    def audited_case(self) -> UUID | None:
        """The case's own trail."""
        return self.id


def spelled(sectors: Iterable[str]) -> str:
    """Write kinds of organisation as they are kept: each between spaces, so that SQL finds one of them whole."""
    return f" {' '.join(in_order(sectors))} "


class StageEntry(Base):
    """When the case entered a stage."""

    __tablename__ = "stage_entry"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    stage: Mapped[str]
    entered_at: Mapped[datetime]
    case: Mapped[Case] = relationship(back_populates="stages")
