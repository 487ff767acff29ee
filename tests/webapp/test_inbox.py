"""The inbox as people use it: what is due, whose it is, and what they can do about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Update, select, update

from tests.builders.small_town import SmallTown
from tests.webapp.conftest import Browser
from tests.webapp.desk_work import at_work, said
from webapp import create_app
from workflows.assembly import Office
from workflows.casework.audit import AuditEntry
from workflows.casework.case import Case
from workflows.casework.task import Task
from workflows.clock import FixedClock
from workflows.questions import inbox as question

Enter = Callable[[UUID], Browser]


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service."""
    return SmallTown(office)


@pytest.fixture
def pages(town: SmallTown) -> Flask:
    """The application on it."""
    return create_app(town.office)


@pytest.fixture
def enter(pages: Flask) -> Enter:
    """Somebody's browser, signed in."""

    return lambda staff_id: at_work(pages, staff_id)


@pytest.fixture
def nurse(town: SmallTown) -> UUID:
    """A nurse in East."""
    return town.staff("Nia Nurse", "nurse east")


def task_of(town: SmallTown, task_id: UUID) -> Task:
    """A task as it stands."""
    with town.office.desk().looking() as session:
        return session.get_one(Task, task_id)


def test_after_signing_in_work_begins_at_the_inbox(town: SmallTown, nurse: UUID, enter: Enter) -> None:
    assert enter(nurse).get("/").headers["Location"] == "/inbox"


def test_a_row_says_what_about_whom_whose_it_is_and_what_happens_if_it_is_left(
    town: SmallTown, nurse: UUID, enter: Enter
) -> None:
    case = town.case(given="Ada", family="Khan", risk_level="very_high")
    town.task(case, assignee_id=nurse, due="-1d", level=3)
    page = said(enter(nurse).get("/inbox"))
    assert "▲ Overdue by 1 day" in page
    assert "Review the care plan" in page
    assert "A. K., 84 · East · very high risk" in page
    assert "The plan is looked at together with the person" in page
    assert "yours · Team manager told Tue 24 Nov, 09:00, in the morning message, unless it is done" in page
    assert "Khan" not in page  # a list may be glanced at by strangers


@pytest.mark.both_databases
def test_the_numbers_of_the_day_the_tabs_and_the_title_are_the_same_count(
    town: SmallTown, nurse: UUID, enter: Enter
) -> None:
    for due in ("-1d", "+2h", "+3h", "+2d"):
        town.task(town.case(), assignee_id=nurse, due=due)
    answer = enter(nurse).get("/inbox")
    page = said(answer)
    assert "Good morning. 1 overdue · 2 due today · 3 this week" in page
    assert "<title>My tasks (4)" in answer.text
    assert "My tasks 4 Pool 0" in page
    assert question.counts(town.desk(nurse))["mine"] == 4


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"due": "+2h"}, "● Today 11:00"),
        ({"due": "+2d"}, "○ In 2 working days (Wed 18 Nov, 09:00)"),
        ({"due": ""}, "○ No date"),
        ({"due": "-1d", "paused": True}, "❚❚ Clock stopped: in hospital"),
        ({"escalation": "S", "due": "-1h"}, "A reminder goes out at once"),
        ({"level": 1}, "A reminder goes out Wed 18 Nov, 09:00, in the morning message"),
    ],
)
def test_due_times_are_said_as_people_say_them(
    town: SmallTown, nurse: UUID, enter: Enter, fields: dict[str, object], words: str
) -> None:
    if fields.pop("paused", False):
        fields["paused_at"] = town.now
    town.task(town.case(clocks_paused_why="in hospital"), assignee_id=nurse, **fields)  # type: ignore[arg-type]
    assert words in said(enter(nurse).get("/inbox"))


def test_of_what_somebody_knows_of_a_row_names_whom_the_last_rung_tells(
    town: SmallTown, nurse: UUID, enter: Enter
) -> None:
    town.task(town.case(), escalation="A", assignee_id=nurse, due="-1d", level=3, seen_at=town.now)
    assert "Service manager told Tue 24 Nov, 09:00, in the morning message" in said(enter(nurse).get("/inbox"))


def test_an_empty_inbox_points_to_the_pool(town: SmallTown, nurse: UUID, enter: Enter) -> None:
    town.task(town.case(), name="Ring the practice", due="+1d")
    page = said(enter(nurse).get("/inbox"))
    assert "You have claimed nothing. 1 task waits in your teams’ pool for somebody to take on." in page
    assert "The most pressing: Ring the practice" in page


