"""Which team looks after a practice's people, as the register says today."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from workflows.casework.programme import Practice, Team, in_force
from workflows.duties.papers import answers
from workflows.duties.register import Asking


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


def route_of(asking: Asking) -> Route:
    """Look the person's practice up in the programme's register."""
    code = answers(asking, "F01").get("gp_practice") or asking.case.person.practice_code
    day = asking.work.today
    practice = asking.work.session.scalar(
        select(Practice).where(Practice.programme_id == asking.case.programme_id, Practice.code == code)
    )
    if practice is None:
        return Route("unknown", ())
    if not in_force(practice.valid_from, practice.valid_to, day):
        return Route("closed", ())
    teams = [
        link.team
        for link in practice.teams
        if in_force(link.valid_from, link.valid_to, day) and in_force(link.team.valid_from, link.team.valid_to, day)
    ]
    return Route("found", tuple(sorted(teams, key=lambda team: team.name)))
