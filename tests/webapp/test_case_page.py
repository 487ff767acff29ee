"""A case in the browser: read, walked without seeing, acted upon, and every look at it written down."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.builders.filled_forms import filled
from tests.builders.walked_case import Town
from tests.webapp.conftest import Browser
from tests.webapp.desk_work import at_work, said
from webapp import create_app
from workflows.actions.attachments import keep_with_draft, looked_at
from workflows.actions.paperwork import known_days
from workflows.actions.tasks import claim_task
from workflows.assembly import Office
from workflows.casework.audit import AuditEntry
from workflows.casework.base import new_id
from workflows.casework.case import Case
from workflows.casework.consent import Exclusion
from workflows.casework.diagram import CaseRun
from workflows.casework.document import Document
from workflows.casework.programme import ProgrammeSetting
from workflows.casework.task import Draft, Task
from workflows.questions.audit import verify_chain
from workflows.storage.lookups import lookups_for

NURSE, CLERK, PARTNER, GUARDIAN = "Siobhan Kelly", "Ifeoma", "Peggy", "Emeka"
TABS = ("", "/timeline", "/documents", "/plan", "/people", "/letters", "/process")
Enter = Callable[[str], Browser]


@pytest.fixture
def town(one_programme: Town) -> Town:
    """The demonstration's people, programmes and diagrams."""
    return one_programme


@pytest.fixture
def app(office: Office, town: Town) -> Flask:
    """The application over that office."""
    return create_app(office)


@pytest.fixture
def enter(app: Flask, town: Town) -> Enter:
    """Sign somebody in, by a part of the name."""

    def sign_in(name: str) -> Browser:
        staff_id = town.who(name).id
        assert staff_id is not None
        return at_work(app, staff_id)

    return sign_in


def a_referral(town: Town) -> str:
    return town.refer(
        given_name="Edith", family_name="Barrow", preferred_name="Edie", views="I want to sleep in my own bed.",
        safe_contact="Never ring in the evening", message_safe="no", nhs_number="9990000018", dob="1941-03-27",
    )  # fmt: skip


@pytest.fixture
def number(town: Town) -> str:
    """A case that waits for triage."""
    return str(town.once(a_referral))


def of_case(town: Town, noun: type[Document] | type[CaseRun] | type[Task]) -> list[UUID]:
    """The ids of everything of a kind, oldest first."""
    found: list[UUID] = town.ask(lambda session: session.scalars(select(noun.id).order_by(noun.id)).all())
    return found


def filled_button(town: Town, number: str, form: str, **answers: object) -> dict[str, list[str]]:
    """What a button's form sends."""
    case, desk = town.case(number), town.office.desk()
    with desk.looking() as session:
        lookups = lookups_for(session, session.merge(case.programme), desk.today, session.merge(case))
        known = known_days(session, session.merge(case))
    return filled(desk.forms.form(form), today=desk.today, lookups=lookups, known=known, **answers)


def test_the_page_says_who_it_is_where_the_case_is_and_why_it_waits(enter: Enter, number: str) -> None:
    page = said(enter(NURSE).get(f"/cases/{number}"))
    for words in (
        "Edie Barrow", "27 March 1941 (85)", "999 000 0018", "Do not leave a message",
        "Waiting for the triage clinician to triage the referral; due", "“I want to sleep in my own bed.”",
        "Is the person eligible?", "Rule 8 of version 1",
    ):  # fmt: skip
        assert words in page


def test_an_answer_of_the_referrer_is_written_down_only_where_one_is_awaited(
    enter: Enter, town: Town, number: str
) -> None:
    nurse = enter(NURSE)
    assert "The referrer answered" not in said(nurse.get(f"/cases/{number}"))
    town.do(number, "triage_referral", verdict="return", return_reason="Which practice?")
    town.walk(number, *(task.key for task in town.open_tasks(number)))
    assert "The referrer answered" in said(nurse.get(f"/cases/{number}"))


def test_a_phone_dials_the_person_and_the_facts_of_tables_are_words(enter: Enter, number: str) -> None:
    page = enter(NURSE).get(f"/cases/{number}")
    assert '<a href="tel:01614960000">0161 496 0000</a>' in page.text
    words = said(page)
    assert "Very frequent use: A&amp;E visits in 12 months, more than" in words
    assert "referred or nominated" in words
    for code in ("(-1", "BASE", "hiu ed", "efi "):
        assert code not in words


def test_the_person_and_the_consent_are_read_before_the_work_and_the_tables_last(enter: Enter, number: str) -> None:
    page = said(enter(NURSE).get(f"/cases/{number}"))
    order = ("Waiting for the triage", "What matters to Edie", "Consent and sharing", "Log contact", "Open now", "Why?")
    places = [page.index(words) for words in order]
    assert places == sorted(places)


