"""The agenda of a team's meeting: who reads it, what comes first, what fits, and what was agreed about the overdue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.access import PERMISSIONS, Actor, holds_role
from workflows.casework.base import Base, Witnessed, new_id

# What a case comes to the table as, in the order of the agenda; what is overdue follows after them.
URGENT, PUT_OFF, NEW, AGAIN = "urgent", "put off", "new", "again"
ORDER = (URGENT, PUT_OFF, NEW, AGAIN)


@dataclass(frozen=True)
class Waits:
    """A case that waits for the decision of a meeting, and since when. day: what the invitations said, if any."""

    case_id: UUID
    comes_as: str
    since: datetime
    day: date | None = None


def in_order(cases: Iterable[Waits]) -> list[Waits]:
    """Return cases as an agenda lists them: what is urgent first; of the same kind, who has waited longest."""
    return sorted(cases, key=lambda one: (ORDER.index(one.comes_as), one.since, one.case_id))


def placed(cases: Iterable[Waits], days: Sequence[date], capacity: int) -> Mapping[UUID, date]:
    """Say at which of the coming meetings each case is on the table.

    At that to which people were invited; where nobody was yet, or that day is past, at the first one with room, in
    order. days: the earliest first. A case for which there is no room, or no meeting known, is not among them.
    """
    found: dict[UUID, date] = {}
    room = dict.fromkeys(days, capacity)
    waiting = []
    for one in in_order(cases):
        if one.day in room:
            found[one.case_id] = one.day
            room[one.day] -= 1
        else:
            waiting.append(one)
    for one in waiting:
        day = next((day for day in days if room[day] > 0), None)
        if day is not None:
            found[one.case_id] = day
            room[day] -= 1
    return found


def takes_part(actor: Actor, programme_id: UUID, team_id: UUID) -> bool:
    """Say whether somebody takes part in the meetings of a team and reads what is on their agenda."""
    return any(holds_role(actor, role, programme_id, team_id) for role in sorted(PERMISSIONS["agenda.see"]))


def sends_round(actor: Actor, programme_id: UUID, team_id: UUID) -> bool:
    """Say whether somebody sends the agenda of a team round: who chairs its meetings, or coordinates them."""
    return any(holds_role(actor, role, programme_id, team_id) for role in sorted(PERMISSIONS["agenda.send"]))


class AgendaRound(Base, Witnessed):
    """That the agenda of a team's meeting was sent round: by whom, when, and how much stood on it. `turn` counts."""

    __tablename__ = "agenda_round"
    __table_args__ = (UniqueConstraint("team_id", "met_on", "turn"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"))
    met_on: Mapped[date]
    turn: Mapped[int]
    items: Mapped[int]
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))


class AgendaNote(Base, Witnessed):
    """What a meeting agreed about something overdue that its agenda held: what happens, and until when.

    It ends nothing: the task stays on the agenda until it is done.
    """

    __tablename__ = "agenda_note"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"), index=True)
    met_on: Mapped[date]
    agreed: Mapped[str]
    until: Mapped[date]
    said_at: Mapped[datetime]
    said_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
