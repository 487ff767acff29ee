"""What is urgent, on the pages of those who raise it and of those who answer it."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.builders.walked_case import Town
from tests.loaded_town import DELIVERING
from tests.webapp.conftest import Browser
from tests.webapp.desk_work import at_work, said
from webapp import create_app
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
    assert "Someone is in danger now. Rita Referrer" in said(nurse.get("/inbox?view=pool"))
    page = said(nurse.get(f"/tasks/{_task(town, number, 'acknowledge_urgent').id}"))
    raised = page.partition("What was raised")[2].partition("Seen")[0]
    assert "Someone is in danger now" in raised
    assert "0161 496 0777" in raised
