"""The agenda of a meeting, sent round: how often it was, and to whom it goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.access import PERMISSIONS
from workflows.casework.agenda import AgendaRound
from workflows.casework.programme import Team
from workflows.casework.staff import StaffMember
from workflows.storage import people

# A manager of the whole programme reads the agendas where they stand.
TAKE_PART = tuple(sorted(PERMISSIONS["agenda.see"] - {"service_manager"}))


def last_round(session: Session, team_id: UUID, met_on: date) -> AgendaRound | None:
    """Return the last time that the agenda of a meeting was sent round; None: never yet."""
    query = select(AgendaRound).where(AgendaRound.team_id == team_id, AgendaRound.met_on == met_on)
    return session.scalars(query.order_by(AgendaRound.turn.desc()).limit(1)).first()


def taking_part(session: Session, team: Team, today: date) -> Sequence[StaffMember]:
    """Return who takes part in the meetings of a team and is not on leave, each once."""
    held = (people.holders(session, role, team.programme_id, team.id, today) for role in TAKE_PART)
    return people.here(session, dict.fromkeys(one for some in held for one in some), today)
