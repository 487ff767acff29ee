"""Referrals: taken in once, drafts opened with a code only, purged when old, answered when asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from tests.builders.ways_in import COORDINATOR, referral, referral_answers
from webapp.referrals.presenters import how_far, steps_of
from workflows.actions import attachments, drafts, housekeeping, referral_codes, referral_drafts, referrals
from workflows.actions.referral_status import kept_draft, progress
from workflows.actions.told_answers import as_typed
from workflows.casework.case import Case
from workflows.casework.consent import Exclusion
from workflows.casework.document import Attachment, Document
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound, RuleBroken
from workflows.casework.notice import Notice
from workflows.casework.referral import Referral
from workflows.clock import FixedClock
from workflows.desk import Desk
from workflows.questions import referrals as asked
from workflows.questions.known import known_for

A_PDF = b"%PDF-1.7\n% a letter"


@pytest.fixture
def desk(town: Town) -> Desk:
    """Nobody's desk: a referrer without an account sits there."""
    return town.office.desk()


@pytest.fixture
def staff(town: Town) -> Desk:
    """The coordinator's desk."""
    return town.office.desk(town.who(COORDINATOR))


def begun(desk: Desk, town: Town, **said: object) -> referral_drafts.StartedReferral:
    """A draft with everything typed."""
    started = referral_drafts.start_referral(desk, "acm")
    referral_drafts.save_referral(desk, started.reference, started.code, referral(town, **said))
    return started


def refusals(staff: Desk, town: Town, **said: object) -> dict[str, str]:
    with pytest.raises(AnswersRefused) as refused:
        referrals.submit_referral(staff, "acm", referral(town, **said))
    return refused.value.errors


def test_a_referral_opens_a_case_and_starts_its_journey(town: Town, staff: Desk) -> None:
    done = referrals.submit_referral(staff, "acm", referral(town))
    assert [task.key for task in town.open_tasks(done.case_number)] == ["triage_referral"]


def test_the_same_referral_on_the_same_day_is_one(town: Town, staff: Desk) -> None:
    first = referrals.submit_referral(staff, "acm", referral(town))
    again = referrals.submit_referral(staff, "acm", referral(town))
    assert again.again
    assert again.reference == first.reference


def test_the_same_person_to_another_programme_is_another_referral(town: Town, staff: Desk) -> None:
    first = referrals.submit_referral(staff, "acm", referral(town))
    other = referrals.submit_referral(staff, "mcm", referral(town, gp_registered="unknown", gp_practice=None))
    assert other.reference != first.reference


def test_mistakes_are_told_in_the_users_words(town: Town, staff: Desk) -> None:
    assert "not a real NHS number" in refusals(staff, town, nhs_number="999 000 0019")["nhs_number"]
    assert "not a real NHS number" in refusals(staff, town, nhs_number="9999999999")["nhs_number"]
    assert "10 digits" in refusals(staff, town, nhs_number="999 000")["nhs_number"]
    assert "in the past" in refusals(staff, town, dob="2026-11-17")["dob"]
    assert refusals(staff, town, gp_practice="P84001")["gp_practice"] == "Select the GP practice from the list"


def test_only_those_who_may_refer_refer(town: Town) -> None:
    with pytest.raises(NotAllowed):
        referrals.submit_referral(town.office.desk(town.who("Farkas")), "acm", referral(town))


def test_an_unknown_programme_is_not_found(town: Town, staff: Desk) -> None:
    with pytest.raises(NotFound):
        referrals.submit_referral(staff, "nowhere", referral(town))


def test_a_draft_opens_with_its_code_however_it_is_typed(desk: Desk, town: Town) -> None:
    started = begun(desk, town)
    typed = f" {started.code[:5].lower()} {started.code[5:]} "
    assert referral_codes.check_code(desk, started.reference.lower(), typed, "10.0.0.1") == started.reference
    assert kept_draft(desk, started.reference, typed).raw["family_name"] == ["Example"]


def test_a_draft_stays_shut_without_its_code(desk: Desk, town: Town) -> None:
    started = begun(desk, town)
    with pytest.raises(NotFound):
        referral_codes.check_code(desk, started.reference, "AAAAAAAAAA", "10.0.0.1")
    with pytest.raises(NotFound):
        kept_draft(desk, started.reference, "")


def test_a_referral_of_staff_has_no_code_that_opens_it(town: Town, desk: Desk, staff: Desk) -> None:
    done = referrals.submit_referral(staff, "acm", referral(town))
    with pytest.raises(NotFound):
        progress(desk, done.reference, "")


