"""Who may read a team's downtime pack, and of whom it is therefore silent.

A paper cannot tell its readers apart. So it names only people of whose case each colleague who may read it may know:
all who give care in the team. What is not shared with every one of them is left out, and counted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from workflows.casework.access import (
    CARE_ROLES,
    HELD_BACK,
    INTAKE_ROLES,
    RUNS_THE_CASE,
    Actor,
    Circle,
    Post,
    may_see_case,
    may_see_sensitive,
)
from workflows.casework.case import Case
from workflows.casework.consent import Exclusion
from workflows.casework.sectors import CARE_SECTORS, PARTNER_ROLES
from workflows.casework.staff import Membership, StaffMember
from workflows.casework.task import Task
from workflows.storage import alleged, people

READERS = CARE_ROLES - PARTNER_ROLES


@dataclass(frozen=True)
class Place:
    """A team of a programme, or (without one) what lies with no team of it yet."""

    programme_id: UUID
    programme_key: str
    programme: str
    team_id: UUID | None
    team_key: str
    team: str


def team_manager_of(place: Place) -> Actor:
    """Return whoever puts a pack together: they see every case of the team; whom it names is decided one by one."""
    return Actor(None, "the downtime pack", (Post("team_manager", place.programme_id, place.team_id),))


class OpenTo:
    """Whether everybody who may read a paper may know of a case."""

    def __init__(self, session: Session, place: Place, today: date) -> None:
        self._session, self._place, self._today = session, place, today
        self._readers: list[Actor] = []
        self._excluded: dict[UUID, set[UUID | None]] = {}
        self._naming: frozenset[UUID] = frozenset()

    def look_up(self, case_ids: Collection[UUID]) -> None:
        """Look up who the readers are, which of them these people left out, and which a safeguarding concern names."""
        self._readers = _readers(self._session, self._place, self._today)
        readers = [one.id for one in self._readers if one.id]
        left_out = (Exclusion.ended_at.is_(None), Exclusion.staff_id.in_(readers), Exclusion.case_id.in_(case_ids))
        for case_id, staff_id in self._session.execute(select(Exclusion.case_id, Exclusion.staff_id).where(*left_out)):
            self._excluded.setdefault(case_id, set()).add(staff_id)
        named = or_(false(), *(alleged.names(staff_id) for staff_id in readers))
        self._naming = frozenset(self._session.scalars(select(Case.id).where(Case.id.in_(case_ids), named)))

    def case(self, case: Case) -> bool:
        """Say whether each of them may open the case."""
        circle = Circle(
            sectors=case.sectors,
            carrying=frozenset({case.coordinator_id} if case.coordinator_id else ()),
            excluded=frozenset(one for one in self._excluded.get(case.id, ()) if one),
            held_back=case.sharing_scope == HELD_BACK,
        )
        return bool(self._readers) and all(
            may_see_case(one, case.programme_id, case.team_id, circle) for one in self._readers
        )

    def task(self, task: Task) -> bool:
        """Say the same of a task; what follows a safeguarding concern is on no paper that it names a reader of."""
        kept = alleged.follows_it(task.form_key, task.key) and task.case_id in self._naming
        return self.case(task.case) and not kept

    def whole(self, case: Case) -> bool:
        """Say whether each of them may see all that stands at the head of a case, a safeguarding concern too."""
        return self.case(case) and case.id not in self._naming


def _readers(session: Session, place: Place, today: date) -> list[Actor]:
    """Who may read the paper: colleagues of the team who give care, and who runs its cases; no partner organisation."""
    here = or_(Membership.team_id.is_(None), Membership.team_id == place.team_id)
    query = (
        select(StaffMember)
        .join(Membership)
        .where(
            StaffMember.active.is_(True),
            Membership.programme_id == place.programme_id,
            here,
            Membership.role.in_(READERS),
        )
    )
    found = people.actors(session, session.scalars(query.distinct()).unique().all(), today)
    return [actor for _, actor in found if _may_read(actor, place)]


def _may_read(actor: Actor, place: Place) -> bool:
    here = [post for post in actor.posts if post.programme_id == place.programme_id and _in_place(post, place)]
    gives_care = any(post.role in RUNS_THE_CASE or actor.sectors(post.role) & CARE_SECTORS for post in here)
    return gives_care and may_see_sensitive(actor)


def _in_place(post: Post, place: Place) -> bool:
    if place.team_id is None:
        return post.role in INTAKE_ROLES
    return post.role in READERS and post.team_id in (None, place.team_id)
