"""Who is on duty on which days: whom the ladders tell of what cannot wait, named for a team or a whole programme."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.casework.access import PERMISSIONS, Actor
from workflows.casework.base import Base, Witnessed, new_id
from workflows.casework.dated import in_force
from workflows.casework.staff import StaffMember

# Who can judge what is urgent about somebody’s health: without such a role nobody is on duty.
CLINICAL = ("triage", "gp_lead", "nurse", "pharmacist", "mh_practitioner", "therapist")
WHERE_NOBODY_IS = ("triage", "gp_lead")  # DOMAIN 8.3: whoever acknowledges what is urgent
KEEPERS = PERMISSIONS["rota.keep"]


class DutyDays(Base, Witnessed):
    """Days (both included) on which somebody is on duty: for a team or, without one, for the whole programme."""

    __tablename__ = "duty_days"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"), index=True)
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    staff: Mapped[StaffMember] = relationship(lazy="joined")

    def counts_on(self, day: date) -> bool:
        """Say whether the day is one of them."""
        return in_force(self.first_day, self.last_day, day)

    def end(self, last_day: date) -> None:
        """Let them end earlier; the days before stay in the record."""
        self.last_day = last_day
        self.happened("duty days ended", of=self.staff.name, last_day=last_day.isoformat())

    def able_on(self, day: date) -> bool:
        """Say whether whoever is named can be on duty on a day: they may have left, or lost their role here."""
        return may_be_on_duty(self.staff, self.programme_id, self.team_id, day)

    def left_on(self, today: date) -> bool:
        """Say whether they want somebody else: on the first or the last day to come whoever is named cannot be."""
        return not (self.able_on(max(self.first_day, today)) and self.able_on(self.last_day))


def may_keep_rota(actor: Actor, programme_id: UUID, team_id: UUID | None) -> bool:
    """Say whether the actor says who is on duty: a manager or coordinator of the team, or of the whole programme."""
    posts = (post for post in actor.posts if post.role in KEEPERS and post.programme_id == programme_id)
    return any(post.team_id in (None, team_id) for post in posts)


def may_be_on_duty(staff: StaffMember, programme_id: UUID, team_id: UUID | None, day: date) -> bool:
    """Say whether somebody can be on duty on a day: with an account in use and a clinical role there."""
    held = (post for post in staff.posts_on(day) if post.role in CLINICAL and post.programme_id == programme_id)
    return staff.active and any(team_id is None or post.team_id in (None, team_id) for post in held)


def named_for(rota: Iterable[DutyDays], teams: Collection[UUID | None], day: date) -> list[DutyDays]:
    """Return what a rota says of a day: of these teams or, where it names nobody for them, of the whole programme."""
    of_teams, of_all = by_place(rota, teams, day)
    return of_teams or of_all


def by_place(
    rota: Iterable[DutyDays], teams: Collection[UUID | None], day: date
) -> tuple[list[DutyDays], list[DutyDays]]:
    """Return what a rota says of a day, of these teams and of the whole programme."""
    today = [one for one in rota if one.counts_on(day)]
    return [one for one in today if one.team_id in teams], [one for one in today if one.team_id is None]
