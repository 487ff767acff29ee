"""The overdue board: who may fall through, counted by kind, age, team and colleague, and listed worst first."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from tests.builders.moments import london
from tests.builders.small_town import SmallTown
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.ladder import AT_DUE, LEVELS
from workflows.casework.overdue import KINDS, late_before
from workflows.casework.person import Person
from workflows.casework.programme import Programme, Team
from workflows.questions.inbox import inbox, rows_named
from workflows.questions.overdue import Board, overdue_board
from workflows.questions.overdue_filters import Narrowed
from workflows.questions.task_clock import task_clock
from workflows.working_time import ENGLAND


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service, on a Monday at nine."""
    return SmallTown(office)


@pytest.fixture
def manager(town: SmallTown) -> UUID:
    """The manager of East."""
    return town.staff("Mia Manager", "team_manager east")


def board(town: SmallTown, staff_id: UUID, **asked: str) -> Board:
    return overdue_board(town.desk(staff_id), Narrowed.read({name: [value] for name, value in asked.items()}))


def listed(found: Board) -> list[str]:
    return [task.name for case in found.cases for task in case.tasks]


@pytest.mark.parametrize(
    ("due", "days"),
    [
        ("2026-11-16 08:00", 0),  # this morning
        ("2026-11-14 10:00", 1),  # Saturday: Monday is the first working day after it
        ("2026-11-13 17:00", 1),
        ("2026-11-12 17:00", 2),
        ("2026-11-09 17:00", 5),
        ("2026-11-02 17:00", 10),
        ("2026-10-30 17:00", 11),
    ],
)
def test_how_late_is_counted_in_working_days(due: str, days: int) -> None:
    now, due_at = london("2026-11-16 09:00"), london(due)
    assert ENGLAND.working_days_until(due_at, now) == days
    assert [n for n in range(1, 15) if due_at < late_before(ENGLAND, now, n)] == list(range(1, days + 1))


@pytest.mark.parametrize("now", ["2026-11-15 12:00", "2026-12-28 12:00", "2026-11-16 00:00"])
def test_days_off_make_nobody_later(now: str) -> None:
    limits = [late_before(ENGLAND, london(now), days) for days in range(1, 12)]
    for days, limit in enumerate(limits, 1):
        assert ENGLAND.working_days_until(limit - timedelta(seconds=1), london(now)) >= days
        assert ENGLAND.working_days_until(limit, london(now)) < days


def test_a_day_on_which_its_team_is_closed_makes_nobody_later(town: SmallTown) -> None:
    service = town.staff("Sam Service", "service_manager")
    session = town.session()
    session.get_one(Team, town.teams["east"]).content = {
        "closures": [{"day": day, "why": "Training"} for day in ("2026-11-12", "2026-11-13")]
    }
    session.commit()
    session.close()
    for team in ("east", "north", ""):
        town.task(town.case(team=team), due="-6d", name=team or "no team")  # Tuesday of last week
    found = board(town, service)
    days = {task.name: task.days for case in found.cases for task in case.tasks}
    assert days == {"east": 2, "north": 4, "no team": 4}
    assert listed(board(town, service, age="1-2")) == ["east"]


def test_late_tasks_are_counted_by_kind_and_age_and_a_stopped_clock_apart(town: SmallTown, manager: UUID) -> None:
    case = town.case()
    town.task(case, escalation="S", due="-1h")
    town.task(case, escalation="A", due="-3d")
    town.task(case, key="review_person", escalation="A", due="-20d")
    town.task(case, key="review_person", escalation="S", due="-1h")
    town.task(case, escalation="B", due="-20d", paused_at=town.at("-1d"))
    town.task(case, due="+1h")
    found = board(town, manager)
    counted = {(one.kind, one.age): one.tasks for one in found.numbers}
    assert counted == {("S", "today"): 2, ("A", "1-2"): 1, ("review", "11-"): 1}
    assert (found.found, found.people, found.paused) == (4, 1, 1)


