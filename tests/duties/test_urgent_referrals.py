"""What a referral tells as urgent is answered by a clinician, whoever the person is and whether we may help or not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from workers.rounds import run_everything
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.notice import Letter
from workflows.clock import LONDON, FixedClock

KNOWN = "ACM-000001"
ACROSS = {"gp_registered": "no", "gp_elsewhere": "other", "gp_practice": None}


def keys(town: Town, number: str) -> list[str]:
    return sorted(task.key for task in town.open_tasks(number))


def papers(town: Town, number: str, form: str) -> list[Document]:
    query = select(Document).join(Case).where(Case.number == number, Document.form_key == form)
    return list(town.ask(lambda session: session.scalars(query.order_by(Document.number)).all()))


def letters(town: Town, number: str) -> list[str]:
    query = select(Letter.template).join(Case, Case.id == Letter.case_id).where(Case.number == number)
    return list(town.ask(lambda session: session.scalars(query).all()))


def unsure(town: Town, **said: Any) -> str:
    """Somebody is known; then a referral with their NHS number and another surname tells of danger."""
    town.refer()
    return town.refer(family_name="Exemplar", question="Second", **{"immediate_danger": True, **said})


def joined(town: Town, number: str) -> None:
    for look in ("check_identity", "check_identity_again"):
        town.do(number, look, decision="same", matched_record=KNOWN)


def answered(town: Town, number: str) -> None:
    town.do(number, "acknowledge_urgent")
    town.do(number, "decide_urgent", decision="same_day_gp")
    town.do(number, "reach_gp_today", taken_on="yes")


@pytest.mark.parametrize(("sign", "danger"), [("immediate_danger", "yes"), ("suicidal_now", "no")])
def test_danger_is_answered_beside_the_question_who_it_is(town: Town, sign: str, danger: str) -> None:
    number = unsure(town, **{"immediate_danger": False, sign: True})
    assert keys(town, number) == ["acknowledge_urgent", "check_identity"]
    (concern,) = papers(town, number, "F22")
    assert concern.answers.get("danger_to_life", "no") == danger
    assert "urgent" in town.case(number).flags
    town.do(number, "check_identity", decision="different")
    assert keys(town, number) == ["acknowledge_urgent", "triage_referral"]


def test_what_was_answered_before_it_was_certain_who_it_is_is_not_raised_again(town: Town) -> None:
    number = unsure(town)
    answered(town, number)
    town.do(number, "check_identity", decision="different")
    assert keys(town, number) == ["triage_referral"]


def test_an_open_concern_comes_along_into_the_open_case_as_it_stands(town: Town) -> None:
    number = unsure(town)
    town.do(number, "acknowledge_urgent")
    before = next(task for task in town.open_tasks(number) if task.key == "decide_urgent")
    joined(town, number)
    assert (keys(town, number), town.case(number).closure_reason) == ([], "duplicate")
    after = next(task for task in town.open_tasks(KNOWN) if task.key == "decide_urgent")
    assert (after.id, after.due_at) == (before.id, before.due_at)
    assert "urgent" in town.case(KNOWN).flags
    assert "acknowledge_urgent" not in keys(town, KNOWN)
    (concern,) = papers(town, KNOWN, "F22")
    assert str(after.variables["document_id"]) == concern.id.hex
    assert [len(papers(town, where, "F22b")) for where in (number, KNOWN)] == [0, 1]
    town.do(KNOWN, "decide_urgent", decision="same_day_gp")
    town.do(KNOWN, "reach_gp_today", taken_on="yes")
    assert "urgent" not in town.case(KNOWN).flags


def test_a_check_that_was_promised_is_still_made_in_the_open_case(town: Town, clock: FixedClock) -> None:
    number = unsure(town)
    town.do(number, "acknowledge_urgent")
    town.do(number, "decide_urgent", decision="monitor", check_again="2026-11-17T10:00")
    joined(town, number)
    clock.move_to(datetime(2026, 11, 17, 10, 0, tzinfo=LONDON))
    run_everything(town.office)
    assert "check_urgent_again" in keys(town, KNOWN)


def test_a_concern_answered_before_the_join_stands_in_the_open_case_and_is_not_asked_again(town: Town) -> None:
    number = unsure(town)
    answered(town, number)
    joined(town, number)
    assert "acknowledge_urgent" not in keys(town, KNOWN)
    assert len(papers(town, KNOWN, "F22")) == 1
    assert "look_at_new_information" in keys(town, KNOWN)


@pytest.mark.both_databases
@pytest.mark.parametrize("sign", ["immediate_danger", "suicidal_now"])
def test_who_is_not_eligible_but_in_danger_is_seen_by_a_clinician_before_the_letter(town: Town, sign: str) -> None:
    number = town.refer(**ACROSS, **{sign: True})
    assert keys(town, number) == ["acknowledge_urgent"]
    assert letters(town, number) == ["L01"]
    answered(town, number)
    assert keys(town, number) == ["check_rejection_letter"]
    town.do(number, "check_rejection_letter")
    assert town.case(number).closure_reason == "not_eligible_gp"


def test_the_letter_waits_for_the_last_of_two_concerns(town: Town) -> None:
    number = town.refer(**ACROSS, suicidal_now=True)
    town.press(number, "urgent", "Kelly", what="He rang again")
    answered(town, number)
    assert "check_rejection_letter" not in keys(town, number)
    answered(town, number)
    assert keys(town, number) == ["check_rejection_letter"]


def test_a_calm_referral_that_is_not_eligible_waits_for_nobody(town: Town) -> None:
    assert keys(town, town.refer(**ACROSS)) == ["check_rejection_letter"]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("told", "next_steps"),
    [
        ({"gp_registered": "yes", "practice_code": "ZZ003"}, ["record_consent"]),
        ({"gp_registered": "unknown"}, ["find_registration"]),
        ({"gp_registered": "no", "gp_elsewhere": "other"}, ["acknowledge_urgent"]),
    ],
)
def test_what_is_urgent_is_triaged_at_once_and_no_team_takes_it_on_before_it_is_known_whether_we_may_help(
    town: Town, told: dict[str, Any], next_steps: list[str]
) -> None:
    unknown = {"gp_registered": "unknown", "gp_practice": None, "consent_stage": "no_not_asked"}
    number = town.refer(crisis_24h=True, **unknown)
    assert "triage_referral" in keys(town, number)
    town.do(number, "triage_referral", verdict="accept", priority="urgent")
    assert "find_registration" in keys(town, number)
    town.do(number, "find_registration", state="answered", **told)
    assert set(next_steps) <= set(keys(town, number))
    assert town.case(number).stage == ("consent" if next_steps == ["record_consent"] else "triage")


def test_a_number_that_a_referrer_tells_and_somebody_else_has_is_set_aside(town: Town) -> None:
    other = town.case(town.refer()).person
    unnumbered = {"nhs_available": "no", "nhs_number": None, "nhs_number_reason": "Not on the letter"}
    unknown = {"gp_registered": "unknown", "gp_practice": None, "crisis_24h": True}
    number = town.refer(**unnumbered, **unknown, family_name="Okafor", dob="1950-02-01")
    town.do(number, "triage_referral", verdict="accept", priority="urgent")
    told = {"gp_registered": "yes", "practice_code": "ZZ003", "nhs_number": other.nhs_number}
    town.do(number, "find_registration", state="answered", **told)
    person = town.case(number).person
    assert (person.nhs_number, person.practice_code) == (None, "ZZ003")
    assert "find_registration" not in keys(town, number)
