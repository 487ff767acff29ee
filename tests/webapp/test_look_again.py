"""What is unusual in a form, though it may be right, is said once before a task is completed or a button counts."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.builders.small_town import SmallTown
from tests.builders.walked_case import Town, walked_to
from tests.conftest import MONDAY_MORNING
from tests.webapp.conftest import Browser
from tests.webapp.desk_work import at_work, said
from tests.webapp.referral_work import problems_on
from webapp import create_app
from webapp.tasks.presenters import done_words
from workflows.actions.next_tasks import TaskDone
from workflows.assembly import Office
from workflows.casework.base import new_id
from workflows.casework.document import Document
from workflows.casework.errors import Colleagues
from workflows.casework.signing import signature
from workflows.casework.task import Task
from workflows.questions.task_page import Afterwards
from workflows.working_time import Calendar

TOO_FEW = "Not enough people were there to decide."
ADMITTED = {"admitted_at": "2026-11-15T10:00", "hospital": "Exampleton General", "planned": "emergency"}


@pytest.fixture
def chairs(town: Town) -> tuple[Task, Browser]:
    """The chair's task, and the chair at work."""
    number = str(town.once(walked_to, "record_mdt_decision"))
    task = next(task for task in town.open_tasks(number) if task.key == "record_mdt_decision")
    chair = town.who("Zielinski").id
    assert chair is not None
    return task, at_work(create_app(town.office), chair)


def decided(town: Town, task: Task, **said: Any) -> dict[str, Any]:
    """What the page sends when the meeting has decided."""
    form = town.office.desk().forms.form("F16")
    return dict(
        town.answers(
            form,
            town.case(task.case.number),
            {"decision": "case_manage", **signature(town.who("Zielinski"), "record_mdt_decision"), **said},
        )
    )


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
    seen = asked_again(page)
    assert inputs(seen) == ["decision"]
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


def test_a_warning_about_something_else_or_in_other_words_is_told_too(town: Town, chairs: tuple[Task, Browser]) -> None:
    task, window = chairs
    answers = {
        **decided(town, task, health_present="0"),
        "seen": ["another: Something", "decision: Another sentence about the same question"],
    }
    assert TOO_FEW in said(window.post(f"/tasks/{task.id}/complete", answers))
    assert records(town) == 0


def test_what_is_wrong_is_said_first(town: Town, chairs: tuple[Task, Browser]) -> None:
    task, window = chairs
    page = window.post(f"/tasks/{task.id}/complete", decided(town, task, health_present="0", rationale=None))
    assert page.status_code == 422
    assert problems_on(page)
    assert 'name="seen"' not in page.text


@pytest.fixture
def nurse(town: Town) -> tuple[str, Browser]:
    """A case whose person is to be reached, and the nurse who coordinates it, at work."""
    number, siobhan = town.refer(), town.who("Siobhan").id
    assert siobhan is not None
    town.do(number, "triage_referral")
    town.walk_until(number, "allocate_coordinator")
    town.do(number, "allocate_coordinator", coordinator=str(siobhan))
    return number, at_work(create_app(town.office), siobhan)


def filed(town: Town, form_key: str) -> int:
    found: int = town.ask(lambda session: session.query(Document).filter_by(form_key=form_key).count())
    return found


def asked_again(page: TestResponse) -> list[str]:
    """What the page asks to look at again."""
    return [unescape(value) for value in re.findall(r'name="seen" value="([^"]+)"', page.text)]


def inputs(seen: list[str]) -> list[str]:
    """About which questions that is."""
    return [one.partition(": ")[0] for one in seen]


def test_a_contact_before_the_case_was_opened_is_refused_in_the_users_words(
    town: Town, nurse: tuple[str, Browser]
) -> None:
    number, window = nurse
    town.walk_until(number, "first_contact")
    task = next(one for one in town.open_tasks(number) if one.key == "first_contact")
    form = town.office.desk().forms.form("F10")
    raw = town.answers(form, town.case(number), {"outcome": "spoke", "next_attempt": None, "at": "2026-11-15T12:00"})
    assert problems_on(window.post(f"/tasks/{task.id}/complete", dict(raw))) == [
        "Your answer to “When did you try?” must be the same as or after the day the case was opened, 16 November 2026"
    ]


