"""To whom letters go, and to whom not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.builders.walked_case import Town
from tests.builders.ways_in import a_message
from webapp.cases.timeline_words import SENTENCES
from workers.jobs import remind
from workers.rounds import run_everything
from workflows.actions import messages
from workflows.actions.lists import confirm_list, upload_list
from workflows.casework.audit import AuditEntry
from workflows.casework.case import Case
from workflows.casework.notice import Letter, Notice
from workflows.clock import FixedClock, london_day
from workflows.duties import Asking
from workflows.duties.correspondence import draft_letter, send_letter
from workflows.duties.letter_words import in_words
from workflows.duties.papers import file_paper
from workflows.duties.plans import export_contingency
from workflows.duties.telling import tell
from workflows.duties.wording import notice_text
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


@pytest.mark.both_databases
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


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("scope", "copies", "told"),
    [
        ("full", ["person", "gp"], "none is named among the copies of the plan"),
        ("none", ["hospital"], "what was agreed to be shared does not reach them"),
    ],
)
def test_why_urgent_services_get_no_contingency_plan_is_said_truly(
    town: Town, scope: str, copies: list[str], told: str
) -> None:
    number = town.refer()
    with town.office.desk().work() as work:
        case = cases.by_number(work.session, number)
        case.sharing_scope = scope
        asking = Asking(work, case, runs.running(work.session, case.id)[0], {})
        file_paper(asking, case, "F18", {"copies_to": copies}, "Somebody")
        export_contingency(asking)
        work.commit()
    query = select(AuditEntry).where(AuditEntry.act.startswith("contingency plan")).order_by(AuditEntry.id.desc())
    entry = town.ask(lambda session: session.scalars(query).all())[0]
    said = SENTENCES[entry.act]
    assert told in (said if isinstance(said, str) else said(entry.detail))


def test_what_lies_ready_for_somebody_is_held_back_once_it_may_not_reach_them(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "agree_plan")
    town.do(number, "agree_plan")
    assert letters(town, number, "L14") == ["ambulance_111", "hospital"]
    town.press(number, "consent", "Ifeoma", choice="partial", share_with=["gp", "ambulance_111"], limits="Not them.")
    query = select(Letter.recipient, Letter.status, Letter.withheld_why).where(Letter.template.in_(("L05", "L14")))
    found = {to: (status, why) for to, status, why in town.ask(lambda s: s.execute(query).all())}
    assert found["hospital"] == ("withheld", "outside what the person agreed to share")
    assert found["ambulance_111"] == found["gp"] == ("ready", None)


@pytest.mark.both_databases
def test_what_was_held_back_goes_once_the_person_agrees_again_and_an_older_one_makes_way(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "agree_plan")
    town.do(number, "agree_plan")
    town.press(number, "consent", "Ifeoma", choice="partial", share_with=["gp"], limits="Not them.")
    with town.office.desk().work() as work:
        case = cases.by_number(work.session, number)
        send_letter(Asking(work, case, runs.running(work.session, case.id)[0], {}), "L14", "hospital")
        work.commit()
    hospital = select(Letter.status, Letter.withheld_why).where(Letter.recipient == "hospital").order_by(Letter.id)
    assert [one.status for one in town.ask(lambda s: s.execute(hospital).all())] == ["withheld", "withheld"]
    town.press(number, "consent", "Ifeoma", choice="given", share_with=["gp", "hospital", "adult_social_care"])
    assert town.ask(lambda s: s.execute(hospital).all()) == [
        ("overtaken", "a newer letter takes its place"), ("ready", None)
    ]  # fmt: skip
    told = select(Notice.staff_id).where(Notice.kind == "letters_may_go")
    assert town.ask(lambda s: s.scalars(told).all()) == [town.case(number).coordinator_id]


def test_copies_of_a_plan_name_the_review_as_it_was_set(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "draft_plan")
    in_spring = (town.office.desk().today + timedelta(days=150)).isoformat()
    for step in ("draft_plan", "plan_conversation"):
        town.do(number, step, next_review=in_spring)
    town.walk_until(number, "agree_plan")
    town.do(number, "agree_plan")
    due = town.case(number).next_review_at
    assert due is not None
    assert london_day(due).isoformat() < in_spring, "the rule for this level of risk asks for it sooner"
    told = town.ask(lambda s: s.scalars(select(Letter.text).where(Letter.template.in_(("L05", "L05p")))).all())
    assert len(told) == 3
    assert all(in_words(london_day(due)) in text for text in told)


def test_a_carer_found_in_the_assessment_gets_their_letter(town: Town) -> None:
    number = town.refer(has_carer="no", carer=None)
    town.walk_until(number, "assess_whole_person")
    town.do(number, "assess_whole_person", carer_strain="yes")
    town.walk_until(number, "agree_plan")
    town.do(number, "agree_plan")
    assert letters(town, number, "L12") == ["carer"]


def test_a_handover_that_the_person_agreed_to_goes_to_the_practice_where_they_are_now(town: Town) -> None:
    number = town.refer(consent_stage="no_not_asked", not_asked_reason="She had gone.")
    town.walk_until(number, "record_consent")
    town.do(number, "record_consent", choice="partial", limits="Only the nurses.", share_with=["community_health"])
    town.walk_until(number, "draft_plan")
    town.press(number, "moved", by="Siobhan")
    town.do(number, "confirm_move", handover_consent="yes", new_practice="Far Surgery")
    town.do(number, "hand_over_to_new_area", kind="new_area")
    query = select(Letter.recipient, Letter.status).where(Letter.template == "L11")
    assert town.ask(lambda session: session.execute(query).all()) == [("gp", "ready")]


SOMEBODY_ELSE = {"share_with": ["community_health", "other"]}
SON = {"name": "Tom Khan", "relationship": "son", "lives_with": "yes", "strain": "no"}


@pytest.mark.parametrize(
    ("said", "copies", "status"),
    [
        ({"share_with": ["community_health"]}, ["person"], "withheld"),
        (SOMEBODY_ELSE | {"share_other": "My sister. Not my son Tom", "share_family": None}, ["person"], "withheld"),
        (SOMEBODY_ELSE | {"share_other": "My son", "share_family": ["carer"]}, ["person"], "ready"),
        ({"share_with": ["community_health"]}, ["person", "carer"], "ready"),
    ],
)
def test_a_carer_reads_of_the_plan_only_where_the_person_named_them(
    town: Town, said: dict[str, Any], copies: list[str], status: str
) -> None:
    number = town.refer(consent_stage="no_not_asked", not_asked_reason="She had gone.", has_carer="yes", carer=SON)
    town.walk_until(number, "record_consent")
    town.do(number, "record_consent", choice="partial", limits="Only the nurses.", **said)
    town.walk_until(number, "draft_plan")
    for step in ("draft_plan", "plan_conversation"):
        town.do(number, step, copies_to=copies)
    town.walk_until(number, "agree_plan")
    town.do(number, "agree_plan")
    query = select(Letter.status).where(Letter.template == "L12")
    assert town.ask(lambda session: session.scalars(query).all()) == [status]


def test_a_carer_hears_no_more_from_the_moment_less_is_shared_until_they_are_named_anew(town: Town) -> None:
    number = town.refer(has_carer="yes", carer=SON)
    town.walk_until(number, "draft_plan")
    for step in ("draft_plan", "plan_conversation"):
        town.do(number, step, copies_to=["person", "carer"])
    town.walk_until(number, "agree_plan")
    town.do(number, "agree_plan")
    to_the_carer = select(Letter.status).where(Letter.recipient == "carer")
    assert "ready" in town.ask(lambda session: session.scalars(to_the_carer).all())
    told = a_message("consent_changed", payload={"choice": "partial"})
    assert messages.receive(town.office.desk(), told).status == "delivered"
    assert set(town.ask(lambda session: session.scalars(to_the_carer).all())) == {"withheld"}


def test_nobody_is_thanked_for_a_referral_that_a_list_made(town: Town) -> None:
    desk = town.office.desk(town.who("Ifeoma"))
    rows = "nhs_number,family_name,given_name,dob,gp_practice\n999 000 0018,Khan,Ada,1941-03-27,ZZ003\n"
    confirm_list(desk, upload_list(desk, "acm", "efi_search", "list.csv", rows.encode()))
    run_everything(town.office)
    (number,) = town.ask(lambda session: session.scalars(select(Case.number)).all())
    town.do(number, "review_nomination", nominate="yes")
    assert town.case(number).stage == "triage"
    assert letters(town, number, "L01") == []


@pytest.mark.both_databases
def test_before_a_case_has_a_team_only_the_team_of_its_practice_is_told(town: Town) -> None:
    number = town.refer()
    assert town.case(number).team_id is None
    town.press(number, "death", "Ifeoma", date="2026-11-15", told_on="2026-11-16", known_by="Her daughter")
    query = select(Notice.address).where(Notice.kind == "person_died", Notice.staff_id.is_not(None))
    told = sorted(town.ask(lambda session: session.scalars(query).all()))
    assert [address.partition("@")[0] for address in told] == ["adaeze.nwosu", "ifeoma.adeyemi", "tomasz.zielinski"]


@pytest.mark.both_databases
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


def by_hand(town: Town, number: str) -> list[tuple[str, str, str, date | None]]:
    """What is to be told by phone or post: kind, to whom, how it stands, and by when."""
    query = select(Letter.template, Letter.recipient, Letter.status, Letter.send_by).join(Case).order_by(Letter.id)
    told = query.where(Case.number == number, Letter.route == "tell")
    return [tuple(row) for row in town.ask(lambda session: session.execute(told).all())]


@pytest.mark.parametrize(("wants", "asked"), [("in_person", True), ("no", False)])
def test_a_referral_is_acknowledged_the_same_working_day_and_only_who_wants_to_join_is_asked(
    town: Town, wants: str, asked: bool
) -> None:
    town.refer(referrer_attend=wants, source="self", referrer_email=None)
    query = select(Letter.send_by, Letter.text).where(Letter.template == "L01")
    ((by, text),) = town.ask(lambda session: session.execute(query).all())
    assert by == town.office.desk().today
    assert ("welcome to join" in text, "We will tell you the outcome." in text) == (asked, True)


def test_a_referrer_with_an_address_is_thanked_by_email_at_once_and_the_email_names_nobody(town: Town) -> None:
    number = town.refer(given_name="Edith", family_name="Barrow", referrer_email="aoife.brennan@example.org")
    assert standing(town, number, "L01") == [("sent", None)]
    (notice,) = town.ask(lambda s: s.scalars(select(Notice).where(Notice.kind == "referral_received")).all())
    assert (notice.address, notice.staff_id) == ("aoife.brennan@example.org", None)
    subject, body = notice_text(notice.kind, {"link": "https://here/refer/status"} | notice.words)
    assert (number in body, "https://here/refer/status" in body, "–" in body) == (True, True, False)
    assert not any(name in subject + body for name in ("Edith", "Barrow", "Brennan"))


@pytest.mark.both_databases
def test_whoever_gets_no_email_is_told_by_phone_or_post_within_the_day(town: Town) -> None:
    number = town.refer(given_name="Edith", family_name="Barrow")
    town.walk_until(number, "first_contact")
    town.do(number, "first_contact", outcome="declined_now")
    town.do(number, "decide_no_contact", verdict="close")
    assert by_hand(town, number) == [("closed_without_contact", "gp", "ready", date(2026, 11, 17))]
    (text,) = town.ask(lambda s: s.scalars(select(Letter.text).where(Letter.template.contains("closed"))).all())
    assert "This is about Ada Barrow" in text
    assert "the door stays open" in text
    (sent,) = town.ask(lambda s: s.scalars(select(Notice.kind).where(Notice.kind == "closed_without_contact")).all())
    assert "did not want it for now" in notice_text(sent, {"case_number": number, "link": ""})[1]


def tell_now(town: Town, number: str, kind: str, to: str) -> None:
    """Tell somebody, as a process of the case does."""
    with town.office.desk().work() as work:
        case = cases.by_number(work.session, number)
        tell(Asking(work, case, runs.running(work.session, case.id)[0], {}), kind, to)
        case.happened("note", text="Told.")
        work.commit()


def test_what_is_told_by_hand_is_told_once_a_day_and_never_to_whom_the_person_left_out(town: Town) -> None:
    number = town.refer(consent_stage="no_not_asked", not_asked_reason="She had gone.")
    town.walk_until(number, "record_consent")
    for _ in range(2):
        tell_now(town, number, "no_contact", "gp")
    assert [row[:3] for row in by_hand(town, number)] == [("no_contact", "gp", "ready")]
    gone = [{"name": "Copper Kettle Lane Surgery", "organisation": "her surgery"}]
    town.do(number, "record_consent", choice="partial", limits="Not my doctor", exclusions=gone)
    tell_now(town, number, "closed_without_contact", "gp")
    query = select(Letter.withheld_why).where(Letter.template == "closed_without_contact")
    assert town.ask(lambda s: s.scalars(query).all()) == ["the person does not want them to know"]


def test_nobody_is_told_that_they_cannot_be_reached_themselves(town: Town) -> None:
    number = town.refer(source="self", referrer_email=None)
    for kind in ("no_contact", "questions_reminder"):
        tell_now(town, number, kind, "referrer")
    assert [row[:2] for row in by_hand(town, number)] == [("questions_reminder", "referrer")]


def test_when_consent_ends_each_that_was_sent_a_copy_is_told(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "agree_plan")
    town.do(number, "agree_plan")
    with town.office.desk().work() as work:
        for letter in work.session.scalars(select(Letter).where(Letter.template.in_(("L05", "L14")))):
            letter.send("Ifeoma", work.now)
        work.commit()
    tell_now(town, number, "consent_withdrawn", "copy_holders")
    assert [row[1] for row in by_hand(town, number)] == ["ambulance_111", "gp", "hospital"]


def standing(town: Town, number: str, template: str) -> list[tuple[str, str | None]]:
    """How the letters of a template stand, the oldest first, with the reason where one is not to be sent."""
    query = select(Letter.status, Letter.withheld_why).join(Case).where(Case.number == number).order_by(Letter.id)
    found = town.ask(lambda session: session.execute(query.where(Letter.template == template)).all())
    return [tuple(row) for row in found]


def test_an_invitation_that_waits_is_retired_once_the_person_has_been_spoken_with(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "first_contact")
    assert standing(town, number, "L02") == [("ready", None)]
    town.do(number, "first_contact")
    assert standing(town, number, "L02") == [("overtaken", "we have spoken with the person since")]
    assert standing(town, number, "L01") == [("sent", None)]


def test_a_logged_talk_with_the_person_retires_the_invitation_and_a_letter_to_them_does_not(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "first_contact")
    nurse = town.who("Siobhan Kelly").name
    town.press(number, "contact", nurse, type="letter", **{"with": ["person"]})
    assert standing(town, number, "L02") == [("ready", None)]
    town.press(number, "contact", nurse, type="phone", **{"with": ["person"]})
    assert standing(town, number, "L02")[0][0] == "overtaken"


def test_closing_the_case_and_a_newer_letter_of_the_kind_retire_what_waits(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "first_contact")
    with town.office.desk().work() as work:
        case = cases.by_number(work.session, number)
        asking = Asking(work, case, runs.running(work.session, case.id)[0], {})
        for template in ("L02", "L01"):
            send_letter(asking, template, "person" if template == "L02" else "referrer")
        asking.case.happened("note", text="Sent again.")
        work.commit()
    assert standing(town, number, "L02") == [("overtaken", "a newer letter takes its place"), ("ready", None)]
    assert standing(town, number, "L01") == [("sent", None)]
    town.do(number, "first_contact", outcome="declined_now")
    town.do(number, "decide_no_contact", verdict="close")
    assert standing(town, number, "L02")[1] == ("overtaken", "the case is closed")
    assert standing(town, number, "closed_without_contact") == [("ready", None)]


def test_nobody_is_invited_to_a_day_that_is_over(town: Town, clock: FixedClock) -> None:
    number = town.refer()
    town.walk_until(number, "first_contact")
    tell_now(town, number, "no_contact", "gp")
    with town.office.desk().work() as work:
        case = cases.by_number(work.session, number)
        asking = Asking(work, case, runs.running(work.session, case.id)[0], {})
        send_letter(asking, "L07", "person")
        asking.case.happened("note", text="Sent.")
        work.commit()
    clock.advance(timedelta(days=14))
    remind.daily_digest(town.office)
    assert standing(town, number, "L07") == [("ready", None)]
    clock.advance(timedelta(days=1))
    remind.daily_digest(town.office)
    assert standing(town, number, "L07") == [("overtaken", "the day it names is over")]
    assert standing(town, number, "no_contact") == [("ready", None)]


@pytest.mark.both_databases
def test_the_copy_of_the_plan_goes_the_way_the_person_wants_and_to_the_carer_named_in_the_plan(town: Town) -> None:
    number = town.refer(has_carer="yes")
    town.walk_until(number, "draft_plan")
    for step in ("draft_plan", "plan_conversation"):
        town.do(number, step, copies_to=["person", "gp", "carer"])
    town.walk_until(number, "agree_plan")
    town.do(number, "agree_plan", copy_wanted="yes", copy_route="by_hand", copy_format="large_print")
    query = select(Letter.recipient, Letter.route, Letter.format).where(Letter.template == "L05p").order_by(Letter.id)
    found = [tuple(row) for row in town.ask(lambda session: session.execute(query).all())]
    assert found == [("person", "by_hand", "large_print"), ("carer", "post", "letter")]
    assert letters(town, number, "L05") == ["gp", "team"]


@pytest.mark.both_databases
def test_discharge_letters_go_to_whom_the_discharge_names_and_otherwise_to_the_usual_ones(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "agree_plan")
    with town.office.desk().work() as work:
        case = cases.by_number(work.session, number)
        asking = Asking(work, case, runs.running(work.session, case.id)[0], {})
        draft_letter(asking, "L08", "gp, referrer")
        file_paper(asking, case, "F25", {"letters": ["gp", "service"]}, "Somebody")
        for template, to in (("L08", "gp, referrer"), ("L08p", "person")):
            send_letter(asking, template, to)
        work.commit()
    query = select(Letter.recipient, Letter.status).where(Letter.template.in_(("L08", "L08p"))).order_by(Letter.id)
    found = [tuple(row) for row in town.ask(lambda session: session.execute(query).all())]
    assert found == [("gp", "ready"), ("referrer", "draft"), ("service", "ready")]


@pytest.mark.both_databases
def test_a_discharge_letter_says_why_the_work_ends_and_what_became_of_each_goal(town: Town) -> None:
    """Not why the meeting once decided to begin, nor what was only hoped for."""
    number = town.refer()
    town.walk_until(number, "agree_plan")
    goals = [{"statement": "Walk to the shop", "status": "achieved"}, {"statement": "Sleep", "status": "partly"}]
    with town.office.desk().work() as work:
        case = cases.by_number(work.session, number)
        asking = Asking(work, case, runs.running(work.session, case.id)[0], {})
        file_paper(asking, case, "F25", {"reason": "goals_met", "goals": goals}, "Somebody")
        for template, to in (("L08", "gp"), ("L08p", "person")):
            draft_letter(asking, template, to)
        work.commit()
    query = select(Letter.text).where(Letter.template.in_(("L08", "L08p"))).order_by(Letter.template)
    to_gp, to_person = town.ask(lambda session: session.scalars(query).all())
    assert "Reason\n\nThe goals of the plan are met.\n" in to_gp
    assert "Why\n\nThe goals of your plan are met.\n" in to_person
    for text in (to_gp, to_person):
        assert "\n\n• Walk to the shop – achieved\n• Sleep – partly achieved\n\n" in text


@pytest.mark.parametrize(("agrees", "says"), [("no", True), ("yes", False), ("not_possible", False)])
def test_a_discharge_that_the_person_does_not_agree_to_says_so_and_whom_to_ring(
    town: Town, agrees: str, says: bool
) -> None:
    number = town.refer()
    town.walk_until(number, "first_contact")
    with town.office.desk().work() as work:
        case = cases.by_number(work.session, number)
        asking = Asking(work, case, runs.running(work.session, case.id)[0], {})
        file_paper(asking, case, "F25", {"reason": "goals_met", "agreed_with_person": agrees}, "Somebody")
        for template, to in (("L08", "gp, referrer"), ("L08p", "person")):
            draft_letter(asking, template, to)
        work.commit()
    query = select(Letter.text).where(Letter.template.in_(("L08", "L08p"))).order_by(Letter.template, Letter.id)
    *to_colleagues, to_person = town.ask(lambda session: session.scalars(query).all())
    assert all(("The person does not agree with this." in text) is says for text in to_colleagues)
    assert ("You told us that you do not agree with this." in to_person) is says
    assert "If you do not agree, or if something is not right, please tell us. Your worker is" in to_person


def test_who_is_signposted_is_not_told_that_the_person_is_suitable(town: Town) -> None:
    """The table advised to accept; the clinician decided otherwise, and said what to tell the referrer."""
    number = town.refer()
    town.do(number, "triage_referral", verdict="signpost", signpost_note="The home safety team fits rails.")
    text = town.ask(lambda session: session.scalars(select(Letter.text).where(Letter.template == "L03")).one())
    assert "groups applies" not in text
    assert "Why\n\nA clinician read the referral and found that other help suits the person better.\n" in text
    assert "The home safety team fits rails." in text
    assert "You may refer again\n\nYou can refer again at any time. So can the person" in text
