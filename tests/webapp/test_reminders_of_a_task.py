"""What one was told of stands in the service too; and a task says who was told, who knows of it, and what is next."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask

from tests.builders.small_town import SmallTown
from tests.webapp.desk_work import at_work, said
from webapp import create_app
from workers.jobs import remind
from workflows.actions.tasks import claim_task
from workflows.assembly import Office
from workflows.casework.programme import ProgrammeSetting
from workflows.casework.task import Task
from workflows.clock import FixedClock
from workflows.questions.first_to_read import first_to_read
from workflows.questions.told import told

NINE = datetime.fromisoformat("2026-11-16T09:05:00+00:00")


@pytest.fixture
def town(office: Office, clock: FixedClock) -> SmallTown:
    clock.move_to(NINE)
    return SmallTown(office)


@pytest.fixture
def app(town: SmallTown) -> Flask:
    return create_app(town.office)


@pytest.fixture
def nurse(town: SmallTown) -> UUID:
    return town.staff("Nia Nurse", "nurse east")


def overdue(town: SmallTown, nurse: UUID, name: str = "Ring her", **given: object) -> UUID:
    task = town.task(town.case(), name=name, due="-2h", **{"escalation": "A", "assignee_id": nurse, **given})
    remind.climb(town.office)
    return task


@pytest.mark.both_databases
def test_what_one_was_told_of_is_new_until_the_list_was_opened(app: Flask, town: SmallTown, nurse: UUID) -> None:
    overdue(town, nurse)
    browser = at_work(app, nurse)
    assert "Told to you (1 new)" in said(browser.get("/inbox"))
    first, second = said(browser.get("/told")), said(browser.get("/told"))
    assert "1 task, told of last first" in first
    assert ("New" in first.split("told of last first")[1], "New" in second.split("told of last first")[1]) == (
        True,
        False,
    )
    assert "Told to you (" not in said(browser.get("/inbox"))


def test_only_what_one_may_still_know_of_stands_there_and_is_counted(town: SmallTown, nurse: UUID) -> None:
    task = overdue(town, nurse)
    other = town.staff("Otto Other", "nurse east")
    desk = town.desk(nurse)
    assert [one.task_id for one in told(desk).rows] == [task]
    assert told(town.desk(other)).rows == ()
    town.shut_out(told_case(town, task), nurse)
    assert (told(desk).found, told(desk, open_only=False).found, first_to_read(desk).told) == (0, 0, 0)


def test_whoever_was_not_told_because_somebody_took_it_has_nothing_new_in_their_list(
    town: SmallTown, nurse: UUID, clock: FixedClock
) -> None:
    other = town.desk(town.staff("Otto Other", "nurse east"))
    task = overdue(town, nurse, assignee_id=None)
    assert (len(told(other).rows), first_to_read(other).told) == (1, 1)
    claim_task(town.desk(nurse), task)
    clock.advance(timedelta(days=1))
    remind.daily_digest(town.office)
    assert (told(other).rows, first_to_read(other).told) == ((), 0)
    assert len(told(town.desk(nurse)).rows) == 1


def told_case(town: SmallTown, task_id: UUID) -> UUID:

    with town.office.desk().looking() as session:
        return session.get_one(Task, task_id).case_id


def test_an_empty_list_says_what_will_stand_there(app: Flask, nurse: UUID) -> None:
    assert "Nothing open of which you were told." in said(at_work(app, nurse).get("/told"))


def test_a_task_says_who_was_told_who_knows_and_what_comes_next(
    app: Flask, town: SmallTown, nurse: UUID, clock: FixedClock
) -> None:
    town.staff("Mo Manager", "team_manager east")
    task = overdue(town, nurse)
    browser = at_work(app, nurse)
    page = said(browser.get(f"/tasks/{task}"))
    assert ("In the next morning message of Nia Nurse" in page, "Nia Nurse told" in page) == (True, False)
    remind.daily_digest(town.office)
    page = said(browser.get(f"/tasks/{task}"))
    assert "When it fell due: Nia Nurse told" in page
    assert "In the next morning message" not in page
    assert "Team manager told" in page
    clock.advance(timedelta(minutes=5))
    browser.post(f"/tasks/{task}/known")
    page = said(browser.get(f"/tasks/{task}"))
    assert "Nia Nurse knows of it since" in page
    assert ("Team manager told" in page, "I know of it" in page) == (False, False)


def test_reminders_are_put_off_with_a_reason_and_what_was_typed_is_kept(
    app: Flask, town: SmallTown, nurse: UUID
) -> None:
    task = overdue(town, nurse)
    browser = at_work(app, nurse)
    typed = {"until[day]": "16", "until[month]": "11", "until[year]": "2026", "why": "She is away"}
    refused = browser.post(f"/tasks/{task}/put-off", typed)
    assert (refused.status_code, "Enter a day after today" in refused.text, "She is away" in refused.text) == (
        422,
        True,
        True,
    )
    late = browser.post(f"/tasks/{task}/put-off", typed | {"until[month]": "12"})
    assert ("wait until 30 November 2026 at most" in late.text, 'value="12"' in late.text) == (True, True)
    mark = re.findall(r'name="page_mark" value="([0-9a-f]+)"', refused.text)[-1]
    for _ in range(2):  # pressed twice
        sent = browser.post(f"/tasks/{task}/put-off", typed | {"until[day]": "19", "page_mark": mark})
        assert sent.status_code == 303
    assert "Reminders are put off until" in said(browser.get(f"/tasks/{task}"))
    assert "this is the second time" in said(browser.get(f"/tasks/{task}/put-off"))


def test_what_is_about_safety_offers_no_putting_off(app: Flask, town: SmallTown, nurse: UUID) -> None:
    task = overdue(town, nurse, escalation="S")
    browser = at_work(app, nurse)
    assert "Put reminders off" not in said(browser.get(f"/tasks/{task}"))
    assert "cannot be put off" in said(browser.get(f"/tasks/{task}/put-off"))
    assert browser.post(f"/tasks/{task}/put-off", {"why": "x", "until[day]": "19", "until[month]": "11",
                                                        "until[year]": "2026"}).status_code >= 400  # fmt: skip


def test_a_task_that_waits_for_its_referrer_says_so_wherever_it_stands_and_goes_on_with_the_answer(
    app: Flask, town: SmallTown, nurse: UUID
) -> None:
    times = (("wait.referrer_reminder", "3WD"), ("wait.referrer_return", "10WD"))
    town.add(*(ProgrammeSetting(programme_id=town.programme_id, key=key, value=value) for key, value in times))
    manager = town.staff("Mo Manager", "team_manager east")
    task = town.task(town.case(), name="Ring her", assignee_id=nurse, escalation="A", due="+56h")
    browser, page = at_work(app, nurse), f"/tasks/{task}/referrer"
    assert "Waiting for the referrer…" in said(browser.get(f"/tasks/{task}"))
    refused = browser.post(f"{page}/asked", {"what": " "})
    assert (refused.status_code, "Write what you asked" in refused.text) == (422, True)
    mark = re.findall(r'name="page_mark" value="([0-9a-f]+)"', refused.text)[-1]
    for _ in range(2):  # pressed twice
        assert browser.post(f"{page}/asked", {"what": "Which pharmacy?", "page_mark": mark}).status_code == 303
    shown = said(browser.get(f"/tasks/{task}"))
    assert ": waiting for the referrer It has 2 working days left." in shown
    assert "If its clock went on now, it would be due Wed 18 Nov, 17:05." in shown
    assert "Nia Nurse asked: “Which pharmacy?”" in shown
    assert "Clock stopped: waiting for the referrer" in said(browser.get("/inbox"))
    board = said(at_work(app, manager).get("/overdue"))
    assert "1 task stands still (1 waiting for the referrer) and is not counted" in board
    assert "What did they say?" in said(browser.get(page))
    assert browser.post(f"{page}/answered", {"came": "Copper Kettle"}).status_code == 303
    assert "does not wait for the referrer any more" in (shown := said(browser.get(f"/tasks/{task}")))
    assert "Clock stopped" not in shown
    assert "this is the second time" in said(browser.get(page))
