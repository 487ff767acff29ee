"""Letters leave by hand: read as they go out, put right while drafts, marked as sent once, held back when they must."""

from __future__ import annotations

import re
from datetime import date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from tests.webapp.conftest import Browser
from tests.webapp.desk_work import at_work, said
from webapp import create_app
from workflows.actions.letters import change_text, mark_sent
from workflows.casework.errors import NotAllowed, NotFound, OutOfDate
from workflows.casework.notice import Letter
from workflows.clock import FixedClock
from workflows.questions.letters import letter_page, letters_to_send

NURSE, CLERK, OTHER_TEAM, PARTNER, GUARDIAN = "Siobhan Kelly", "Ifeoma", "Gareth", "Peggy", "Emeka"


@pytest.fixture
def town(one_programme: Town) -> Town:
    """The demonstration's people, programmes and diagrams."""
    return one_programme


def an_invitation(town: Town) -> str:
    case = town.refer(
        given_name="Edith", family_name="Barrow", address="14 Lark Hill\nRadcliffe", comm_needs=["large_print"],
        source="family_carer", referrer_email=None,
    )  # fmt: skip
    town.walk(case, "triage_referral", "allocate_coordinator")
    return case


@pytest.fixture
def number(town: Town) -> str:
    """A case with an invitation to the person, in large print, and an acknowledgement to the referrer."""
    return str(town.once(an_invitation))


def letter(town: Town, template: str) -> UUID:
    """The letter written from a template."""
    found: UUID = town.ask(lambda session: session.scalars(select(Letter.id).where(Letter.template == template)).one())
    return found


def standing(town: Town, template: str) -> str:
    """How a letter stands."""
    found: str = town.ask(lambda session: session.get_one(Letter, letter(town, template)).status)
    return found


def browser_of(town: Town, name: str) -> Browser:
    """Somebody signed in."""
    staff_id = town.who(name).id
    assert staff_id is not None
    return at_work(create_app(town.office), staff_id)


def make_draft(town: Town, template: str) -> None:
    """Put a letter back to where somebody checks it."""
    session = town.office.database.writing()
    session.get_one(Letter, letter(town, template)).status = "draft"
    session.commit()
    session.close()


def test_a_letter_is_shown_as_it_goes_out_in_the_print_its_reader_needs(town: Town, number: str) -> None:
    page = browser_of(town, CLERK).get(f"/letters/{letter(town, 'L02')}")
    assert 'class="app-letter app-letter--large"' in page.text
    assert "Edith Barrow 14 Lark Hill Radcliffe" in said(page)
    acknowledgement = browser_of(town, CLERK).get(f"/letters/{letter(town, 'L01')}")
    assert 'class="app-letter"' in acknowledgement.text


def test_a_letter_to_a_body_bears_its_name_and_says_when_its_address_is_not_known(town: Town, number: str) -> None:
    page = browser_of(town, CLERK).get(f"/letters/{letter(town, 'L01')}")
    sheet = page.text.partition("<article")[2].partition("</article>")[0]
    assert re.search(r'<address class="app-letter__to-write">\s*Example answer: Your name\s', sheet)
    assert "Their address is not known" in said(page)
    assert "not known" not in sheet, "what is printed tells nobody that we do not know"


def test_what_heads_a_part_of_a_letter_is_a_heading_and_what_somebody_wrote_is_none(town: Town, number: str) -> None:
    make_draft(town, "L01")
    shown = letter_page(town.office.desk(town.who(CLERK)), letter(town, "L01"))
    change_text(town.office.desk(town.who(CLERK)), letter(town, "L01"), f"{shown.text}\n\nUrgent", shown.seen)
    page = browser_of(town, CLERK).get(f"/letters/{letter(town, 'L01')}").text
    assert '<h2 class="app-letter__heading">What happens next</h2>' in page
    assert '<p class="app-lines">Urgent</p>' in page


@pytest.mark.both_databases
def test_a_letter_marked_as_sent_stands_in_the_timeline_and_is_sent_once(town: Town, number: str) -> None:
    browser = browser_of(town, CLERK)
    address = f"/letters/{letter(town, 'L02')}/sent"
    assert browser.post(address).status_code == 303
    assert standing(town, "L02") == "sent"
    assert "Letter “Invitation to the person” to the person was sent" in said(
        browser.get(f"/cases/{number}/timeline?kind=letters")
    )
    assert browser.post(address).status_code == 409


def test_nothing_is_marked_as_sent_to_somebody_who_died_meanwhile(town: Town, number: str) -> None:
    with town.office.desk(town.who(NURSE)).work() as work:
        work.session.merge(town.case(number)).person.record_death(date(2026, 11, 15))
        work.commit()
    browser = browser_of(town, CLERK)
    assert "Mark as sent" not in browser.get(f"/letters/{letter(town, 'L02')}").text
    assert mark_sent(town.office.desk(town.who(CLERK)), letter(town, "L02")) == "the person has died"
    assert standing(town, "L02") == "withheld"
    assert "Held back" in said(browser.get(f"/cases/{number}/letters"))


