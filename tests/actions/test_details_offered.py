"""What a referral says about somebody we know changes their record only when somebody of the team says so."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tests.actions.test_referred_again import acts, again, an_open_case, close, from_outside, open_keys, papers
from tests.builders.walked_case import Town
from tests.builders.ways_in import a_message
from workflows.actions import messages
from workflows.actions.amending import amend_document
from workflows.actions.told_answers import as_typed
from workflows.casework.message import Message
from workflows.casework.notice import Letter
from workflows.casework.person import Person
from workflows.questions.addressee import addressee_of
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


NEW_HOME = {"address": "99 New Street", "postcode": "M1 1AA"}


def test_a_message_about_a_move_offers_the_new_home(town: Town) -> None:
    number = an_open_case(town)
    told = messages.receive(town.office.desk(), a_message("moved", payload={"practice": "ZZ004", **NEW_HOME}))
    assert told.status == "delivered", told.parked_why
    assert person_of(town, number).practice_code == "ZZ004"
    assert person_of(town, number).details["address"] != "99 New Street"
    town.do(number, "compare_details", take_over=["address"], checked_with=["person"])
    assert person_of(town, number).details["address"] == "99 New Street"


def test_a_message_with_a_new_home_and_no_practice_is_not_put_aside(town: Town) -> None:
    number = an_open_case(town)
    told = messages.receive(town.office.desk(), a_message("moved", payload=NEW_HOME))
    assert told.status == "delivered", told.parked_why
    assert "compare_details" in open_keys(town, number)
    alone = messages.receive(town.office.desk(), a_message("moved", payload={"postcode": "M1 1AA"}))
    assert alone.status == "parked"  # with it the old street would go


def test_changed_details_are_written_down_and_another_practice_may_mean_another_team(town: Town) -> None:
    number = an_open_case(town)
    town.press(number, "details", "Siobhan", **NEW_HOME, gp_practice="ZZ001")
    assert person_of(town, number).practice_code == "ZZ003"
    town.do(number, "compare_details", take_over=["address", "gp_practice"], checked_with=["person"])
    now = person_of(town, number)
    assert (now.details["address"], now.details["postcode"], now.practice_code) == ("99 New Street", "M1 1AA", "ZZ001")
    assert "prepare_transfer" in open_keys(town, number)


def test_a_correction_of_the_referral_offers_what_it_puts_right(town: Town) -> None:
    number = an_open_case(town)
    (referral,) = papers(town, number, "F01")
    desk = town.office.desk(town.who("Siobhan"))
    said = as_typed(desk.forms.form("F01"), {**referral.answers, "phone": "0161 496 0999", "dob": "1941-03-28"})
    amend_document(desk, referral.id, said, "Typing mistake")
    town.do(number, "compare_details", take_over=["phone", "dob"], checked_with=["person"])
    now = person_of(town, number)
    assert (now.details["phone"], str(now.dob)) == ("0161 496 0999", "1941-03-28")


def test_where_somebody_moved_to_is_where_their_letters_go(town: Town) -> None:
    number = an_open_case(town)
    town.press(number, "moved", "Siobhan", new_address="7 Far Road", new_postcode="LS1 1AA", handover_consent="no")
    town.do(number, "confirm_move", new_address="7 Far Road", new_postcode="LS1 1AA", handover_consent="no")
    details = person_of(town, number).details
    assert (details["address"], details["postcode"]) == ("7 Far Road", "LS1 1AA")


def test_a_change_of_carer_that_two_people_agreed_on_is_offered_and_letters_go_to_the_new_one(town: Town) -> None:
    number = an_open_case(town)
    told = a_message("carer_changed", payload={"name": "Ruth Hale", "relationship": "Daughter", "lives_with": "yes"})
    kept = messages.receive(town.office.desk(), told)
    assert kept.status == "parked"
    (message,) = town.ask(lambda session: session.scalars(select(Message.id)).all())
    messages.settle(town.office.desk(town.who("Ifeoma")), message, "Ruth it is: she rang.")
    messages.settle(town.office.desk(town.who("Adaeze")), message, "Yes.", agrees=True)
    town.do(number, "compare_details", take_over=["carer"], checked_with=["person"])
    assert person_of(town, number).details["carer"]["name"] == "Ruth Hale"
    letter = Letter(recipient="carer")
    to = town.ask(lambda session: addressee_of(session, town.case(number), letter).name)
    assert to == ("Ruth Hale",)


def test_what_is_new_stands_above_the_form_that_compares_it(town: Town) -> None:
    number = an_open_case(town)
    town.press(number, "details", "Ifeoma", told_by="Her sister Joan", address="3 New Row")
    task = next(task for task in town.open_tasks(number) if task.key == "compare_details")
    (paper,) = known_for(town.office.desk(town.who("Ifeoma")), task.id).earlier
    assert "Her sister Joan" in [row.text for section in paper.sections for row in section.rows]
