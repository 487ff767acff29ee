"""Referring on the pages: staff in one form, others by a link, page by page, with a code to come back."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from sqlalchemy import select

from tests.builders.walked_case import Town
from tests.builders.ways_in import referral
from tests.webapp.conftest import Browser
from tests.webapp.referral_work import application, begun, fill_in, led_to, part_of, problems_on, signed_in
from workflows.casework.audit import AuditEntry
from workflows.casework.case import Case


@pytest.fixture
def app(town: Town) -> Flask:
    """The application on the demonstration's office."""
    return application(town)


@pytest.fixture
def outside(app: Flask) -> Browser:
    """A referrer without an account."""
    return Browser(app.test_client())


@pytest.fixture
def staff(app: Flask, town: Town) -> Browser:
    """The coordinator, signed in."""
    return signed_in(app, town, "Ifeoma")


def test_the_first_page_says_for_whom_it_is_and_that_it_is_no_emergency_service(outside: Browser) -> None:
    shown = outside.get("/refer/acm").text
    for words in ("Under 18", "Not registered with a GP practice", "not an emergency service", "999", "111"):
        assert words in shown, words


def test_every_programme_has_its_link(outside: Browser) -> None:
    assert {"/refer/acm", "/refer/mcm"} <= set(re.findall(r'href="(/refer/\w+)"', outside.get("/refer").text))


def test_a_referral_goes_page_by_page_to_a_reference_and_what_happens_next(outside: Browser, town: Town) -> None:
    reference, _ = begun(outside)
    assert led_to(fill_in(outside, town)) == "/refer/acm/check"
    assert "missing" not in outside.get("/refer/acm/check").text
    answer = outside.get(outside.post("/refer/acm/send").location)
    assert reference in answer.text
    assert "in 2 working days (Wed 18 Nov, 17:00)" in answer.text


def test_the_code_is_shown_once(outside: Browser) -> None:
    outside.post("/refer/acm/start")
    assert outside.get("/refer/acm/code").status_code == 200
    assert led_to(outside.get("/refer/acm/code")) == "/refer/acm/part/urgency"


def test_what_is_wrong_on_a_page_is_said_there_and_kept(outside: Browser, town: Town) -> None:
    begun(outside)
    answer = outside.post(
        "/refer/acm/part/person", part_of(town, "person", nhs_number="999 000 0019", dob="2026-11-17")
    )
    assert answer.status_code == 422
    assert problems_on(answer) == [
        "NHS number is not a real NHS number; check each digit",
        "Date of birth must be today or in the past",
    ]
    assert 'value="999 000 0019"' in outside.get("/refer/acm/part/person").text


def test_a_box_unticked_is_unticked(outside: Browser, town: Town) -> None:
    begun(outside)
    outside.post("/refer/acm/part/urgency", {"carer_breakdown": "yes"})
    assert "checked" in outside.get("/refer/acm/part/urgency").text
    outside.post("/refer/acm/part/urgency", {})
    assert "checked" not in outside.get("/refer/acm/part/urgency").text


def test_an_urgent_answer_brings_the_numbers_to_phone(outside: Browser, town: Town) -> None:
    begun(outside)
    answer = outside.get(outside.post("/refer/acm/part/urgency", {"crisis_24h": "yes"}).location)
    assert "Do not rely on this form alone" in answer.text
    assert "0161 496 0100" in answer.text


def test_somebody_under_18_is_pointed_elsewhere_at_once(outside: Browser, town: Town) -> None:
    begun(outside)
    answer = outside.post("/refer/acm/part/person", part_of(town, "person", dob="2012-05-01"))
    assert led_to(answer) == "/refer/acm/not-eligible"
    shown = outside.get(answer.location).text
    assert "under 18" in shown
    assert "0161 496 0317" in shown
    assert led_to(outside.get("/refer/acm/check")) == "/refer/acm/not-eligible"
    assert led_to(outside.post("/refer/acm/send")) == "/refer/acm/not-eligible"


def test_a_birthday_within_three_months_may_be_waited_for(outside: Browser, town: Town) -> None:
    begun(outside)
    answer = outside.post("/refer/acm/part/person", part_of(town, "person", dob="2008-12-16"))
    assert led_to(answer) == "/refer/acm/part/practice"


def test_somebody_registered_elsewhere_or_nowhere_is_pointed_elsewhere_at_once(outside: Browser, town: Town) -> None:
    begun(outside)
    outside.post("/refer/acm/part/person", part_of(town, "person"))
    answer = outside.post("/refer/acm/part/practice", {"gp_registered": "no", "gp_elsewhere": "other"})
    assert "registered somewhere else" in outside.get(answer.location).text.replace("\n", " ")
    answer = outside.post("/refer/acm/part/practice", {"gp_registered": "no", "gp_elsewhere": "none"})
    assert "0161 496 0318" in outside.get(answer.location).text