@pytest.mark.parametrize("view", ["pool", "waiting", "overdue", "week", "today", "watching", "done", "all"])
def test_every_empty_view_teaches(town: SmallTown, nurse: UUID, enter: Enter, view: str) -> None:
    answer = enter(nurse).get(f"/inbox?view={view}")
    assert answer.status_code == 200
    assert "app-empty" in answer.text


def test_claiming_takes_a_task_out_of_the_pool_and_keeps_the_list(town: SmallTown, nurse: UUID, enter: Enter) -> None:
    task, browser = town.task(town.case()), enter(nurse)
    answer = browser.post(f"/inbox/{task}/claim", {"back": "/inbox?view=pool&due=fortnight"})
    assert answer.headers["Location"] == "/inbox?view=pool&due=fortnight"
    assert "The task is yours. Start now" in said(browser.get("/inbox?view=pool"))
    assert task_of(town, task).assignee_id == nurse


@pytest.mark.both_databases
def test_a_colleague_who_was_faster_is_named_in_place(town: SmallTown, nurse: UUID, enter: Enter) -> None:
    faster = town.staff("Fay Faster", "nurse east")
    task, browser = town.task(town.case()), enter(nurse)
    enter(faster).post(f"/inbox/{task}/claim")
    answer = browser.post(f"/inbox/{task}/claim", {"back": "/inbox?view=pool"})
    assert answer.headers["Location"] == "/inbox?view=pool"
    assert "Fay Faster has it now" in said(browser.get("/inbox?view=pool"))


def test_several_tasks_are_claimed_each_by_itself_with_a_result_for_each(
    town: SmallTown, nurse: UUID, enter: Enter
) -> None:
    colleague, case = town.staff("Fay Faster", "nurse east"), town.case()
    free, taken = town.task(case, name="free"), town.task(case, name="taken", assignee_id=colleague)
    browser = enter(nurse)
    browser.post("/inbox/claim", {"task": [str(free), str(taken), "no id"], "back": "/inbox?view=pool"})
    page = said(browser.get("/inbox"))
    assert "Claimed: 1 of 2." in page
    assert re.search(r"taken, ACM-\d+ ?: This task is not yours to do: Fay Faster has it now\.", page)
    assert task_of(town, free).assignee_id == nurse


def test_without_a_tick_nothing_happens_and_the_page_says_why(town: SmallTown, nurse: UUID, enter: Enter) -> None:
    browser = enter(nurse)
    browser.post("/inbox/claim")
    assert "Tick the tasks first" in said(browser.get("/inbox"))


def test_tasks_are_handed_over_with_a_reason_and_keep_their_due_date(
    town: SmallTown, nurse: UUID, enter: Enter
) -> None:
    colleague, case = town.staff("Cal League", "nurse east"), town.case()
    tasks = [town.task(case, assignee_id=nurse, level=1), town.task(case, assignee_id=nurse)]
    due = task_of(town, tasks[0]).due_at
    browser = enter(nurse)
    asked = browser.post("/inbox/hand-over", {"task": list(map(str, tasks))})
    assert "Cal League" in said(asked)
    browser.post("/inbox/hand-over", {"task": list(map(str, tasks)), "to": str(colleague), "why": "On leave"})
    assert "Handed over: 2 of 2." in said(browser.get("/inbox"))
    after = task_of(town, tasks[0])
    assert (after.assignee_id, after.due_at, after.level) == (colleague, due, 1)


def test_a_task_goes_back_to_the_pool_with_a_reason(town: SmallTown, nurse: UUID, enter: Enter) -> None:
    task = town.task(town.case(), assignee_id=nurse)
    enter(nurse).post("/inbox/hand-over", {"task": str(task), "to": "pool", "why": "Not for a nurse"})
    assert task_of(town, task).assignee_id is None


def test_handing_over_without_colleague_or_reason_asks_again(town: SmallTown, nurse: UUID, enter: Enter) -> None:
    task = town.task(town.case(), assignee_id=nurse)
    answer = enter(nurse).post("/inbox/hand-over", {"task": str(task), "why": " "})
    assert answer.status_code == 422
    assert "Choose a colleague or the pool" in answer.text
    assert "Enter why, for example: on leave from Monday" in answer.text
    assert task_of(town, task).assignee_id == nurse


