"""A parked message is behind the wall of the cases it may be about; and somebody can always settle it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.builders.small_town import PARKED, SmallTown
from tests.builders.ways_in import a_message
from workflows.actions import messages as acts
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.errors import NotFound
from workflows.casework.message import Message
from workflows.casework.notice import Notice
from workflows.casework.person import PersonIdentifier
from workflows.casework.programme import Programme, ProgrammeSetting, Team
from workflows.casework.staff import Membership
from workflows.desk import Desk
from workflows.questions import messages as asked

NUMBER, OTHER_NUMBER = "9990000018", "9990001383"
HERE = ("coordinator east", "coordinator north", "team_manager east", "service_manager")
EAST = {"coordinator east", "team_manager east", "service_manager"}
ELSEWHERE = {"mcm coordinator", "mcm manager"}
EVERYBODY = {*HERE, *ELSEWHERE}
pytestmark = pytest.mark.both_databases


@dataclass
class Place:
    """Two programmes with those who settle messages, each named by their post, and a case of each programme."""

    town: SmallTown
    people: dict[str, UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        other = Programme(key="mcm", name="Another programme", consent_model="consent", content={})
        other.settings = [ProgrammeSetting(key=key, value=value) for key, value in PARKED.items()]
        other.teams = [Team(key="south", name="South")]
        self.town.add(other)
        self.people = {post: self.town.staff(post, post) for post in HERE}
        for name, role, team in (("mcm coordinator", "coordinator", other.teams[0].id), ("mcm manager", MANAGER, None)):
            self.people[name] = self.town.staff(name)
            self.town.add(Membership(staff_id=self.people[name], programme_id=other.id, team_id=team, role=role))
        self.east = self.known(self.town.case(), nhs_number=NUMBER)
        self.south = self.known(
            self.town.case(programme_id=other.id, team_id=other.teams[0].id, family="Smith"),
            nhs_number=OTHER_NUMBER, dob=date(1950, 5, 5),
        )  # fmt: skip

    def known(self, case_id: UUID, **said: Any) -> UUID:
        """The person of a case has these particulars."""
        session = self.town.session()
        person = session.get_one(Case, case_id).person
        for name, value in said.items():
            setattr(person, name, value)
        session.commit()
        session.close()
        return case_id

    def parked(self, kind: str = "urgent_raised", number: str = "", **said: Any) -> UUID:
        """A message that no case took."""
        told = {"dob": date(1930, 1, 1), "payload": {}, **said}
        message = Message.received(a_message(kind, nhs_number=number, **told), self.town.now)
        message.status, message.parked_why = "parked", "Why not."
        self.town.add(message)
        return message.id

    def desk(self, name: str) -> Desk:
        """The desk of one of them."""
        return self.town.desk(self.people[name])

    def whose(self, message_id: UUID) -> set[str]:
        """Who opens it; it stands in their queue, and is counted, and in nobody else's."""
        theirs = {
            name for name in self.people if _finds(lambda at: asked.full_message(at, message_id), self.desk(name))
        }
        for name in self.people:
            queue = [row.id for row in asked.parked(self.desk(name)).rows]
            assert (message_id in queue) == (name in theirs), name
            assert asked.parked_count(self.desk(name)) == len(queue) == asked.parked(self.desk(name)).count
        return theirs


MANAGER = "service_manager"


@pytest.fixture
def place(office: Office) -> Place:
    """Both programmes, with their people."""
    return Place(SmallTown(office))


def _finds(look: Callable[[Desk], Any], desk: Desk) -> bool:
    try:
        look(desk)
    except NotFound:
        return False
    return True


def test_a_message_about_nobody_known_is_for_all_who_settle(place: Place) -> None:
    assert place.whose(place.parked(number="9990002002")) == EVERYBODY


@pytest.mark.parametrize(
    "named",
    [
        {"number": NUMBER},
        {"payload": {"nhs_number": "999 000 0018"}},
        {"payload": {"case_number": "ACM-000001"}},
        {"payload": {"family_name": "KHAN "}, "dob": date(1942, 3, 1)},
        {"payload": {"family_name": "khan", "dob": "1942-03-01"}, "dob": None},
    ],
)
def test_a_message_that_may_mean_a_case_is_for_those_who_see_it(place: Place, named: dict[str, Any]) -> None:
    assert place.whose(place.parked(**named)) == EAST


