"""What a practitioner has to do next, and one honest count of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select

from tests.builders.small_town import SmallTown
from workers.jobs import remind
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.notice import Notice
from workflows.casework.programme import Programme
from workflows.casework.task import Draft, Task
from workflows.clock import FixedClock
from workflows.questions import api
from workflows.questions import inbox as question
from workflows.questions.case import case_page
from workflows.questions.inbox_filters import Filters
from workflows.questions.inbox_views import TODAY, VIEWS


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service."""
    return SmallTown(office)


@pytest.fixture
def nurse(town: SmallTown) -> UUID:
    """A nurse in East."""
    return town.staff("Nia Nurse", "nurse east")


def names(town: SmallTown, staff_id: UUID, view: str, **wanted: Any) -> list[str]:
    """The names of the tasks in somebody's view."""
    return [row.name for row in question.inbox(town.desk(staff_id), view, **wanted).rows]


def filters(**given: str) -> Filters:
    """Filters as they come from the address."""
    return Filters.read({name: [value] for name, value in given.items()})


def test_a_task_in_my_hands_is_mine_and_one_in_nobodys_is_in_the_pool(town: SmallTown, nurse: UUID) -> None:
    case = town.case()
    town.task(case, name="held", assignee_id=nurse)
    town.task(case, name="free")
    town.task(case, name="for the pharmacist", role="pharmacist")
    assert names(town, nurse, "mine") == ["held"]
    assert names(town, nurse, "pool") == ["free"]


def test_the_second_of_two_steps_counts_for_everybody_but_whoever_did_the_first(
    town: SmallTown, nurse: UUID, clock: FixedClock
) -> None:
    case, other = town.case(), town.staff("Olu Other", "nurse east")
    town.task(case, key="request", name="Ask", status="completed", ended_by_id=nurse, ended_at=town.now)
    town.task(case, key="accept", name="Agree", due="+2h", properties={"not_by": "request"})
    clock.advance(timedelta(hours=3))
    told = [told_of(town, one) for one in (nurse, other)]
    assert told == [{"waiting", "names it"}, {"pool", "overdue", "mail", "api", "case page", "claimable"}]


def told_of(town: SmallTown, staff_id: UUID) -> set[str]:
    """Where somebody finds the one open task among their own work, waited for, or in their mail."""
    desk = town.desk(staff_id)
    pages = {view: question.inbox(desk, view) for view in ("pool", "overdue", "waiting")}
    assert {view: page.found for view, page in pages.items()} == {view: len(page.rows) for view, page in pages.items()}
    assert all(page.counts[view] == page.found for view, page in pages.items())
    with desk.looking() as looking:
        number = looking.scalars(select(Case.number)).one()
    remind.daily_digest(town.office)
    with desk.looking() as looking:
        mail = looking.scalars(select(Notice.id).where(Notice.staff_id == staff_id)).all()
    row = next(row for page in pages.values() for row in page.rows)
    (waits,) = case_page(desk, number).tasks
    said = {
        "mail": bool(mail), "api": bool(api.tasks(desk, api.TaskWanted(view="pool")).items), "case page": waits.mine,
        "claimable": row.claimable, "names it": row.barred == "Ask",
    }  # fmt: skip
    return {view for view, page in pages.items() if page.rows} | {place for place, there in said.items() if there}


def test_a_task_is_for_the_roles_as_its_programme_calls_them(town: SmallTown, nurse: UUID) -> None:
    session = town.session()
    session.get_one(Programme, town.programme_id).content = {"roles": [{"role": "nurse", "name": "Village nurse"}]}
    session.commit()
    case = town.case()
    town.task(case, role=",nurse,gp_lead,")
    (row,) = question.inbox(town.desk(nurse), "pool").rows
    desk = town.desk(nurse)
    with desk.looking() as looking:
        number = looking.get_one(Case, case).number
    (waits,) = case_page(desk, number).tasks
    assert row.whose == waits.whose == "village nurse or GP lead and MDT chair"


def test_the_pool_of_another_team_is_not_mine(town: SmallTown, nurse: UUID) -> None:
    town.task(town.case(team="north"))
    assert names(town, nurse, "pool") == []


def test_a_colleagues_tasks_are_mine_while_i_cover_and_say_so(town: SmallTown, nurse: UUID) -> None:
    away = town.staff("Ann Away", "nurse east")
    town.on_leave(away, nurse)
    town.task(town.case(), assignee_id=away)
    (row,) = question.inbox(town.desk(nurse), "mine").rows
    assert (row.covered, row.mine, row.assignee) == (True, False, "Ann Away")