def test_a_practice_outside_the_register_cannot_be_chosen(outside: Browser, town: Town) -> None:
    begun(outside)
    answer = outside.post("/refer/acm/part/practice", {"gp_registered": "yes", "gp_practice": "P84001"})
    assert problems_on(answer) == ["Select the GP practice from the list"]


def test_a_practice_that_has_closed_says_so_where_it_is_chosen(outside: Browser, town: Town) -> None:
    begun(outside)
    address = "/refer/acm/part/practice"
    assert "Old Bobbin Mill" not in outside.get(address).text
    answer = outside.post(address, {"gp_registered": "yes", "gp_practice": "ZZ012"})
    told = "Old Bobbin Mill Surgery closed on 30 June 2026"
    assert problems_on(answer) == [f"{told}. Select the GP practice from the list"]
    assert f"{told}</option>" in re.sub(r"\s*</option>", "</option>", answer.text)


def test_missing_parts_are_named_before_sending(outside: Browser, town: Town) -> None:
    begun(outside)
    outside.post("/refer/acm/part/person", part_of(town, "person"))
    missing = problems_on(outside.get("/refer/acm/check"))
    assert "GP practice" in missing
    assert "The person" not in missing
    assert outside.post("/refer/acm/send").status_code == 422


def test_one_comes_back_with_the_code_on_another_computer(app: Flask, outside: Browser, town: Town) -> None:
    reference, code = begun(outside)
    outside.post("/refer/acm/part/person", part_of(town, "person", family_name="Hargreaves"))
    elsewhere = Browser(app.test_client())
    answer = elsewhere.post("/refer/return", {"reference": reference, "code": code.lower()})
    assert led_to(answer) == "/refer/acm/part/practice"
    assert "Hargreaves" in elsewhere.get("/refer/acm/check").text
    opened = select(AuditEntry).where(AuditEntry.act == "referral opened with its code")
    (told,) = town.ask(lambda session: session.scalars(opened).all())
    assert (told.actor, told.detail["reference"], told.detail["where"]) == (
        "somebody not signed in",
        reference,
        "127.0.0.1",
    )


def test_whoever_comes_back_goes_on_where_they_left_and_can_reach_every_part(
    app: Flask, outside: Browser, town: Town
) -> None:
    reference, code = begun(outside)
    outside.post("/refer/acm/part/person", part_of(town, "person", given_name=""))
    answer = outside.post("/refer/return", {"reference": reference, "code": code})
    assert led_to(answer) == "/refer/acm/part/person", "it is not filled in yet"
    outside.post("/refer/acm/part/suitability", part_of(town, "suitability"))
    answer = outside.post("/refer/return", {"reference": reference, "code": code})
    parts = [section.key for section in town.office.desk().forms.form("F01").sections]
    assert led_to(answer) == f"/refer/acm/part/{parts[parts.index('suitability') + 1]}"
    shown = outside.get("/refer/acm/check").text
    assert [part for part in parts if f"/refer/acm/part/{part}?then=check" not in shown] == []


def test_a_wrong_code_opens_nothing_and_trying_is_stopped(app: Flask, outside: Browser) -> None:
    reference, code = begun(outside)
    elsewhere = Browser(app.test_client())
    for _ in range(5):
        answer = elsewhere.post("/refer/return", {"reference": reference, "code": "AAAAAAAAAA"})
        assert answer.status_code == 422
    assert elsewhere.post("/refer/return", {"reference": reference, "code": code}).status_code == 403


def test_without_a_code_nobody_reads_a_draft(app: Flask, outside: Browser, town: Town) -> None:
    begun(outside)
    stranger = Browser(app.test_client())
    for address in ("part/person", "check", "later", "code"):
        answer = stranger.get(f"/refer/acm/{address}", follow_redirects=True)
        assert answer.status_code == 404, address


def test_the_status_shows_steps_and_no_word_about_health(app: Flask, outside: Browser, town: Town) -> None:
    reference, code = begun(outside)
    fill_in(outside, town, question="Why is she so dizzy?")
    outside.post("/refer/acm/send")
    elsewhere = Browser(app.test_client())
    elsewhere.post("/refer/status", {"reference": reference, "code": code})
    shown = elsewhere.get("/refer/status").text
    assert "The team looks at it" in shown
    for secret in ("Example", "dizzy", "9990000018", "999 000 0018"):
        assert secret not in shown, secret


def test_the_same_referral_twice_says_so_with_the_first_reference(app: Flask, outside: Browser, town: Town) -> None:
    first, _ = begun(outside)
    fill_in(outside, town)
    outside.post("/refer/acm/send")
    second = Browser(app.test_client())
    begun(second)
    fill_in(second, town)
    shown = second.get(second.post("/refer/acm/send").location).text
    assert "had come before" in shown
    assert first in shown