def test_somebody_elses_task_cannot_be_handed_over_by_a_colleague(town: SmallTown, nurse: UUID, enter: Enter) -> None:
    colleague = town.staff("Cal League", "nurse east")
    task = town.task(town.case(), assignee_id=colleague)
    browser = enter(nurse)
    browser.post("/inbox/hand-over", {"task": str(task), "to": str(nurse), "why": "I would like it"})
    assert "Only the person who holds a task" in said(browser.get("/inbox"))
    assert task_of(town, task).assignee_id == colleague


def test_a_manager_gives_a_task_of_the_pool_to_somebody(town: SmallTown, nurse: UUID, enter: Enter) -> None:
    manager = town.staff("Mo Manager", "team_manager east")
    task = town.task(town.case())
    enter(manager).post("/inbox/hand-over", {"task": str(task), "to": str(nurse), "why": "You know her"})
    assert task_of(town, task).assignee_id == nurse


@pytest.mark.both_databases
def test_filters_stand_in_the_address_and_are_kept_under_a_name(town: SmallTown, nurse: UUID, enter: Enter) -> None:
    town.task(town.case(), name="urgent one", escalation="S")
    town.task(town.case(), name="quiet one", escalation="C")
    browser = enter(nurse)
    mark = browser.post("/inbox", {"q": "khan"}).location.rpartition("=")[2]
    address = "/inbox?" + urlencode({"view": "pool", "class": "S", "search": mark, "sort": "person"})
    page = said(browser.get(address))
    assert "urgent one" in page
    assert "quiet one" not in page
    assert "1 task of 2 left by your search and filters" in page
    browser.post("/inbox/saved", {"name": "Safety first", "query": address, "back": address})
    kept = question.inbox(town.desk(nurse), "mine").saved
    assert [(each.name, each.query) for each in kept] == [("Safety first", "view=pool&class=S&sort=person")]
    browser.post(f"/inbox/saved/{kept[0].id}/remove")
    assert question.inbox(town.desk(nurse), "mine").saved == ()


def test_a_saved_filter_needs_a_name_and_belongs_to_its_owner(town: SmallTown, nurse: UUID, enter: Enter) -> None:
    browser, stranger = enter(nurse), enter(town.staff("Sal Stranger", "nurse east"))
    assert browser.post("/inbox/saved", {"name": "", "query": "view=pool&class=S"}).status_code == 422
    browser.post("/inbox/saved", {"name": "Mine", "query": "view=pool&class=S"})
    browser.post("/inbox/saved", {"name": "Mine", "query": "view=pool&class=A"})
    (kept,) = question.inbox(town.desk(nurse), "mine").saved
    assert kept.query == "view=pool&class=A"
    assert stranger.post(f"/inbox/saved/{kept.id}/remove").status_code == 404
    browser.post(f"/inbox/saved/{kept.id}/remove")
    told = town.session().scalars(
        select(AuditEntry.act).where(AuditEntry.actor_id == nurse, AuditEntry.subject == "Inbox")
    )
    assert told.all() == ["filter saved", "filter saved", "filter removed"]


@pytest.mark.both_databases
def test_a_search_looks_everywhere_one_may_look(town: SmallTown, nurse: UUID, enter: Enter) -> None:
    town.task(town.case(family="Okafor"), name="theirs", role="pharmacist")
    browser = enter(nurse)
    answer = browser.post("/inbox", {"q": "okafor"})
    assert "okafor" not in answer.location
    page = said(browser.get(answer.location))
    assert "theirs" in page
    assert "Everywhere I may look 1" in page
    assert "okafor" not in " ".join(re.findall(r'(?:href|action)="[^"]*"', browser.get(answer.location).text))
    elsewhere = said(enter(nurse).get(answer.location))  # the mark means nothing in another browser
    assert "left by your search" not in elsewhere


@pytest.mark.both_databases
def test_an_nhs_number_is_found_in_the_inbox_and_said_nowhere(town: SmallTown, nurse: UUID, enter: Enter) -> None:
    case_id = town.case()
    town.task(case_id, name="hers")
    town.task(town.case(), name="somebody else’s")
    session = town.session()
    session.get_one(Case, case_id).person.nhs_number = "9990000018"
    session.commit()
    session.close()
    browser = enter(nurse)
    where = browser.post("/inbox", {"q": "999 000 0018"}).location
    page = browser.get(where).text
    assert ("hers" in page, "somebody else’s" in page) == (True, False)
    assert not re.search("999 ?000 ?0018", where + page)