def test_a_button_asks_to_look_again_too(town: Town, nurse: tuple[str, Browser]) -> None:
    number, window = nurse
    address, form = f"/cases/{number}/do/hospital", town.office.desk().forms.form("F24")
    raw = town.answers(form, town.case(number), ADMITTED)
    page = window.post(address, dict(raw))
    assert page.status_code == 200
    assert "in hospital before the case was opened" in said(page)
    assert (inputs(asked_again(page)), filed(town, "F24")) == (["admitted_at"], 0)
    assert window.post(address, {**raw, "seen": asked_again(page)}).location == f"/cases/{number}"
    assert filed(town, "F24") == 1


def test_a_grave_button_asks_to_look_again_before_it_asks_once_more(town: Town, nurse: tuple[str, Browser]) -> None:
    number, window = nurse
    address, form = f"/cases/{number}/do/death", town.office.desk().forms.form("F26")
    raw = town.answers(
        form, town.case(number), {"date": "2026-11-14", "known_by": "Her daughter", "told_on": "2026-11-16"}
    )
    page = window.post(address, dict(raw))
    assert "is this the right person?" in said(page)
    page = window.post(address, {**raw, "seen": asked_again(page)})
    assert "Are you sure?" in page.text
    assert window.post(address, {**raw, "confirmed": "yes"}).location == f"/cases/{number}"
    assert filed(town, "F26") == 1


def test_what_a_colleague_has_added_meanwhile_stands_on_the_page_and_is_said(office: Office) -> None:
    town = SmallTown(office)
    nurse, case = town.staff("Nia Nurse", "nurse east"), town.case()
    plan = {"contingency": [{"if_this": "I fall", "do_this": "Ring my daughter"}], "early_signs": "Silent"}
    begun = town.paper(case, "F18", plan)
    task = town.task(
        case, form_key="F18", assignee_id=nurse, properties={"sections": "support,contingency,other_plans"}
    )
    window = at_work(create_app(office), nurse)
    opened = window.get(f"/tasks/{task}").text
    assert re.findall(r'name="begun-with" value="(\w+)"', opened) == [begun.hex]
    newest = town.paper(
        case, "F18", plan | {"early_signs": "In bed", "other_plans": ["respect"], "other_plans_where": "At home"},
        number=2, author="Siobhan Kelly",
    )  # fmt: skip
    sent = office.desk().forms.form("F18").inputs(plan | {"early_signs": "Cold", "other_plans": ["none"]})
    page = window.post(f"/tasks/{task}/complete", {**sent, "begun-with": begun.hex})
    assert (page.status_code, inputs(asked_again(page))) == (200, ["other_plans"])
    added = "Siobhan Kelly has added to “Personalised care and support plan” since you began; both stand in it."
    assert added in said(page)
    assert "Siobhan Kelly has answered “Which other plans exist?” with “ReSPECT or DNACPR form”" in said(page)
    assert ">In bed\n\nCold</textarea>" in page.text.replace("\r", "")
    assert f'name="begun-with" value="{newest.hex}"' in page.text
    draft = window.get(f"/tasks/{task}").text  # whoever turns away from that page is asked again
    assert f'name="begun-with" value="{begun.hex}"' in draft
    assert "The form has changed since you began" not in draft


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (("You",), "You have added to “Plan” since you began; both stand in it."),
        (("Ada", "Ben"), "Ada and Ben have added to “Plan” since you began; all of it stands in it."),
    ],
)
def test_whose_words_were_joined_in_is_said_with_what_was_done(names: tuple[str, ...], sentence: str) -> None:
    done = TaskDone("ACM-000001", "Nursing contribution", False, None, None, Colleagues(names, "Plan"))
    told = done_words(done, new_id(), Afterwards((), (), False, Calendar()), None, MONDAY_MORNING)
    assert told == f"Done: “Nursing contribution”. {sentence} Nothing more is asked in this case for now."
