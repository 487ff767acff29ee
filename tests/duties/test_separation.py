"""A wrong join that is taken back: the referral is open again, and its concern is answered where it belongs."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.actions.test_referred_again import on_a_list
from tests.builders.walked_case import Town
from workflows.actions import messages
from workflows.casework.case import Case
from workflows.casework.consent import Exclusion
from workflows.casework.diagram import CaseRun
from workflows.casework.document import Document
from workflows.casework.referral import Referral
from workflows.questions import messages as asked

ONE = "ACM-000001"
TWIN = {"family_name": "Twin", "dob": "1950-05-05"}
UNNUMBERED = {"nhs_available": "no", "nhs_number": None, "nhs_number_reason": "Not on the letter"}


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def joined(town: Town, **said: Any) -> str:
    """Anna has a case and a care coordinator; a referral of Berta, her twin, is put into it by mistake."""
    town.refer(**TWIN, given_name="Anna")
    town.walk(ONE, "triage_referral", "allocate_coordinator")
    number = town.refer(**TWIN, **UNNUMBERED, given_name="Berta", question="Second", **said)
    for look in ("check_identity", "check_identity_again"):
        town.do(number, look, decision="same", matched_record=ONE)
    return number


def take_back(town: Town, number: str, seen_in: str = ONE) -> None:
    """Two people agree that the referral is about somebody else."""
    town.press(seen_in, "somebody_else", "Ifeoma", which=number, how_known="They are twins")
    first, second = (town.office.desk(town.who(name)) for name in ("Ifeoma", "Adaeze"))
    assert messages.settle(second, asked.parked(first).rows[0].id, "Phoned the practice", agrees=True)


def keys(town: Town, number: str) -> list[str]:
    return sorted(task.key for task in town.open_tasks(number))


def papers(town: Town, number: str) -> list[str]:
    query = select(Document.form_key).join(Case).where(Case.number == number).order_by(Document.form_key)
    return list(town.ask(lambda session: session.scalars(query).all()))


@pytest.mark.both_databases
def test_the_referral_is_open_again_and_nothing_of_it_stays_in_the_other_case(town: Town) -> None:
    number = joined(town)
    assert (town.case(number).closure_reason, "look_at_new_information" in keys(town, ONE)) == ("duplicate", True)
    take_back(town, number)
    case = town.case(number)
    assert (case.open, case.stage, case.person.given_name, case.person.confirmed) == (True, "referred", "Berta", False)
    assert keys(town, number) == ["check_identity"]
    assert "look_at_new_information" not in keys(town, ONE)
    check = next(task for task in town.open_tasks(ONE) if task.key == "check_what_came")
    assert (check.escalation, check.assignee_id) == ("S", town.case(ONE).coordinator_id)
    assert papers(town, ONE).count("F37") == 0
    referral = select(Referral.status).join(Case, Case.id == Referral.case_id).where(Case.number == number)
    assert town.ask(lambda session: session.scalar(referral)) == "sent"
    town.do(number, "check_identity", decision="different")
    assert keys(town, number) == ["triage_referral"]
    assert town.case(number).person_id != town.case(ONE).person_id


def test_whom_only_the_other_person_left_out_is_let_in_again(town: Town) -> None:
    town.refer(**TWIN, given_name="Anna")
    town.shut_out(ONE, "Marta")
    town.shut_out(town.refer(**TWIN, **UNNUMBERED, given_name="Berta"), "Farah")
    number = "ACM-000002"
    for look in ("check_identity", "check_identity_again"):
        town.do(number, look, decision="same", matched_record=ONE)
    assert left_out(town, number) == {"Marta Kowalczyk", "Farah Siddiqui"}
    take_back(town, number)
    assert (left_out(town, number), left_out(town, ONE)) == ({"Farah Siddiqui"}, {"Marta Kowalczyk"})


def left_out(town: Town, number: str) -> set[str]:
    here = select(Exclusion.who).where(Exclusion.case_id == town.case(number).id, Exclusion.ended_at.is_(None))
    return set(town.ask(lambda session: session.scalars(here).all()))


@pytest.mark.parametrize("acknowledged", ["before", "after", "never"])
def test_an_urgent_concern_goes_back_as_it_stands(town: Town, acknowledged: str) -> None:
    town.refer(**TWIN, given_name="Anna")
    town.walk(ONE, "triage_referral", "allocate_coordinator")
    number = town.refer(**TWIN, **UNNUMBERED, given_name="Berta", question="Second", suicidal_now=True)
    if acknowledged == "before":
        town.do(number, "acknowledge_urgent")
    for look in ("check_identity", "check_identity_again"):
        town.do(number, look, decision="same", matched_record=ONE)
    if acknowledged == "after":
        town.do(ONE, "acknowledge_urgent")
    step = "acknowledge_urgent" if acknowledged == "never" else "decide_urgent"
    before = next(task for task in town.open_tasks(ONE) if task.key == step)
    take_back(town, number)
    after = next(task for task in town.open_tasks(number) if task.key == step)
    assert (after.id, after.due_at) == (before.id, before.due_at)
    assert keys(town, number) == sorted([step, "check_identity"])
    assert ("urgent" in town.case(number).flags, "urgent" in town.case(ONE).flags) == (True, False)
    assert "F22" not in papers(town, ONE)
    town.do(number, "check_identity", decision="different")
    assert keys(town, number) == sorted([step, "triage_referral"])


@pytest.mark.both_databases
def test_a_concern_raised_in_the_open_case_goes_back_and_its_own_stays(town: Town) -> None:
    town.refer(family_name="Exemplar")
    town.walk(ONE, "triage_referral", "allocate_coordinator")
    town.press(ONE, "urgent", "Siobhan", danger_to_life="no", what="Fell in the bath")
    number = town.refer(family_name="Exemplar", question="Second", immediate_danger=True)  # joined at once
    assert keys(town, ONE).count("acknowledge_urgent") == 2
    take_back(town, number)
    assert keys(town, ONE).count("acknowledge_urgent") == keys(town, number).count("acknowledge_urgent") == 1
    assert "urgent" in town.case(ONE).flags
    told = select(Document.answers).join(Case).where(Case.number == ONE, Document.form_key == "F22")
    assert [said["what"] for said in town.ask(lambda session: session.scalars(told).all())] == ["Fell in the bath"]


@pytest.mark.both_databases
def test_a_concern_that_waited_for_a_huddle_about_the_other_person_is_answered_anew(town: Town) -> None:
    number = joined(town, suicidal_now=True)
    town.do(ONE, "acknowledge_urgent")
    town.do(ONE, "decide_urgent", decision="huddle")
    take_back(town, number)
    assert keys(town, number) == ["acknowledge_urgent", "check_identity"]
    running = select(CaseRun.process).join(Case).where(Case.number == ONE, CaseRun.status == "running")
    assert not {"acm_urgent", "acm_mdt", "acm_mdt_decision"} & set(town.ask(lambda s: s.scalars(running).all()))


def test_a_case_that_waits_to_be_closed_as_already_with_us_is_open_again_too(town: Town) -> None:
    town.refer(**TWIN, given_name="Anna")
    number = town.refer(**TWIN, **UNNUMBERED, given_name="Berta", question="Second")
    town.press(number, "safeguarding", by="Siobhan")
    for look in ("check_identity", "check_identity_again"):
        town.do(number, look, decision="same", matched_record=ONE)
    assert keys(town, number) == ["track_safeguarding"]  # closing waits for it
    take_back(town, number)
    assert keys(town, number) == ["check_identity", "track_safeguarding"]
    town.do(number, "track_safeguarding", closed="yes", la_decision="s42_yes")
    assert town.case(number).open


def test_who_was_taken_from_a_list_because_of_it_stands_there_again_and_a_case_of_its_own_goes_on(town: Town) -> None:
    first = town.refer()
    town.press(first, "withdrawal", "Adaeze")
    town.do(first, "confirm_withdrawal")
    on_a_list(town)
    listed = town.ask(lambda s: s.scalars(select(Case.number).where(Case.stage == "identified")).one())
    number = town.refer(question="Second")
    assert (town.case(listed).closure_reason, keys(town, number)) == ("duplicate", ["triage_referral"])
    take_back(town, number, seen_in=number)
    assert (town.case(listed).stage, keys(town, listed)) == ("identified", ["review_nomination"])
    assert keys(town, number) == ["triage_referral"]
    assert town.case(number).person.confirmed
    assert town.case(number).person_id != town.case(listed).person_id
