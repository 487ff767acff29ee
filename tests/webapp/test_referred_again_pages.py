"""What a referrer reads of a referral about somebody with an open case: the truth, as far as they may know it."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.actions.test_referred_again import an_open_case
from tests.builders.walked_case import Town
from tests.builders.ways_in import referral
from tests.webapp.conftest import Browser
from tests.webapp.referral_work import application, begun, fill_in, signed_in
from webapp.wording import due


@pytest.fixture
def app(town: Town) -> Flask:
    """The application on the demonstration's office."""
    return application(town)


def sent_by(app: Flask, town: Town, name: str, **said: object) -> str:
    """The page after somebody with an account has referred the person."""
    browser = signed_in(app, town, name)
    browser.post("/referrals/new/acm", referral(town, **said))
    return browser.get(browser.post("/referrals/new/acm/send").location).text


def test_a_colleague_reads_that_it_is_in_the_open_case_and_finds_the_way_there(app: Flask, town: Town) -> None:
    number = an_open_case(town)
    shown = sent_by(app, town, "Kelly", referrer_name="Siobhan Kelly", suicidal_now=True)
    assert "Referral sent" in shown
    assert "Added to the person’s open case" in shown
    assert f'href="/cases/{number}"' in shown
    assert "went to the duty clinician at once" in shown
    assert "Not accepted" not in shown


def test_a_referrer_with_whom_nothing_is_shared_is_not_told_of_the_open_case(app: Flask, town: Town) -> None:
    number = an_open_case(town)
    shown = sent_by(app, town, "Brennan", referrer_name="Sam Brennan")
    assert "Not accepted" not in shown
    assert "open case" not in shown
    assert number not in shown


def test_somebody_without_an_account_learns_nothing_before_the_team_says_so(app: Flask, town: Town) -> None:
    number = an_open_case(town)
    outside = Browser(app.test_client())
    reference, code = begun(outside)
    fill_in(outside, town, referrer_name="Nobody Known", suicidal_now=True)
    confirmed = outside.get(outside.post("/refer/acm/send").location).text
    outside.post("/refer/status", {"reference": reference, "code": code})
    before = outside.get("/refer/status").text
    for shown in (confirmed, before):
        assert number not in shown
        assert "open case" not in shown
        assert "Not accepted" not in shown
    assert "The team looks at it" in before
    town.do(number, "look_at_new_information", tell_referrer="yes")
    assert "The person is with us already" in outside.get("/refer/status").text


def test_your_referrals_name_the_person_of_each_referral_and_draft(app: Flask, town: Town) -> None:
    staff = signed_in(app, town, "Brennan")
    staff.post("/referrals/new/acm/autosave", {"given_name": "Olu", "family_name": "Draft"})
    assert "Olu Draft" in staff.get("/referrals").text
    staff.post("/referrals/new/acm", referral(town))
    staff.post("/referrals/new/acm/send")
    assert "Ada Example" in staff.get("/referrals").text


def test_a_new_referral_does_not_take_the_place_of_one_that_is_begun(app: Flask, town: Town) -> None:
    staff = signed_in(app, town, "Brennan")
    staff.post("/referrals/new/acm/autosave", {"given_name": "Olu", "family_name": "Draft"})
    shown = staff.get("/referrals/new/acm").text
    assert "Go on with Olu Draft" in shown
    (fresh,) = re.findall(r'href="([^"]+)">Begin a new referral', shown)
    assert "Draft" not in staff.get(fresh).text
    which = fresh.rpartition("draft=")[2]
    checked = staff.post(fresh, referral(town)).location
    assert checked == f"/referrals/new/acm/check?draft={which}"
    action = re.findall(r'action="(/referrals/new/acm/send[^"]*)"', staff.get(checked).text)[0]
    assert "Referral sent" in staff.get(staff.post(action).location).text
    assert "Olu Draft" in staff.get("/referrals").text
    assert "Olu" in staff.get("/referrals/new/acm?draft=first").text
    assert staff.get("/referrals/new/acm?draft=../x").status_code == 404


@pytest.mark.parametrize("said", [{}, {"suicidal_now": True}, {"immediate_danger": True}])
def test_the_new_information_is_due_when_its_referrer_was_told_that_it_is_looked_at(
    app: Flask, town: Town, said: dict[str, object]
) -> None:
    number = an_open_case(town)
    staff = sent_by(app, town, "Brennan", referrer_name="Sam Brennan", **said)
    outside = Browser(app.test_client())
    begun(outside)
    fill_in(outside, town, referrer_name="Nobody Known", **said)
    confirmed = outside.get(outside.post("/refer/acm/send").location).text
    asked = [task for task in town.open_tasks(number) if task.key == "look_at_new_information"]
    assert {task.escalation for task in asked} == ({"S"} if said else {"A"})
    with app.app_context():
        (by,) = {due(task.due_at, task.case.programme.calendar) for task in asked}
    for receipt in (staff, confirmed):
        what = "the whole referral" if "immediate_danger" in said else "it"
        assert f"The team looks at {what}: that is due {by}." in receipt