def test_i_wait_for_others_in_the_cases_i_coordinate_and_for_news_from_outside(town: SmallTown, nurse: UUID) -> None:
    case = town.case(coordinator_id=nurse)
    town.task(case, name="theirs", role="pharmacist")
    town.task(case, name="mine", assignee_id=nurse)
    town.task(case, name="my pool")
    town.task(town.case(), name="not my case", role="pharmacist")
    town.waits_for(case, "mdt_case_decided")
    town.waits_for(case, "person_died")  # may always come: nobody waits for it
    town.waits_for(case, "referrer_reply", status="cancelled")
    found = question.inbox(town.desk(nurse), "waiting")
    assert [row.name for row in found.rows] == ["theirs"]
    assert [news.awaited for news in found.news] == ["the decision of the meeting"]
    assert found.counts["waiting"] == found.found == 2


def test_overdue_and_this_week_take_in_my_own_and_my_pool(town: SmallTown, nurse: UUID) -> None:
    case = town.case()
    for due, name in (("-1h", "late"), ("+6h", "today"), ("+6d", "Sunday"), ("+7d", "next Monday"), ("", "undated")):
        town.task(case, name=name, due=due)
    assert names(town, nurse, "overdue") == ["late"]
    assert names(town, nurse, "week") == ["today", "Sunday"]
    assert question.counts(town.desk(nurse))["today"] == 1


def test_a_stopped_clock_is_never_overdue_and_stands_last(town: SmallTown, nurse: UUID) -> None:
    case = town.case(clocks_paused_why="in hospital")
    town.task(case, name="stopped", due="-2d", paused_at=town.now)
    town.task(case, name="running", due="+9d")
    assert names(town, nurse, "overdue") == []
    assert names(town, nurse, "pool") == ["running", "stopped"]
    assert question.inbox(town.desk(nurse), "pool").rows[1].paused_why == "in hospital"


def test_i_see_what_goes_on_in_the_cases_i_watch(town: SmallTown, nurse: UUID) -> None:
    case, other = town.case(), town.case(team="north")
    town.task(case, name="watched", role="pharmacist")
    town.task(other, name="not mine to see")
    town.watches(nurse, case)
    town.watches(nurse, other)
    assert names(town, nurse, "watching") == ["watched"]


def test_what_i_completed_is_done_newest_first(town: SmallTown, nurse: UUID) -> None:
    case, colleague = town.case(), town.staff("Cal League", "nurse east")
    for name, who, when in (("first", nurse, "-2d"), ("second", nurse, "-1d"), ("theirs", colleague, "-1h")):
        town.task(case, name=name, status="completed", ended_by_id=who, ended_at=town.at(when))
    assert names(town, nurse, "done") == ["second", "first"]


def test_what_i_did_stays_listed_and_counted_though_its_case_went_out_of_my_reach(town: SmallTown, nurse: UUID) -> None:
    cases = [town.case(), town.case(team="north"), town.case(sharing_scope="none", sectors=()), town.case()]
    for number, case in enumerate(cases):
        done = {"status": "completed", "ended_by_id": nurse, "ended_at": town.at(f"-{number + 1}d")}
        town.task(case, name=f"step {number}", why="To see how it goes.", **done)
    town.shut_out(cases[3], nurse)
    found = question.inbox(town.desk(nurse), "done")
    assert found.counts["done"] == found.found == 3
    assert [(row.name, row.withheld, row.initials, row.why) for row in found.rows] == [
        ("step 0", "", "A. K.", "To see how it goes."), ("step 1", "elsewhere", "", ""), ("step 2", "unshared", "", ""),
    ]  # fmt: skip
    # Nothing of a case that is out of reach is told by what finds it.
    assert names(town, nurse, "done", filters=filters(q="Khan")) == ["step 0"]


def test_the_most_pressing_comes_first_by_escalation_then_due_then_priority(town: SmallTown, nurse: UUID) -> None:
    standard, urgent = town.case(), town.case(priority="urgent")
    town.task(standard, name="same day, standard", due="+2d")
    town.task(urgent, name="same day, urgent", due="+2d")
    town.task(standard, name="sooner", due="+1d")
    town.task(standard, name="reminded", due="+3d", level=1)
    town.task(standard, name="overdue, not yet reminded", due="-1h")
    town.task(standard, name="overdue for long", due="-3d", level=2)
    assert names(town, nurse, "pool") == [
        "overdue for long",
        "overdue, not yet reminded",
        "reminded",
        "sooner",
        "same day, urgent",
        "same day, standard",
    ]