@pytest.mark.both_databases
def test_a_long_list_goes_on_behind_a_link(
    town: SmallTown, nurse: UUID, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question, "PAGE", 2)
    for name in ("one", "two", "three"):
        town.task(town.case(family="Khan"), name=f"task {name}", assignee_id=nurse)
    browser = enter(nurse)
    first = browser.get("/inbox?sort=person")
    following = re.search(r'link--next" href="([^"]+)"', first.text)
    assert following
    assert "khan" not in following[1].lower()  # the address names the row, not the person
    rest = said(browser.get(following[1].replace("&amp;", "&")))
    assert "task three" in rest
    assert "task one" not in rest


@pytest.mark.parametrize("given", ["view=nonsense", "after=1", "sort=drop", "team=x&class=9&due=never", "search=%00"])
def test_an_odd_address_shows_the_list_all_the_same(town: SmallTown, nurse: UUID, enter: Enter, given: str) -> None:
    assert enter(nurse).get(f"/inbox?{given}").status_code == 200


def test_the_way_back_never_leads_out_of_the_inbox(town: SmallTown, nurse: UUID, enter: Enter) -> None:
    task = town.task(town.case())
    answer = enter(nurse).post(f"/inbox/{task}/claim", {"back": "https://elsewhere.example/inbox?view=pool"})
    assert answer.headers["Location"] == "/inbox?view=pool"


def test_somebody_without_a_role_in_care_has_no_inbox(town: SmallTown, enter: Enter) -> None:
    analyst = town.staff("Ana Lyst", "analyst")
    assert enter(analyst).get("/inbox").status_code == 403


def test_what_i_watch_and_what_i_wait_for_from_outside_are_shown(town: SmallTown, nurse: UUID, enter: Enter) -> None:
    case = town.case(coordinator_id=nurse)
    town.waits_for(case, "referrer_reply")
    page = said(enter(nurse).get("/inbox?view=waiting"))
    assert "Waiting for the referrer’s answer" in page
    assert "Since Fri 13 Nov, 09:00" in page


def new_address(page: str) -> str:
    """Where an open page of the inbox asks what is new."""
    found = re.search(r'data-new-url="([^"]+)"', page)
    assert found
    return found[1].replace("&amp;", "&")


def change(town: SmallTown, said: Update) -> None:
    """Change rows as they lie."""
    session = town.session()
    session.execute(said)
    session.commit()
    session.close()


def test_an_open_inbox_is_told_of_new_tasks_and_of_nothing_else(
    town: SmallTown, nurse: UUID, enter: Enter, clock: FixedClock
) -> None:
    town.task(town.case(), name="There already")
    handed = town.task(town.case(), name="A colleague’s", assignee_id=town.staff("Otto Other", "nurse east"))
    browser = enter(nurse)
    asked = new_address(browser.get("/inbox?view=pool").text)
    assert browser.get(asked).json == {"new": 0, "words": ""}
    clock.advance(timedelta(minutes=1))
    just_opened = [town.task(town.case(team=team), name="Just opened") for team in ("east", "north")]
    change(town, update(Task).where(Task.id.in_(just_opened)).values(opened_at=town.now))
    answer = browser.get(asked)
    assert answer.json == {"new": 1, "words": "1 new task"}
    assert "Set-Cookie" not in answer.headers, "a page left open does not keep its session alive"
    assert browser.get(asked, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    change(town, update(Task).where(Task.id == handed).values(assignee_id=None))
    assert browser.get(asked).json == {"new": 2, "words": "2 new tasks"}
    assert "data-new-url" not in browser.get("/inbox?view=done").text


def test_what_i_did_for_another_teams_case_opens_nothing_of_it(town: SmallTown, nurse: UUID, enter: Enter) -> None:
    done = {"status": "completed", "ended_by_id": nurse, "ended_at": town.at("-1h")}
    task = town.task(town.case(team="north"), name="Let the case go", **done)
    page = enter(nurse).get("/inbox?view=done")
    assert "✓ Done Mon 16 Nov, 08:00 Let the case go The case is with another team · ACM-000001 done by you" in said(
        page
    )
    assert f"/tasks/{task}" not in page.text
    assert "/cases/ACM-000001" not in page.text
