"""What the try of a ladder has found: how many messages to whom and when, side by side; and how that is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from workflows.casework.ladder import LEVELS, NAMES
from workflows.casework.replay import IN_THE_MORNING, MANY, Moved, Told

UNKNOWN = (
    "This is near, not exact. Each task is taken with the due date, the class and the person it had last, and with the "
    "posts that colleagues hold today; on duty is whom the duty rota named on that day. Dates that were moved, "
    "reminders that were put off, earlier colleagues, leave and cases not shared with somebody are not known here."
)


@dataclass(frozen=True)
class Busy:
    """Somebody who would have had more than ten messages on a day: on how many days, and how many on the worst."""

    name: str
    days: int
    most: int
    on: date


@dataclass(frozen=True)
class Sum:
    """What one ladder told: messages in all, people, rungs by ladder and level (R1, L1, …), who had too many.

    weeks: messages by the Monday of their week. times: messages by weekday (0: Monday) and part of the day.
    """

    messages: int
    at_once: int
    people: int
    a_week: float  # messages a person that had any
    rungs: tuple[tuple[str, str, int], ...]
    busy: tuple[Busy, ...]
    nobody: int
    weeks: tuple[tuple[date, int], ...] = ()
    times: tuple[tuple[int, str, int], ...] = ()
    texts: int = 0  # how many may go as text messages, if everybody wishes


@dataclass(frozen=True)
class Heard:
    """Somebody, and how many messages each ladder would have sent them."""

    name: str
    today: int
    draft: int


@dataclass(frozen=True)
class Tried:
    """Both ladders over the same tasks. heard: everybody who is told of anything, the most first."""

    tasks: int
    first: date
    last: date
    today: Sum
    draft: Sum
    reviews_earlier: int
    reviews_later: int
    earlier: tuple[Moved, ...]
    later: tuple[Moved, ...]
    heard: tuple[Heard, ...] = ()
    unknown: str = UNKNOWN


def sum_of(told: Told, names: Mapping[UUID, str], weeks: float) -> Sum:
    """Add up what one ladder told in so many weeks."""
    days = told.days()
    people = {staff for staff, _ in days}
    order = {name: place for place, name in enumerate(NAMES)}
    rungs = sorted(told.rungs.items(), key=lambda one: (order[one[0][0]], one[0][1]))
    return Sum(
        messages=days.total(), at_once=told.at_once.total(), people=len(people),
        a_week=round(days.total() / weeks / len(people), 1) if people else 0.0,
        rungs=tuple((name, LEVELS[level - 1], count) for (name, level), count in rungs),
        busy=_busy(days, names), nobody=told.nobody, weeks=_weeks(days), times=_times(told),
        texts=told.texts + len(told.text_mornings),
    )  # fmt: skip


def heard(today: Told, draft: Told, names: Mapping[UUID, str]) -> tuple[Heard, ...]:
    """Return how many messages each person has by either ladder, whoever has the most first."""
    was, now = (_by_person(one.days()) for one in (today, draft))
    found = [Heard(names[staff], was[staff], now[staff]) for staff in {*was, *now}]
    return tuple(sorted(found, key=lambda one: (-max(one.today, one.draft), -one.draft, one.name)))


def _by_person(days: Counter[tuple[UUID, date]]) -> Counter[UUID]:
    found: Counter[UUID] = Counter()
    for (staff, _), messages in days.items():
        found[staff] += messages
    return found


def _weeks(days: Counter[tuple[UUID, date]]) -> tuple[tuple[date, int], ...]:
    found: Counter[date] = Counter()
    for (_, day), messages in days.items():
        found[day - timedelta(days=day.weekday())] += messages
    return tuple(sorted(found.items()))


def _times(told: Told) -> tuple[tuple[int, str, int], ...]:
    mornings = Counter((day.weekday(), IN_THE_MORNING) for _, day in told.mornings)
    return tuple((weekday, part, count) for (weekday, part), count in sorted((mornings + told.times).items()))


def _busy(days: Counter[tuple[UUID, date]], names: Mapping[UUID, str]) -> tuple[Busy, ...]:
    """Return who would have had too many on a day, the worst first."""
    found: dict[UUID, list[tuple[int, date]]] = {}
    for (staff, day), messages in days.items():
        if messages > MANY:
            found.setdefault(staff, []).append((messages, day))
    busy = [Busy(names[staff], len(worst), *max(worst)) for staff, worst in found.items()]
    return tuple(sorted(busy, key=lambda one: (-one.most, -one.days, one.name)))


def as_told(tried: Tried) -> dict[str, Any]:
    """Return what was found as JSON takes it; days and instants as ISO text."""
    return cast("dict[str, Any]", _plain(asdict(tried)))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def read_told(told: Mapping[str, Any]) -> Tried:
    """Read what `as_told` wrote, by an older release too."""
    given = {**told, "first": date.fromisoformat(told["first"]), "last": date.fromisoformat(told["last"])}
    for side in ("today", "draft"):
        given[side] = _read_sum(told[side])
    for way in ("earlier", "later"):
        given[way] = tuple(Moved(**{**one, **_instants(one)}) for one in told[way])
    given["heard"] = tuple(Heard(**one) for one in told.get("heard", ()))
    return Tried(**given)


def _read_sum(told: Mapping[str, Any]) -> Sum:
    known = {one.name for one in fields(Sum)}
    rows = {name: tuple(tuple(row) for row in told.get(name, ())) for name in ("rungs", "times")}
    busy = tuple(Busy(**{**one, "on": date.fromisoformat(one["on"])}) for one in told["busy"])
    weeks = tuple((date.fromisoformat(monday), count) for monday, count in told.get("weeks", ()))
    kept = {name: value for name, value in told.items() if name in known}
    return Sum(**{**kept, **rows, "busy": busy, "weeks": weeks})


def _instants(told: Mapping[str, Any]) -> dict[str, datetime | None]:
    return {name: datetime.fromisoformat(told[name]) if told[name] else None for name in ("was", "now")}