def test_codes_cannot_be_tried_out(desk: Desk, town: Town, clock: FixedClock) -> None:
    started = begun(desk, town)
    for _ in range(referral_codes.MOST_FOR_REFERENCE):
        with pytest.raises(NotFound):
            referral_codes.check_code(desk, started.reference, "WRONG", "10.0.0.1")
    with pytest.raises(referral_codes.TooManyAttempts):
        referral_codes.check_code(desk, started.reference, started.code, "10.0.0.2")
    clock.advance(timedelta(minutes=16))
    assert referral_codes.check_code(desk, started.reference, started.code, "10.0.0.2")


def test_many_references_cannot_be_tried_from_one_place(desk: Desk) -> None:
    for number in range(referral_codes.MOST_FROM_REMOTE):
        with pytest.raises(NotFound):
            referral_codes.check_code(desk, f"R-AAAA-{number:04}", "WRONG", "10.0.0.1")
    with pytest.raises(referral_codes.TooManyAttempts):
        referral_codes.check_code(desk, "R-AAAA-BBBB", "WRONG", "10.0.0.1")


def test_right_codes_are_not_held_against_anybody(desk: Desk, town: Town) -> None:
    started = begun(desk, town)
    for _ in range(referral_codes.MOST_FROM_REMOTE + 5):
        referral_codes.check_code(desk, started.reference, started.code, "10.0.0.1")


def test_drafts_cannot_be_begun_by_the_hundred(desk: Desk) -> None:
    for _ in range(referral_codes.MOST_STARTS):
        referral_codes.note_start(desk, "10.0.0.1")
    with pytest.raises(referral_codes.TooManyAttempts):
        referral_codes.note_start(desk, "10.0.0.1")
    referral_codes.note_start(desk, "10.0.0.2")


def test_a_draft_keeps_answers_to_questions_only(desk: Desk) -> None:
    started = referral_drafts.start_referral(desk, "acm")
    referral_drafts.save_referral(
        desk, started.reference, started.code, {"family_name": ["Khan"], "rubbish": ["x"], "carer.name": ["Sam"]}
    )
    kept = kept_draft(desk, started.reference, started.code).raw
    assert kept == {"family_name": ["Khan"], "carer.name": ["Sam"]}


def test_a_draft_sent_twice_is_sent_once(desk: Desk, town: Town) -> None:
    started = begun(desk, town)
    first = referrals.send_referral(desk, started.reference, started.code)
    again = referrals.send_referral(desk, started.reference, started.code)
    assert (first.again, again.again) == (False, True)
    assert again.case_number == first.case_number
    assert kept_draft(desk, started.reference, started.code).raw == {}


def test_a_sent_referral_cannot_be_typed_over(desk: Desk, town: Town) -> None:
    started = begun(desk, town)
    referrals.send_referral(desk, started.reference, started.code)
    with pytest.raises(RuleBroken):
        referral_drafts.save_referral(desk, started.reference, started.code, {"family_name": ["Other"]})


def test_a_second_draft_of_the_same_referral_gives_the_first_reference(desk: Desk, town: Town) -> None:
    first, second = begun(desk, town), begun(desk, town)
    referrals.send_referral(desk, first.reference, first.code)
    done = referrals.send_referral(desk, second.reference, second.code)
    assert done.again
    assert done.reference == first.reference
    assert progress(desk, second.reference, second.code).status == "repeated"


def test_a_draft_that_is_not_right_is_not_sent_and_not_lost(desk: Desk, town: Town) -> None:
    started = begun(desk, town, nhs_number="999 000 0019")
    with pytest.raises(AnswersRefused):
        referrals.send_referral(desk, started.reference, started.code)
    assert kept_draft(desk, started.reference, started.code).raw["nhs_number"] == ["999 000 0019"]


def test_old_drafts_are_purged_and_their_referrers_told(desk: Desk, town: Town, clock: FixedClock) -> None:
    started = begun(desk, town, referrer_email="gp@example.org")
    clock.advance(timedelta(days=14))
    assert referral_drafts.purge_old_drafts(desk) == 0
    clock.advance(timedelta(days=1))
    assert referral_drafts.purge_old_drafts(desk) == 1
    assert referral_drafts.purge_old_drafts(desk) == 0
    row = town.ask(lambda s: s.scalars(select(Referral).where(Referral.reference == started.reference)).one())
    assert (row.status, row.raw, row.code_hash) == ("purged", {}, None)
    notice = town.ask(lambda s: s.scalars(select(Notice).where(Notice.kind == "draft_purged")).one())
    assert notice.address == "gp@example.org"


