"""What is urgent, on the pages of those who raise it and of those who answer it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from tests.builders.walked_case import Town
from tests.loaded_town import DELIVERING
from tests.webapp.conftest import Browser
from tests.webapp.desk_work import at_work, said
from tests.webapp.referral_work import begun, fill_in
from webapp import create_app
from webapp.wording import when
from workflows.casework.referral import Referral
from workflows.casework.task import Task


@pytest.fixture
def pages(town: Town) -> Flask:
    """The application on the demonstration's office."""
    return create_app(town.office)


def _browser(pages: Flask, town: Town, name: str) -> Browser:
    found = town.who(name).id
    assert found is not None
    return at_work(pages, found)


def _task(town: Town, number: str, key: str) -> Task:
    return next(task for task in town.open_tasks(number) if task.key == key)


def test_whoever_answers_a_concern_reads_first_what_was_raised(delivering: Town, pages: Flask) -> None:
    words = {"what": "He lies on the floor and does not answer.", "where": "In the kitchen", "told_who": "His daughter"}
    delivering.press(DELIVERING, "urgent", "Ifeoma", danger_to_life="yes", advice_given=["called_999"], **words)
    nurse = _browser(pages, delivering, "Siobhan")
    assert "A life is in danger. “He lies on the floor and does not answer.” Ifeoma" in said(
        nurse.get("/inbox?view=pool")
    )
    for key in ("acknowledge_urgent", "decide_urgent"):
        page = said(nurse.get(f"/tasks/{_task(delivering, DELIVERING, key).id}"))
        above, _, _form = page.partition("Save and close")
        for told in (*words.values(), "999 was called", "Ifeoma Adeyemi, ", "@"):
            assert told in above.partition("What was raised")[2]
        delivering.do(DELIVERING, key)


def test_danger_in_a_referral_is_what_its_answer_begins_with(town: Town, pages: Flask) -> None:
    number = town.refer(immediate_danger=True, referrer_name="Rita Referrer", referrer_phone="0161 496 0777")
    nurse = _browser(pages, town, "Siobhan")
    row = said(nurse.get("/inbox?view=pool")).partition("A life is in danger.")[2]
    assert "“The referral says: Someone is in danger now." in row
    assert "Rita Referrer" in row
    page = said(nurse.get(f"/tasks/{_task(town, number, 'acknowledge_urgent').id}"))
    raised = page.partition("What was raised")[2].partition("Seen")[0]
    assert "Someone is in danger now" in raised
    assert "0161 496 0777" in raised
    assert "Urgent community response: 0161 496 0305" in page.partition("Who can act today")[2].partition("Seen")[0]


def test_a_referrer_who_tells_of_danger_reads_whom_to_phone_and_when_an_answer_is_due(town: Town, pages: Flask) -> None:
    town.refer(immediate_danger=True)
    coordinator = _browser(pages, town, "Ifeoma")
    reference = town.ask(lambda session: session.scalars(select(Referral.reference)).one())
    page = said(coordinator.get(f"/referrals/sent/{reference}"))
    with pages.app_context():
        answer, triage = (
            when(_task(town, "ACM-000001", key).due_at) for key in ("acknowledge_urgent", "triage_referral")
        )
    for words in ("phone as well", "999", "0161 496 0100", answer[-5:], triage[-5:]):
        assert words in page
    assert "in 2 working days" not in page


def test_ticking_a_danger_says_at_once_whom_to_phone(town: Town, pages: Flask) -> None:
    page = _browser(pages, town, "Ifeoma").get("/referrals/new/acm").text
    ticks, _, rest = page.partition('<div role="alert">')
    assert 'name="immediate_danger"' in ticks
    assert "&#34;immediate_danger&#34;" in rest.partition("999")[0]
    assert "0161 496 0100" in rest.partition('id="section-person"')[0]


def test_without_an_account_danger_is_answered_the_same_way(town: Town, pages: Flask) -> None:
    outside = Browser(pages.test_client())
    begun(outside)
    fill_in(outside, town, immediate_danger="yes")
    page = said(outside.get(outside.post("/refer/acm/send").location))
    assert "You marked it as urgent. Do not rely on this form alone" in page
    assert "The danger you told of went to the duty clinician at once." in page


def test_a_case_waits_first_for_what_is_about_safety(town: Town, pages: Flask) -> None:
    number = town.refer(immediate_danger=True)
    page = said(_browser(pages, town, "Siobhan").get(f"/cases/{number}"))
    assert "to acknowledge the concern; due" in page.partition("And 1 more")[0].partition("Waiting for")[2]


def test_a_task_says_as_carefully_as_the_case_with_whom_may_be_shared(town: Town, pages: Flask) -> None:
    number = town.refer()
    town.walk_until(number, "first_contact")
    farah = _browser(pages, town, "Farah")
    task = _task(town, number, "first_contact")
    pages_seen = [said(farah.get(address)) for address in (f"/cases/{number}", f"/tasks/{task.id}")]
    assert all("With whom to share has not been asked yet" in page for page in pages_seen)
    assert "The person agreed that the team may share what it needs to" not in pages_seen[1]
    assert "to complete “First contact”" in pages_seen[0]


def test_what_the_case_knows_comes_before_the_form_also_on_a_phone(town: Town, pages: Flask) -> None:
    town.refer(immediate_danger=True)
    page = _browser(pages, town, "Siobhan").get(f"/tasks/{_task(town, 'ACM-000001', 'acknowledge_urgent').id}").text
    assert "Last contact" in page.partition("When did you see it?")[0]
