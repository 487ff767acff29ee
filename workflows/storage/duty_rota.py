"""Finding who is on duty: whom the rota names on a day or, while they are away, whoever covers for them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.duty_rota import CLINICAL, DutyDays, by_place
from workflows.casework.staff import StaffMember
from workflows.storage import doers, people


def rota_of(session: Session, programme_id: UUID, first: date, last: date) -> Sequence[DutyDays]:
    """Return the duty days of a programme and of its teams that share a day with these, the first first."""
    shared = (DutyDays.programme_id == programme_id, DutyDays.first_day <= last, DutyDays.last_day >= first)
    return session.scalars(select(DutyDays).where(*shared).order_by(DutyDays.first_day, DutyDays.id)).all()


def on_duty(
    session: Session, programme_id: UUID, teams: Collection[UUID | None], day: date
) -> Iterator[list[StaffMember]]:
    """Yield whom the rota has on duty on a day, who are here: for these teams, then for the whole programme."""
    for named in by_place(rota_of(session, programme_id, day, day), teams, day):
        yield list(dict.fromkeys(staff for duty in named for staff in here_for(session, duty, day)))


def here_for(session: Session, duty: DutyDays, day: date) -> list[StaffMember]:
    """Return who is on duty by these duty days on a day: whoever is named, while they are away a cover who may be."""
    if not duty.able_on(day):
        return []
    if not people.absent(session, duty.staff_id, day):
        return [duty.staff]
    return doers.able_covers(session, duty.staff, (",".join(CLINICAL), duty.programme_id, duty.team_id), day)