@pytest.mark.both_databases
def test_every_page_of_a_case_opens_and_each_look_is_written_down(enter: Enter, town: Town, number: str) -> None:
    browser = enter(NURSE)
    for tab in TABS:
        assert browser.get(f"/cases/{number}{tab}").status_code == 200, tab
    looks = town.ask(
        lambda session: session.scalars(
            select(AuditEntry).where(AuditEntry.act == "record seen").order_by(AuditEntry.seq)
        ).all()
    )
    assert [look.detail["page"] for look in looks] == [
        "case", "timeline", "documents", "plan and goals", "people", "letters", "process",
    ]  # fmt: skip
    assert {look.actor for look in looks} == {NURSE}
    assert verify_chain(town.office.desk()).whole
    browser.get(f"/cases/{number}/do/contact")
    looked = said(enter(GUARDIAN).get(f"/cases/{number}/looked"))
    assert "Looked at: plan and goals" in looked
    assert "Opened the form “Log contact”" in looked


def test_an_excluded_colleague_gets_the_same_page_as_for_no_case(enter: Enter, town: Town, number: str) -> None:
    browser = enter(NURSE)
    run = of_case(town, CaseRun)[0]
    session = town.office.database.writing()
    session.add(
        Exclusion(
            case_id=town.case(number).id, staff_id=town.who(NURSE).id, who="a nurse", since=town.office.clock.now()
        )
    )
    session.commit()
    session.close()
    missing = re.sub(r"number: \S+", "", said(browser.get("/cases/ACM-999999")))
    for address in (*TABS, f"/process/{run}.bpmn", "/do/contact"):
        answer = browser.get(f"/cases/{number}{address}")
        assert answer.status_code == 404, address
        if not address:
            assert re.sub(r"number: \S+", "", said(answer)) == missing
    assert "Barrow" not in said(browser.post("/find", {"q": "Barrow"})).replace("“Barrow”", "")


def test_a_clerk_is_not_shown_padlocked_answers(enter: Enter, town: Town, number: str) -> None:
    paper = of_case(town, Document)[0]
    for address in (f"/cases/{number}", f"/cases/{number}/documents/{paper}"):
        assert "Never ring in the evening" in said(enter(NURSE).get(address))
        assert "Never ring in the evening" not in said(enter(CLERK).get(address))


def test_a_handover_by_the_button_does_not_ask_what_has_one_answer(enter: Enter, number: str) -> None:
    page = enter("Adaeze").get(f"/cases/{number}/do/transfer")
    assert "Services in a new area" not in page.text
    assert '<input type="hidden" name="kind" value="team">' in page.text


def test_a_partner_is_shown_neither_letters_nor_process(enter: Enter, town: Town, number: str) -> None:
    town.do(number, "triage_referral")
    browser = enter(PARTNER)
    page = browser.get(f"/cases/{number}")
    assert page.status_code == 200
    assert "Process" not in said(page)
    assert "Open now (0)" not in said(page)
    assert "until then it is health, social care and voluntary organisations" in said(page), (
        "a partner is told of no more consent than there is"
    )
    assert "The person agreed." not in said(page)
    assert ("Log contact" in said(page), "Change consent" in said(page)) == (True, False)
    assert browser.get(f"/cases/{number}/do/consent").status_code == 422
    for address in ("/letters", "/process", f"/process/{of_case(town, CaseRun)[0]}.bpmn"):
        assert browser.get(f"/cases/{number}{address}").status_code == 404


def test_the_process_is_told_in_lists_whose_links_all_lead_somewhere(enter: Enter, number: str) -> None:
    page = enter(NURSE).get(f"/cases/{number}/process").text
    targets = re.findall(r'href="#(step-[^"]+)"', page)
    assert targets
    assert set(targets) <= set(re.findall(r'id="(step-[^"]+)"', page))
    here = re.findall(r'aria-current="step">\s*<strong>([^<]+)</strong>', page)
    assert here == ["Triage the referral"]
    assert "Here now: Triage the referral Drawn: Intake" in said(enter(NURSE).get(f"/cases/{number}/process"))
    assert 'data-tokens="[&#34;triage_referral&#34;]"' in page


def test_the_process_says_in_whose_hands_a_step_is(enter: Enter, town: Town, number: str) -> None:
    (task,) = town.open_tasks(number)
    claim_task(town.office.desk(town.who(NURSE)), task.id)
    assert f"Here now, held by {NURSE}" in said(enter(NURSE).get(f"/cases/{number}/process"))


