"""Who acts: members of the demonstration's staff, named by (a part of) their name or by their role in the team."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from workflows.assembly import Office
from workflows.casework.access import ROLES, Actor
from workflows.casework.case import Case
from workflows.casework.staff import StaffMember
from workflows.storage import people


class NobodyMeant(LookupError):
    """The scenario names nobody, or more than one person."""


@dataclass(frozen=True)
class Person:
    """A member of staff."""

    id: UUID
    name: str
    email: str


@dataclass(frozen=True)
class Staff:
    """Finds people as a scenario names them."""

    office: Office

    def find(self, who: str, case_number: str = "") -> Person:
        """Return who is meant by a name or, for a case, by a role: the first of its holders by name."""
        return self._by_role(who, case_number) if who in ROLES else self._by_name(who)

    def actor(self, person: Person) -> Actor:
        """Return somebody as an actor with today's posts."""
        desk = self.office.desk()
        with desk.looking() as session:
            return people.actor_for(session, session.get_one(StaffMember, person.id), desk.today)

    def _by_name(self, who: str) -> Person:
        with self.office.desk().looking() as session:
            found = session.scalars(select(StaffMember).where(StaffMember.name.contains(who))).all()
            if len(found) != 1:
                raise NobodyMeant(f"“{who}” means {', '.join(one.name for one in found) or 'nobody'}")
            return Person(found[0].id, found[0].name, found[0].email)

    def _by_role(self, role: str, case_number: str) -> Person:
        desk = self.office.desk()
        with desk.looking() as session:
            case = session.scalars(select(Case).where(Case.number == case_number)).first()
            if case is None:
                raise NobodyMeant(f"“{role}” is a role, but there is no case yet; name somebody")
            found = people.holders(session, role, case.programme_id, case.team_id, desk.today)
            if not found:
                raise NobodyMeant(f"nobody is {role} for {case_number}")
            return Person(found[0].id, found[0].name, found[0].email)
