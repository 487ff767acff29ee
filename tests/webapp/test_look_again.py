"""What is unusual in a form, though it may be right, is said before the task is completed, once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.builders.walked_case import Town
from tests.webapp.conftest import Browser
from tests.webapp.desk_work import at_work, said
from webapp import create_app
from workflows.casework.document import Document
from workflows.casework.task import Task

TOO_FEW = "Not enough people were there to decide."


@pytest.fixture
def chairs(town: Town) -> tuple[Task, Browser]:
    """The chair's task, and the chair at work."""
    number = town.refer()
    town.walk_until(number, "record_mdt_decision")
    task = next(task for task in town.open_tasks(number) if task.key == "record_mdt_decision")
    chair = town.who("Zielinski").id
    assert chair is not None
    return task, at_work(create_app(town.office), chair)


def decided(town: Town, task: Task, **said: Any) -> dict[str, Any]:
    """What the page sends when the meeting has decided."""
    form = town.office.desk().forms.form("F16")
    return dict(town.answers(form, town.case(task.case.number), {"decision": "case_manage", **said}))


def records(town: Town) -> int:
    """How many decisions of meetings are on record."""
    found: int = town.ask(lambda session: session.query(Document).filter_by(form_key="F16").count())
    return found


def test_the_chair_is_told_that_a_meeting_can_only_advise_before_it_is_signed(
    town: Town, chairs: tuple[Task, Browser]
) -> None:
    task, window = chairs
    answers = decided(town, task, health_present="0")
    page = window.post(f"/tasks/{task.id}/complete", answers)
    assert page.status_code == 200
    assert TOO_FEW in said(page)
    assert "at least 1 more from health" in said(page)
    assert '<a href="#decision">Not enough' in page.text
    assert records(town) == 0
    seen = re.findall(r'name="seen" value="([^"]+)"', page.text)
    assert seen == ["decision"]
    assert window.post(f"/tasks/{task.id}/complete", {**answers, "seen": seen}).headers["Location"] == "/inbox"
    assert records(town) == 1


def test_what_was_typed_stays_while_one_looks_again(town: Town, chairs: tuple[Task, Browser]) -> None:
    task, window = chairs
    answers = decided(town, task, health_present="0", rationale="Nobody else had come.")
    window.post(f"/tasks/{task.id}/complete", answers)
    page = window.get(f"/tasks/{task.id}").text
    assert "Nobody else had come." in page
    assert 'name="seen"' not in page


def test_where_nothing_is_unusual_once_is_enough(town: Town, chairs: tuple[Task, Browser]) -> None:
    task, window = chairs
    answer = window.post(f"/tasks/{task.id}/complete", decided(town, task))
    assert answer.headers["Location"] == "/inbox"
    assert records(town) == 1


def test_a_warning_about_something_else_is_told_too(town: Town, chairs: tuple[Task, Browser]) -> None:
    task, window = chairs
    answers = {**decided(town, task, health_present="0"), "seen": ["another"]}
    assert TOO_FEW in said(window.post(f"/tasks/{task.id}/complete", answers))
    assert records(town) == 0