@pytest.mark.both_databases
def test_only_a_draft_can_be_reworded_and_only_the_text_one_has_read(town: Town, number: str) -> None:
    desk = town.office.desk(town.who(CLERK))
    found = letter(town, "L02")
    with pytest.raises(OutOfDate):
        change_text(desk, found, "Dear Edith", letter_page(desk, found).seen)
    make_draft(town, "L02")
    first_read = letter_page(desk, found).seen
    change_text(desk, found, "Dear Edith,\r\n\r\nWe would like to meet you.", first_read)
    page = letter_page(desk, found)
    assert (page.subject, page.text) == ("We would like to talk with you", "Dear Edith,\n\nWe would like to meet you.")
    with pytest.raises(OutOfDate):
        change_text(desk, found, "Something else", first_read)


def test_an_empty_letter_is_refused_where_it_is_typed(town: Town, number: str) -> None:
    make_draft(town, "L02")
    answer = browser_of(town, CLERK).post(f"/letters/{letter(town, 'L02')}/text", {"text": " ", "read": "x"})
    assert answer.status_code in {409, 422}
    read = letter_page(town.office.desk(town.who(CLERK)), letter(town, "L02")).seen
    answer = browser_of(town, CLERK).post(f"/letters/{letter(town, 'L02')}/text", {"text": " ", "read": read})
    assert (answer.status_code, "Enter the text of the letter" in answer.text) == (422, True)


@pytest.mark.both_databases
def test_the_tray_holds_what_waits_in_ones_own_teams(town: Town, number: str) -> None:
    tom = {"given_name": "Tom", "family_name": "North", "nhs_number": "9990001383", "dob": "1950-01-01"}
    town.refer(**tom, gp_practice="ZZ001", source="family_carer", referrer_email=None)
    tray = letters_to_send(town.office.desk(town.who(CLERK)))
    assert [row.template for row in tray.letters] == ["L01", "L01", "L02"]  # a referral is thanked for the same day
    assert tray.total == 3
    assert [row.template for row in letters_to_send(town.office.desk(town.who(CLERK)), "east").letters] == [
        "L01",
        "L02",
    ]
    mark_sent(town.office.desk(town.who(CLERK)), letter(town, "L02"))
    assert letters_to_send(town.office.desk(town.who(CLERK)), "east").total == 1
    assert "Letters to send" in said(browser_of(town, CLERK).get("/letters"))


def test_the_tray_begins_with_what_goes_first_and_marks_what_is_late(
    town: Town, number: str, clock: FixedClock
) -> None:
    with town.office.desk().work() as work:
        for template, by in (("L02", date(2026, 11, 17)), ("L01", date(2026, 11, 18))):
            work.session.get_one(Letter, letter(town, template)).send_by = by
            work.session.get_one(Letter, letter(town, template)).happened("letter text changed")
        work.commit()
    browser = browser_of(town, CLERK)
    assert "Late" not in said(browser.get("/letters"))
    clock.move_to(datetime.fromisoformat("2026-11-18T10:00:00+00:00"))
    page = said(browser_of(town, CLERK).get("/letters"))
    assert [row.template for row in letters_to_send(town.office.desk(town.who(CLERK))).letters] == ["L02", "L01"]
    assert "2 letters, 1 past its day" in page
    assert "▲ Late: by 17 November 2026" in page
    assert "18 November 2026" in page
    assert "Letters (2)" in page


def a_word_to_the_doctor(town: Town) -> str:
    """A case whose GP is to be told that the person could not be reached."""
    case = an_invitation(town)
    for key in ("assess_visit_risk", "first_contact"):
        town.do(case, key, **({"outcome": "declined_now"} if key == "first_contact" else {}))
    town.do(case, "decide_no_contact", verdict="close")
    return case


def test_what_is_told_by_phone_or_post_asks_how_and_says_so_in_the_timeline(town: Town) -> None:
    case = town.once(a_word_to_the_doctor)
    query = select(Letter.id).where(Letter.route == "tell", Letter.recipient == "gp")
    found: UUID = town.ask(lambda session: session.scalars(query).one())
    browser = browser_of(town, CLERK)
    assert "By phone or post" in said(browser.get("/letters"))
    page = said(browser.get(f"/letters/{found}"))
    assert "To be told" in page
    assert "Mark as sent" not in page
    refused = browser.post(f"/letters/{found}/sent")
    assert (refused.status_code, "Select how they were told" in said(refused)) == (422, True)
    assert browser.post(f"/letters/{found}/sent", {"how": "phone"}).status_code == 303
    assert "Told by phone: the GP practice" in said(browser.get(f"/cases/{case}/timeline?kind=letters"))
    assert "Told by phone" in said(browser.get(f"/cases/{case}/letters"))