@pytest.mark.parametrize("sort", ["", "urgency", "due", "opened", "person"])
def test_page_by_page_every_task_comes_once(
    town: SmallTown, nurse: UUID, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question, "PAGE", 3)
    for number in range(8):
        case = town.case(family=f"Family {number % 3}", priority=("urgent", "standard")[number % 2])
        town.task(case, due=("", "-1h", "+2d", "+2d")[number % 4], level=number % 2)
    whole, after, pages = [], None, 0
    while after or not pages:
        page = question.inbox(town.desk(nurse), "pool", sort=sort, after=after)
        whole += [row.id for row in page.rows]
        after, pages = page.more, pages + 1
    assert pages == 3
    assert len(whole) == len(set(whole)) == page.found == 8


def test_what_is_done_is_paged_as_well(town: SmallTown, nurse: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question, "PAGE", 2)
    for _ in range(3):
        town.task(town.case(), status="completed", ended_by_id=nurse, ended_at=town.at("-1d"))
    first = question.inbox(town.desk(nurse), "done")
    rest = question.inbox(town.desk(nurse), "done", after=first.more)
    assert len({row.id for row in (*first.rows, *rest.rows)}) == 3


def test_a_list_and_its_count_never_differ(town: SmallTown, nurse: UUID) -> None:
    away = town.staff("Ann Away", "nurse east", "care_coordinator north")
    town.on_leave(away, nurse)
    for number in range(12):
        coordinator = (nurse, away, None)[number % 3]
        case = town.case(team=("east", "north", "")[number % 3], coordinator_id=coordinator)
        town.task(case, assignee_id=(None, nurse, away)[number % 3], due=("-1d", "+3h", "+4d", "")[number % 4])
        town.task(case, role="pharmacist", due="+1d")
        if number % 4 == 0:
            town.waits_for(case, "referrer_reply")
            town.watches(nurse, case)
    desk = town.desk(nurse)
    for view in (*VIEWS, TODAY):
        found = question.inbox(desk, view.key)
        assert (view.key, found.counts[view.key]) == (view.key, len(found.rows) + len(found.news))


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({"class": "S"}, ["safety"]),
        ({"form": "F11"}, ["assessment"]),
        ({"due": "overdue"}, ["late"]),
        ({"due": "today"}, ["today"]),
        ({"due": "fortnight"}, ["today", "assessment", "safety"]),
        ({"risk": "very_high"}, ["late"]),
        ({"q": "khan"}, ["late", "today", "assessment", "safety"]),
        ({"q": "ASSESS"}, ["assessment"]),
        ({"q": "acm-000002"}, ["late"]),
        ({"q": "ada assess"}, ["assessment"]),
        ({"q": "%"}, ["late", "today", "assessment", "safety"]),  # too short to look for
        ({"q": "%%"}, []),  # and never a wildcard
        ({"q": "nobody"}, []),
        ({"class": "no such class", "due": "some day", "form": "'; drop", "team": "East"}, None),
    ],
)
def test_filters_leave_what_is_asked_for(
    town: SmallTown, nurse: UUID, given: dict[str, str], left: list[str] | None
) -> None:
    case, risky = town.case(), town.case(risk_level="very_high")
    town.task(risky, name="late", due="-1h")
    town.task(case, name="today", due="+2h")
    town.task(case, name="assessment", form_key="F11", due="+3d")
    town.task(case, name="safety", escalation="S", due="+9d")
    found = question.inbox(town.desk(nurse), "pool", filters(**given))
    everything = ["late", "today", "assessment", "safety"]
    assert [row.name for row in found.rows] == (everything if left is None else left)
    assert found.found == len(found.rows)
    assert found.counts["pool"] == 4  # the tabs keep the one honest count


def test_names_beyond_english_letters_are_found_in_any_case(town: SmallTown, nurse: UUID) -> None:
    town.task(town.case(family="Özdemir"))
    assert len(names(town, nurse, "pool", filters=filters(q="özdemir"))) == 1


def test_a_search_never_leaves_the_cases_one_may_see(town: SmallTown, nurse: UUID) -> None:
    hidden, seen = town.case(family="Unseen"), town.case(family="Unseen too")
    town.task(hidden, name="hidden")
    town.task(seen, name="seen", role="pharmacist")
    town.shut_out(hidden, nurse)
    assert names(town, nurse, "all", filters=filters(q="unseen")) == ["seen"]