def test_a_draft_somebody_works_on_is_not_purged(desk: Desk, town: Town, clock: FixedClock) -> None:
    started = begun(desk, town)
    clock.advance(timedelta(days=10))
    referral_drafts.save_referral(desk, started.reference, started.code, referral(town))
    clock.advance(timedelta(days=10))
    assert referral_drafts.purge_old_drafts(desk) == 0


def test_nobody_is_written_to_where_no_address_was_typed(desk: Desk, town: Town, clock: FixedClock) -> None:
    begun(desk, town, referrer_email="not an address")
    clock.advance(timedelta(days=20))
    assert referral_drafts.purge_old_drafts(desk) == 1
    assert town.ask(lambda s: s.scalars(select(Notice).where(Notice.kind == "draft_purged")).all()) == []


def with_a_letter(desk: Desk, town: Town, started: referral_drafts.StartedReferral) -> str:
    """Choose a file in a draft from outside; returns its id."""
    letter = {"attachments": [attachments.looked_at("letter.pdf", A_PDF)]}
    typed = kept_draft(desk, started.reference, started.code).raw
    return referral_drafts.keep_with_referral(desk, started.reference, started.code, typed, letter)["attachments"][-1]


def files_kept(town: Town) -> list[Attachment]:
    found: list[Attachment] = town.ask(lambda s: s.scalars(select(Attachment)).all())
    return found


def test_a_file_goes_to_the_case_when_staff_send_the_referral(town: Town, staff: Desk) -> None:
    letter = {"attachments": [attachments.looked_at("letter.pdf", A_PDF)]}
    raw = attachments.keep_with_draft(staff, "referral:acm", staff.forms.form("F01"), referral(town), letter)
    done = referrals.submit_referral(staff, "acm", raw)
    drafts.discard_draft(staff, "referral:acm")
    assert [file.case_id for file in files_kept(town)] == [done.case_id]


def test_a_file_goes_to_the_case_when_the_referrer_sends_it(desk: Desk, town: Town) -> None:
    started = begun(desk, town)
    with_a_letter(desk, town, started)
    done = referrals.send_referral(desk, started.reference, started.code)
    assert [file.case_id for file in files_kept(town)] == [done.case_id]


def test_the_file_of_another_referral_cannot_be_taken_along(desk: Desk, town: Town, staff: Desk) -> None:
    foreign = with_a_letter(desk, town, begun(desk, town))
    assert refusals(staff, town, attachments=foreign) == {
        "attachments": "The file is not kept any more. Choose it again"
    }
    assert [file.case_id for file in files_kept(town)] == [None]


def test_a_second_file_stands_beside_the_first_and_one_taken_out_is_gone(desk: Desk, town: Town) -> None:
    started = begun(desk, town)
    first, second = with_a_letter(desk, town, started), with_a_letter(desk, town, started)
    assert [file.value for file in kept_draft(desk, started.reference, started.code).files] == [first, second]
    typed = {"attachments": [second]}
    referral_drafts.keep_with_referral(desk, started.reference, started.code, typed, {})
    assert [str(file.id) for file in files_kept(town)] == [second]


def test_a_file_goes_with_the_draft_that_is_purged(desk: Desk, town: Town, clock: FixedClock) -> None:
    with_a_letter(desk, town, begun(desk, town))
    clock.advance(timedelta(days=14))
    assert housekeeping.forget_stray_files(desk) == 0
    clock.advance(timedelta(days=1))
    referral_drafts.purge_old_drafts(desk)
    assert housekeeping.forget_stray_files(desk) == 1
    assert files_kept(town) == []


def test_a_file_of_no_draft_at_all_is_kept_for_a_while_only(desk: Desk, town: Town, clock: FixedClock) -> None:
    """As an earlier version left them behind."""
    with desk.work() as work:
        stray = Attachment(name="old.pdf", media_type="application/pdf", size=3, content=b"%PD", added_at=work.now)
        stray.happened("file kept for a referral")
        work.session.add(stray)
        work.commit()
    clock.advance(timedelta(days=59))
    assert housekeeping.forget_stray_files(desk) == 0
    clock.advance(timedelta(days=2))
    assert housekeeping.forget_stray_files(desk) == 1


def test_a_program_dressed_as_a_letter_is_refused() -> None:
    with pytest.raises(RuleBroken):
        attachments.looked_at("letter.pdf", b"MZ\x90 a program")


def test_the_status_shows_steps_and_nothing_clinical(desk: Desk, town: Town) -> None:
    started = begun(desk, town)
    referrals.send_referral(desk, started.reference, started.code)
    found = progress(desk, started.reference, started.code)
    assert (found.status, found.stage, found.questions) == ("sent", "triage", None)
    assert set(vars(found)) == {
        "reference", "programme_key", "status", "sent_at", "stage", "accepted_at", "closed_at", "closure_reason",
        "questions", "short",
    }  # fmt: skip