def test_filters_narrow_the_list_and_each_number_says_what_its_link_will_show(town: SmallTown) -> None:
    manager = town.staff("Sam Service", "service_manager")
    nurse = town.staff("Nia Nurse", "nurse east")
    east, north, nowhere = town.case(), town.case(team="north"), town.case(team="")
    town.task(east, name="held", due="-1h", assignee_id=nurse)
    town.task(east, name="old", due="-30d", escalation="A")
    town.task(north, name="north", due="-1h")
    town.task(nowhere, name="nowhere", due="-1h")
    assert set(listed(board(town, manager, team=str(town.teams["east"])))) == {"held", "old"}
    assert listed(board(town, manager, team="none")) == ["nowhere"]
    assert listed(board(town, manager, age="11-")) == ["old"]
    assert listed(board(town, manager, kind="A", age="today")) == []
    found = board(town, manager, holder=str(nurse), page="0")
    assert listed(found) == ["held"]
    asked = Narrowed.read({"holder": [str(nurse)]})
    assert (found.count(asked)(), found.count(asked, "holder")(), found.count(asked, "holder")(kind="A")) == (1, 4, 1)


def test_what_its_ladder_shows_in_red_comes_first_then_safety_then_the_longest(town: SmallTown, manager: UUID) -> None:
    for name, escalation, due, rung in (
        ("low", "C", "-90d", "L2"), ("promised lately", "A", "-1d", "L1"), ("promised long ago", "A", "-10d", "L3"),
        ("safety just now", "S", "-1h", "L1"), ("internal", "B", "-5d", "L2"), ("safety since night", "S", "-9h", "L2"),
    ):  # fmt: skip
        town.task(town.case(), name=name, escalation=escalation, due=due, level=LEVELS.index(rung) + 1)
    found = board(town, manager)
    assert listed(found) == [
        "safety since night", "promised long ago", "safety just now", "promised lately", "internal", "low",
    ]  # fmt: skip
    assert [case.grave for case in found.cases] == [True, True, False, False, False, False]


def test_a_programme_with_ladders_of_its_own_has_its_own_red(town: SmallTown, manager: UUID) -> None:
    town.task(town.case(), escalation="B", due="-1d", level=AT_DUE)
    assert not board(town, manager).cases[0].grave
    session = town.session()
    heading = "ladder,level,when,only,whom,how,shown,every,times,until"
    table = [heading, *(f"{name},L1,due,,holder,daily,{'board' if name == 'B' else ''},,,done" for name in KINDS)]
    session.get_one(Programme, town.programme_id).content = {"ladder": {"number": 1, "table": "\n".join(table)}}
    session.commit()
    session.close()
    assert board(town, manager).cases[0].grave


def test_what_is_said_once_more_before_the_next_rung_is_what_comes_next(town: SmallTown, manager: UUID) -> None:
    heading = "ladder,level,when,only,whom,how,shown,every,times,until"
    rows = [f"{name},L1,due,,holder,daily,,1WD,5,done\n{name},L2,+4WD,,team_manager,daily,,,,done" for name in KINDS]
    session = town.session()
    table = "\n".join([heading, *rows])
    session.get_one(Programme, town.programme_id).content = {"ladder": {"number": 1, "table": table}}
    session.commit()
    session.close()
    holder = town.staff("Nia Nurse", "nurse east")
    task = town.task(town.case(), escalation="B", due="-1h", level=AT_DUE, remind_at=town.at("+1d"), assignee_id=holder)
    (on_the_board,) = board(town, manager).cases[0].tasks
    (in_the_inbox,) = inbox(town.desk(holder), "mine").rows
    told = [one.next_rung and one.next_rung.name for one in (on_the_board, in_the_inbox)]
    assert (told, task_clock(town.desk(holder), task).next_rung) == (["L1", "L1"], on_the_board.next_rung)


def test_a_row_says_what_its_ladder_does_next_and_who_knows_of_it(town: SmallTown, manager: UUID) -> None:
    case, nurse = town.case(), town.staff("Nia Nurse", "nurse east")
    town.task(
        case, escalation="A", due="-1d", level=AT_DUE, remind_at=town.at("+1d"), seen_by_id=nurse, seen_at=town.now
    )
    town.task(case, escalation="A", due="-9d", level=LEVELS.index("L3") + 1)
    ((last, first),) = (one.tasks for one in board(town, manager).cases)
    assert first.next_rung
    assert (first.next_rung.name, first.next_at, first.known_by) == ("L3", town.at("+1d"), "Nia Nurse")
    assert (last.next_rung, last.known_by) == (None, "")