def test_a_number_that_somebody_had_before_means_them(place: Place) -> None:
    session = place.town.session()
    person = session.get_one(Case, place.east).person
    person.nhs_number = None
    session.add(PersonIdentifier(person_id=person.id, value=NUMBER, known_from=place.town.now))
    session.commit()
    session.close()
    assert place.whose(place.parked(number=NUMBER)) == EAST


def test_a_case_without_a_team_is_looked_after_by_its_programme(place: Place) -> None:
    place.known(place.town.case(team=""), nhs_number="9990002002")
    assert place.whose(place.parked(number="9990002002")) == set(HERE)


def test_a_referral_is_for_the_programme_it_is_made_to(place: Place) -> None:
    assert place.whose(place.parked("referral_received", payload={"programme": "mcm"})) == ELSEWHERE
    assert place.whose(place.parked("referral_received", payload={"programme": "no such"})) == EVERYBODY


def test_whom_the_person_left_out_does_nothing_with_it(place: Place) -> None:
    left_out = "coordinator east"
    place.town.shut_out(place.east, place.people[left_out])
    message_id, desk = place.parked(number=NUMBER), place.desk(left_out)
    assert place.whose(message_id) == EAST - {left_out}
    for act in (
        lambda: acts.note_looked_at(desk, message_id),
        lambda: acts.settle(desk, message_id, "x"),
        lambda: acts.deliver_again(desk, message_id),
    ):
        with pytest.raises(NotFound):
            act()


def test_what_names_cases_of_both_programmes_is_for_whoever_sees_one_of_them(place: Place) -> None:
    both = place.parked(number=NUMBER, payload={"nhs_number": OTHER_NUMBER})
    assert place.whose(both) == EAST | ELSEWHERE


def test_where_the_person_left_all_out_who_see_the_case_it_is_for_others_of_the_programme_then_for_all(
    place: Place,
) -> None:
    for name in EAST:
        place.town.shut_out(place.east, place.people[name])
    message_id = place.parked(number=NUMBER)
    assert place.whose(message_id) == {"coordinator north"}
    place.town.shut_out(place.east, place.people["coordinator north"])
    assert place.whose(message_id) == ELSEWHERE


def test_what_two_settle_is_for_more_where_only_one_sees_the_case(place: Place) -> None:
    for name in EAST - {MANAGER}:
        place.town.shut_out(place.east, place.people[name])
    assert place.whose(place.parked(number=NUMBER)) == {MANAGER}
    assert place.whose(place.parked("merge_identity", number=NUMBER)) == {MANAGER, "coordinator north"}


def test_only_coordinators_whose_message_it_is_hear_of_it_or_else_the_managers(place: Place) -> None:
    def told() -> set[str]:
        with place.town.office.desk().looking() as session:
            return {notice.address.split("@")[0].replace(".", " ") for notice in session.query(Notice)}

    said = a_message("urgent_raised", nhs_number=NUMBER, dob=date(1930, 1, 1))
    acts.receive(place.desk(MANAGER), said)
    assert told() == {"coordinator east"}
    place.town.shut_out(place.east, place.people["coordinator east"])
    acts.receive(place.desk(MANAGER), a_message("urgent_raised", nhs_number=NUMBER, dob=date(1930, 1, 1)))
    assert told() == EAST


def test_why_nobody_took_it_is_told_to_those_whose_message_it_is(place: Place) -> None:
    said = a_message("urgent_raised", nhs_number=NUMBER, dob=date(1930, 1, 1))
    assert "another date of birth" in (acts.receive(place.desk("coordinator east"), said).parked_why or "")
    assert acts.receive(place.desk("mcm coordinator"), said).parked_why == acts.LOOKED_AT


def test_what_no_database_takes_as_a_text_stops_nobody(place: Place) -> None:
    odd = {"note": "a NUL: \0", "case_number": "\0ACM-000001", "family_name": "\0"}
    assert place.whose(place.parked(payload=odd)) == EAST