def test_a_case_number_with_the_code_shows_the_status_too(desk: Desk, town: Town) -> None:
    started = begun(desk, town)
    done = referrals.send_referral(desk, started.reference, started.code)
    assert referral_codes.check_code(desk, done.case_number, started.code, "10.0.0.1") == started.reference


def test_a_referrer_whom_the_person_left_out_follows_the_case_no_further(desk: Desk, town: Town) -> None:
    started = begun(desk, town, consent_stage="no_not_asked", not_asked_reason="She had gone.")
    (name,) = kept_draft(desk, started.reference, started.code).raw["referrer_name"]
    done = referrals.send_referral(desk, started.reference, started.code)
    town.walk_until(done.case_number, "record_consent")
    gone = [{"name": name}]
    town.do(done.case_number, "record_consent", choice="partial", limits="Not him", exclusions=gone)
    found = progress(desk, started.reference, started.code)
    assert (found.status, found.stage, found.accepted_at, found.questions) == ("sent", "referred", None, None)
    with pytest.raises(RuleBroken, match="does not wait"):
        referral_drafts.answer_questions(desk, started.reference, started.code, "Where is she?")


@pytest.mark.parametrize("reached", [True, False])
def test_a_referrer_follows_the_case_as_far_as_the_sharing_reaches_them(desk: Desk, town: Town, reached: bool) -> None:
    started = begun(desk, town, consent_stage="no_not_asked", not_asked_reason="She had gone.", source="vcse")
    done = referrals.send_referral(desk, started.reference, started.code)
    town.walk_until(done.case_number, "record_consent")
    before = progress(desk, started.reference, started.code)
    assert before.accepted_at is not None
    shared = ["gp", "vcse"] if reached else ["gp"]
    town.do(done.case_number, "record_consent", share_with=shared)
    found = progress(desk, started.reference, started.code)
    known = (before.accepted_at, "assessment", False)
    assert (found.accepted_at, found.stage, found.short) == (known if reached else (None, "triage", True))
    assert steps_of(found)[-1].what.startswith("Accepted" if reached else "The team has read it. More we cannot tell")


def test_a_referrer_with_an_account_follows_what_is_shared_with_the_least_no_further(town: Town) -> None:
    referrer = town.office.desk(town.who("Brennan"))
    unasked = {"consent_stage": "no_not_asked", "not_asked_reason": "She had gone."}
    done = referrals.submit_referral(referrer, "acm", referral(town, **unasked))
    town.walk_until(done.case_number, "record_consent")
    assert how_far(asked.own_referral(referrer, done.reference)) == "Accepted by a team"
    with town.office.desk().work() as work:
        work.session.get_one(Case, done.case_id).share("minimum", ())
        work.commit()
    found = asked.own_referral(referrer, done.reference)
    assert (found.stage, found.accepted_at, how_far(found)) == ("triage", None, "Read by the team")


def test_the_referrer_answers_what_the_team_asked(desk: Desk, town: Town) -> None:
    started = begun(desk, town, gp_registered="unknown", gp_practice=None)
    done = referrals.send_referral(desk, started.reference, started.code)
    town.do(done.case_number, "ask_referrer", standard_questions=["practice"], questions=None, ask_note="Please")
    asked_now = progress(desk, started.reference, started.code).questions
    assert asked_now == ("Which GP practice is the person registered with?", "Please")
    referral_drafts.answer_questions(desk, started.reference, started.code, "Copper Kettle Lane")
    assert progress(desk, started.reference, started.code).questions is None
    papers = town.ask(lambda s: s.scalars(select(Document).where(Document.form_key == "F02")).all())
    assert papers[-1].answers["answer"] == "Copper Kettle Lane"
    with pytest.raises(RuleBroken):
        referral_drafts.answer_questions(desk, started.reference, started.code, "Again")


def test_an_urgent_referral_with_an_unknown_practice_is_triaged_by_a_clinician_within_hours(
    desk: Desk, town: Town
) -> None:
    started = begun(desk, town, gp_registered="unknown", gp_practice=None, suicidal_now=True)
    done = referrals.send_referral(desk, started.reference, started.code)
    (task,) = town.open_tasks(done.case_number)
    assert (task.key, task.role, task.escalation) == ("triage_referral", "triage", "S")
    assert known_for(town.office.desk(town.who("Siobhan")), task.id).reasons[0].outcome == "needs_info"
    assert task.due_at is not None
    assert task.due_at - desk.clock.now() <= timedelta(hours=4)
    town.do(done.case_number, "triage_referral", verdict="urgent", priority="urgent", team="east")
    assert {"acknowledge_urgent", "find_registration"} <= {one.key for one in town.open_tasks(done.case_number)}


