"""Several referrals in one browser: what is typed for one never stands in another; and leaving closes them."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from tests.builders.walked_case import Town
from tests.webapp.conftest import Browser
from tests.webapp.desk_work import said
from tests.webapp.referral_work import application, begun, fill_in, part_of
from workflows.actions.referral_status import kept_draft

PERSON = "/refer/acm/part/person"


@pytest.fixture
def outside(town: Town) -> Browser:
    """A referrer without an account."""
    return Browser(application(town).test_client())


def unseen(page: TestResponse) -> dict[str, str]:
    """What a page sends of itself."""
    return dict(re.findall(r'name="(draft_token|page_mark)" value="([^"]+)"', page.text))


def action(page: TestResponse, ends: str) -> str:
    """Where a form of a page is sent."""
    return next(each for each in re.findall(r'action="([^"]+)"', page.text) if each.partition("?")[0].endswith(ends))


def given_name(town: Town, reference: str, code: str) -> str:
    """The name that stands in a draft."""
    return "".join(kept_draft(town.office.desk(), reference, code).raw.get("given_name", []))


def test_the_page_of_one_tab_is_kept_with_its_own_referral(outside: Browser, town: Town) -> None:
    first = begun(outside)
    page = outside.get(PERSON)
    second = begun(outside)
    other = outside.get(PERSON)
    answer = outside.post(PERSON, {**part_of(town, "person", given_name="Alice"), **unseen(page)})
    assert given_name(town, *first) == "Alice"
    assert given_name(town, *second) == ""
    assert first[0] in outside.get(answer.location).text
    outside.post(f"{PERSON}/autosave", {"given_name": "Bob", **unseen(other)})
    assert given_name(town, *first) == "Alice"
    assert given_name(town, *second) == "Bob"
    assert "Alice" in outside.get(f"{PERSON}?referral={first[0]}").text


def test_each_tab_sends_its_own_referral(outside: Browser, town: Town) -> None:
    first = begun(outside)
    checked = outside.get(fill_in(outside, town, given_name="Alice").location)
    second = begun(outside)
    answer = outside.post("/refer/acm/send", unseen(checked))
    assert first[0] in outside.get(answer.location).text
    assert kept_draft(town.office.desk(), *second).status == "draft"
    again = outside.post("/refer/acm/send", unseen(checked))
    assert again.location == answer.location
    assert kept_draft(town.office.desk(), *first).status == "sent"


def test_an_answer_goes_to_the_referral_that_its_page_showed(outside: Browser, town: Town) -> None:
    asked = begun(outside)
    fill_in(outside, town, gp_registered="unknown", gp_practice=None)
    outside.post("/refer/acm/send")
    number = "ACM-000001"
    town.do(number, "ask_referrer", questions=None, ask_note="On which floor?")
    outside.post("/refer/status", {"reference": asked[0], "code": asked[1]})
    page = outside.get("/refer/status")
    other = begun(outside)
    outside.post("/refer/status", {"reference": other[0], "code": other[1]})
    answer = outside.post("/refer/status/answer", {"answer": "She lives on the second floor.", **unseen(page)})
    assert answer.status_code == 303
    shown = said(outside.get(answer.location))
    assert asked[0] in shown
    assert "Your answer is with the team." in shown


def test_coming_back_later_closes_the_referral_in_this_browser(outside: Browser, town: Town) -> None:
    reference, code = begun(outside)
    answer = outside.post(PERSON, {**part_of(town, "person", given_name="Alice"), "later": "yes"})
    shown = said(outside.get(answer.location))
    assert reference in shown
    assert "closed in this browser" in shown
    for address in ("part/person", "check", "code"):
        answer = outside.get(f"/refer/acm/{address}", follow_redirects=True)
        assert answer.status_code == 404
        assert "Alice" not in answer.text
    assert given_name(town, reference, code) == "Alice"


@pytest.mark.parametrize("place", ["code", "part/urgency", "check"])
def test_every_page_of_a_referral_has_a_way_out(outside: Browser, town: Town, place: str) -> None:
    if place == "code":
        outside.post("/refer/acm/start")
    else:
        begun(outside)
    page = outside.get(f"/refer/acm/{place}")
    assert "Leave this referral" in page.text
    if place != "part/urgency":  # there it keeps what was typed as well
        assert outside.post(action(page, "/leave")).status_code == 303
        assert outside.get(PERSON).status_code == 404


def test_a_page_of_a_referral_that_was_left_is_still_kept_with_it(outside: Browser, town: Town) -> None:
    first = begun(outside)
    page = outside.get(PERSON)
    outside.post("/refer/acm/leave", unseen(page))
    second = begun(outside)
    sent = {**part_of(town, "person", given_name="Alice"), **unseen(page)}
    assert "kept with it" in outside.post(f"{PERSON}/autosave", sent).get_json()["note"]
    answer = outside.post(PERSON, sent)
    assert answer.location == "/refer/return"
    assert "kept with it" in said(outside.get(answer.location))
    assert given_name(town, *first) == "Alice"
    assert given_name(town, *second) == ""


def test_a_status_can_be_left(outside: Browser) -> None:
    reference, code = begun(outside)
    outside.post("/refer/status", {"reference": reference, "code": code})
    page = outside.get("/refer/status")
    outside.post(action(page, "/leave"))
    assert reference not in outside.get("/refer/status").text
