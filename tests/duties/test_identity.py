"""Two records are one person only where two people say so of the same record, and it can be taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from workflows.actions import messages
from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused, NotAllowed, RuleBroken
from workflows.casework.notice import Letter
from workflows.casework.person import IdentityJoin, Person
from workflows.questions import messages as asked

ONE, OTHER = "ACM-000001", "ACM-000002"
TWIN = {"family_name": "Twin", "dob": "1950-05-05"}
UNNUMBERED = {"nhs_available": "no", "nhs_number": None, "nhs_number_reason": "Not on the letter"}


def twins_and_a_third(town: Town) -> str:
    """Anna and Berta are known; then somebody refers a Berta without her NHS number."""
    town.refer(**TWIN, given_name="Anna")
    town.refer(**TWIN, given_name="Berta", nhs_number="999 000 1383")
    return town.refer(**TWIN, **UNNUMBERED, given_name="Berta", question="Third")


def keys(town: Town, number: str) -> list[str]:
    return [task.key for task in town.open_tasks(number)]


def test_the_named_record_is_joined_and_only_when_a_second_person_names_it_too(town: Town) -> None:
    number = str(town.once(twins_and_a_third))
    town.do(number, "check_identity", decision="same", matched_record=OTHER)
    assert keys(town, number) == ["check_identity_again"]
    with pytest.raises(RuleBroken, match="another record"):
        town.do(number, "check_identity_again", decision="same", matched_record=ONE)
    town.do(number, "check_identity_again", decision="same", matched_record=OTHER)
    assert town.case(number).person_id == town.case(OTHER).person_id


def test_which_of_several_records_is_meant_has_to_be_said(town: Town) -> None:
    number = str(town.once(twins_and_a_third))
    with pytest.raises(AnswersRefused):
        town.do(number, "check_identity", decision="same", matched_record=None)


def test_whoever_asked_for_help_says_what_they_think_now_before_records_are_joined(town: Town) -> None:
    number = str(town.once(twins_and_a_third))
    town.do(number, "check_identity", decision="need_help")
    town.do(number, "check_identity_again", decision="same", matched_record=OTHER)
    assert keys(town, number) == ["check_identity"]


@pytest.mark.both_databases
def test_what_the_referral_said_of_the_person_is_kept_when_it_is_joined(town: Town) -> None:
    number = str(town.once(twins_and_a_third))
    town.do(number, "check_identity", decision="same", matched_record=OTHER)
    town.do(number, "check_identity_again", decision="same", matched_record=OTHER)
    joined = town.ask(lambda s: s.scalars(select(IdentityJoin)).one())
    kept = town.ask(lambda s: s.get(Person, joined.set_aside_id))
    assert (kept.given_name, kept.family_name, kept.confirmed) == ("Berta", "Twin", False)


def joined_wrongly(town: Town) -> str:
    number = twins_and_a_third(town)
    for look in ("check_identity", "check_identity_again"):
        town.do(number, look, decision="same", matched_record=ONE)
    town.do(ONE, "look_at_new_information", tell_referrer="yes")
    town.press(ONE, "somebody_else", "Ifeoma", which=number, how_known="They are twins")
    return number


@pytest.mark.both_databases
def test_a_wrong_join_is_taken_back_when_another_person_agrees(town: Town) -> None:
    number = str(town.once(joined_wrongly))
    first, second = (town.office.desk(town.who(name)) for name in ("Ifeoma", "Adaeze"))
    waiting = asked.parked(first).rows[0]
    with pytest.raises(NotAllowed, match="Somebody else"):
        messages.settle(first, waiting.id, "I looked again", agrees=True)
    assert town.case(number).person_id == town.case(ONE).person_id
    assert messages.settle(second, waiting.id, "Phoned the practice", agrees=True)
    own = town.case(number).person
    assert own.id not in {town.case(ONE).person_id, town.case(OTHER).person_id}
    assert (own.given_name, own.confirmed) == ("Berta", False)
    assert keys(town, number) == ["check_identity"]  # the referral is open again
    letters = select(Letter.template, Letter.status).join(Case).where(Case.number == number).order_by(Letter.id)
    told = town.ask(lambda session: [tuple(row) for row in session.execute(letters)])
    assert told == [("L01", "sent"), ("L13", "overtaken")]


def test_what_was_proposed_instead_is_no_leave_to_separate_two_records(town: Town) -> None:
    number = str(town.once(joined_wrongly))
    first, second = (town.office.desk(town.who(name)) for name in ("Ifeoma", "Adaeze"))
    waiting = asked.parked(first).rows[0]
    assert not messages.settle(second, waiting.id, "Leave it: she was married twice")
    assert messages.settle(first, waiting.id, "You are right", agrees=True)
    assert town.case(number).person_id == town.case(ONE).person_id
