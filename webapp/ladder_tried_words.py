"""What a draft of the ladders would have changed, in sentences and in rows: today beside the draft."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from webapp.wording import counted, day
from workflows.casework.ladder import NAMES
from workflows.casework.ladder_try import LadderTry
from workflows.casework.replay import AT_NIGHT, BY_DAY, IN_THE_MORNING, MANY, Moved
from workflows.questions.ladder_found import Sum, Tried

SHOWN = 10
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PARTS = {
    IN_THE_MORNING: "in the message of 9 in the morning",
    BY_DAY: "at once, from 8 in the morning to 7 in the evening",
    AT_NIGHT: "at once, from 7 in the evening to 8 in the morning",
}


def waiting_words(trial: LadderTry) -> str:
    """Say how far a try is, in tenths: whoever has it read aloud hears of it ten times, not at every look."""
    if not trial.in_all:
        return "Your draft is about to be tried"
    tenths = trial.done * 10 // trial.in_all
    return f"{tenths * 10} per cent of {counted(trial.in_all, 'task')} gone through"


def summary(tried: Tried) -> list[str]:
    """Say what was tried and what came of it, a line each: for the command line and for the history."""
    return [
        f"{counted(tried.tasks, 'task')} from {day(tried.first)} to {day(tried.last)}.",
        f"Today:     {sum_words(tried.today)}",
        f"The draft: {sum_words(tried.draft)}",
        *(f"  {line}" for line in rung_lines(tried)),
        *_people(tried),
        *_busy(tried),
        *_times(tried),
        *_reviews(tried),
        tried.unknown,
    ]


def sum_words(found: Sum) -> str:
    """Say how many messages one ladder would have sent, and to how many people."""
    people, too_many = (counted(number, "person", "people") for number in (found.people, len(found.busy)))
    return (
        f"{counted(found.messages, 'message')} to {people}, {found.a_week:g} a week each; "
        f"{found.at_once:,} of them at once, {found.texts:,} as texts if everybody wishes. "
        f"{too_many} with more than {MANY} on a day."
    )


def rung_rows(tried: Tried) -> list[tuple[str, str, int, int]]:
    """Return how many tasks came to each rung: ladder, level, today, draft."""
    was, now = ({(name, level): count for name, level, count in one.rungs} for one in (tried.today, tried.draft))
    order = list(NAMES)
    keys = sorted({*was, *now}, key=lambda one: (order.index(one[0]), one[1][0] != "R", one[1]))
    return [(NAMES[name], level, was.get((name, level), 0), now.get((name, level), 0)) for name, level in keys]


def week_rows(tried: Tried) -> list[tuple[date, int, int]]:
    """Return the messages of each week: its Monday, today, draft."""
    was, now = dict(tried.today.weeks), dict(tried.draft.weeks)
    return [(monday, was.get(monday, 0), now.get(monday, 0)) for monday in sorted({*was, *now})]


def time_rows(tried: Tried) -> list[tuple[str, list[tuple[int, int]]]]:
    """Return the messages of each weekday by the parts of the day, in the order of `PARTS`: today, draft."""
    was, now = ({(weekday, part): count for weekday, part, count in one.times} for one in (tried.today, tried.draft))
    return [
        (name, [(was.get((weekday, part), 0), now.get((weekday, part), 0)) for part in PARTS])
        for weekday, name in enumerate(WEEKDAYS)
    ]


def rung_lines(tried: Tried) -> list[str]:
    """Say how many tasks came to each rung whose number differs."""
    return [f"{name}, {level}: {was:,} today, {now:,} in the draft." for name, level, was, now in rung_rows(tried)
            if was != now]  # fmt: skip


def moved_words(moved: Moved) -> str:
    """Say of a review when it reached a manager, and when it would."""
    was, now = (f"on {day(one)}" if one else "not while it was open" for one in (moved.was, moved.now))
    return f"{moved.case_number}: {now}, today {was}"


def _people(tried: Tried) -> Iterator[str]:
    if tried.heard:
        yield f"To whom, {min(SHOWN, len(tried.heard))} of {counted(len(tried.heard), 'person', 'people')}:"
    for one in tried.heard[:SHOWN]:
        yield f"  {one.name}: {one.today:,} today, {one.draft:,} in the draft."


def _busy(tried: Tried) -> Iterator[str]:
    for name, found in (("Today", tried.today), ("The draft", tried.draft)):
        for one in found.busy[:SHOWN]:
            days = counted(one.days, "day")
            yield f"{name}: {one.name} more than {MANY} on {days}, most on {day(one.on)}: {one.most}."


def _times(tried: Tried) -> Iterator[str]:
    weeks = week_rows(tried)
    if weeks:
        yield "When:"
    for monday, was, now in weeks:
        yield f"  Week from {day(monday)}: {was:,} today, {now:,} in the draft."
    for weekday, numbers in time_rows(tried) if weeks else ():
        for part, (was, now) in zip(PARTS.values(), numbers, strict=True):
            if was or now:
                yield f"  {weekday}s, {part}: {was:,} today, {now:,} in the draft."


def _reviews(tried: Tried) -> Iterator[str]:
    yield f"Reviews that reach a manager earlier: {tried.reviews_earlier:,}; later: {tried.reviews_later:,}."
    for way, rows in (("Earlier", tried.earlier), ("Later", tried.later)):
        yield from (f"  {way}: {moved_words(one)}." for one in rows[:SHOWN])
