"""A calendar changes: what was counted on it moves with it, once, and what somebody named stays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select, update

from tests.builders.colleagues import administration
from tests.builders.moments import london
from tests.builders.walked_case import Town, walked_to
from tests.builders.ways_in import a_message
from tests.loaded_town import DELIVERING
from workers.jobs import move_dates, remind, wake_cases
from workflows.actions import calendars as changes
from workflows.actions import messages, moving_dates
from workflows.actions.calendars import Whose
from workflows.actions.journey import follow_up
from workflows.casework.audit import AuditEntry
from workflows.casework.case import Case
from workflows.casework.diagram import Waiting
from workflows.casework.errors import AnswersRefused, NotAllowed, RuleBroken
from workflows.casework.notice import Letter
from workflows.casework.task import Task
from workflows.clock import FixedClock
from workflows.desk import Desk
from workflows.due_words import due_in_words
from workflows.duties.agreed_actions import add_action
from workflows.duties.register import on_behalf
from workflows.questions import calendars as asked
from workflows.questions import inbox
from workflows.working_time import ENGLAND, Duration, Hours, Unit

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 11, day) for day in (17, 18, 19, 20))
ACM, EAST, WEST = Whose("acm"), Whose("acm", "east"), Whose("acm", "west")
A_DAY = Duration(1, Unit.WORKING_DAYS)
NO_FRIDAYS = (*ENGLAND.hours[:4], None, None, None)


def at_five(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 17, tzinfo=UTC)


def manager(town: Town) -> Desk:
    return town.office.desk(town.who("Adaeze"))  # of the team East


def due_of(town: Town, number: str, key: str) -> datetime | None:
    return next(task.due_at for task in town.open_tasks(number) if task.key == key)


def close(town: Town, day: date, whose: Whose = ACM, why: str = "Snow") -> None:
    """Close on a day, and let the worker move what follows."""
    desk = administration(town.office)
    changes.confirm_change(desk, changes.ask_to_close(desk, whose, day, why))
    assert move_dates.work(town.office) == (1, 0)


def would(town: Town, whose: Whose, day: date, desk: Desk | None = None) -> asked.Prospect:
    desk = desk or administration(town.office)
    found = asked.change_page(desk, changes.ask_to_close(desk, whose, day, "Snow")).prospect
    assert found is not None
    return found


def test_what_is_late_keeps_its_day_and_whoever_is_told_of_it_then_is_told_a_working_day_later(
    town: Town, clock: FixedClock
) -> None:
    number = town.refer()
    clock.move_to(london("2026-11-19 09:05"))
    remind.climb(town.office)

    def late() -> Task:
        return next(task for task in town.open_tasks(number) if task.key == "triage_referral")

    before = late()
    close(town, FRIDAY)
    assert before.remind_at is not None
    assert (late().due_at, late().remind_at) == (at_five(WEDNESDAY), ENGLAND.due(before.remind_at, A_DAY))


def histories(town: Town, act: str) -> list[dict[str, str]]:
    query = select(AuditEntry.detail).where(AuditEntry.act == act).order_by(AuditEntry.seq)
    return [dict(detail) for detail in town.ask(lambda session: session.scalars(query).all())]


def test_nothing_changes_before_somebody_has_seen_what_would_move(town: Town) -> None:
    number = town.refer()
    found = would(town, ACM, TUESDAY, town.office.desk(town.who("Shabana")))
    (move,) = found.moves
    assert (move.number, move.kind, move.was, move.due) == (number, "task", at_five(WEDNESDAY), at_five(THURSDAY))
    assert found.counts == {"task": 1, "review": 0, "wait": 0, "letter": 0}
    assert move_dates.work(town.office) == (0, 0)
    assert due_of(town, number, "triage_referral") == at_five(WEDNESDAY)


def test_a_task_that_was_counted_moves_with_its_reminder_and_the_history_says_why(town: Town) -> None:
    number = town.refer()
    close(town, TUESDAY)
    (task,) = [task for task in town.open_tasks(number) if task.key == "triage_referral"]
    assert (task.due_at, task.remind_at) == (at_five(THURSDAY), at_five(WEDNESDAY))
    (told,) = histories(town, "due date moved")
    assert (told["was"], told["due"]) == (at_five(WEDNESDAY).isoformat(), at_five(THURSDAY).isoformat())
    assert (told["calendar"], told["day"], told["why"]) == ("close", "2026-11-17", "Snow")


def waiting_letter(town: Town, number: str) -> Letter:
    query = select(Letter).join(Case).where(Case.number == number, Letter.status == "ready", Letter.template == "L02")
    found: Letter = town.ask(lambda session: session.scalars(query).one())
    return found


@pytest.mark.both_databases
@pytest.mark.parametrize("closed", [False, True])
def test_a_letter_that_waits_goes_by_another_day_and_is_named_before_also_of_a_closed_case(
    town: Town, closed: bool
) -> None:
    number = str(town.once(walked_to, "first_contact"))
    if closed:
        with town.office.database.writing() as session:
            session.execute(update(Case).values(closed_at=town.office.clock.now()))
            session.commit()
    letter = waiting_letter(town, number)
    assert letter.send_by == WEDNESDAY
    found = would(town, EAST, WEDNESDAY, town.office.desk(town.who("Shabana")))
    listed = [(one.kind, one.name, one.was, one.due) for one in found.moves]
    assert ("letter", letter.title, at_five(WEDNESDAY), at_five(THURSDAY)) in listed
    close(town, WEDNESDAY, EAST)
    assert waiting_letter(town, number).send_by == THURSDAY
    told = [one for one in histories(town, "letter given another day") if one["template"] == "L02"]
    assert [(one["was"], one["due"]) for one in told] == [("2026-11-18", "2026-11-19")]


@pytest.mark.parametrize(("due", "then"), [({}, date(2026, 12, 1)), ({"due": "2026-11-30"}, date(2026, 11, 30))])
def test_an_action_without_a_day_of_its_own_moves_and_one_for_a_day_stays(
    town: Town, due: dict[str, str], then: date
) -> None:
    number = str(town.once(walked_to, "first_contact"))
    with town.office.desk().work() as work:
        case = work.session.get_one(Case, town.case(number).id)
        add_action(on_behalf(work, case), {"what": "Fit a key safe", **due})
        follow_up(work)
        work.commit()
    assert due_of(town, number, "do_action") == at_five(date(2026, 11, 30))
    close(town, FRIDAY, EAST)
    assert due_of(town, number, "do_action") == at_five(then)


def test_twice_is_once_and_a_day_opened_after_all_puts_everything_back(town: Town) -> None:
    number = town.refer()
    close(town, TUESDAY)
    assert move_dates.work(town.office) == (0, 0)
    desk = administration(town.office)
    again = changes.ask_to_open(desk, ACM, TUESDAY)
    changes.confirm_change(desk, again)
    changes.confirm_change(desk, again)
    assert move_dates.work(town.office) == (1, 0)
    moving_dates.move_dates(town.office.desk(), again, town.case(number).id)  # a worker that comes late
    assert due_of(town, number, "triage_referral") == at_five(WEDNESDAY)
    assert len(histories(town, "due date moved")) == 2


def test_what_happened_meanwhile_counts(town: Town, clock: FixedClock) -> None:
    number = town.refer()
    desk = administration(town.office)
    change = changes.ask_to_close(desk, ACM, TUESDAY, "Snow")
    clock.advance(timedelta(hours=1))
    town.do(number, "triage_referral")
    changes.confirm_change(desk, change)
    move_dates.work(town.office)
    told = [row["task"] for row in histories(town, "due date moved")]
    assert told == ["Name a care coordinator", "No meeting in time"]


def test_a_day_of_one_team_moves_nothing_of_another(town: Town) -> None:
    number = str(town.once(walked_to, "first_contact"))
    before = due_of(town, number, "first_contact")
    assert would(town, WEST, FRIDAY).all == 0
    close(town, FRIDAY, WEST)
    assert due_of(town, number, "first_contact") == before == at_five(date(2026, 11, 23))
    assert would(town, EAST, THURSDAY).counts["task"] > 0
    close(town, THURSDAY, EAST)
    assert due_of(town, number, "first_contact") == at_five(date(2026, 11, 24))


def test_what_a_team_promises_is_counted_and_said_on_its_own_calendar(town: Town) -> None:
    number = str(town.once(walked_to, "allocate_coordinator"))
    close(town, THURSDAY, EAST)
    town.do(number, "allocate_coordinator")
    found = inbox.inbox(town.office.desk(town.who("Farah")), "mine")
    row = next(row for row in found.rows if row.name == "First contact")
    assert row.due_at == at_five(date(2026, 11, 24))
    assert due_in_words(row.due_at, london("2026-11-16 09:00"), row.calendar).startswith("in 5 working days")


def test_other_hours_count_from_their_first_day(town: Town) -> None:
    number = str(town.once(walked_to, "first_contact"))
    desk = administration(town.office)
    changes.confirm_change(desk, changes.ask_for_hours(desk, EAST, FRIDAY, NO_FRIDAYS))
    move_dates.work(town.office)
    assert due_of(town, number, "first_contact") == at_five(date(2026, 11, 24))
    back = changes.ask_for_hours(desk, EAST, date(2026, 11, 27), None)
    changes.confirm_change(desk, back)
    calendar = asked.calendar_page(desk, "acm", "east").calendar
    assert [calendar.is_working_day(date(2026, 11, day)) for day in (13, 20, 27)] == [True, False, True]


def test_a_review_whose_day_was_counted_moves_with_everything_that_hangs_on_it(delivering: Town) -> None:
    monday, opens = date(2027, 1, 11), Waiting.key == "review_opens"
    close(delivering, monday)
    assert delivering.case(DELIVERING).next_review_at == at_five(date(2027, 1, 12))
    assert delivering.ask(lambda s: s.scalar(select(Waiting.due_at).where(opens))) == london("2027-01-05 09:00")
    delivering.office.clock.move_to(london("2027-01-05 09:05"))  # type: ignore[attr-defined]  # it stands in tests
    wake_cases.work(delivering.office)
    assert due_of(delivering, DELIVERING, "review_person") == at_five(date(2027, 1, 12))


def test_a_date_for_which_a_case_waits_moves_where_it_was_counted(delivering: Town) -> None:
    supervision = select(Waiting.due_at, Waiting.due_amount).where(Waiting.key == "supervision_due")
    close(delivering, date(2026, 12, 21))
    found = delivering.ask(lambda session: session.execute(supervision).one())
    assert tuple(found) == (at_five(date(2026, 12, 22)), 35)
    assert [row["task"] for row in histories(delivering, "due date moved")] == ["Supervision is due"]


def test_a_day_that_somebody_named_stays(delivering: Town) -> None:
    action = date(2026, 12, 14)
    found = would(delivering, ACM, action)
    assert (found.all, found.named > 0) == (0, True)
    close(delivering, action)
    assert due_of(delivering, DELIVERING, "do_action") == at_five(action)


def test_of_a_task_older_than_this_knowledge_the_date_stays_and_the_preview_says_so(town: Town) -> None:
    number = town.refer()
    with town.office.desk().work() as work:
        work.session.execute(update(Task).values(due_since=None, due_amount=None))
        work.session.commit()
    found = would(town, ACM, TUESDAY)
    assert (found.all, found.unknown) == (0, 1)
    close(town, TUESDAY)
    assert due_of(town, number, "triage_referral") == at_five(WEDNESDAY)


def test_a_clock_that_stands_still_keeps_what_is_left(town: Town, clock: FixedClock) -> None:
    number = str(town.once(walked_to, "first_contact"))
    messages.receive(town.office.desk(), a_message("hospital_admission", payload={"hospital": "North"}))
    found = would(town, ACM, FRIDAY)
    assert (found.standing > 0, [move.name for move in found.moves if move.name == "First contact"]) == (True, [])
    close(town, FRIDAY)
    assert due_of(town, number, "first_contact") == at_five(date(2026, 11, 23))
    clock.advance(timedelta(hours=1))
    home = {"hospital": "North", "destination": "usual_home"}
    messages.receive(town.office.desk(), a_message("hospital_discharge", payload=home, occurred_at=clock.now()))
    assert due_of(town, number, "first_contact") == at_five(date(2026, 11, 24))
    close(town, date(2026, 11, 24))  # and what was counted anew from then on moves too
    assert due_of(town, number, "first_contact") == at_five(date(2026, 11, 25))


def test_what_is_late_stays_late_and_nothing_becomes_late(town: Town, clock: FixedClock) -> None:
    number = town.refer()
    clock.move_to(london("2026-11-18 17:30"))
    close(town, WEDNESDAY)
    assert due_of(town, number, "triage_referral") == at_five(WEDNESDAY)
    clock.move_to(london("2026-11-18 19:00"))
    second = town.refer(nhs_number="999 000 1383", given_name="Ben", dob="1940-02-01")  # from Thursday, till Monday
    close(town, date(2026, 11, 23))
    assert due_of(town, second, "triage_referral") == at_five(date(2026, 11, 24))
    clock.move_to(london("2026-11-23 18:00"))
    desk = administration(town.office)
    changes.confirm_change(desk, changes.ask_to_open(desk, ACM, date(2026, 11, 23)))
    move_dates.work(town.office)
    assert due_of(town, second, "triage_referral") == at_five(date(2026, 11, 24))


def test_a_case_whose_dates_cannot_move_is_told_and_the_others_move(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [town.refer(), town.refer(nhs_number="999 000 1383", given_name="Ben", dob="1940-02-01")]
    first, count = town.case(numbers[0]).id, moving_dates.count_dates_anew

    def fails_in_one(work: object, case: Case, **why: str) -> int:
        if case.id == first:
            raise RuleBroken("No.")
        return count(work, case, **why)  # type: ignore[arg-type]  # handed on as it comes

    monkeypatch.setattr(moving_dates, "count_dates_anew", fails_in_one)
    desk = administration(town.office)
    change = changes.ask_to_close(desk, ACM, TUESDAY, "Snow")
    changes.confirm_change(desk, change)
    move_dates.work(town.office)
    found = asked.change_page(desk, change)
    assert (found.status, found.moved, list(found.failed)) == ("done", 1, numbers[:1])
    assert [due_of(town, number, "triage_referral") for number in numbers] == [at_five(WEDNESDAY), at_five(THURSDAY)]


def test_the_manager_of_a_team_changes_the_calendar_of_that_team_alone(town: Town) -> None:
    changes.ask_to_close(manager(town), EAST, FRIDAY, "Training")
    for whose in (ACM, WEST):
        with pytest.raises(NotAllowed):
            changes.ask_to_close(manager(town), whose, FRIDAY, "Training")
    of_programme = changes.ask_to_close(administration(town.office), ACM, FRIDAY, "Training")
    for look in (changes.confirm_change, changes.drop_change, asked.change_page):
        with pytest.raises(NotAllowed):
            look(manager(town), of_programme)


def test_dates_in_cases_that_the_reader_may_not_open_are_counted_and_not_listed(town: Town) -> None:
    town.refer()
    found = would(town, ACM, TUESDAY)  # as a system administrator, who opens no case
    assert (found.all, found.listed, list(found.moves)) == (1, 0, [])


@pytest.mark.parametrize(
    ("first", "week", "words"),
    [
        (date(2026, 11, 16), NO_FRIDAYS, "must be to come"),
        (FRIDAY, (None,) * 7, "at least one day"),
        (FRIDAY, ENGLAND.hours, "already"),
    ],
)
def test_hours_that_change_nothing_or_began_already_are_refused(
    town: Town, first: date, week: tuple[Hours | None, ...], words: str
) -> None:
    with pytest.raises(AnswersRefused) as refused:
        changes.ask_for_hours(administration(town.office), EAST, first, week)
    assert words in next(iter(refused.value.errors.values()))


def test_a_change_that_was_made_meanwhile_is_not_made_again(town: Town) -> None:
    first = changes.ask_to_close(town.office.desk(town.who("Shabana")), ACM, FRIDAY, "Snow")
    second = changes.ask_to_close(administration(town.office), ACM, FRIDAY, "Snow")
    changes.confirm_change(administration(town.office), second)
    with pytest.raises(RuleBroken, match="on the list already"):
        changes.confirm_change(administration(town.office), first)


def test_an_hour_of_a_team_that_closes_early_is_an_hour_in_which_it_is_there(town: Town) -> None:
    desk = administration(town.office)
    early = (*ENGLAND.hours[:4], Hours(time(9), time(12)), None, None)
    changes.confirm_change(desk, changes.ask_for_hours(desk, EAST, FRIDAY, early))
    assert asked.calendar_page(desk, "acm", "east").calendar.week_on(FRIDAY)[4] == Hours(time(9), time(12))
    assert asked.calendar_page(desk, "acm").calendar == ENGLAND
