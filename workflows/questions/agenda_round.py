"""Whether the agenda of a meeting was sent round, by whom; and of which coming meetings somebody was told so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from workflows.casework.agenda import AgendaRound, sends_round, takes_part
from workflows.casework.programme import Team
from workflows.casework.staff import StaffMember
from workflows.desk import Desk
from workflows.questions.agenda import agenda
from workflows.storage import people
from workflows.storage.rounds_sent import last_round, taking_part


@dataclass(frozen=True)
class Sent:
    """How far an agenda was sent round: how often, the last time by whom; and whether its reader may send it.

    times: 0 where it was not yet. items: how much stood on it for its sender, where that is its reader.
    """

    may: bool
    times: int = 0
    by: str = ""
    at: datetime | None = None
    items: int | None = None


@dataclass(frozen=True)
class ReadyAgenda:
    """An agenda that was sent round and whose meeting is still to come."""

    team_id: UUID
    team: str
    met_on: date
    sent_at: datetime


def sent_round(desk: Desk, team_id: UUID, met_on: date) -> Sent:
    """Return whether the agenda of a meeting was sent round, and whether the actor may send it."""
    with desk.looking() as session:
        team = session.get_one(Team, team_id)
        may = sends_round(desk.actor, team.programme_id, team.id)
        last = last_round(session, team_id, met_on)
        if last is None:
            return Sent(may)
        by = session.get_one(StaffMember, last.sent_by_id)
        return Sent(may, last.turn, by.name, last.sent_at, last.items if by.id == desk.actor.id else None)


def items_for_each(desk: Desk, team_id: UUID) -> Mapping[UUID, int]:
    """Return how much stands on the agenda of a team's next meeting for each who takes part, as each reads it."""
    with desk.looking() as session:
        staff = taking_part(session, session.get_one(Team, team_id), desk.today)
        readers = people.actors(session, staff, desk.today)
    each = {actor.id: actor for actor in (desk.actor, *(actor for _, actor in readers))}
    return {one: agenda(desk.for_actor(actor), team_id).items for one, actor in each.items() if one}


def agendas_ready(desk: Desk) -> Sequence[ReadyAgenda]:
    """Return the agendas of coming meetings that were sent round to those with whom the actor takes part."""
    query = select(AgendaRound, Team).join(Team, Team.id == AgendaRound.team_id).where(AgendaRound.met_on >= desk.today)
    with desk.looking() as session:
        rows = session.execute(query.order_by(AgendaRound.met_on, Team.name, AgendaRound.turn)).all()
        last = {(team.id, sent.met_on): (sent, team) for sent, team in rows}
        return [
            ReadyAgenda(team.id, team.name, sent.met_on, sent.sent_at)
            for sent, team in last.values()
            if takes_part(desk.actor, team.programme_id, team.id)
        ]
