"""What is overdue: of which kind, since how many working days, and how much of it there was at the end of each week."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.base import Base, new_id
from workflows.casework.ladder import REVIEW, SAFETY
from workflows.clock import at_london, london_day
from workflows.working_time import Calendar, Duration, Unit

# The classes of escalation, the gravest first; a review climbs a ladder of its own, unless its class is safety.
KINDS = (SAFETY, "A", REVIEW, "B", "C")
REVIEW_STEP = "review_person"
AGES = {0: "today", 1: "1-2", 3: "3-5", 6: "6-10", 11: "11-"}  # from how many working days on: as an address says it
LONGEST_LATE = 10  # working days: a review that is later stands in the report of exceptions


def late_before(calendar: Calendar, now: datetime, days: int) -> datetime:
    """The instant before which a task was due that is now late by at least so many working days; at least one."""
    tomorrow = at_london(london_day(now) + timedelta(days=1), time(12))
    return at_london(london_day(calendar.before(tomorrow, Duration(days, Unit.WORKING_DAYS))), time(0))


def end_of_week(sunday: date) -> datetime:
    """Midnight in London at the end of a Sunday."""
    return at_london(sunday + timedelta(days=1), time(0))


def last_sundays(today: date, weeks: int) -> tuple[date, ...]:
    """The Sundays with which the last so many whole weeks ended, the oldest first."""
    last = today - timedelta(days=today.weekday() + 1)
    return tuple(last - timedelta(weeks=ago) for ago in reversed(range(weeks)))


class OverdueWeek(Base):
    """How many tasks of one kind were overdue in one place when a week ended, at midnight after its Sunday."""

    __tablename__ = "overdue_week"
    __table_args__ = (UniqueConstraint("week", "place_id", "kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    week: Mapped[date]  # its Sunday
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"))
    place_id: Mapped[UUID]  # a team, or its programme for cases that have no team yet
    kind: Mapped[str]
    tasks: Mapped[int]
    reckoned: Mapped[bool] = mapped_column(default=False)  # not at that midnight but later, from what tasks say now