def test_typing_is_kept_without_being_asked(outside: Browser, town: Town) -> None:
    begun(outside)
    answer = outside.post("/refer/acm/part/person/autosave", {"family_name": "Half-typed"})
    assert answer.get_json() == {"saved_at": "09:00"}
    assert "Half-typed" in outside.get("/refer/acm/part/person").text


def test_a_file_comes_along(outside: Browser, town: Town) -> None:
    begun(outside)
    letter = (io.BytesIO(b"%PDF-1.7 a letter"), "letter.pdf")
    assert outside.post("/refer/acm/part/attachments", {"attachments": letter}).status_code == 303
    program = (io.BytesIO(b"MZ a program"), "letter.pdf")
    answer = outside.post("/refer/acm/part/attachments", {"attachments": [file_in(outside), program]})
    assert problems_on(answer) == ["The file is not a PDF, JPG, PNG or DOCX, whatever its name says: letter.pdf"]
    assert "letter.pdf, 17 bytes" in answer.text, "the good one is still there"


def file_in(outside: Browser) -> str:
    """The id of the one file that stands in the part for documents."""
    page = outside.get("/refer/acm/part/attachments").text
    (file_id,) = re.findall(r'type="hidden" name="attachments" value="([^"]+)"', page)
    return file_id


def test_several_files_come_along_one_after_the_other_up_to_a_limit(outside: Browser) -> None:
    begun(outside)
    address, kept = "/refer/acm/part/attachments", list[str]()
    for number in range(1, 7):
        letter = (io.BytesIO(b"%PDF-1.7 a letter"), f"letter {number}.pdf")
        answer = outside.post(address, {"attachments": [*kept, letter], "add": "attachments"})
        kept = re.findall(r'type="hidden" name="attachments" value="([^"]+)"', answer.text)
    assert len(kept) == 5
    assert problems_on(answer) == ["You can add up to 5 files here. Remove one first"]
    answer = outside.post(address, {"attachments": kept, "remove": f"attachments.{kept[1]}"})
    assert re.findall(r"letter (\d).pdf, 17 bytes</p>", answer.text) == ["1", "3", "4", "5"]


def test_a_file_is_named_where_it_was_chosen_and_before_it_is_sent(outside: Browser, town: Town) -> None:
    begun(outside)
    letter = (io.BytesIO(b"%PDF-1.7 a letter"), "letter.pdf")
    fill_in(outside, town)
    outside.post("/refer/acm/part/attachments", {"attachments": letter})
    file_id = file_in(outside)
    assert "letter.pdf, 17 bytes" in outside.get("/refer/acm/check").text
    answer = outside.post("/refer/acm/part/attachments", {"attachments": file_id, "remove": f"attachments.{file_id}"})
    assert "letter.pdf" not in answer.text
    assert "letter.pdf" not in outside.get("/refer/acm/check").text
    assert outside.post("/refer/acm/send").status_code == 303


def test_a_file_that_staff_chose_need_not_be_chosen_again(staff: Browser, town: Town) -> None:
    letter = (io.BytesIO(b"%PDF-1.7 a letter"), "letter.pdf")
    wrong = {**referral(town, nhs_number="999 000 0019"), "attachments": letter}
    answer = staff.post("/referrals/new/acm", wrong)
    assert answer.status_code == 422
    assert "letter.pdf, 17 bytes" in answer.text
    (file_id,) = re.findall(r'type="hidden" name="attachments" value="([^"]+)"', answer.text)
    staff.post("/referrals/new/acm", {**referral(town), "attachments": file_id})
    assert "letter.pdf, 17 bytes" in staff.get("/referrals/new/acm/check").text
    assert staff.post("/referrals/new/acm/send").status_code == 303


def test_pages_that_are_not_there_are_not_found(outside: Browser) -> None:
    begun(outside)
    assert outside.get("/refer/nowhere").status_code == 404
    assert outside.get("/refer/acm/part/nothing").status_code == 404
    assert outside.get("/refer/mcm/part/person").status_code == 404


def test_staff_type_check_and_send(staff: Browser, town: Town) -> None:
    assert staff.post("/referrals/new/acm", referral(town)).location == "/referrals/new/acm/check"
    assert "Example" in staff.get("/referrals/new/acm/check").text
    sent = staff.post("/referrals/new/acm/send").location
    shown = staff.get(sent).text
    assert "ACM-000001" in shown
    assert "in 2 working days (Wed 18 Nov, 17:00)" in shown
    assert "Referral sent" in shown
    assert sent.rpartition("/")[2].partition("?")[0] in staff.get("/referrals").text
    assert staff.post("/referrals/new/acm/send").status_code == 404


