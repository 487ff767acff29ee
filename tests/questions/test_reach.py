"""What a list leaves out in SQL is exactly what `casework.access` would refuse row by row."""

from __future__ import annotations

from itertools import product
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders.small_town import SmallTown
from workflows.assembly import Office
from workflows.casework import access
from workflows.casework.access import Actor, Post
from workflows.casework.case import Case
from workflows.casework.programme import Programme, Team
from workflows.casework.task import Task
from workflows.questions import reach
from workflows.storage import cases

SCOPES = ("held_back", "none", "minimum", "care_professionals", "limited", "full")
ROLES = sorted(access.ROLES)


@pytest.fixture
def town(office: Office) -> SmallTown:
    """Two programmes, and cases and tasks of every kind in them."""
    town = SmallTown(office)
    other = Programme(key="mcm", name="Another programme", consent_model="consent", content={})
    other.teams = [Team(key="south", name="South")]
    town.add(other)
    places = [(town.programme_id, team) for team in (None, *town.teams.values())]
    places += [(other.id, None), (other.id, other.teams[0].id)]
    me, colleague = town.staff("Me", "nurse east"), town.staff("Colleague", "nurse east")
    for (programme, team), scope in product(places, SCOPES):
        open_to_me, closed = (town.case(programme_id=programme, team_id=team, sharing_scope=scope) for _ in range(2))
        town.shut_out(closed, me)
        for role, holder in (("nurse", None), ("pharmacist", None), ("nurse", me), ("nurse", colleague)):
            town.task(open_to_me, role=role, assignee_id=holder)
    return town


def posts(town: SmallTown, session: Session) -> st.SearchStrategy[Post]:
    """Any role, in a team, in a whole programme, or in none."""
    teams = session.execute(select(Team.programme_id, Team.id)).all()
    programmes = session.scalars(select(Programme.id)).all()
    places = [(None, None), *((programme, None) for programme in programmes), *((row[0], row[1]) for row in teams)]
    return st.builds(
        lambda role, place: Post(role, place[0], place[1]), st.sampled_from(ROLES), st.sampled_from(places)
    )


def test_sql_and_access_agree_for_whoever_asks(town: SmallTown) -> None:
    with_session = town.office.database.reading()
    me, colleague = _staff(with_session)
    every_case = with_session.scalars(select(Case)).all()
    excluded = {case.id: cases.excluded_staff(with_session, case.id) for case in every_case}
    every_task = with_session.scalars(select(Task)).all()

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(posts(town, with_session), max_size=4), st.sampled_from([me, colleague, None]), st.booleans())
    def agree(held: list[Post], who: UUID | None, covering: bool) -> None:
        actor = Actor(who, "somebody", tuple(held), None, frozenset({colleague} if covering else ()))
        seen = set(with_session.scalars(select(Case.id).where(reach.may_see(actor))))
        assert seen == {
            case.id
            for case in every_case
            if access.may_see_case(actor, case.programme_id, case.team_id, excluded[case.id], case.reach)
        }
        done = set(with_session.scalars(select(Task.id).where(reach.may_do(actor))))
        assert done == {
            task.id
            for task in every_task
            if access.may_do_task(actor, task.role, task.programme_id, task.team_id, task.assignee_id)
        }

        asked = set(with_session.scalars(select(Case.id).where(reach.may_be_asked(actor))))
        assert asked == {case.id for case in every_case if access.may_be_asked(actor, excluded[case.id], case.reach)}

    agree()
    with_session.close()


def _staff(session: Session) -> tuple[UUID, UUID]:
    names = {task.assignee.name: task.assignee.id for task in session.scalars(select(Task)) if task.assignee}
    return names["Me"], names["Colleague"]


def test_nobody_without_a_post_sees_anything(town: SmallTown) -> None:
    session = town.office.database.reading()
    stranger = Actor(None, "nobody")
    assert session.scalars(select(Case.id).where(reach.may_see(stranger))).all() == []
    assert session.scalars(select(Task.id).where(reach.may_do(stranger))).all() == []
    session.close()
