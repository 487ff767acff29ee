"""What a referral says about somebody we know changes their record only when somebody of the team says so."""

from __future__ import annotations

from typing import Any

from tests.actions.test_referred_again import acts, again, an_open_case, close, from_outside, open_keys
from tests.builders.walked_case import Town
from workflows.casework.person import Person
from workflows.questions.known import known_for
from workflows.questions.task_form import task_form

ELSEWHERE = {"address": "12 High Street", "postcode": "M1 1AA", "phone": "0161 496 0999", "gp_practice": "ZZ002"}


def person_of(town: Town, number: str) -> Person:
    found: Person = town.ask(lambda session: session.get_one(Person, town.case(number).person_id))
    return found


def offered(town: Town, number: str, key: str, reader: str) -> dict[str, tuple[str, str]]:
    """What the form offers to take over: (what the referral says, what the record says) by subject."""
    task = next(task for task in town.open_tasks(number) if task.key == key)
    form = task_form(town.office.desk(town.who(reader)), task.id).form
    questions = {question.id: question for section in form.sections for question in section.fields}
    if "take_over" not in questions:
        return {}
    return {choice.value: (choice.label, choice.hint) for choice in questions["take_over"].choices}


def test_a_stranger_does_not_change_address_phone_or_practice_of_an_open_case(town: Town) -> None:
    number = an_open_case(town)
    before = dict(person_of(town, number).details)
    from_outside(town, **ELSEWHERE)
    assert person_of(town, number).details == before
    assert person_of(town, number).practice_code == "ZZ003"


def test_the_differences_are_shown_and_those_that_are_ticked_count(town: Town) -> None:
    number = an_open_case(town)
    old = person_of(town, number).details["address"]
    from_outside(town, **ELSEWHERE)
    coordinator = next(t for t in town.open_tasks(number) if t.key == "look_at_new_information").assignee
    assert coordinator is not None
    shown = offered(town, number, "look_at_new_information", coordinator.name)
    assert set(shown) == {"address", "phone", "gp_practice"}
    assert shown["address"][0] == "Address: 12 High Street, M1 1AA"
    assert old in shown["address"][1]
    assert "ZZ002" not in shown["gp_practice"][0]
    town.do(number, "look_at_new_information", take_over=["address"], checked_with=["person"])
    now = person_of(town, number)
    assert (now.details["address"], now.details["postcode"]) == ("12 High Street", "M1 1AA")
    assert now.details["phone"] != "0161 496 0999"
    assert now.practice_code == "ZZ003"
    taken: dict[str, Any] = acts(town, number, "details taken over")[0]
    assert (taken["what"], taken["now"]) == ("Address", "12 High Street, M1 1AA")
    assert old in taken["before"]
    assert acts(town, number, "details kept")[0]["what"] == "Phone, GP practice"


def test_somebody_who_comes_back_keeps_their_record_until_it_is_compared(town: Town) -> None:
    number = an_open_case(town)
    close(town, number)
    done = again(town, **ELSEWHERE)
    assert "compare_details" in open_keys(town, done.case_number)
    assert person_of(town, done.case_number).details["address"] != "12 High Street"
    town.do(done.case_number, "compare_details", take_over=["gp_practice", "phone"], checked_with=["practice"])
    now = person_of(town, done.case_number)
    assert (now.practice_code, now.details["phone"]) == ("ZZ002", "0161 496 0999")
    assert now.details["address"] != "12 High Street"


def test_nobody_is_asked_where_nothing_differs(town: Town) -> None:
    number = an_open_case(town)
    close(town, number)
    done = again(town)
    assert open_keys(town, done.case_number) == ["triage_referral"]


def test_whoever_reads_the_news_sees_what_it_says_first(town: Town) -> None:
    number = an_open_case(town)
    again(town, suicidal_now=True, question="What now?")
    task = next(t for t in town.open_tasks(number) if t.key == "look_at_new_information")
    assert task.assignee is not None
    (paper,) = known_for(town.office.desk(town.who(task.assignee.name)), task.id).earlier
    said = {row.text for section in paper.sections for row in section.rows}
    assert "What now?" in said
    assert [row.label for row in paper.sections[0].rows] == ["The person has thoughts of suicide now"]