def test_the_drawing_is_the_one_of_the_release_the_case_runs_on(enter: Enter, town: Town, number: str) -> None:
    run = of_case(town, CaseRun)[0]
    answer = enter(NURSE).get(f"/cases/{number}/process/{run}.bpmn?part=acm_intake")
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    assert b'id="acm_intake"' in answer.data
    assert enter(NURSE).get(f"/cases/{number}/process/{run}.bpmn?part=nothing").status_code == 404


def test_a_contact_is_logged_and_stands_in_the_timeline(enter: Enter, town: Town, number: str) -> None:
    browser = enter(NURSE)
    address = f"/cases/{number}/do/contact"
    assert browser.post(f"{address}/autosave", {"purpose": "To say hello"}).json.keys() == {"saved_at"}
    assert "To say hello" in browser.get(address).text
    answer = browser.post(address, filled_button(town, number, "F20", type="phone", purpose="To say hello"))
    assert answer.status_code == 303
    assert "Contact (phone)" in said(browser.get(f"/cases/{number}/timeline?kind=contacts"))
    assert town.ask(lambda session: session.scalars(select(Draft)).all()) == []


def test_what_is_wrong_is_said_on_top_and_what_was_typed_stays(enter: Enter, number: str) -> None:
    answer = enter(NURSE).post(f"/cases/{number}/do/contact", {"purpose": "To say hello"})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "To say hello" in answer.text
    assert answer.text.index("There is a problem") < answer.text.index("data-draft-url")


@pytest.mark.parametrize("then", ["", "/save"])
def test_what_a_button_refused_or_somebody_put_aside_stands_there_when_they_come_back(
    enter: Enter, number: str, then: str
) -> None:
    browser, address = enter(NURSE), f"/cases/{number}/do/contact"
    browser.post(f"{address}/autosave", {"purpose": "To say hello"})
    browser.post(f"{address}{then}", {"purpose": "To ask how the night was"})
    browser.get("/inbox")
    page = browser.get(address).text
    assert "To ask how the night was" in page
    assert "To say hello" not in page


def test_the_numbers_to_call_stand_above_the_form_for_urgent_concerns(enter: Enter, number: str) -> None:
    page = enter(NURSE).get(f"/cases/{number}/do/urgent").text
    main = page[page.index("<main") :]
    assert (
        main.index("This is not an emergency system")
        < main.index('<strong class="app-nowrap">999')
        < main.index("<form")
    )


@pytest.mark.both_databases
def test_a_death_is_asked_about_twice_and_then_stops_everything(enter: Enter, town: Town, number: str) -> None:
    browser = enter(NURSE)
    answers = filled_button(town, number, "F26", date="2026-11-15", told_on="2026-11-16")
    address = f"/cases/{number}/do/death"
    asked = browser.post(address, answers)
    assert asked.status_code == 200
    assert "This stops every letter, reminder and appointment at once. 1 open task is withdrawn." in said(asked)
    assert [task.key for task in town.open_tasks(number)] == ["triage_referral"]
    assert browser.post(address, {**answers, "confirmed": "yes"}).status_code == 303
    assert "triage_referral" not in [task.key for task in town.open_tasks(number)]
    page = said(browser.get(f"/cases/{number}"))
    assert "appointments have been stopped: a death was reported and is not yet confirmed." in page
    assert "Request MDT" not in page
    assert browser.get(f"/cases/{number}/do/hospital").status_code == 422


def test_a_withdrawal_is_taken_back_on_the_page_with_a_reason(enter: Enter, town: Town, number: str) -> None:
    browser, address = enter("Adaeze"), f"/cases/{number}/do/not_withdrawn"
    assert address not in browser.get(f"/cases/{number}").text
    town.press(number, "withdrawal", by="Adaeze")
    assert address in browser.get(f"/cases/{number}").text
    assert address not in enter("Ifeoma").get(f"/cases/{number}").text
    answers = filled_button(town, number, "F45", how_known="It was written into the wrong case.")
    refused = browser.post(address, answers | {"how_known": [""]})
    assert "Enter how you know that the person did not withdraw" in refused.text
    asked = said(browser.post(address, answers))
    assert "what was shared is shared again" in asked
    assert browser.post(address, {**answers, "confirmed": "yes"}).location == f"/cases/{number}"
    page = said(browser.get(f"/cases/{number}"))
    assert "The withdrawal is taken back." in page
    assert [task.key for task in town.open_tasks(number)] == ["triage_referral"]
    assert "Pressed: Consent was not withdrawn" in said(browser.get(f"/cases/{number}/timeline"))


