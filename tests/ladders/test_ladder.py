"""The table of the ladders: what it says of when, and what is wrong with one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from workflows.casework.ladder import AT_DUE, LEVELS, Clock, ladder_name
from workflows.casework.ladder_table import LadderRefused, read_ladder, standard, written
from workflows.durations import Duration, Unit
from workflows.working_time import ENGLAND

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def at(day: int, hour: int = 17, minute: int = 0) -> datetime:
    """An instant of November 2026, when London keeps UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def climbed(name: str, due: datetime, unit: Unit = Unit.WORKING_DAYS, since: datetime = MONDAY) -> dict[str, datetime]:
    moments = standard().climb(name, Clock(since, due, unit), ENGLAND)
    return {one.rung.name: one.at for one in moments}


def test_what_was_promised_to_a_person_goes_to_managers_two_and_five_working_days_late() -> None:
    assert climbed("A", at(18)) == {"R1": at(17), "L1": at(18), "L2": at(20), "L3": at(25)}


def test_safety_is_reminded_of_at_half_its_time_and_reaches_both_managers_within_four_hours() -> None:
    assert climbed("S", at(16, 15), Unit.HOURS) == {
        "R1": at(16, 12), "R2": at(16, 14, 30), "L1": at(16, 15), "L2": at(16, 17), "L3": at(16, 19),
    }  # fmt: skip


def test_half_an_hour_before_counts_only_for_what_is_due_on_the_same_day() -> None:
    assert "R2" not in climbed("S", at(17, 15), Unit.HOURS)


def test_an_overdue_review_climbs_to_the_next_meeting_and_the_exception_report() -> None:
    review = climbed("review", at(30), since=MONDAY)
    december = [datetime(2026, 12, day, 17, tzinfo=UTC) for day in (2, 7, 14)]
    assert [review[name] for name in ("R1", "L1", "L2", "L3", "L4")] == [at(23), at(30), *december]
    (last,) = [rung for rung in standard().of("review") if rung.name == "L4"]
    assert (last.shown, last.whom) == (("agenda", "report"), ())


def test_a_reminder_that_would_come_before_the_task_was_asked_does_not_come() -> None:
    assert "R1" not in climbed("review", at(18))


@pytest.mark.parametrize(
    ("due", "first_open_day"),
    [
        (datetime(2027, 1, 4, 17, tzinfo=UTC), datetime(2026, 12, 29, 17, tzinfo=UTC)),
        (datetime(2027, 4, 5, 16, tzinfo=UTC), datetime(2027, 3, 30, 16, tzinfo=UTC)),  # summer began
    ],
)
def test_a_review_due_a_week_after_a_bank_holiday_is_reminded_of_on_the_day_it_opens(
    due: datetime, first_open_day: datetime
) -> None:
    opens = ENGLAND.opens(ENGLAND.before(due, Duration.parse("7D")))
    assert climbed("review", due, Unit.DAYS, since=opens)["R1"] == first_open_day


def test_only_the_rungs_above_the_one_reached_are_still_to_come() -> None:
    clock = Clock(MONDAY, at(18), Unit.WORKING_DAYS)
    assert [one.rung.name for one in standard().climb("A", clock, ENGLAND, above=AT_DUE)] == ["L2", "L3"]


@pytest.mark.parametrize(
    ("escalation", "properties", "climbs"),
    [
        ("A", {}, "A"),
        ("A", {"ladder": "review"}, "review"),
        ("S", {"ladder": "review"}, "S"),
        ("B", {"ladder": "?"}, "B"),
    ],
)
def test_a_review_climbs_its_own_ladder_unless_it_is_about_safety(
    escalation: str, properties: dict[str, str], climbs: str
) -> None:
    assert ladder_name(escalation, properties) == climbs


REMINDER, MANAGER, HEAD = (
    "A,R1,-1WD,,holder,daily,,,,done", "A,L2,+2WD,,team_manager,daily,,,,seen",
    "A,L3,+5WD,,service_manager,daily,board,,,done",
)  # fmt: skip


@pytest.mark.parametrize(
    ("was", "to", "stands_on"),
    [
        (HEAD, "A,L3,+3WD,,team_manager,daily,,,,seen\n" + HEAD.replace("L3", "L4"), "R1 R1 L1 L2 L4"),
        (MANAGER + ",\n" + HEAD, HEAD.replace("L3", "L2"), "R1 R1 L1 L1 L2"),
        (MANAGER, MANAGER.replace("+2WD", "+3WD"), "R1 R1 L1 L2 L3"),
        (MANAGER, MANAGER.replace("team_manager", "gp_lead"), "R1 R1 L1 L2 L3"),
        (REMINDER, REMINDER.replace("1", "2", 1) + "\n" + REMINDER.replace("-1WD", "-2WD"), "R2 R2 L1 L2 L3"),
        (REMINDER, REMINDER + "\nA,R2,-1H,,holder,daily,,,,done", "R1 R1 L1 L2 L3"),
    ],
    ids=["one put in between", "one taken out", "later", "to somebody else", "an earlier reminder", "a later reminder"],
)
def test_a_task_stands_in_another_version_where_the_same_is_said(was: str, to: str, stands_on: str) -> None:
    assert was in written(standard())
    newer = read_ladder(written(standard()).replace(was, to))
    found = [newer.reached("A", standard(), LEVELS.index(name) + 1) for name in ("R1", "R2", "L1", "L2", "L3")]
    assert " ".join(LEVELS[level - 1] for level in found) == stands_on
    assert newer.reached("A", standard(), 0) == 0


