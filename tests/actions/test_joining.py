"""Two known records of one person are joined by two people, and one act takes the join back."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from tests.builders.ways_in import a_message
from workflows.actions import messages
from workflows.actions.rehearsal import rehearse
from workflows.casework.audit import AuditEntry
from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused, NotAllowed, RuleBroken
from workflows.casework.message import Message
from workflows.casework.person import Person
from workflows.duties.told_details import in_words
from workflows.questions import messages as asked
from workflows.questions.finding import find_nhs_number
from workflows.questions.same_person import compare
from workflows.storage.message_people import known

ONE, OTHER = "ACM-000001", "ACM-000002"
MAY = {"given_name": "May", "preferred_name": None, "dob": "1950-05-05"}
BEFORE, AFTER = {**MAY, "family_name": "Before"}, {**MAY, "family_name": "After"}
OLD_NUMBER, NEW_NUMBER = "999 000 0018", "999 000 1383"


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def two_records(town: Town) -> None:
    """May Before had a case, which ended; May After, under another NHS number, has one now."""
    town.refer(**BEFORE, nhs_number=OLD_NUMBER)
    town.press(ONE, "withdrawal", "Adaeze")
    town.do(ONE, "confirm_withdrawal")
    town.refer(**AFTER, nhs_number=NEW_NUMBER, question="Second")


def ask(town: Town, by: str = "Ifeoma", **said: Any) -> UUID:
    told = {"other_case": ONE, "keep": "this", "how_known": "The practice knows both names", **said}
    town.press(OTHER, "same_person", by, **told)
    return next(row.id for row in asked.parked(town.office.desk(town.who(by))).rows if row.type == "merge_identity")


def agree(town: Town, message: UUID, by: str = "Adaeze") -> bool:
    return messages.settle(town.office.desk(town.who(by)), message, "Compared both", agrees=True)


def acts(town: Town, number: str) -> list[str]:
    query = select(AuditEntry.act).join(Case, Case.id == AuditEntry.case_id).where(Case.number == number)
    return list(town.ask(lambda session: session.scalars(query).all()))


@pytest.mark.both_databases
def test_two_people_join_two_records_and_one_act_takes_it_back(town: Town) -> None:
    town.once(two_records)
    given_up = town.case(ONE).person_id
    message = ask(town)
    with pytest.raises(NotAllowed, match="Somebody else"):
        agree(town, message, "Ifeoma")
    assert town.case(ONE).person_id == given_up
    assert agree(town, message)
    assert town.case(ONE).person_id == town.case(OTHER).person_id
    assert town.case(OTHER).previous_case_id == town.case(ONE).id
    assert "records joined" in acts(town, ONE)
    assert "records joined" in acts(town, OTHER)
    set_aside = town.ask(lambda session: session.get_one(Person, given_up))
    assert (set_aside.confirmed, set_aside.family_name) == (False, "Before")
    town.press(OTHER, "somebody_else", "Ifeoma", which=ONE, how_known="They are sisters")
    back = next(row.id for row in asked.parked(town.office.desk(town.who("Adaeze"))).rows)
    assert agree(town, back)
    assert town.case(ONE).person_id == given_up != town.case(OTHER).person_id
    assert town.case(OTHER).previous_case_id is None
    assert not town.case(ONE).open  # what had ended by itself stays so
    assert town.case(ONE).person.confirmed
    assert "check_what_came" in {task.key for task in town.open_tasks(OTHER)}


@pytest.mark.both_databases
def test_who_asks_by_the_other_number_finds_the_record_that_was_kept(town: Town) -> None:
    town.once(two_records)
    agree(town, ask(town))
    found = find_nhs_number(town.office.desk(town.who("Ifeoma")), OLD_NUMBER.replace(" ", ""))
    assert {row.number for row in found.found} == {ONE, OTHER}
    told = Message.received(
        a_message("person_died", nhs_number=OLD_NUMBER, dob=date(1950, 5, 5)), town.office.clock.now()
    )
    assert town.ask(lambda session: [person.id for person in known(session, told)]) == [town.case(OTHER).person_id]
    number = town.refer(**AFTER, nhs_number=OLD_NUMBER, question="New")
    assert town.case(number).person_id == town.case(OTHER).person_id
    assert town.case(number).closure_reason == "duplicate"


def test_what_the_other_record_says_otherwise_is_put_before_whoever_looks_after_the_case(town: Town) -> None:
    town.once(two_records)
    agree(town, ask(town))
    assert town.case(OTHER).person.family_name == "After"
    town.do(OTHER, "compare_details", take_over=["name"], checked_with=["practice"])
    assert town.case(OTHER).person.family_name == "Before"


def test_two_open_cases_of_one_programme_are_not_joined_and_it_is_said_which(town: Town) -> None:
    town.refer(**BEFORE, nhs_number=OLD_NUMBER)
    town.refer(**AFTER, nhs_number=NEW_NUMBER, question="Second")
    with pytest.raises(AnswersRefused) as refused:
        ask(town)
    assert f"{ONE} and {OTHER}" in refused.value.errors["other_case"]


@pytest.mark.parametrize(
    ("said", "wrong"), [({"other_case": "ACM-999999"}, "no such case"), ({"other_case": OTHER}, "already")]
)
def test_what_cannot_be_joined_is_refused_before_it_is_asked(town: Town, said: dict[str, str], wrong: str) -> None:
    town.once(two_records)
    desk = town.office.desk(town.who("Ifeoma"))
    answers = {"other_case": [said["other_case"]], "keep": ["this"], "how_known": ["Seen"]}
    with pytest.raises(AnswersRefused) as refused:
        rehearse(desk, OTHER, "same_person", answers)
    assert wrong in refused.value.errors["other_case"]


def test_a_death_that_only_one_record_knows_is_settled_first(town: Town) -> None:
    town.once(two_records)
    message = ask(town)
    town.press(ONE, "death", "Adaeze", date="2026-11-15")
    with pytest.raises(RuleBroken, match="died"):
        agree(town, message)


def test_the_message_of_another_system_shows_both_records_and_is_settled_with_the_join(town: Town) -> None:
    town.once(two_records)
    told = a_message("merge_identity", nhs_number=OLD_NUMBER, dob=None, payload={"nhs_number": NEW_NUMBER})
    messages.receive(town.office.desk(), told)
    coordinator = town.office.desk(town.who("Ifeoma"))
    from_outside = asked.parked(coordinator).rows[0].id
    shown = asked.full_message(coordinator, from_outside).compared
    assert shown is not None
    assert (shown.one, shown.other) == (OTHER, ONE)
    ours = ask(town)
    ours = next(row.id for row in asked.parked(coordinator).rows if row.id != from_outside)
    agree(town, ours)
    assert asked.full_message(coordinator, from_outside).settled_how == "The records are joined."


def test_both_records_stand_side_by_side(town: Town) -> None:
    town.once(two_records)
    lines = {line.label: line for line in compare(town.office.desk(town.who("Ifeoma")), OTHER, ONE).lines}
    assert (lines["Name"].one, lines["Name"].other, lines["Name"].differs) == ("May After", "May Before", True)
    assert not lines["Date of birth"].differs
    assert lines["Open cases"].one.startswith(OTHER)
    assert lines["Earlier cases"].other.startswith(ONE)


def test_what_a_record_says_keeps_a_name_and_its_questions_apart(town: Town) -> None:
    form = town.office.desk().forms.form("F01")
    said = {"given_name": "May", "family_name": "After", "preferred_name": "Maisie", "sex_recorded": "female"}
    assert in_words(form, "name", said, {}) == "May After (Maisie)"
    assert in_words(form, "name", {"preferred_name": "Maisie"}, {}) == "Maisie"
    assert in_words(form, "about_person", said | {"pronouns": "she"}, {}) == "Female; Pronouns: she"
    assert in_words(form, "phone", {"phone": "1", "message_safe": "yes"}, {}) == "1; Is it safe to leave a message? Yes"