def test_going_back_from_the_confirmation_keeps_what_was_typed(enter: Enter, town: Town, number: str) -> None:
    answers = filled_button(town, number, "F26", date="2026-11-15", told_on="2026-11-16", known_by="Her sister Joan")
    page = enter(NURSE).post(f"/cases/{number}/do/death", {**answers, "change": "yes"})
    assert 'value="Her sister Joan"' in page.text


def test_a_button_outside_ones_role_is_refused(enter: Enter, number: str) -> None:
    assert enter("Rajesh Patel").get(f"/cases/{number}/do/error").status_code in {403, 404}
    assert enter(NURSE).get(f"/cases/{number}/do/error").status_code == 403
    assert enter(NURSE).get(f"/cases/{number}/do/nothing").status_code == 404


def test_a_correction_needs_a_reason_and_is_filed_beside_the_document(enter: Enter, town: Town, number: str) -> None:
    town.do(number, "triage_referral")
    browser = enter(NURSE)
    paper = town.ask(lambda session: session.scalar(select(Document.id).where(Document.form_key == "F03")))
    address = f"/cases/{number}/documents/{paper}"
    answers = filled_button(town, number, "F03", verdict="accept", priority="standard", notes="Rings in the morning")
    without = browser.post(f"{address}/amend", answers)
    assert (without.status_code, "Enter why the document is corrected" in without.text) == (422, True)
    assert browser.post(f"{address}/amend", {**answers, "why": "The time was wrong"}).status_code == 303
    assert "A correction stands" in said(browser.get(address))
    newest = of_case(town, Document)[-1]
    after = said(browser.get(f"/cases/{number}/documents/{newest}"))
    assert "Why: The time was wrong" in after
    assert "Rings in the morning" in after


def test_a_document_corrected_in_two_windows_holds_both_corrections(enter: Enter, town: Town, number: str) -> None:
    town.do(number, "triage_referral")
    browser = enter(NURSE)
    paper = town.ask(lambda session: session.scalar(select(Document.id).where(Document.form_key == "F03")))
    address = f"/cases/{number}/documents/{paper}/amend"
    pages = [browser.get(address).text for _ in range(2)]
    first, second = (dict(re.findall(r'name="(draft_page|begun-with)" value="([^"]+)"', page)) for page in pages)
    answers = filled_button(town, number, "F03", verdict="accept", priority="standard")
    mine = {**answers, "notes": "Rings in the morning", "why": "Notes were missing", **first}
    other = {**answers, "cohort": "frail_older", "why": "The group was missing", **second}
    browser.post(f"{address}/autosave", mine)
    assert "both are kept" in browser.post(f"{address}/autosave", other).get_json()["note"]
    assert "Go on with what was saved" in browser.get(address).text
    assert browser.post(address, mine).status_code == 303
    assert browser.post(address, other).status_code == 303
    newest = town.ask(lambda session: session.scalars(select(Document).order_by(Document.id.desc())).first())
    assert (newest.answers["notes"], newest.answers["cohort"]) == ("Rings in the morning", "frail_older")
    assert "You have added to “Triage” since you began; both stand in it." in said(browser.get(f"/cases/{number}"))


def test_a_document_of_another_case_is_not_reached_through_this_one(enter: Enter, town: Town, number: str) -> None:
    other = town.refer(given_name="Tom", family_name="Other", nhs_number="9990001383", dob="1950-01-01")
    paper = of_case(town, Document)[0]
    assert enter(NURSE).get(f"/cases/{other}/documents/{paper}").status_code == 404


def test_a_closed_case_says_why_and_has_no_buttons(enter: Enter, town: Town, number: str) -> None:
    with town.office.desk(town.who(NURSE)).work() as work:
        case = work.session.merge(town.case(number))
        case.close("goals_met", work.now, work.today)
        case.outbound_stopped = True
        work.commit()
    browser = enter(NURSE)
    page = said(browser.get(f"/cases/{number}"))
    assert "appointments have been stopped: the case is closed." in page
    assert "Closed on 16 November 2026: the goals were met." in page
    assert "Nobody yet" not in page
    assert re.search(r"On 16 November 2026:\s", page), "a table's word is of its day"
    assert "Log contact" not in page
    assert browser.get(f"/cases/{number}/do/contact").status_code == 422


def test_neither_name_nor_nhs_number_is_put_into_an_address(enter: Enter, number: str) -> None:
    browser = enter(NURSE)
    found = browser.post("/find", {"q": "999 000 0018"})
    assert (found.status_code, number in found.text) == (200, True)
    assert "999 000 0018" not in found.text.split("<main")[1].replace("or 999 000 0018", "")
    named = browser.post("/find", {"q": "barrow"})
    assert (named.status_code, number in named.text) == (200, True)
    assert number not in browser.get("/find?q=barrow").text
    back = re.search(r'data-own-address="([^"]+)"', named.text)
    assert back
    assert ("barrow" in back[1], number in browser.get(back[1]).text) == (False, True)  # the way back shows it again


