"""Which team looks after a practice's people, as the register says today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.programme import Team
from workflows.casework.staff import StaffMember
from workflows.duties.register import Asking
from workflows.storage import doers, people
from workflows.storage.routes import Route, route_of_case


def route_of(asking: Asking) -> Route:
    """Look the person's practice up in the programme's register."""
    return route_of_case(asking.work.session, asking.case, asking.work.today)


def pool_of(session: Session, role: str, case: Case, team_id: UUID | None, today: date) -> Sequence[StaffMember]:
    """Return the colleagues whose business a case's task is: those who hold the role in its team, and who covers them.

    Before a case has a team they are those of the team that looks after the person's practice; where the register
    names none, those who hold the role in the whole programme, and only where there are none of these, everybody.
    """
    if team_id is not None:
        return people.pool(session, role, case.programme_id, team_id, today)
    route = route_of_case(session, case, today)
    likely = {
        staff.id: staff
        for team in route.teams
        for staff in people.pool(session, role, case.programme_id, taking_over(team), today)
    }
    return (
        tuple(likely.values())
        or people.holders_of_no_team(session, role, case.programme_id, today)
        or people.holders(session, role, case.programme_id, None, today)
    )


def asked_first(
    session: Session, roles: Iterable[str], case: Case, team_id: UUID | None, today: date, but: UUID | None = None
) -> Sequence[StaffMember]:
    """Return who is here today and may know of a case, of the first of these roles that has anybody.

    `but`: somebody who may not do it, as they did the step that another has to look at.
    """
    for role in roles:
        able = [staff for staff in pool_of(session, role, case, team_id, today) if staff.id != but]
        if asked := doers.may_be_asked(session, people.here(session, able, today), case, today):
            return asked
    return ()


def taking_over(team: Team) -> UUID:
    """Return the team that does a team's work now: itself, or its cover while it takes no cases."""
    return team.cover_team_id if team.suspended and team.cover_team_id else team.id
