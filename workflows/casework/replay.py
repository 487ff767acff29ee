"""What a ladder would have done to a task of the past: which rungs it came to, and who was told on which day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import heappush, heappushpop
from uuid import UUID

from workflows.casework.errors import AnswersRefused
from workflows.casework.ladder import AT_ONCE, REVIEW, Clock, Ladder, Moment, Rung
from workflows.casework.mornings import told_at
from workflows.casework.ways import TEXT
from workflows.clock import LONDON, london_day
from workflows.working_time import ENGLAND, Calendar

QUIET_ENDS, QUIET_BEGINS = time(8), time(19)
IN_THE_MORNING, BY_DAY, AT_NIGHT = "morning", "day", "night"
MANY = 10  # more messages than these on one day are too many for anybody
MOVED_SHOWN = 50
LONGEST = timedelta(days=731)


def must_be_a_time(first: date, last: date, today: date) -> None:
    """Refuse days in the wrong order, days to come, of which nothing is known, and more than two years."""
    if last > today:
        raise AnswersRefused({"last": "The last day must not be after today"})
    if last < first:
        raise AnswersRefused({"last": "The last day must not be before the first"})
    if last - first > LONGEST:
        raise AnswersRefused({"first": "Choose at most two years"})


@dataclass(frozen=True)
class Past:
    """A task as it is known today: its ladder, its clock, until when it counts, since when somebody knew of it.

    first, until: the time that is looked at; `until` is at the latest when the task was done or its clock stopped.
    """

    ladder: str
    clock: Clock
    first: datetime
    until: datetime
    seen: datetime | None = None
    calendar: Calendar = ENGLAND
    review: bool = False  # a review at very high risk climbs the ladder of safety, and is a review all the same


def comes_to(past: Past, ladder: Ladder) -> Iterator[Moment]:
    """Say to which rungs the task would have come until it was done, and when; what is said again comes again."""
    moments = [one for one in ladder.climb(past.ladder, past.clock, past.calendar) if not _known(past, one)]
    for place, moment in enumerate(moments):
        ends = min([past.until, *(one.at for one in moments[place + 1 : place + 2])])
        yield from (one for one in _said(past, moment, ends) if one.at < past.until)


def _known(past: Past, moment: Moment) -> bool:
    return past.seen is not None and moment.rung.until == "seen" and past.seen <= moment.at


def _said(past: Past, moment: Moment, ends: datetime) -> Iterator[Moment]:
    """A rung, and its repetitions until the next one comes or somebody says that they know of the task."""
    yield moment
    last, times = moment.at, 1
    while (again := moment.rung.again(last, times, past.calendar)) is not None and again < ends:
        last, times = again, times + 1
        if _known(past, Moment(again, moment.rung)):
            return
        yield Moment(again, moment.rung)


def told_on(moment: Moment, past: Past) -> date | None:
    """Return on which day somebody hears of a rung; None where the task was done before the message was written."""
    at = told_at(moment.at, moment.rung.how, past.calendar)
    return london_day(at) if moment.rung.how == AT_ONCE or at < past.until else None


def part_of_day(at: datetime) -> str:
    """Say whether something that is told at once comes while most are at work, or in the quiet hours."""
    return BY_DAY if QUIET_ENDS <= at.astimezone(LONDON).time() < QUIET_BEGINS else AT_NIGHT


@dataclass
class Told:
    """What one ladder would have told: rungs, and messages by person and day. One a day holds all that can wait."""

    rungs: Counter[tuple[str, int]] = field(default_factory=Counter)
    at_once: Counter[tuple[UUID, date]] = field(default_factory=Counter)
    mornings: set[tuple[UUID, date]] = field(default_factory=set)
    texts: int = 0  # messages at once that may go as texts, too; and mornings on which one may
    text_mornings: set[tuple[UUID, date]] = field(default_factory=set)
    times: Counter[tuple[int, str]] = field(default_factory=Counter)  # of those at once: weekday, part of the day
    nobody: int = 0  # rungs at which nobody was found

    def note(self, moment: Moment, day: date | None, people: Iterable[UUID]) -> None:
        """Count a rung to which a task came, and the messages to whom it concerns."""
        self.rungs[moment.rung.ladder, moment.rung.level] += 1
        told = tuple(people) if moment.rung.whom else ()
        self.nobody += bool(moment.rung.whom) and not told
        if day is None:
            return
        if moment.rung.how == AT_ONCE:
            self.at_once.update((one, day) for one in told)
            self.times[day.weekday(), part_of_day(moment.at)] += len(told)
        else:
            self.mornings.update((one, day) for one in told)
        if TEXT in moment.rung.by and moment.rung.how == AT_ONCE:
            self.texts += len(told)
        elif TEXT in moment.rung.by:
            self.text_mornings.update((one, day) for one in told)

    def days(self) -> Counter[tuple[UUID, date]]:
        """Return how many messages each person has on each day."""
        return self.at_once + Counter(self.mornings)


@dataclass(frozen=True, order=True)
class Moved:
    """A review that reaches a manager at another time than today's ladder says; None: not while it was open."""

    days: int  # by how many it differs, for the order of a list
    case_number: str
    was: datetime | None = field(compare=False)
    now: datetime | None = field(compare=False)


@dataclass
class Reviews:
    """The reviews that reach a manager earlier or later: how many, and those that differ most."""

    counts: Counter[str] = field(default_factory=Counter)
    _most: dict[str, list[Moved]] = field(default_factory=lambda: {"earlier": [], "later": []})

    def note(self, case_number: str, was: datetime | None, now: datetime | None, past: Past) -> None:
        """Count a review; what never reached a manager counts as reaching one when it was done.

        One that reached a manager before the time that is looked at, by either ladder, is none of it.
        """
        until = past.until
        if was == now or max(was or until, now or until) < past.first:
            return
        apart = (now or until) - (was or until)
        way = "earlier" if apart < timedelta() or was is None else "later"
        self.counts[way] += 1
        kept, moved = self._most[way], Moved(abs(apart.days), case_number, was, now)
        (heappush if len(kept) < MOVED_SHOWN else heappushpop)(kept, moved)

    def most(self, way: str) -> tuple[Moved, ...]:
        """Return those that differ most, "earlier" or "later", at most fifty."""
        return tuple(sorted(self._most[way], reverse=True))


Whom = Callable[[Rung, date], Iterable[UUID]]  # whom a rung concerns that is told on a day


@dataclass
class Replay:
    """Two ladders beside each other over the same tasks: today's and a draft."""

    ladders: Mapping[str, Ladder]  # "today", "draft"
    managers: frozenset[str]
    told: dict[str, Told] = field(default_factory=dict)
    reviews: Reviews = field(default_factory=Reviews)

    def take(self, past: Past, case_number: str, whom: Whom) -> None:
        """Let one task climb both. case_number: empty where whoever asks may not open the case."""
        reached: dict[str, datetime | None] = {}
        for name, ladder in self.ladders.items():
            told = self.told.setdefault(name, Told())
            reached[name] = None
            for moment in comes_to(past, ladder):
                if moment.at >= past.first:
                    day = told_on(moment, past)
                    told.note(moment, day, whom(moment.rung, day or london_day(moment.at)))
                if reached[name] is None and not self.managers.isdisjoint(moment.rung.whom):
                    reached[name] = moment.at
        if case_number and (past.review or past.ladder == REVIEW):
            self.reviews.note(case_number, reached["today"], reached["draft"], past)