def test_an_answer_must_say_something(desk: Desk, town: Town) -> None:
    started = begun(desk, town)
    with pytest.raises(AnswersRefused):
        referral_drafts.answer_questions(desk, started.reference, started.code, "  ")


@pytest.mark.parametrize(
    ("said", "outcome", "reason"),
    [
        ({"dob": "2010-01-01"}, "not_eligible", "E_UNDER_18"),
        ({"dob": "1941-03-27"}, "needs_info", "E_GP_UNKNOWN"),
        ({"dob": "1941-03-27", "gp_registered": "no", "gp_elsewhere": "none"}, "not_eligible", "E_NO_GP"),
        ({"dob": "1941-03-27", "gp_registered": "no", "gp_elsewhere": "other"}, "not_eligible", "E_NOT_LOCAL_GP"),
        ({"dob": "1941-03-27", "gp_registered": "yes", "gp_practice": "ZZ003"}, "eligible", "E_OK"),
        ({}, "needs_info", "E_AGE_UNKNOWN"),
    ],
)
def test_the_programmes_table_judges_while_somebody_types(
    desk: Desk, said: dict[str, str], outcome: str, reason: str
) -> None:
    found = asked.verdict(desk, "acm", said)
    assert (found.outcome, found.reason_code) == (outcome, reason)


def test_under_18_is_pointed_to_childrens_services_unless_the_birthday_is_near(desk: Desk) -> None:
    child = asked.verdict(desk, "acm", {"dob": "2012-01-01"})
    assert not child.held
    assert child.instead[0][0] == "Children’s services front door"
    assert asked.verdict(desk, "acm", {"dob": "2008-12-16"}).held


def test_one_sees_ones_own_referrals_only(town: Town, staff: Desk) -> None:
    done = referrals.submit_referral(staff, "acm", referral(town))
    assert asked.own_referral(staff, done.reference).case_number == done.case_number
    with pytest.raises(NotFound):
        asked.own_referral(town.office.desk(town.who("Brennan")), done.reference)


def test_a_referrer_whom_the_person_excluded_keeps_what_they_wrote_and_follows_no_case(town: Town, staff: Desk) -> None:
    done = referrals.submit_referral(staff, "acm", referral(town))
    with town.office.desk().work() as work:
        case = work.session.get_one(Case, done.case_id)
        case.stage, case.accepted_at, case.closed_at, case.closure_reason = "closed", work.now, work.now, "died"
        case.happened("a test")
        kept = Exclusion(case_id=case.id, who="whoever referred", staff_id=staff.actor.id, since=work.now)
        kept.happened("exclusion recorded")
        work.session.add(kept)
        work.commit()
    found = asked.own_referral(staff, done.reference)
    assert found.person
    assert (found.case_number, found.stage, found.accepted_at, found.closed_at, found.closure_reason) == (
        "", "referred", None, None, "",
    )  # fmt: skip
    assert how_far(found) == "Received"
    assert not referrals.submit_referral(staff, "acm", referral(town)).case_number


def test_answers_told_as_json_are_the_answers_typed(town: Town, staff: Desk) -> None:
    answers = referral_answers(town)
    done = referrals.submit_referral(staff, "acm", as_typed(staff.forms.form("F01"), answers))
    paper = town.ask(lambda s: s.scalars(select(Document).where(Document.case_id == done.case_id)).first())
    assert paper.answers == answers


@pytest.mark.parametrize(
    ("answers", "name"),
    [
        ({"dob": 1941}, "dob"),
        ({"dob": "27/03/1941"}, "dob"),
        ({"comm_needs": "braille"}, "comm_needs"),
        ({"hiu_flag": "yes"}, "hiu_flag"),
        ({"carer": []}, "carer"),
        ({"risk_facts": {"fact": "x"}}, "risk_facts"),
        ({"family_name": ["Khan"]}, "family_name"),
        ({"favourite_colour": "blue"}, "favourite_colour"),
        ({"carer": {"shoe_size": 9}}, "carer.shoe_size"),
        ({"emergency_note": "hello"}, "emergency_note"),
    ],
)
def test_json_of_the_wrong_shape_is_told_by_name(town: Town, answers: dict[str, object], name: str) -> None:
    with pytest.raises(AnswersRefused) as refused:
        as_typed(town.office.desk().forms.form("F01"), answers)
    assert list(refused.value.errors) == [name]
