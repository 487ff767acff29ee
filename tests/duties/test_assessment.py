"""What the assessment finds out starts what it needs, once; and nobody visits before it is known to be safe."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from workflows.actions.amending import amend_document
from workflows.actions.tasks import complete_task
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.errors import AnswersRefused, LookAgain
from workflows.questions.case import head
from workflows.questions.known import known_for
from workflows.questions.task_form import task_form

QUIET: dict[str, Any] = {"frailty_factors": ["loneliness"], "ltcs": None, "meds_count": None}
SAFEGUARDING = "send_safeguarding_concern"
NOTHING = {"meds_count": 4, "falls_12m": 0, "high_risk_medicines": ["none"]}


def _assessing(town: Town, **referral: Any) -> str:
    number = town.refer(**QUIET, **referral)
    town.walk_until(number, "first_contact")
    town.walk(number, "assess_visit_risk", "first_contact")
    return number


def _open(town: Town, number: str) -> set[str]:
    return {task.key for task in town.open_tasks(number)}


@pytest.mark.parametrize(
    ("assessed", "measured"),
    [
        ({"meds_count": 12}, {}),
        ({"high_risk_medicines": ["anticoagulant"]}, {}),
        ({"falls_12m": 1}, {"falls_12m": 0}),
        ({}, {"meds_count": 10}),
    ],
)
def test_medicines_or_falls_first_found_in_the_assessment_start_one_review_before_it_is_signed(
    town: Town, assessed: dict[str, Any], measured: dict[str, Any]
) -> None:
    number = _assessing(town)
    assert "review_medicines" not in _open(town, number)
    town.do(number, "assess_whole_person", **{**NOTHING, **assessed})
    town.do(number, "measure_wellbeing", **{"meds_count": 4, "falls_12m": 0, **measured})
    assert _open(town, number) == {"review_medicines_found"}
    town.do(number, "review_medicines_found")
    assert _open(town, number) == {"sign_assessment"}


def test_without_many_medicines_or_falls_nobody_asks_the_pharmacist(town: Town) -> None:
    number = _assessing(town)
    town.do(number, "assess_whole_person", **NOTHING)
    town.do(number, "measure_wellbeing", meds_count=4, falls_12m=0)
    assert _open(town, number) == {"sign_assessment"}


def test_a_review_begun_because_of_the_referral_is_not_asked_for_again(town: Town) -> None:
    number = town.refer(**{**QUIET, "frailty_factors": ["polypharmacy", "loneliness"]})
    town.walk_until(number, "first_contact")
    town.walk(number, "assess_visit_risk", "first_contact", "review_medicines")
    town.do(number, "assess_whole_person", meds_count=14, falls_12m=2)
    town.do(number, "measure_wellbeing")
    assert _open(town, number) == {"sign_assessment"}


def test_the_next_review_of_the_medicines_is_a_task_of_whoever_did_this_one(town: Town) -> None:
    number = town.refer(**{**QUIET, "frailty_factors": ["polypharmacy"]})
    town.walk_until(number, "review_medicines")
    town.do(number, "review_medicines", next_due="2027-02-01")
    (task,) = [task for task in town.open_tasks(number) if task.key == "do_action"]
    assert str(task.due_at.date()) == "2027-02-01"
    agreed = known_for(town.office.desk(town.who(task.assignee.name)), task.id).action
    assert agreed is not None
    assert agreed.what == "Review the medicines again"


def test_a_problem_with_a_medicine_is_a_task_of_the_colleague_named_for_it(town: Town) -> None:
    number = town.refer(**{**QUIET, "frailty_factors": ["polypharmacy"]})
    town.walk_until(number, "review_medicines")
    owner = town.who("Patel")
    found = {"medicine": "Warfarin", "issue": "Bruises", "action": "Check the INR"}
    town.do(number, "review_medicines", problems=[{**found, "owner": str(owner.id), "due": "2026-11-20"}, found])
    (task,) = [task for task in town.open_tasks(number) if task.key == "do_action"]
    assert (task.assignee_id, str(task.due_at.date())) == (owner.id, "2026-11-20")
    agreed = known_for(town.office.desk(owner), task.id).action
    assert agreed is not None
    assert agreed.agreed_in is not None
    assert (agreed.what, agreed.agreed_in.title) == ("Warfarin: Check the INR (Bruises)", "Medication review")


def test_medicines_checked_after_hospital_are_not_this_assessments_review(town: Town) -> None:
    number = _assessing(town)
    town.press(number, "hospital", "Ifeoma", hospital="North", planned="emergency", admitted_at="2026-11-16T09:00")
    town.press(number, "home", "Ifeoma", destination="usual_home", discharged_at="2026-11-16T09:00")
    town.do(number, "contact_after_hospital", medicines_changed="yes", risk_changed="same")
    town.do(number, "review_medicines_after_hospital")
    town.do(number, "assess_whole_person", **{**NOTHING, "meds_count": 12})
    town.do(number, "measure_wellbeing", meds_count=4, falls_12m=0)
    assert _open(town, number) == {"review_medicines_found"}


def test_a_home_visit_is_refused_until_its_risk_is_assessed(town: Town) -> None:
    number = town.refer(**QUIET)
    town.walk_until(number, "first_contact")
    assert "No home visit yet: its risk is not assessed" in _alerts(town, number)
    with pytest.raises(AnswersRefused) as refused:
        town.do(number, "first_contact", route="home_visit")
    assert list(refused.value.errors) == ["route"]
    town.do(number, "assess_visit_risk", visit_rule="two_staff", visit_reason="A large dog.")
    assert "No home visit yet: its risk is not assessed" not in _alerts(town, number)
    town.do(number, "first_contact", route="home_visit")
    assert "first_contact" not in _open(town, number)


def test_a_visit_is_logged_only_once_its_risk_is_assessed(town: Town) -> None:
    number = town.refer(**QUIET)
    town.walk_until(number, "first_contact")
    visit = {"type": "visit", "with": ["person"]}
    with pytest.raises(AnswersRefused) as refused:
        town.press(number, "contact", "Ifeoma", **visit)
    assert list(refused.value.errors) == ["type"]
    town.press(number, "contact", "Ifeoma", **{**visit, "with": ["professional"]})
    town.do(number, "assess_visit_risk")
    town.press(number, "contact", "Ifeoma", **visit)


def test_a_telephone_call_does_not_wait_for_the_risk_of_a_visit(town: Town) -> None:
    number = town.refer(**QUIET)
    town.walk_until(number, "first_contact")
    town.do(number, "first_contact", route="phone")
    assert {"assess_visit_risk", "assess_whole_person"} <= _open(town, number)


def test_whoever_visits_reads_what_the_referral_knows_of_danger_to_staff(town: Town) -> None:
    knife = {"fact": "Her son threatened a nurse with a knife", "source": "The practice nurse"}
    number = town.refer(**QUIET, risks_visiting=["violence", "weapons"], risk_facts=[knife])
    town.walk_until(number, "first_contact")
    assert "Risk to staff, says the referral: Violence or threats, Weapons" in _alerts(town, number, "Farah")
    assert "Risk to staff: ask the care coordinator before any visit" in _alerts(town, number, "Ifeoma")
    for step in ("first_contact", "assess_visit_risk"):
        (task,) = (one for one in town.open_tasks(number) if one.key == step)
        (referral,) = known_for(town.office.desk(town.who("Farah")), task.id).beside
        assert [section.title for section in referral.sections] == ["Safety of staff"]
        assert knife["fact"] in str(referral.sections)
    (risk,) = (one for one in town.open_tasks(number) if one.key == "assess_visit_risk")
    begun = task_form(town.office.desk(town.who("Farah")), risk.id).raw
    assert begun["risks_visiting"] == ["violence", "weapons"]
    town.do(number, "assess_visit_risk", visit_rule="two_staff", visit_reason="Her son", risks_visiting=["violence"])
    told = [one for one in _alerts(town, number, "Farah") if "isit" in one or "staff" in one]
    assert told == ["Risk to staff: Violence or threats", "Visit in pairs only"]


@pytest.mark.both_databases
@pytest.mark.parametrize(("found", "stays"), [("unknown", True), ("none", False)])
def test_a_danger_told_in_the_referral_stays_until_the_assessment_answers_for_it(
    town: Town, found: str, stays: bool
) -> None:
    number = town.refer(**QUIET, risks_visiting=["dog"])
    town.walk_until(number, "first_contact")
    town.do(number, "first_contact", route="phone")
    town.do(number, "assess_visit_risk", visit_rule="normal", risks_visiting=[found])
    assert ("Risk to staff, says the referral: Dog or other animal" in _alerts(town, number, "Farah")) is stays


def test_a_referral_that_knows_of_no_danger_says_nothing_of_it(town: Town) -> None:
    number = town.refer(**QUIET, risks_visiting=["none"])
    town.walk_until(number, "first_contact")
    assert not [one for one in _alerts(town, number, "Farah") if "Risk to staff" in one]


def _alerts(town: Town, number: str, who: str = "Ifeoma") -> list[str]:
    found = head(town.office.desk(town.who(who)), number)
    return [alert.text for alert in found.strip.alerts]


def test_somebody_who_comes_back_is_asked_why_and_what_has_changed(town: Town) -> None:
    before = town.refer()
    town.do(before, "triage_referral", verdict="signpost")
    town.do(before, "check_rejection_letter")
    assert not town.case(before).open
    number = town.refer(question="He is back")
    town.walk_until(number, "ask_what_changed")
    assert "assess_whole_person" not in _open(town, number)
    town.do(number, "ask_what_changed", what_changed="His wife has died", copy_assessment="no")
    assert "assess_whole_person" in _open(town, number)


def test_a_part_that_says_only_what_the_referral_said_is_looked_at_again_before_somebody_signs_it(town: Town) -> None:
    number = town.refer(**{**QUIET, "ltcs": ["diabetes"]})
    town.walk_until(number, "assess_whole_person")
    (task,) = [one for one in town.open_tasks(number) if one.key == "assess_whole_person"]
    farah, form = town.who("Farah"), town.office.desk().forms.form("F11")
    said: dict[str, Any] = {question.id: None for question in form.definition.questions if not question.required}
    looked_at: list[bool] = []
    for conditions in (["diabetes"], ["diabetes", "copd"]):
        raw = town.answers(form, town.case(number), {**said, "conditions": conditions})
        with pytest.raises(LookAgain) as unusual:
            complete_task(town.office.desk(farah), task.id, raw, checked=())
        looked_at.append("only what the referral said" in unusual.value.warnings.get("physical_done_by", ""))
    assert looked_at == [True, False]


def _correct(town: Town, number: str, **change: Any) -> None:
    query = select(Document).join(Case).where(Case.number == number, Document.form_key == "F11")
    paper = town.ask(lambda session: session.scalars(query.order_by(Document.number)).all()[-1])
    desk = town.office.desk(town.who(paper.author))
    form = desk.forms.form("F11")
    amend_document(desk, paper.id, town.answers(form, town.case(number), {**paper.answers, **change}), "Ticked wrongly")


@pytest.mark.parametrize("found", ["safeguarding", "domestic_abuse", "exploitation"])
def test_abuse_that_the_assessment_finds_is_a_concern_of_today(town: Town, found: str) -> None:
    number = _assessing(town)
    town.do(number, "assess_whole_person", **{found: "yes"})
    assert SAFEGUARDING in _open(town, number)


def test_whoever_only_suspects_abuse_is_asked_whether_it_is_a_concern(town: Town) -> None:
    number = _assessing(town)
    task = next(task for task in town.open_tasks(number) if task.key == "assess_whole_person")
    suspected = {"domestic_abuse": "suspected", "exploitation": "suspected", "self_neglect": "yes"}
    assert task.assignee is not None
    desk = town.office.desk(town.who(task.assignee.name))
    with pytest.raises(LookAgain) as asked:
        complete_task(desk, task.id, town.answers(desk.forms.form("F11"), town.case(number), suspected), checked=())
    assert suspected.keys() <= asked.value.warnings.keys()


def test_what_a_correction_of_the_assessment_adds_begins_once(town: Town) -> None:
    number = _assessing(town)
    town.do(number, "assess_whole_person", self_harm="no", safeguarding="unknown")
    assert not {SAFEGUARDING, "acknowledge_urgent"} & _open(town, number)
    _correct(town, number, self_harm="yes", safeguarding="yes")
    assert {SAFEGUARDING, "acknowledge_urgent"} <= _open(town, number)
    _correct(town, number, domestic_abuse="yes")
    assert [task.key for task in town.open_tasks(number)].count(SAFEGUARDING) == 1
