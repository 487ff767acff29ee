"""Which teams look after a practice's people, as the register says on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.programme import Practice, Team
from workflows.storage import cases

REFERRAL = "F01"


@dataclass(frozen=True)
class Route:
    """What the register knows about a practice: found, closed or unknown, and its teams today."""

    practice_status: str
    teams: tuple[Team, ...]

    @property
    def team_state(self) -> str:
        """Whether the (first) team takes cases: active, suspended, or none."""
        if not self.teams:
            return "none"
        return "suspended" if self.teams[0].suspended else "active"


def route_of_case(session: Session, case: Case, day: date) -> Route:
    """Look the practice of a case up in the programme's register.

    Until the referral is accepted its own answer comes first; then the record does, which changes of GP reach.
    """
    paper = None if case.accepted_at else cases.newest_document(session, case.id, REFERRAL)
    told = paper.answers.get("gp_practice") if paper else None
    return route_of_practice(session, case.programme_id, str(told or case.person.practice_code or ""), day)


def route_of_practice(session: Session, programme_id: UUID, code: str, day: date) -> Route:
    """Look a practice up in the programme's register."""
    practice = session.scalar(select(Practice).where(Practice.programme_id == programme_id, Practice.code == code))
    if practice is None:
        return Route("unknown", ())
    if not practice.counts_on(day):
        return Route("closed", ())
    teams = [link.team for link in practice.teams if link.counts_on(day) and link.team.counts_on(day)]
    return Route("found", tuple(sorted(teams, key=lambda team: team.name)))
