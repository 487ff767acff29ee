"""Saying when a team meets: from a day on, every so many weeks or once a month, at a time and a place."""

from __future__ import annotations

from datetime import date

from workflows.actions.calendars import Owner, Whose, owner_of
from workflows.casework.errors import AnswersRefused
from workflows.casework.meeting_days import IN_A_MONTH, MOST_WEEKS, Rhythm, meeting_by, written
from workflows.desk import Desk

LONGEST_PLACE = 100


def set_meetings(desk: Desk, whose: Whose, rhythm: Rhythm) -> None:
    """Let a team meet otherwise from a day on, which is today or later; how it met before stays in the record.

    Twice is once. Raises AnswersRefused for a day that is past, or on which the team is closed.
    """
    with desk.work() as work:
        owner = owner_of(work, whose)
        if errors := _faults(owner, rhythm, work.today):
            raise AnswersRefused(errors)
        content = dict(meeting_by(owner.keeps.content, rhythm))
        if content == owner.keeps.content:
            return
        owner.keeps.content = content
        owner.keeps.happened("team meets otherwise", programme=owner.programme.key, team=whose.team, **written(rhythm))
        work.commit()


def _faults(owner: Owner, rhythm: Rhythm, today: date) -> dict[str, str]:
    errors = {}
    if not (rhythm.of_month in IN_A_MONTH or (1 <= rhythm.weeks <= MOST_WEEKS and not rhythm.of_month)):
        errors["weeks"] = "Select how often the team meets"
    elif not rhythm.begins_with_a_meeting:
        errors["first"] = "This is another weekday of its month. Enter a day on which the team is to meet"
    if rhythm.first < today:
        errors["first"] = "The day must be today or later: earlier meetings stay as they were"
    elif not owner.calendar.is_working_day(rhythm.first):
        errors["first"] = "The team is closed on that day. Enter a day on which it is open"
    if len(rhythm.where) > LONGEST_PLACE:
        errors["where"] = f"Say it in {LONGEST_PLACE} characters or fewer"
    return errors
