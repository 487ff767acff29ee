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
        return _of_team(session, role, case, team_id, today)
    route = route_of_case(session, case, today)
    likely = {
        staff.id: staff for team in route.teams for staff in _of_team(session, role, case, taking_over(team), today)
    }
    everybody = people.holders(session, role, case.programme_id, None, today)
    whole = [staff for staff in everybody if _in_whole_programme(staff, role, case.programme_id, today)]
    return tuple(likely.values()) or whole or everybody


def _of_team(session: Session, role: str, case: Case, team_id: UUID, today: date) -> Sequence[StaffMember]:
    place = (role, case.programme_id, team_id, today)
    return tuple(dict.fromkeys((*people.holders(session, *place), *people.standing_in(session, *place))))


def asked_first(
    session: Session, roles: Iterable[str], case: Case, team_id: UUID | None, today: date, but: UUID | None = None
) -> Sequence[StaffMember]:
    """Return who is here today and may know of a case, of the first of these roles that has anybody.

    `but`: somebody who may not do it, as they did the step that another has to look at.
    """
    for role in roles:
        pool = pool_of(session, role, case, team_id, today)
        here = [staff for staff in pool if staff.id != but and not people.absent(session, staff.id, today)]
        if asked := doers.may_be_asked(session, here, case, today):
            return asked
    return ()


def taking_over(team: Team) -> UUID:
    """Return the team that does a team's work now: itself, or its cover while it takes no cases."""
    return team.cover_team_id if team.suspended and team.cover_team_id else team.id


def _in_whole_programme(staff: StaffMember, role: str, programme_id: UUID, today: date) -> bool:
    posts = (post for post in staff.posts_on(today) if post.role == role and post.programme_id == programme_id)
    return any(post.team_id is None for post in posts)
