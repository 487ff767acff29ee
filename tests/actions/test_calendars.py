"""Days on which the service is closed: entered and taken back by hand, and counted by everything that is promised."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.builders.colleagues import administration, desk_of, hire, programme_data, set_up
from tests.builders.walked_case import Town
from tests.builders.ways_in import a_message
from workflows.actions import calendars as changes
from workflows.actions import messages
from workflows.actions.calendars import Whose
from workflows.actions.programmes import load_programme
from workflows.assembly import Office
from workflows.casework.audit import AuditEntry
from workflows.casework.errors import AnswersRefused, NotAllowed
from workflows.clock import FixedClock
from workflows.desk import Desk
from workflows.due_words import due_in_words
from workflows.questions import inbox, programmes

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 11, day) for day in (17, 18, 19, 20))


def closed(office: Office, key: str = "acm") -> list[tuple[date, str, bool]]:
    page = programmes.programme(administration(office), key)
    return [(row.day, row.why, row.open_after_all) for row in page.closed_days]


def at_closing(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 17, tzinfo=UTC)


def due_of(town: Town, number: str) -> datetime:
    task = next(task for task in town.open_tasks(number) if task.key == "triage_referral")
    assert task.due_at is not None
    return task.due_at


def close(desk: Desk, day: date, why: str, key: str = "acm", team: str | None = None) -> None:
    changes.confirm_change(desk, changes.ask_to_close(desk, Whose(key, team), day, why))


def open_again(desk: Desk, day: date, key: str = "acm") -> None:
    changes.confirm_change(desk, changes.ask_to_open(desk, Whose(key), day))


def close_tuesday(office: Office, key: str = "acm", team: str | None = None) -> None:
    close(administration(office), TUESDAY, "Extra bank holiday", key, team)


def test_what_is_promised_across_a_closed_day_falls_due_a_working_day_later(town: Town) -> None:
    before = town.refer()
    close_tuesday(town.office)
    after = town.refer(nhs_number="999 000 1383", given_name="Ben", dob="1940-02-01")
    assert (due_of(town, before), due_of(town, after)) == (at_closing(WEDNESDAY), at_closing(THURSDAY))
    reminded = [task.remind_at for task in town.open_tasks(after) if task.key == "triage_referral"]
    assert reminded == [at_closing(WEDNESDAY)]


def test_a_day_closed_in_one_programme_is_a_working_day_in_the_other(town: Town) -> None:
    close_tuesday(town.office, "mcm")
    assert due_of(town, town.refer()) == at_closing(WEDNESDAY)


def test_a_clock_that_stood_still_goes_on_without_the_closed_day(town: Town, clock: FixedClock) -> None:
    number = town.refer()
    town.walk_until(number, "first_contact")
    messages.receive(town.office.desk(), a_message("hospital_admission", payload={"hospital": "North"}))
    close_tuesday(town.office)
    clock.advance(timedelta(hours=1))
    home = {"hospital": "North", "destination": "usual_home"}
    messages.receive(town.office.desk(), a_message("hospital_discharge", payload=home, occurred_at=clock.now()))
    (contact,) = [task for task in town.open_tasks(number) if task.key == "first_contact"]
    assert (contact.paused_at, contact.due_at) == (None, at_closing(date(2026, 11, 24)))  # five, the Tuesday left out


def test_the_inbox_counts_the_working_days_that_are_left_without_the_closed_one(town: Town) -> None:
    close_tuesday(town.office)
    number = town.refer()
    found = inbox.inbox(town.office.desk(town.who("Siobhan Kelly")), "pool")
    (row,) = [row for row in found.rows if row.case_number == number]
    assert row.due_at is not None
    said = due_in_words(row.due_at, town.office.clock.now(), row.calendar)
    assert said == "in 2 working days (Thu 19 Nov, 17:00)"


def test_a_closed_day_says_why_and_can_be_taken_back_but_stays_in_the_record(office: Office) -> None:
    set_up(office)
    close(administration(office), FRIDAY, " Training of all teams ")
    close_tuesday(office)
    assert closed(office) == [(TUESDAY, "Extra bank holiday", False), (FRIDAY, "Training of all teams", False)]
    open_again(administration(office), FRIDAY)
    assert closed(office)[1] == (FRIDAY, "Training of all teams", True)
    close(administration(office), FRIDAY, "Training after all")
    assert closed(office)[1] == (FRIDAY, "Training after all", False)
    with office.desk().looking() as session:
        acts = [entry.act for entry in session.query(AuditEntry).filter(AuditEntry.subject == "Programme")]
    assert acts[-4:] == ["service closed on a day"] * 2 + ["service open after all", "service closed on a day"]


@pytest.mark.parametrize(
    ("day", "why", "field", "words"),
    [
        (date(2026, 11, 13), "Snow", "day", "must be today or later"),
        (date(2026, 11, 21), "Snow", "day", "Saturday or Sunday"),
        (date(2026, 12, 28), "Snow", "day", "bank holiday"),
        (TUESDAY, "Snow", "day", "on the list already"),
        (FRIDAY, "  ", "why", "Enter why"),
        (FRIDAY, "x" * 101, "why", "100 characters"),
    ],
)
def test_a_day_that_would_change_nothing_or_has_no_reason_is_refused(
    office: Office, day: date, why: str, field: str, words: str
) -> None:
    set_up(office)
    close_tuesday(office)
    with pytest.raises(AnswersRefused) as refused:
        close(administration(office), day, why)
    assert words in refused.value.errors[field]
    assert closed(office) == [(TUESDAY, "Extra bank holiday", False)]


def test_a_day_that_is_past_or_was_never_closed_is_not_opened(office: Office, clock: FixedClock) -> None:
    set_up(office)
    close_tuesday(office)
    with pytest.raises(AnswersRefused):
        open_again(administration(office), FRIDAY)
    clock.advance(timedelta(days=2))
    with pytest.raises(AnswersRefused):
        open_again(administration(office), TUESDAY)


def test_days_in_a_new_version_of_the_file_are_added_and_those_opened_after_all_stay_open(office: Office) -> None:
    first, second = ({"day": day.isoformat(), "why": "Extra bank holiday"} for day in (TUESDAY, FRIDAY))
    set_up(office, closures=[first])
    open_again(administration(office), TUESDAY)
    set_up(office, closures=[first, second])
    assert closed(office) == [(TUESDAY, "Extra bank holiday", True), (FRIDAY, "Extra bank holiday", False)]


def test_only_those_who_manage_this_programme_close_its_days(office: Office) -> None:
    nurse = desk_of(office, hire(office, "Anna Bell", "nurse", password=""))
    manager = desk_of(office, hire(office, "Max Orr", "service_manager", password=""))
    load_programme(administration(office), programme_data(key="mcm", name="Another"))
    for desk, key in ((nurse, "acm"), (manager, "mcm")):
        with pytest.raises(NotAllowed):
            close(desk, TUESDAY, "Snow", key)
        with pytest.raises(NotAllowed):
            open_again(desk, TUESDAY, key)
    close(manager, TUESDAY, "Snow")
    assert closed(office) == [(TUESDAY, "Snow", False)]