def test_what_is_known_of_the_referrer_is_filled_in(staff: Browser) -> None:
    shown = staff.get("/referrals/new/acm").text
    assert 'value="Ifeoma Adeyemi"' in shown
    assert 'value="ifeoma.adeyemi@example.org"' in shown


def test_mistakes_of_staff_are_linked_to_their_questions(staff: Browser, town: Town) -> None:
    answer = staff.post("/referrals/new/acm", referral(town, nhs_number="1111111111", dob="2030-01-01"))
    assert answer.status_code == 422
    assert 'href="#nhs_number"' in answer.text
    assert 'href="#dob"' in answer.text


def test_the_same_referral_of_staff_twice_shows_the_first_reference(staff: Browser, town: Town) -> None:
    locations = []
    for _ in range(2):
        staff.post("/referrals/new/acm", referral(town))
        locations.append(staff.post("/referrals/new/acm/send").location)
    assert locations[1] == locations[0].replace("now=yes", "again=yes")
    assert "had come before" in staff.get(locations[1]).text


def test_a_draft_of_staff_is_kept_and_is_theirs_alone(app: Flask, staff: Browser, town: Town) -> None:
    assert staff.post("/referrals/new/acm/autosave", {"family_name": "Kept"}).get_json() == {"saved_at": "09:00"}
    assert "Kept" in staff.get("/referrals/new/acm").text
    assert "Begun and not sent" in staff.get("/referrals").text
    assert "Kept" not in signed_in(app, town, "Kelly").get("/referrals/new/acm").text
    staff.post("/referrals/new/acm/discard")
    assert "Kept" not in staff.get("/referrals/new/acm").text


def test_rows_are_added_without_checking(staff: Browser, town: Town) -> None:
    answer = staff.post("/referrals/new/acm", {"add": "risk_facts", "risks_visiting": "dog"})
    assert answer.status_code == 200
    assert 'name="risk_facts.1.fact"' in answer.text


def test_staff_are_warned_before_referring_somebody_who_is_not_eligible(staff: Browser, town: Town) -> None:
    staff.post("/referrals/new/acm", referral(town, dob="2012-05-01"))
    shown = staff.get("/referrals/new/acm/check").text
    assert "Not eligible by the programme" in shown
    assert "0161 496 0317" in shown


def test_a_status_that_tells_no_more_says_nothing_of_what_goes_on(outside: Browser, town: Town) -> None:
    reference, code = begun(outside)
    fill_in(outside, town, source="vcse", consent_stage="no_not_asked", not_asked_reason="She had gone.")
    outside.post("/refer/acm/send")
    number = town.ask(lambda session: session.scalars(select(Case.number)).one())
    town.walk_until(number, "record_consent")
    town.do(number, "record_consent", share_with=["gp"])
    outside.post("/refer/status", {"reference": reference, "code": code})
    shown = outside.get("/refer/status").text
    assert "More we cannot tell you here" in shown
    assert "under way" not in shown
    assert "Accepted" not in shown


def test_a_referrer_with_an_account_sees_how_far_their_referrals_are(app: Flask, town: Town) -> None:
    referrer = signed_in(app, town, "Brennan")
    referrer.post("/referrals/new/acm", referral(town))
    sent = referrer.post("/referrals/new/acm/send").location
    assert "Being looked at" in referrer.get(sent).text
    assert signed_in(app, town, "Kelly").get(sent).status_code == 404


def test_those_who_may_not_refer_find_no_door(app: Flask, town: Town) -> None:
    editor = signed_in(app, town, "Farkas")
    assert editor.get("/referrals").status_code == 403
    assert 'href="/referrals"' not in editor.get("/account").text


def test_a_part_sent_after_the_session_ended_is_kept_with_its_draft(outside: Browser, town: Town) -> None:
    reference, code = begun(outside)
    page = outside.get("/refer/acm/part/person").text
    unseen = dict(re.findall(r'name="(csrf_token|draft_token)" value="([^"]+)"', page))
    assert code.replace(" ", "") not in page
    outside.forget_session()
    late = {**unseen, **part_of(town, "person", given_name="Late")}
    answer = outside.client.post("/refer/acm/part/person", data=late)
    assert answer.status_code == 303
    assert "kept as a draft" in outside.get("/refer/return").text
    outside.post("/refer/return", {"reference": reference, "code": code})
    assert 'value="Late"' in outside.get("/refer/acm/part/person").text


def test_a_token_of_a_part_that_was_tampered_with_keeps_nothing(outside: Browser, town: Town) -> None:
    begun(outside)
    (token,) = re.findall(r'name="draft_token" value="([^"]+)"', outside.get("/refer/acm/part/person").text)
    outside.forget_session()
    late = {"draft_token": token[:-2] + "xx", "csrf_token": "old", **part_of(town, "person")}
    assert outside.client.post("/refer/acm/part/person", data=late).status_code == 400
