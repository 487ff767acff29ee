"""To whom letters go, and to whom not."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.builders.walked_case import Town
from workers.rounds import run_everything
from workflows.actions.lists import confirm_list, upload_list
from workflows.casework.case import Case
from workflows.casework.notice import Letter, Notice
from workflows.duties import Asking
from workflows.duties.correspondence import tell
from workflows.storage import cases, runs


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def letters(town: Town, number: str, template: str) -> list[str]:
    """To whom a letter was written."""
    query = select(Letter.recipient).join(Case, Case.id == Letter.case_id)
    found: list[str] = town.ask(
        lambda session: session.scalars(query.where(Case.number == number, Letter.template == template)).all()
    )
    return found


def test_nobody_writes_to_the_carer_of_somebody_without_one(town: Town) -> None:
    number = town.refer(has_carer="no", carer=None)
    town.walk_until(number, "assess_whole_person")
    town.do(number, "assess_whole_person", carer_strain="no_carer")
    town.walk_until(number, "agree_plan")
    town.do(number, "agree_plan")
    assert letters(town, number, "L05p") == ["person"]
    assert letters(town, number, "L12") == []


def test_who_wants_no_copy_of_the_plan_gets_none_at_home_and_others_only_what_they_are_to_have(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "agree_plan")
    town.do(number, "agree_plan", copy_wanted="no")
    assert letters(town, number, "L05p") == []
    assert letters(town, number, "L05") == ["gp", "team"]
    assert letters(town, number, "L14") == ["ambulance_111", "hospital"]
    (urgent,) = town.ask(lambda s: s.scalars(select(Letter.text).where(Letter.recipient == "hospital")).all())
    assert "• If " in urgent
    assert "Goals" not in urgent


def test_copies_of_a_plan_follow_the_plan_and_the_scope(town: Town) -> None:
    number = town.refer(consent_stage="no_not_asked", not_asked_reason="She had gone.")
    town.walk_until(number, "record_consent")
    town.do(number, "record_consent", choice="given", share_with=["gp", "community_health", "hospital", "vcse"])
    town.walk_until(number, "draft_plan")
    copies = ["person", "hospital", "ambulance_111", "vcse", "social_care"]
    for step in ("draft_plan", "plan_conversation"):
        town.do(number, step, copies_to=copies)
    town.walk_until(number, "agree_plan")
    town.do(number, "agree_plan", copy_format="large_print", copy_wanted="yes")
    query = select(Letter.recipient, Letter.status, Letter.format).where(Letter.template.in_(("L05", "L05p", "L14")))
    found = {to: (status, kind) for to, status, kind in town.ask(lambda s: s.execute(query).all())}
    assert found.pop("person") == ("ready", "large_print")
    assert {to: status for to, (status, _) in found.items()} == {
        "team": "ready", "vcse": "ready", "social_care": "withheld", "hospital": "ready",
    }  # fmt: skip


def test_a_carer_found_in_the_assessment_gets_their_letter(town: Town) -> None:
    number = town.refer(has_carer="no", carer=None)
    town.walk_until(number, "assess_whole_person")
    town.do(number, "assess_whole_person", carer_strain="yes")
    town.walk_until(number, "agree_plan")
    town.do(number, "agree_plan")
    assert letters(town, number, "L12") == ["carer"]


def test_nobody_is_thanked_for_a_referral_that_a_list_made(town: Town) -> None:
    desk = town.office.desk(town.who("Ifeoma"))
    rows = "nhs_number,family_name,given_name,dob,gp_practice\n999 000 0018,Khan,Ada,1941-03-27,ZZ003\n"
    confirm_list(desk, upload_list(desk, "acm", "efi_search", "list.csv", rows.encode()))
    run_everything(town.office)
    (number,) = town.ask(lambda session: session.scalars(select(Case.number)).all())
    town.do(number, "review_nomination", nominate="yes")
    assert town.case(number).stage == "triage"
    assert letters(town, number, "L01") == []


def test_before_a_case_has_a_team_only_the_team_of_its_practice_is_told(town: Town) -> None:
    number = town.refer()
    assert town.case(number).team_id is None
    town.press(number, "death", "Ifeoma", date="2026-11-15", told_on="2026-11-16", known_by="Her daughter")
    query = select(Notice.address).where(Notice.kind == "person_died", Notice.staff_id.is_not(None))
    told = sorted(town.ask(lambda session: session.scalars(query).all()))
    assert [address.partition("@")[0] for address in told] == ["adaeze.nwosu", "ifeoma.adeyemi", "tomasz.zielinski"]


def test_nothing_is_written_to_a_referrer_whom_the_person_left_out(town: Town) -> None:
    said = {"consent_stage": "no_not_asked", "not_asked_reason": "She had gone.", "referrer_name": "Aoife Brennan"}
    number = town.refer(referrer_email="aoife.brennan@example.org", **said)

    def mails() -> int:
        query = select(func.count(Notice.id)).where(Notice.address == "aoife.brennan@example.org")
        return int(town.ask(lambda session: session.scalar(query)))

    town.walk_until(number, "record_consent")
    gone = [{"name": "aoife brennan", "organisation": "Heron Pool Surgery"}]
    town.do(number, "record_consent", choice="partial", limits="Not my doctor", exclusions=gone)
    before = mails()
    with town.office.desk().work() as work:
        case = cases.by_number(work.session, number)
        tell(Asking(work, case, runs.running(work.session, case.id)[0], {}), "referrer_asked", "referrer")
        case.happened("note", text="Asked.")
        work.commit()
    assert mails() == before
    town.walk_until(number, "record_mdt_decision")
    town.do(number, "record_mdt_decision", decision="advice_to_referrer", actions=[])
    town.walk_until(number, "check_outcome_letters")
    town.do(number, "check_outcome_letters")
    query = select(Letter.recipient, Letter.status, Letter.withheld_why).where(Letter.template == "L04")
    found = {to: (status, why) for to, status, why in town.ask(lambda session: session.execute(query).all())}
    assert found["referrer"] == ("withheld", "the person does not want them to know")
