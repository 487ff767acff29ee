"""A change of hours or closed days: looked at first, then made, and followed by the dates that it moves."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.access import MANAGERS, Actor, may_manage
from workflows.casework.base import Base, Witnessed, new_id
from workflows.casework.calendars import Content, closed_on, opened_on, read_week, working_from
from workflows.clock import at_london

CLOSE, OPEN, HOURS = "close", "open", "hours"
ASKED, MOVING, DONE = "asked", "moving", "done"


class CalendarChange(Base, Witnessed):
    """What somebody wants to change in the calendar of a programme or of one of its teams, and how far it is."""

    __tablename__ = "calendar_change"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"), index=True)
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    kind: Mapped[str]  # close, open (a closed day after all), hours
    first: Mapped[date]  # the day, or the first day of the hours
    why: Mapped[str] = mapped_column(default="")
    week: Mapped[list[Any] | None]  # the hours; none: those of the programme
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    asked_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default=ASKED, index=True)  # asked, moving, done
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    last_case_id: Mapped[UUID | None]  # up to which case its dates are moved
    moved: Mapped[int] = mapped_column(default=0)  # dates, so far
    failed: Mapped[list[str]] = mapped_column(default=list)  # numbers of the cases whose dates could not be moved

    @property
    def begins(self) -> datetime:
        """The instant from which on it counts: what falls due before it is not touched."""
        return at_london(self.first, time.min)

    def put_into(self, content: Content) -> Content:
        """Return what a programme or a team keeps, with this change."""
        if self.kind == CLOSE:
            return closed_on(content, self.first, self.why)
        if self.kind == OPEN:
            return opened_on(content, self.first)
        return working_from(content, self.first, read_week(self.week) if self.week else None)

    def confirm(self, now: datetime) -> None:
        """Let the dates follow: whoever asked has seen which would move."""
        self.status, self.confirmed_at = MOVING, now
        self.happened("calendar change confirmed", kind=self.kind, first=self.first.isoformat())

    def went_through(self, case_id: UUID, moved: int) -> None:
        """Note that the dates of a case have followed."""
        self.last_case_id, self.moved = case_id, self.moved + moved
        self.happened("calendar change followed in a case", moved=moved)

    def passed_over(self, case_id: UUID, number: str) -> None:
        """Note that the dates of a case could not be moved; the others follow."""
        self.last_case_id, self.failed = case_id, [*self.failed, number]
        self.happened("calendar change not followed in a case", number=number)

    def finish(self, now: datetime) -> None:
        """Note that every date has followed."""
        self.status, self.ended_at = DONE, now
        self.happened("calendar change followed", moved=self.moved)

    def errand(self, now: datetime, changed: Collection[str]) -> str | None:
        """Once it is confirmed the dates wait to follow."""
        return "move_dates" if self.status == MOVING and "status" in changed else None


def may_change_calendar(actor: Actor, programme_id: UUID, team_id: UUID | None) -> bool:
    """Say whether the actor changes hours and closed days: of a whole programme, or as the manager of this team."""
    if may_manage(actor, programme_id):
        return True
    posts = (one for one in actor.posts if one.role in MANAGERS and one.programme_id == programme_id)
    return team_id is not None and any(one.team_id in (None, team_id) for one in posts)