def test_filters_come_back_as_they_stood_in_the_address_but_a_saved_one_keeps_no_name() -> None:
    given = Filters.read({"class": ["S", "A"], "due": ["week"], "risk": ["high"], "q": ["  ada   khan "]}, "a1")
    assert given.pairs() == [("class", "S"), ("class", "A"), ("due", "week"), ("risk", "high"), ("search", "a1")]
    assert ("search", "a1") not in given.lasting_pairs()


def test_a_row_says_when_i_last_typed_and_nobody_elses_draft(town: SmallTown, nurse: UUID) -> None:
    colleague = town.staff("Cal League", "nurse east")
    task = town.task(town.case())
    town.add(draft(colleague, task, town))
    assert question.inbox(town.desk(nurse), "pool").rows[0].draft_at is None
    town.add(draft(nurse, task, town))
    assert question.inbox(town.desk(nurse), "pool").rows[0].draft_at == town.now


def draft(staff_id: UUID, task_id: UUID, town: SmallTown) -> Draft:
    return Draft(staff_id=staff_id, about=f"task:{task_id}", form_key="F10", form_version=1, raw={}, saved_at=town.now)


def test_the_next_task_is_the_most_pressing_of_mine(town: SmallTown, nurse: UUID) -> None:
    assert question.next_task(town.desk(nurse)) is None
    town.task(town.case(), name="pool", due="-1d")
    town.task(town.case(), name="later", assignee_id=nurse, due="+2d")
    town.task(town.case(), name="sooner", assignee_id=nurse, due="+1d")
    found, free = question.next_task(town.desk(nurse)), question.first_in_pool(town.desk(nurse))
    assert found is not None
    assert free is not None
    assert (found.name, free.name) == ("sooner", "pool")


@contextmanager
def counted_statements(office: Office) -> Iterator[Callable[[], int]]:
    """Count what is asked of the database."""
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.extend([statement] if statement.startswith("SELECT") else [])

    engines = {office.database.reading().get_bind(), office.database.engine}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield lambda: len(asked)
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


def test_fifty_tasks_ask_no_more_of_the_database_than_five(
    town: SmallTown, nurse: UUID, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question, "PAGE", 100)
    needed = []
    for more in (5, 45):
        for number in range(more):
            town.task(town.case(family=f"Family {number}"), assignee_id=nurse if number % 2 else None)
        desk = town.desk(nurse)
        with counted_statements(office) as asked:
            found = question.inbox(desk, "pool")
            needed.append(asked())
    assert len(found.rows) > 20
    assert needed[0] == needed[1]
    told_how = office.database.dialect == "postgresql"
    assert needed[0] <= 5 + told_how  # the rows, their calendars, my drafts, all counts, my saved filters


def test_what_lies_with_a_colleague_is_found_by_their_name(town: SmallTown, nurse: UUID) -> None:
    case, colleague = town.case(given="Ida", family="Stone"), town.staff("Farah Siddiqui", "care_coordinator east")
    town.task(case, name="theirs", assignee_id=colleague)
    town.task(case, name="free")
    for words in ("siddiqui", "Farah Siddiqui", "farah theirs"):
        assert names(town, nurse, "all", filters=filters(q=words)) == ["theirs"]


def test_the_form_choices_come_with_their_titles(town: SmallTown, nurse: UUID) -> None:
    town.task(town.case())
    offered = question.choices(town.desk(nurse), question.inbox(town.desk(nurse), "pool"), ["F11"])
    assert [name for _id, name in offered.teams] == ["East"]
    assert [title for _key, title in offered.forms] == ["First contact", "Holistic assessment"]


def test_a_partner_organisation_sees_its_own_tasks_and_no_colleagues(town: SmallTown) -> None:
    partner, case = town.staff("Vi Partner", "vcse_partner"), town.case(coordinator_id=None)
    town.task(case, name="theirs", role="vcse_partner")
    town.task(case, name="a colleague's")
    town.task(case, name="once theirs", status="completed", ended_by_id=partner, ended_at=town.at("-1d"))
    town.watches(partner, case)
    town.task(town.case(sharing_scope="care_professionals"), name="not shared", role="vcse_partner")
    assert names(town, partner, "all") == names(town, partner, "watching") == ["theirs"]
    assert names(town, partner, "done") == ["once theirs"]


def test_a_task_asked_for_by_name_is_found_only_if_it_may_be_seen(town: SmallTown, nurse: UUID) -> None:
    here, there = town.task(town.case()), town.task(town.case(team="north"))
    assert [row.id for row in question.rows_named(town.desk(nurse), [here, there])] == [here]
    session = town.session()
    assert session.get(Task, there) is not None
    session.close()