def test_a_row_says_whose_it_is_whether_they_are_away_and_who_may_hand_it_on(town: SmallTown, manager: UUID) -> None:
    nurse, cover = town.staff("Nia Nurse", "nurse east"), town.staff("Cora Cover", "nurse east")
    town.on_leave(nurse, cover)
    case = town.case()
    town.task(case, assignee_id=nurse, due="-2d")
    town.task(case, due="-1d")
    ((held, free),) = (one.tasks for one in board(town, manager).cases)
    assert (held.holder, held.away, held.to_hand_on) == (
        "Nia Nurse",
        "away until 20 November 2026, Cora Cover covers",
        True,
    )
    assert (free.holder, free.whose, free.days) == ("", "district nurse", 1)
    chair = town.staff("Gil Lead", "gp_lead east")
    assert not any(task.to_hand_on for case in board(town, chair).cases for task in case.tasks)


@pytest.mark.parametrize(
    ("details", "case", "shown", "ask"),
    [
        ({"phone": "0161 496 0000"}, {}, "0161 496 0000", False),
        ({"phone": "0161 496 0000", "safe_contact": "Only before noon"}, {}, "", True),
        ({"phone": "0161 496 0000", "message_safe": "no"}, {}, "", True),
        ({"phone": "0161 496 0000"}, {"outbound_stopped": True}, "", False),
        ({}, {}, "", False),
    ],
)
def test_a_number_is_shown_only_where_anybody_may_simply_ring(
    town: SmallTown, manager: UUID, details: dict[str, str], case: dict[str, bool], shown: str, ask: bool
) -> None:
    made = town.case(**case)
    town.task(made, due="-1d")
    session = town.session()
    session.get_one(Person, session.get_one(Case, made).person_id).details = details
    session.commit()
    session.close()
    (found,) = board(town, manager).cases
    assert (found.phone, found.ask_first) == (shown, ask)


@pytest.mark.parametrize(
    ("post", "seen"),
    [
        ("team_manager east", {"east", "intake"}),
        ("coordinator east", {"east", "intake"}),
        ("gp_lead north", {"north", "intake"}),
        ("service_manager", {"east", "north", "intake"}),
        ("caldicott", {"east", "north", "intake"}),
    ],
)
def test_everybody_sees_the_cases_they_run_and_nobody_what_is_kept_from_them(
    town: SmallTown, post: str, seen: set[str]
) -> None:
    who, cases = town.staff("Rae Runs", post), {"east": town.case(), "north": town.case(team="north")}
    cases["intake"] = town.case(team="")
    hidden = [town.case(team=team) for team in ("east", "north")]
    for case in hidden:
        town.shut_out(case, who)
    held_back = town.case(sharing_scope="held_back")
    for name, case in {**cases, "shut out": hidden[0], "too": hidden[1], "held back": held_back}.items():
        town.task(case, name=name, due="-1d", paused_at=None)
        town.task(case, due="-1d", paused_at=town.now)
    found = board(town, who)
    assert set(listed(found)) == seen
    assert (found.found, found.paused) == (len(seen), len(seen))


def test_what_follows_a_concern_is_kept_from_the_manager_whom_it_names(town: SmallTown, manager: UUID) -> None:
    case = town.case()
    town.paper(case, "F23", {"alleged_colleagues": [{"colleague": str(manager)}]})
    for paused in (None, town.now):
        town.task(case, form_key="F23b", due="-1d", paused_at=paused)
    town.task(case, name="the rest", due="-1d")
    found = board(town, manager)
    assert (listed(found), found.found, found.paused) == (["the rest"], 1, 0)


def test_an_agreed_action_says_what_was_agreed_on_the_board_and_where_it_is_handed_over(
    town: SmallTown, manager: UUID
) -> None:
    task = town.task(town.case(), name="Do what was agreed", why="“Ring the office”. Say how it stands.", due="-1d")
    assert listed(board(town, manager)) == ["Do what was agreed: Ring the office"]
    assert [row.what for row in rows_named(town.desk(manager), [task])] == ["Do what was agreed: Ring the office"]


def test_pages_follow_one_another_and_leave_nobody_out(town: SmallTown, manager: UUID) -> None:
    for number in range(27):
        town.task(town.case(), name=f"{number:02}", due=f"-{number + 1}h")
    first, second = board(town, manager), board(town, manager, page="2")
    assert (len(first.cases), first.more, len(second.cases), second.more) == (25, True, 2, False)
    assert listed(first) + listed(second) == [f"{number:02}" for number in reversed(range(27))]


def test_an_address_that_cannot_be_read_asks_for_nothing() -> None:
    given = {"team": ["x", "none"], "kind": ["Z"], "age": ["'"], "holder": ["1"], "page": ["-1", "²"]}
    assert Narrowed.read(given) == Narrowed(team=("none",))