def test_letters_are_nobody_elses_business(town: Town, number: str) -> None:
    found = letter(town, "L02")
    for name in (OTHER_TEAM, PARTNER):
        with pytest.raises(NotFound):
            letter_page(town.office.desk(town.who(name)), found)
    with pytest.raises(NotFound):
        mark_sent(town.office.desk(town.who(OTHER_TEAM)), found)
    for name in (PARTNER, GUARDIAN):
        with pytest.raises(NotAllowed):
            mark_sent(town.office.desk(town.who(name)), found)
    assert browser_of(town, GUARDIAN).get("/letters").status_code == 403


def an_outcome(town: Town) -> str:
    """A case whose meeting has decided; its letters lie ready."""
    case = town.refer()
    town.walk_until(case, "record_mdt_decision")
    town.do(case, "record_mdt_decision", decision="case_manage", actions=None)
    town.walk_until(case, "check_outcome_letters")
    town.do(case, "check_outcome_letters")
    return case


def test_the_person_hears_the_outcome_first_or_somebody_says_why_not(town: Town) -> None:
    case = town.once(an_outcome)
    query = select(Letter.id, Letter.recipient).where(Letter.template.in_(("L04", "L04p")))
    to = {recipient: found for found, recipient in town.ask(lambda session: session.execute(query).all())}
    browser = browser_of(town, CLERK)
    assert "before the person" in browser.get(f"/letters/{to['gp']}").text
    refused = browser.post(f"/letters/{to['gp']}/sent")
    assert (refused.status_code, "Enter why" in refused.text) == (422, True)
    assert browser.post(f"/letters/{to['gp']}/sent", {"before": "She asked me to call first"}).status_code == 303
    assert "before the person’s own letter: She asked me to call first" in said(
        browser.get(f"/cases/{case}/timeline?kind=letters")
    )
    assert browser.post(f"/letters/{to['person']}/sent").status_code == 303
    assert browser.post(f"/letters/{to['referrer']}/sent").status_code == 303


def test_a_letter_to_somebody_who_wants_no_post_is_handed_over_or_told(town: Town) -> None:
    case = town.refer(consent_stage="no_not_asked", not_asked_reason="She had gone.", safe_contact=None)
    town.walk_until(case, "record_consent")
    note = "Never write to the house: her son opens the post."
    town.do(case, "record_consent", purpose_contact_by=["phone", "visit"], contact_note=note)
    town.walk_until(case, "check_outcome_letters")
    town.do(case, "check_outcome_letters")
    browser, found = browser_of(town, CLERK), letter(town, "L04p")
    page = said(browser.get(f"/letters/{found}"))
    assert "Not by post." in page
    assert "Contact by Phone, Visit" in page
    assert note in said(browser_of(town, NURSE).get(f"/cases/{case}"))
    assert said(browser.get("/letters")).count("Not by post, as the person wishes") == 1
    refused = browser.post(f"/letters/{found}/sent")
    assert (refused.status_code, "they do not want post" in refused.text) == (422, True)
    assert browser.post(f"/letters/{found}/sent", {"how": "in_person"}).status_code == 303
    timeline = said(browser.get(f"/cases/{case}/timeline?kind=letters"))
    assert "Told in person: the person (MDT outcome in plain words)" in timeline


def test_a_letter_to_a_home_where_it_is_not_safe_is_marked_and_how_it_reached_them_is_asked(town: Town) -> None:
    note = "Her son must not read the post."
    case = town.refer(consent_stage="no_not_asked", not_asked_reason="She had gone.", safe_contact=note)
    town.walk_until(case, "check_outcome_letters")
    town.do(case, "check_outcome_letters")
    browser, found = browser_of(town, "Tomasz"), letter(town, "L04p")
    assert note in said(browser.get(f"/letters/{found}"))
    assert "Read first how to contact them safely" in said(browser.get("/letters"))
    refused = browser.post(f"/letters/{found}/sent")
    assert (refused.status_code, "Read how to contact the person safely" in refused.text) == (422, True)
    assert browser.post(f"/letters/{found}/sent", {"how": "in_person"}).status_code == 303
    assert said(browser.get("/letters")).count("Read first how to contact them safely") == 0  # nobody else is at home


def test_an_acknowledgement_that_went_by_email_says_so(town: Town) -> None:
    number = town.refer(referrer_email="aoife.brennan@example.org")
    browser = browser_of(town, CLERK)
    assert "09:00, by email" in said(browser.get(f"/letters/{letter(town, 'L01')}"))
    timeline = said(browser.get(f"/cases/{number}/timeline?kind=letters"))
    assert "Letter “Acknowledgement of a referral” to the referrer was sent by email" in timeline