def test_the_caseload_shows_the_case_under_its_stage(enter: Enter, number: str) -> None:
    page = said(enter(NURSE).get("/caseload"))
    assert "Edie Barrow, 85" in page
    assert "Triage 1 case , median 0 days" in page
    assert "What each care coordinator carries" not in page
    assert enter("Rajesh Patel").get("/caseload").status_code == 200


def test_the_caseload_warns_of_a_coordinator_above_the_limit(enter: Enter, town: Town, number: str) -> None:
    session = town.office.database.writing()
    session.query(ProgrammeSetting).filter_by(key="caseload_limit").update({"value": "0"})
    session.query(Case).one().coordinator_id = town.who(NURSE).id
    session.commit()
    session.close()
    page = said(enter(NURSE).get("/caseload"))
    assert "▲ 1 care coordinator above the programme’s limit" in page
    assert "Siobhan Kelly : 1 case, weight 1, above the limit of 0 cases" in page
    assert "Siobhan Kelly ▲ Above the limit of 0 cases Cases 1 Weight 1" in page


def test_what_its_own_process_asks_is_said_before_an_earlier_due_task_of_a_companion(
    enter: Enter, town: Town, number: str
) -> None:
    session = town.office.database.writing()
    main, now = session.query(CaseRun).one(), town.office.clock.now()
    beside = CaseRun(
        id=new_id(), case_id=main.case_id, process="acm_action", release_id=main.release_id, started_at=now, state="{}"
    )
    task = Task(
        case_id=main.case_id, run_id=beside.id, step_id=new_id().hex, programme_id=town.case(number).programme_id,
        key="do_action", name="Do the action", process="acm_action", role="gp_lead", why="", form_key="F10",
        due_at=now + timedelta(minutes=1), opened_at=now, properties={}, variables={}, escalation="C",
    )  # fmt: skip
    session.add_all([beside, task])
    session.commit()
    session.close()
    page = said(enter(NURSE).get(f"/cases/{number}"))
    assert re.search(r"Waiting for the triage clinician to triage the referral; due [^.]+\. And 1 more\.", page)
    assert "Waiting for the GP lead and MDT chair to do the action; due" in page


def test_the_next_review_stands_with_the_facts_of_the_case(enter: Enter, town: Town, number: str) -> None:
    assert "Next review" not in said(enter(NURSE).get(f"/cases/{number}"))
    session = town.office.database.writing()
    session.query(Case).one().next_review_at = datetime(2027, 2, 8, 9, tzinfo=UTC)
    session.commit()
    session.close()
    assert "Next review 8 February 2027" in said(enter(NURSE).get(f"/cases/{number}"))


def test_nothing_is_asked_of_a_case_that_stands_still_by_mistake_is_said(enter: Enter, town: Town, number: str) -> None:
    session = town.office.database.writing()
    for task in session.query(Task):
        task.status = "cancelled"
    session.commit()
    session.close()
    assert "This should not happen" in said(enter(NURSE).get(f"/cases/{number}"))


def test_a_record_nobody_may_see_is_never_marked_as_seen(town: Town, number: str, enter: Enter) -> None:
    enter("Gareth").get(f"/cases/{number}/timeline")
    town.do(number, "triage_referral")  # now it is with the East team
    browser = enter("Gareth")
    before = len(town.ask(lambda session: session.scalars(select(AuditEntry.id)).all()))
    assert browser.get(f"/cases/{number}").status_code == 404
    assert len(town.ask(lambda session: session.scalars(select(AuditEntry.id)).all())) == before


def test_a_file_in_a_document_is_a_link_with_its_name(enter: Enter, town: Town, number: str) -> None:
    nurse, form = town.office.desk(town.who(NURSE)), town.office.desk().forms.form("F05")
    letter = {"signed_form": [looked_at("Letter.pdf", b"%PDF-1.7 a letter")]}
    file_id = keep_with_draft(nurse, "a draft", form, {}, letter)["signed_form"][0]
    town.press(number, "consent", NURSE, how="signed_file", signed_form=file_id, choice="given")
    paper = town.ask(lambda session: session.scalar(select(Document.id).where(Document.form_key == "F05")))
    page = enter(NURSE).get(f"/cases/{number}/documents/{paper}").text
    assert f'<a href="/attachments/{file_id}">Letter.pdf</a>' in page
