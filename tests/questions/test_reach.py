"""What a list leaves out in SQL is exactly what `casework.access` would refuse row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from tests.builders.small_town import SmallTown
from workflows.assembly import Office
from workflows.casework import access
from workflows.casework.access import Actor, Circle, Post
from workflows.casework.case import Case
from workflows.casework.consent import ASKED, RECEIVES
from workflows.casework.programme import Programme, Team
from workflows.casework.roles import one_of
from workflows.casework.sectors import SECTOR_NAMES
from workflows.casework.task import Task
from workflows.questions import own_work, reach
from workflows.questions.inbox_filters import Filters
from workflows.questions.inbox_search import numbers_left
from workflows.questions.inbox_views import EVERYTHING, NO_DATE, Glance
from workflows.questions.stuck import doubtful, judged_by_kind, left_behind, stuck
from workflows.storage import alleged, cases, doers

SCOPES = ("held_back", "none", "minimum", "care_professionals", "limited", "full")
# How far a case is shared: with nobody, one kind of organisation, several, the whole team.
SHARED_WITH = ((), ("adult_social_care",), ("gp", "community_health"), ("vcse", "housing"), tuple(SECTOR_NAMES))
ROLES = sorted(access.ROLES)
CARE_ROLES = sorted(access.CARE_ROLES)
# How somebody stands to a case besides their role.
STANDINGS = ("stranger", "excluded", "receives", "asked", "coordinates")
EXAMPLES = 60
# How a concern names colleagues, in the form as it is and as it was.
ALLEGES: tuple[Callable[[list[UUID]], dict[str, Any]], ...] = (
    lambda people: {"alleged_colleagues": [{"colleague": str(one)} for one in people[:2]]},
    lambda people: {"alleged_colleague": str(people[1])},
)
SEVERAL = one_of("gp_lead", "nurse, caldicott")  # who may do one task


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
        for role, holder in (
            ("nurse", None),
            ("pharmacist", None),
            ("nurse", me),
            ("nurse", colleague),
            (SEVERAL, None),
        ):
            town.task(open_to_me, role=role, assignee_id=holder)
    for standing, sectors in product(STANDINGS, SHARED_WITH):
        shared = town.case(team_id=town.teams["east"], sharing_scope="limited", sectors=sectors)
        stands(town, shared, me, standing)
        town.task(shared, role="social_worker")
    return town


def stands(town: SmallTown, case_id: UUID, staff_id: UUID, standing: str) -> None:
    """Let somebody stand to a case in one of these ways."""
    if standing == "excluded":
        town.shut_out(case_id, staff_id)
    elif standing in (RECEIVES, ASKED):
        town.name_in_override(case_id, staff_id, standing)
    elif standing == "coordinates":
        session = town.session()
        session.get_one(Case, case_id).coordinator_id = staff_id
        session.commit()
        session.close()


def posts(town: SmallTown, session: Session) -> st.SearchStrategy[Post]:
    """Any role, in a team, in a whole programme, or in none."""
    teams = session.execute(select(Team.programme_id, Team.id)).all()
    programmes = session.scalars(select(Programme.id)).all()
    places = [(None, None), *((programme, None) for programme in programmes), *((row[0], row[1]) for row in teams)]
    return st.builds(
        lambda role, place: Post(role, place[0], place[1]), st.sampled_from(ROLES), st.sampled_from(places)
    )


@dataclass(frozen=True)
class Twins:
    """Both ways of saying who may see what, over everything that there is."""

    session: Session
    cases: list[Case]
    tasks: list[Task]
    circles: dict[UUID, Circle]

    def agree_on_cases(self, said: ColumnElement[bool], allowed: Callable[[Case, Circle], bool]) -> None:
        listed, left_out = (set(self.session.scalars(select(Case.id).where(one))) for one in (said, ~said))
        assert listed == {case.id for case in self.cases if allowed(case, self.circles[case.id])}
        assert left_out == {case.id for case in self.cases} - listed

    def agree_on_tasks(self, said: ColumnElement[bool], allowed: Callable[[Task], bool]) -> None:
        query = select(Task.id).join(Case, Case.id == Task.case_id)
        listed, left_out = (set(self.session.scalars(query.where(one))) for one in (said, ~said))
        assert listed == {task.id for task in self.tasks if allowed(task)}
        assert left_out == {task.id for task in self.tasks} - listed

    def agree(self, actor: Actor) -> None:
        self.agree_on_cases(
            reach.may_see(actor),
            lambda case, circle: access.may_see_case(actor, case.programme_id, case.team_id, circle),
        )
        self.agree_on_cases(
            reach.works_on(actor),
            lambda case, circle: access.works_on_case(actor, case.programme_id, case.team_id, circle),
        )
        self.agree_on_cases(
            reach.may_be_asked(actor), lambda case, circle: access.may_be_asked(actor, case.programme_id, circle)
        )

        def does(task: Task) -> bool:
            return access.may_do_task(actor, task.role, task.programme_id, task.team_id, task.assignee_id)

        self.agree_on_tasks(reach.may_do(actor), does)
        self.agree_on_tasks(reach.may_see_task(actor), lambda task: self.sees(actor, task))
        self.agree_on_tasks(
            own_work.work_of(actor),
            lambda task: task.open and does(task) and (task.assignee_id or not self.circles[task.case_id].held_back),
        )
        theirs = and_(own_work.work_of(actor), own_work.may_see(actor))
        self.agree_on_tasks(theirs, lambda task: task.open and does(task) and self.sees(actor, task))
        looked_through = numbers_left(self.session, EVERYTHING, Glance(actor, NO_DATE), Filters(), NO_DATE)
        assert looked_through == (0, len([task for task in self.tasks if task.open and self.sees(actor, task)]))

    def sees(self, actor: Actor, task: Task) -> bool:
        """The whole of a case's tasks for a colleague, one's own for whoever is shown a part or asked one thing."""
        programme, team, circle = task.case.programme_id, task.case.team_id, self.circles[task.case_id]
        theirs = access.may_do_task(actor, task.role, task.programme_id, task.team_id, task.assignee_id)
        return (
            access.works_on_case(actor, programme, team, circle)
            or (theirs and access.may_see_case(actor, programme, team, circle))
            or (theirs and task.open and access.may_be_asked(actor, programme, circle))
        )


@pytest.fixture
def twins(town: SmallTown) -> Twins:
    session = town.office.database.reading()
    every_case = list(session.scalars(select(Case)))
    every_task = list(session.scalars(select(Task)))
    circles = {case.id: cases.circle_of(session, case) for case in every_case}
    return Twins(session, every_case, every_task, circles)


def test_sql_and_access_agree_for_whoever_asks(town: SmallTown, twins: Twins) -> None:
    me, colleague = _staff(twins.session)

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(posts(town, twins.session), max_size=4),
        st.sampled_from([me, colleague, None]),
        st.sampled_from([None, me, colleague]),
        st.sampled_from(["", "", *SECTOR_NAMES]),
    )
    def agree(held: list[Post], who: UUID | None, covered: UUID | None, works_for: str) -> None:
        covers = frozenset[UUID]() if covered is None else frozenset({covered})
        twins.agree(Actor(who, "somebody", tuple(held), None, covers, works_for))

    agree()
    twins.session.close()


def test_they_agree_for_every_role_standing_and_way_of_sharing(twins: Twins, town: SmallTown) -> None:
    me, _ = _staff(twins.session)
    places = [Post(role, town.programme_id, team) for role in CARE_ROLES for team in (None, *town.teams.values())]
    for post, works_for in product(places, ("", "housing")):
        twins.agree(Actor(me, "Me", (post,), None, frozenset(), works_for))
        twins.agree(Actor(None, "a cover", (post,), None, frozenset({me}), works_for))
    twins.session.close()


def second_look(town: SmallTown, case: UUID, who: UUID, number: int, key: str = "request") -> dict[str, Any]:
    """Now and then a second person has to look at what this one did."""
    if number % 5:
        return {}
    town.task(case, key=key, status="completed", ended_by_id=who, ended_at=town.now)
    return {"properties": {"not_by": key}}


def test_sql_and_the_list_of_doers_agree_on_what_nobody_can_do(office: Office) -> None:
    town = SmallTown(office)
    people = [
        town.staff("Nurse", "nurse east", "care_coordinator east"),
        town.staff("Social Worker", "social_worker east", "care_coordinator east"),
        town.staff("Key Worker", "care_coordinator east"),
        town.staff("Partner", "vcse_partner east"),
        town.staff("Housing Officer", "vcse_partner east", works_for="housing"),
        town.staff("Manager", "team_manager east"),
        town.staff("Elsewhere", "nurse north", "pharmacist"),
    ]
    for away, cover in ((people[0], people[6]), (people[1], people[2]), (people[3], None)):
        town.on_leave(away, cover)
    held = (None, *people)
    kinds = product(STANDINGS, SHARED_WITH, (people[0], people[1]))
    for number, (standing, sectors, whom) in enumerate(kinds):
        scope = "held_back" if number % 13 == 0 else "limited"
        case = town.case(sharing_scope=scope, sectors=sectors)
        stands(town, case, whom, standing)
        for role in ("nurse", "social_worker", "care_coordinator", "vcse_partner", "pharmacist", "team_manager"):
            town.task(
                case,
                role=role,
                assignee_id=held[number % len(held)] if role == "nurse" else None,
                **(second_look(town, case, people[1], number, "release") if role == "social_worker" else {}),
            )
        for role in (",care_coordinator,nurse,", "pharmacist"):
            its = {"escalation": "SA"[number % 2], "due": f"+{number % 9}d"} | second_look(
                town, case, people[2], number
            )
            town.task(case, role=role, assignee_id=people[number % 4], **its)
        if number % 3 == 0:  # a concern about two of them, or about one on the form as it was
            town.paper(case, "F23", ALLEGES[number % 2](people))
            for role, its in (("nurse", {"form_key": "F23b"}), ("social_worker", {"key": "settle_safeguarding"})):
                town.task(case, role=role, **its)
    with office.desk().looking() as session:
        today = office.desk().today
        said = set(session.scalars(select(Task.id).join(Case, Case.id == Task.case_id).where(stuck(today))))
        tasks = session.scalars(select(Task)).all()
        assert said == {task.id for task in tasks if doers.stuck(session, task, today)}
        left = session.scalars(select(Task.id).join(Case, Case.id == Task.case_id).where(left_behind(today))).all()
        assert set(left) == {task.id for task in tasks if doers.left_behind(session, task, today)}
        assert {task.escalation for task in tasks if task.id in left} >= {"S", "A"}
        by_kind = select(Task.id).join(Case, Case.id == Task.case_id)
        for one in sorted(said)[::6]:  # alone among all that somebody can do: those of its kind are none of these
            beside = Task.id.in_([one, *(task.id for task in tasks if task.id not in said)])
            assert session.scalars(by_kind.where(judged_by_kind(session, [beside], today))).all() == [one]
        judged = judged_by_kind(session, doubtful(session, [(town.programme_id,)], today), today)
        known = {task.id for task in tasks if task.case.sharing_scope != "held_back"}  # of the others nobody may know
        assert set(session.scalars(by_kind.where(judged))) == said & known
        assert 0 < len(said) < len(tasks)
        assert _kept_from(session, people[0]) <= said  # nobody else is a nurse there


def _kept_from(session: Session, nurse: UUID) -> set[UUID]:
    tasks = session.scalars(select(Task).where(Task.role == "nurse"))
    kept = {task.id for task in tasks if alleged.is_kept_from(session, task, nurse)}
    assert kept
    return kept


def _staff(session: Session) -> tuple[UUID, UUID]:
    names = {task.assignee.name: task.assignee.id for task in session.scalars(select(Task)) if task.assignee}
    return names["Me"], names["Colleague"]


def test_nobody_without_a_post_sees_anything(town: SmallTown) -> None:
    session = town.office.database.reading()
    stranger = Actor(None, "nobody")
    assert session.scalars(select(Case.id).where(reach.may_see(stranger))).all() == []
    assert session.scalars(select(Task.id).where(reach.may_do(stranger))).all() == []
    session.close()
