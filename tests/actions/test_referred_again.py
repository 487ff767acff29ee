"""Somebody with an open case is referred again: what is new reaches the case, and what is urgent is acted on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from tests.builders.ways_in import a_list, a_message, csv_file, referral, referral_answers, take_in
from workflows.actions import attachments, buttons, lists, messages, referral_drafts, referrals
from workflows.casework.audit import AuditEntry
from workflows.casework.case import Case
from workflows.casework.consent import Exclusion
from workflows.casework.document import Attachment, Document
from workflows.casework.notice import Letter, Notice
from workflows.casework.person import Person
from workflows.casework.referral import Referral
from workflows.casework.task import Task
from workflows.questions.finding import find_person
from workflows.questions.known import known_for

SOMEBODY_ELSE = {"referrer_name": "Sam Brennan", "referrer_email": "sam@example.org", "referrer_org": "Ambulance"}
URGENT = (
    "immediate_danger", "crisis_24h", "suicidal_now", "safeguarding_now", "admission_likely_7d", "carer_breakdown",
)  # fmt: skip


def accepted(town: Town) -> str:
    number = town.refer()
    town.walk(number, "triage_referral", "allocate_coordinator")
    return number


def an_open_case(town: Town) -> str:
    """A case that was accepted, with a named care coordinator."""
    return str(town.once(accepted))


def again(town: Town, **said: Any) -> referrals.Referred:
    """Somebody with an account refers the same person."""
    raw = referral(town, **{**SOMEBODY_ELSE, **said})
    return referrals.submit_referral(town.office.desk(town.who("Brennan")), "acm", raw)


def from_outside(town: Town, **said: Any) -> referrals.Referred:
    """Somebody without an account refers the same person."""
    desk = town.office.desk()
    started = referral_drafts.start_referral(desk, "acm")
    referral_drafts.save_referral(desk, started.reference, started.code, referral(town, **{**SOMEBODY_ELSE, **said}))
    return referrals.send_referral(desk, started.reference, started.code)


def from_a_system(town: Town, **said: Any) -> None:
    """Another system refers the same person."""
    payload = {**referral_answers(town, **{**SOMEBODY_ELSE, **said}), "programme": "acm"}
    done = messages.receive(town.office.desk(), a_message("referral_received", payload=payload))
    assert done.status == "delivered", done.parked_why


def papers(town: Town, number: str, form: str) -> Sequence[Document]:
    query = select(Document).join(Case).where(Case.number == number, Document.form_key == form)
    found: Sequence[Document] = town.ask(lambda session: session.scalars(query.order_by(Document.number)).all())
    return found


def open_keys(town: Town, number: str) -> list[str]:
    return [task.key for task in town.open_tasks(number)]


def told(town: Town, kind: str) -> list[str]:
    query = select(Notice.address).where(Notice.kind == kind).order_by(Notice.address)
    found: list[str] = list(town.ask(lambda session: session.scalars(query).all()))
    return found


def acts(town: Town, number: str, act: str) -> list[dict[str, Any]]:
    query = select(AuditEntry.detail).join(Case, Case.id == AuditEntry.case_id)
    query = query.where(Case.number == number, AuditEntry.act == act).order_by(AuditEntry.seq)
    found: list[dict[str, Any]] = list(town.ask(lambda session: session.scalars(query).all()))
    return found


def test_what_is_new_stands_in_the_open_case_and_its_coordinator_is_asked_to_read_it(town: Town) -> None:
    number = an_open_case(town)
    done = again(town, question="Why has she stopped going out?")
    (paper,) = papers(town, number, "F37")
    assert (paper.author, paper.author_id) == ("Sam Brennan", None)
    assert paper.answers["question"] == "Why has she stopped going out?"
    asked = next(task for task in town.open_tasks(number) if task.key == "look_at_new_information")
    assert asked.assignee_id == town.case(number).coordinator_id
    assert told(town, "new_information") == [asked.assignee.email]
    assert acts(town, number, "another referral came in")[0]["who"].startswith("Sam Brennan, ")
    assert town.case(done.case_number).closure_reason == "duplicate"
    assert acts(town, done.case_number, "joined an open case") == [{"number": number}]


def test_it_does_not_take_the_place_of_the_referral_the_case_began_with(town: Town) -> None:
    number = an_open_case(town)
    again(town, consent_stage="no_not_asked", not_asked_reason="No time")
    (first,) = papers(town, number, "F01")
    assert first.answers["consent_stage"] == "yes"


@pytest.mark.parametrize("sign", URGENT)
def test_what_is_urgent_in_it_starts_the_urgent_process_at_once(town: Town, sign: str) -> None:
    number = an_open_case(town)
    again(town, **{sign: True})
    concern = next(task for task in town.open_tasks(number) if task.key == "acknowledge_urgent")
    assert concern.escalation == "S"
    assert "urgent" in town.case(number).flags
    (paper,) = papers(town, number, "F22")
    label = next(q.label for q in town.office.desk().forms.form("F01").definition.questions if q.id == sign)
    assert label in paper.answers["what"]
    assert paper.answers.get("danger_to_life") == ("yes" if sign == "immediate_danger" else None), "nobody was asked"
    coordinator = next(task for task in town.open_tasks(number) if task.key == "look_at_new_information").assignee
    assert coordinator is not None
    assert told(town, "new_information_urgent") == [coordinator.email]


def test_coming_home_from_hospital_alone_is_new_information_and_no_urgent_concern(town: Town) -> None:
    number = an_open_case(town)
    again(town, discharged_14d=True)
    assert "look_at_new_information" in open_keys(town, number)
    assert "acknowledge_urgent" not in open_keys(town, number)


@pytest.mark.parametrize("way_in", [again, from_outside, from_a_system])
def test_it_does_not_matter_who_sends_it(town: Town, way_in: Any) -> None:
    number = an_open_case(town)
    way_in(town, suicidal_now=True)
    assert {"look_at_new_information", "acknowledge_urgent"} <= set(open_keys(town, number))


def test_the_urgent_second_referral_of_the_same_day_by_the_same_referrer_is_heard(town: Town) -> None:
    staff = town.office.desk(town.who("Ifeoma"))
    first = referrals.submit_referral(staff, "acm", referral(town))
    second = referrals.submit_referral(staff, "acm", referral(town, suicidal_now=True))
    assert not second.again
    assert "acknowledge_urgent" in open_keys(town, first.case_number)
    third = referrals.submit_referral(staff, "acm", referral(town, suicidal_now=True))
    assert (third.again, third.reference) == (True, second.reference)
    assert open_keys(town, first.case_number).count("acknowledge_urgent") == 1


def test_whatever_it_says_of_the_practice_it_reaches_the_open_case(town: Town) -> None:
    number = an_open_case(town)
    again(town, gp_registered="unknown", gp_practice=None, suicidal_now=True)
    from_outside(town, gp_registered="no", gp_elsewhere="other", gp_practice=None, crisis_24h=True)
    assert open_keys(town, number).count("acknowledge_urgent") == 2
    assert len(papers(town, number, "F37")) == 2


def test_its_files_come_along(town: Town) -> None:
    number = an_open_case(town)
    desk = town.office.desk()
    started = referral_drafts.start_referral(desk, "acm")
    chosen = {"attachments": [attachments.Chosen("letter.pdf", "application/pdf", b"%PDF-1.7\n% a letter")]}
    typed = referral(town, **SOMEBODY_ELSE)
    kept = referral_drafts.keep_with_referral(desk, started.reference, started.code, typed, chosen)
    referrals.send_referral(desk, started.reference, started.code)
    file_id = UUID(kept["attachments"][0])
    assert town.ask(lambda session: session.get_one(Attachment, file_id)).case_id == town.case(number).id


def test_whom_the_person_left_out_sees_the_second_referral_no_more_than_the_case(town: Town) -> None:
    number = an_open_case(town)
    left_out = town.who("Kelly")
    with town.office.desk().work() as work:
        exclusion = Exclusion(case_id=town.case(number).id, staff_id=left_out.id, who="Kelly", since=work.now)
        exclusion.happened("exclusion recorded", who="Kelly")
        work.session.add(exclusion)
        work.commit()
    done = again(town)
    desk = town.office.desk(left_out)
    with desk.looking() as session:
        shut = session.scalars(select(Exclusion.staff_id).where(Exclusion.case_id == done.case_id)).all()
    assert shut == [left_out.id]
    assert town.case(done.case_number).team_id == town.case(number).team_id


def test_the_coordinator_says_what_follows_and_whether_the_referrer_may_know(town: Town) -> None:
    number = an_open_case(town)
    done = again(town)
    town.do(number, "look_at_new_information", follows="acted", done="Rang her daughter", tell_referrer="yes")
    assert "look_at_new_information" not in open_keys(town, number)
    letters = town.ask(lambda s: s.scalars(select(Letter).where(Letter.case_id == done.case_id)).all())
    assert [(one.template, one.recipient, one.status) for one in letters] == [
        ("L01", "referrer", "sent"), ("L13", "referrer", "ready"),
    ]  # fmt: skip
    assert "Sam Brennan" in letters[1].text
    assert number not in letters[1].text
    assert referral_status(town, done) == "added"


def test_a_referrer_who_may_not_know_is_told_nothing_of_the_case(town: Town) -> None:
    number = an_open_case(town)
    done = again(town)
    town.do(number, "look_at_new_information", tell_referrer="no")
    letters = town.ask(lambda s: s.scalars(select(Letter).where(Letter.case_id == done.case_id)).all())
    assert [one.template for one in letters] == ["L01"]
    assert referral_status(town, done) == "read"


def referral_status(town: Town, done: referrals.Referred) -> str:
    query = select(Referral.status).where(Referral.reference == done.reference)
    return str(town.ask(lambda session: session.scalar(query)))


@pytest.mark.parametrize("ending", ["death", "withdrawal", "moved", "error"])
def test_a_case_that_is_ending_takes_no_news_so_a_clinician_looks_at_the_referral(town: Town, ending: str) -> None:
    number = an_open_case(town)
    town.press(number, ending, "Adaeze")
    done = again(town, suicidal_now=True)
    assert open_keys(town, done.case_number)[-1] == "triage_referral"
    assert papers(town, number, "F37") == []


def test_somebody_who_only_stands_on_a_list_is_looked_at_as_referred(town: Town) -> None:
    number = an_open_case(town)
    close(town, number)
    on_a_list(town)
    listed = town.ask(lambda s: s.scalars(select(Case).where(Case.stage == "identified")).one())
    done = again(town)
    assert "triage_referral" in open_keys(town, done.case_number)
    assert town.case(listed.number).closure_reason == "duplicate"
    assert open_keys(town, listed.number) == []


def on_a_list(town: Town) -> None:
    """The same person stands on a list that was taken in."""
    list_id = a_list(town, csv_file({"nhs_number": "9990000018"}))
    lists.confirm_list(town.office.desk(town.who("Ifeoma")), list_id)
    take_in(town, list_id)


def close(town: Town, number: str) -> None:
    town.press(number, "withdrawal", "Adaeze")
    for _ in range(10):
        waiting = town.open_tasks(number)
        if not waiting:
            break
        town.do(number, waiting[0].key)
    assert not town.case(number).open


def test_a_list_tells_an_open_case_nothing_new(town: Town) -> None:
    on_a_list(town)
    listed = town.ask(lambda s: s.scalars(select(Case).where(Case.stage == "identified")).one())
    number = accepted(town)
    town.do(listed.number, "review_nomination", nominate="yes")
    assert town.case(listed.number).closure_reason == "duplicate"
    assert papers(town, number, "F37") == []
    assert "look_at_new_information" not in open_keys(town, number)


def test_an_uncertain_identity_is_settled_quickly_when_it_is_urgent(town: Town) -> None:
    number = an_open_case(town)
    done = again(town, family_name="Exemplar", suicidal_now=True)
    check = next(task for task in town.open_tasks(done.case_number) if task.key == "check_identity")
    assert check.escalation == "S"
    assert check.due_at is not None
    assert check.due_at.day == 16  # today
    for look in ("check_identity", "check_identity_again"):
        town.do(done.case_number, look, decision="same", matched_record=number)
    assert {"look_at_new_information", "acknowledge_urgent"} <= set(open_keys(town, number))


def test_a_case_is_not_closed_over_an_urgent_concern_or_a_referral_that_nobody_looked_at(town: Town) -> None:
    number = town.refer()
    again(town, suicidal_now=True)
    town.do(number, "triage_referral", verdict="signpost")
    town.do(number, "check_rejection_letter")
    assert town.case(number).open
    town.walk(number, "acknowledge_urgent")
    town.do(number, "decide_urgent", decision="same_day_gp")
    town.do(number, "reach_gp_today", taken_on="yes")
    assert open_keys(town, number) == ["look_at_new_information"]
    town.do(number, "look_at_new_information")
    assert not town.case(number).open


def test_an_urgent_button_and_an_urgent_referral_are_two_concerns_each_with_its_own_words(town: Town) -> None:
    number = an_open_case(town)
    town.press(number, "urgent", "Kelly", what="She fell on the stairs")
    again(town, suicidal_now=True)
    tasks: list[Task] = [task for task in town.open_tasks(number) if task.key == "acknowledge_urgent"]
    said = {paper.id.hex: paper.answers["what"] for paper in papers(town, number, "F22")}
    assert len({said[str(task.variables["document_id"])] for task in tasks}) == 2
    assert buttons.BY_KEY["urgent"].starts == "acm_urgent"


def test_the_urgent_mark_stays_until_the_last_of_two_concerns_is_answered(town: Town) -> None:
    number = an_open_case(town)
    town.press(number, "urgent", "Kelly", what="She fell on the stairs")
    again(town, suicidal_now=True)
    town.walk(number, "acknowledge_urgent", "acknowledge_urgent")
    town.do(number, "decide_urgent", decision="same_day_gp")
    town.do(number, "reach_gp_today", taken_on="yes")
    assert "urgent" in town.case(number).flags
    town.do(number, "decide_urgent", decision="same_day_gp")
    town.do(number, "reach_gp_today", taken_on="yes")
    assert "urgent" not in town.case(number).flags


def test_a_person_nobody_knew_is_as_the_first_referral_says(town: Town) -> None:
    done = from_outside(town, address="3 Low Road", phone="0161 496 0001")
    person = town.ask(lambda s: s.get_one(Person, town.case(done.case_number).person_id))
    assert (person.details["address"], person.details["phone"]) == ("3 Low Road", "0161 496 0001")


@pytest.mark.both_databases
def test_whom_the_person_left_out_stays_left_out_of_the_next_episode_until_they_are_asked_again(town: Town) -> None:
    first = an_open_case(town)
    row = {"name": "Marta", "user": str(town.who("Marta").id)}
    town.press(first, "consent", "Ifeoma", choice="partial", limits="Not Marta", exclusions=[row])
    town.press(first, "withdrawal", "Siobhan")
    town.do(first, "confirm_withdrawal")
    second = again(town, consent_stage="no_not_asked", not_asked_reason="She had gone.").case_number
    desk = town.office.desk(town.who("Marta"))
    assert town.case(second).person_id == town.case(first).person_id
    assert not find_person(desk, second).found
    town.do(second, "triage_referral")
    (asked,) = [task for task in town.open_tasks(second) if task.key == "record_consent"]
    assert known_for(town.office.desk(town.who("Siobhan")), asked.id).sharing.left_out == ("Marta",)
    back = [{"who": "Marta", "why": "They get on now"}]
    town.do(second, "record_consent", choice="given", exclusions_ended=back)
    assert find_person(desk, second).found


def test_whom_the_person_left_out_is_left_out_of_their_case_in_the_other_programme_too(town: Town) -> None:
    first = an_open_case(town)
    town.shut_out(first, "Marta")
    raw = {**referral(town, **SOMEBODY_ELSE), "gp_practice": ["ZZ101"]}
    done = referrals.submit_referral(town.office.desk(town.who("Brennan")), "mcm", raw)
    assert town.case(done.case_number).person_id == town.case(first).person_id
    shut = select(Exclusion.staff_id).where(Exclusion.case_id == done.case_id)
    assert town.ask(lambda session: session.scalars(shut).all()) == [town.who("Marta").id]