def test_a_table_written_out_and_read_again_is_the_same() -> None:
    assert read_ladder(written(standard())) == standard()


def test_a_table_from_before_texts_goes_by_email() -> None:
    older = "\n".join(line.rpartition(",")[0] for line in written(standard()).splitlines())
    assert {rung.by for rung in read_ladder(older).rungs} == {("email",)}
    assert {rung.ladder for rung in standard().rungs if "text" in rung.by} == {"S"}


HEAD, *ROWS = written(standard()).splitlines()


def table(**instead: str) -> str:
    """The usual table with other rows: A_L2="…" is the row in place of the rung L2 of A; empty, without it."""
    changed = []
    for row in ROWS:
        name, level = row.split(",")[:2]
        new = instead.get(f"{name}_{level}", row)
        changed += [new] if new else []
    return "\n".join([HEAD, *changed])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"A_L1": "A,L1,+1WD,,holder,daily,,,,done"}, "A L1: L1 is the moment at which a task is due: write “due”."),
        ({"A_R1": "A,R1,+1WD,,holder,daily,,,,done"}, "A R1: before a task is due write a share of its time"),
        ({"A_L2": "A,L2,-2WD,,team_manager,daily,,,,seen"}, "A L2: after a task is due write a time such as +2WD."),
        ({"A_L2": "A,L2,+2XX,,team_manager,daily,,,,seen"}, "A L2: “2XX” is not a duration."),
        ({"A_L2": "A,L2,+0WD,,team_manager,daily,,,,seen"}, "A L2: a time of nothing is the moment"),
        ({"A_L2": "A,L2,+2WD,,the_boss,daily,,,,seen"}, "A L2: nobody is called “the_boss”"),
        ({"A_L2": "A,L2,+2WD,,team_manager,by pigeon,,,,seen"}, "A L2: “by pigeon” is not a way to tell somebody"),
        ({"A_L2": "A,L2,+2WD,,team_manager,at once,,,,seen"}, "A L2: only what is about safety is told at once"),
        ({"A_L2": "A,L2,+2WD,,,daily,,,,seen"}, "A L2: say both whom to tell and how, or neither."),
        ({"A_L2": "A,L2,+2WD,,team_manager,daily,moon,,,seen"}, "A L2: it can be shown on: board, agenda, report."),
        ({"A_L2": "A,L2,+2WD,,team_manager,daily,,1WD,,seen"}, "A L2: say both after what time it is said again"),
        ({"A_L3": "A,L3,+5WD,,service_manager,daily,,,,seen"}, "A L3: nothing but doing the task stops the last"),
        ({"A_L2": "A,L2,+2WD,,team_manager,daily,,,,seen,email fax"}, "A L2: it can go by: email, text."),
        ({"A_L2": "A,L2,+2WD,,team_manager,daily,,,,seen,text"}, "A L2: email stays among the ways"),
        ({"B_L3": "B,L3,+10WD,,,nobody,report,,,done,email text"}, "B L3: nobody is told, so it goes by no way."),
        ({"A_L2": ""}, "A: after L1 come L2, L3 and so on, without a gap."),
        ({"A_L1": ""}, "A: there is no rung L1, at which somebody hears that a task is due."),
        ({"A_R1": "A,L1,due,,holder,daily,,,,done"}, "A: L1 stands there twice."),
        ({"A_R1": "D,R1,-1WD,,holder,daily,,,,done"}, "D R1: a row begins with S, A, B, C or review, and a level"),
    ],
)
def test_a_table_that_is_no_ladder_is_refused_with_a_sentence(rows: dict[str, str], said: str) -> None:
    with pytest.raises(LadderRefused) as refused:
        read_ladder(table(**rows))
    assert any(fault.startswith(said) for fault in refused.value.faults), refused.value.faults


def test_a_table_without_a_column_says_which_one() -> None:
    with pytest.raises(LadderRefused, match="The table has no column “whom”"):
        read_ladder("ladder,level,when\nA,L1,due\n")


def test_every_level_has_one_name() -> None:
    assert len(set(LEVELS)) == len(LEVELS)
    assert LEVELS[AT_DUE - 1] == "L1"
