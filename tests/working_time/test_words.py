"""Due times as people say them."""

import pytest

from tests.builders.moments import london
from workflows.due_words import due_in_words
from workflows.working_time import ENGLAND, Duration


@pytest.mark.parametrize(
    ("due", "now", "words"),
    [
        ("2026-11-24 17:00", "2026-11-20 09:00", "in 2 working days (Tue 24 Nov, 17:00)"),
        ("2026-11-23 17:00", "2026-11-20 09:00", "in 1 working day (Mon 23 Nov, 17:00)"),
        ("2026-11-23 17:00", "2026-11-21 09:00", "on Mon 23 Nov, 17:00"),
        ("2026-11-20 17:00", "2026-11-20 09:00", "today 17:00"),
        ("2026-11-20 17:00", "2026-11-20 17:00", "today 17:00"),
        ("2026-11-21 10:00", "2026-11-20 19:00", "tomorrow (Sat 21 Nov, 10:00)"),
        ("2026-11-22 10:00", "2026-11-20 19:00", "on Sun 22 Nov, 10:00"),
        ("2026-11-22 17:00", "2026-11-22 09:00", "today 17:00"),
        ("2026-11-23 17:00", "2026-11-22 09:00", "tomorrow (Mon 23 Nov, 17:00)"),
        ("2026-11-24 17:00", "2026-11-22 09:00", "on Tue 24 Nov, 17:00"),
        ("2026-11-24 17:00", "2026-11-20 18:30", "on Tue 24 Nov, 17:00"),
        ("2027-01-04 17:00", "2026-12-31 09:00", "in 1 working day (Mon 4 Jan 2027, 17:00)"),
        ("2026-10-26 17:00", "2026-10-23 09:00", "in 1 working day (Mon 26 Oct, 17:00)"),
        ("2026-11-19 17:00", "2026-11-20 09:00", "1 day overdue"),
        ("2026-11-20 17:00", "2026-11-23 09:00", "3 days overdue"),
        ("2026-11-20 09:00", "2026-11-20 11:30", "2 hours overdue"),
        ("2026-11-20 09:00", "2026-11-20 10:00", "1 hour overdue"),
        ("2026-11-20 09:00", "2026-11-20 09:45", "45 minutes overdue"),
    ],
)
def test_a_due_time_reads_as_people_say_it(due: str, now: str, words: str) -> None:
    assert due_in_words(london(due), london(now), ENGLAND) == words


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ("2026-11-19 11:00", "in 5 working days (Thu 26 Nov, 17:00)"),
        ("2026-11-20 18:30", "on Mon 30 Nov, 17:00"),
        ("2026-11-21 09:00", "on Mon 30 Nov, 17:00"),
        ("2026-12-26 12:00", "on Wed 6 Jan 2027, 17:00"),
    ],
)
def test_what_was_just_promised_is_never_said_to_be_another_number_of_days(made: str, words: str) -> None:
    due = ENGLAND.due(london(made), Duration.parse("5WD"))
    assert due_in_words(due, london(made), ENGLAND) == words


def test_one_second_late_is_already_overdue() -> None:
    due = london("2026-11-20 17:00")
    assert due_in_words(due, due.replace(second=1), ENGLAND) == "1 minute overdue"
