"""A ladder as a drawing: time runs downwards, from when a task is asked to when it is due and on.

A rung that counts a length of time stands as far from the line of the due date as that length is, days of a usual week
on one scale; one that counts a share of the time, at that share of the way. The words of a rung stand beside its place,
or as near as the words of its neighbours let them, with a line between. Why drawn here: see `webapp/overdue/chart.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from webapp.ladder_words import whom_words
from webapp.programme.ladder_words import when_words
from workflows.casework.ladder import AT_DUE, DUE, NOBODY, PACES, PLACES, Rung
from workflows.casework.ladder_rows import about_days
from workflows.casework.ways import TEXT
from workflows.durations import Duration

WIDTH, AXIS, WORDS = 340, 24, 58  # of the drawing; where the line of time and the words of a rung stand
LINE, GAP, SIGNS = 17, 10, 40  # a line of words, the room between two rungs, and how many signs fit into a line
ASKED = 28  # the line of time begins there
A_RUNG = 70  # so much room a rung has at least, as long as nothing is crowded
Words = Sequence[tuple[str, bool]]
TOLD_APART = 6  # what is said again more often than that is not drawn each time


@dataclass(frozen=True)
class Line:
    """A line of words."""

    y: float
    text: str
    strong: bool


@dataclass(frozen=True)
class Mark:
    """A rung: `y` is its place in time, `at` that of its words; `again`: where it is said again. pace: the shape."""

    y: float
    at: float
    pace: str
    lines: tuple[Line, ...]
    again: tuple[float, ...]


@dataclass(frozen=True)
class Drawn:
    """The drawing. share: down to where a share of the time is counted; None: no rung counts one."""

    title: str
    height: float
    due: float
    share: float | None
    marks: tuple[Mark, ...]
    asked: int = ASKED
    width: int = WIDTH
    axis: int = AXIS
    words: int = WORDS


def drawn(title: str, rungs: Sequence[Rung]) -> Drawn:
    """Draw the rungs of one ladder, the lowest first."""
    before = [one for one in rungs if one.before_due]
    after = [one for one in rungs if one.level > AT_DUE]
    words = {one.level: _words(one) for one in rungs}
    below = max(len(after), 1) * A_RUNG
    scale = below / max([_furthest(after), *(_days(one) for one in before if not _share(one))], default=1)
    room = max(sum(_tall(words[one.level]) for one in before), A_RUNG)
    due = float(ASKED + max([room, *(_days(one) * scale for one in before if not _share(one))]) + 2 * GAP)
    places = {one.level: _place(one, due, scale) for one in rungs}
    beside = _beside(rungs, places, words)
    marks = tuple(_mark(one, places, beside[one.level], words[one.level], scale) for one in rungs)
    ends = [due + GAP, *(y for one in marks for y in (one.y, *one.again, one.lines[-1].y))]
    share = max((places[one.level] for one in before if _share(one)), default=None)
    return Drawn(title, round(max(ends) + 2 * GAP, 1), round(due, 1), share, marks)


def _share(rung: Rung) -> bool:
    return rung.when.endswith("%")


def _days(rung: Rung) -> float:
    """How far from its due date a rung is that counts a length of time; none for the others."""
    return 0.0 if rung.when == DUE or _share(rung) else about_days(Duration.parse(rung.when[1:]))


def _furthest(after: Sequence[Rung]) -> float:
    """How long after the due date the last is said for the last time, in days."""
    ends = [_days(one) for one in after]
    if after and after[-1].every:
        ends.append(ends[-1] + about_days(after[-1].every) * after[-1].times)
    return max(ends, default=0) or 1


def _place(rung: Rung, due: float, scale: float) -> float:
    if _share(rung):
        return round(ASKED + (due - ASKED) * int(rung.when[:-1]) / 100, 1)
    return round(due - _days(rung) * scale if rung.before_due else due + _days(rung) * scale, 1)


def _words(rung: Rung) -> list[tuple[str, bool]]:
    """Return the lines of a rung; those that say when it comes are strong."""
    return [(line, place == 0) for place, text in enumerate(_said(rung)) for line in wrap(text, SIGNS)]


def _said(rung: Rung) -> Iterator[str]:
    yield f"{rung.name}: {when_words(rung.when, rung.only)}"
    whom = whom_words(rung) if rung.whom else ""
    by = ", by email or text message" if TEXT in rung.by else ""
    yield f"{whom[:1].upper()}{whom[1:]}, {PACES[rung.how]}{by}" if whom else f"{PACES[NOBODY].capitalize()}"
    if rung.shown:
        yield f"Stands {' and '.join(PLACES[one] for one in rung.shown)}"
    if rung.every:
        yield f"Again after {rung.every.words}, {'once' if rung.times == 1 else f'{rung.times} times'}"


def _tall(words: Words) -> float:
    return len(words) * LINE + GAP


def _beside(rungs: Sequence[Rung], places: dict[int, float], words: Mapping[int, Words]) -> dict[int, float]:
    """Say at which height the words of each rung begin: at its place, moved apart where they would lie on each other.

    Those before the due date make way upwards, those after it downwards.
    """
    found: dict[int, float] = {}
    for one in sorted((one for one in rungs if one.level <= AT_DUE), key=lambda one: -one.level):
        below = found.get(min(found, default=0))
        room = places[one.level] if below is None else below - _tall(words[one.level])
        found[one.level] = min(places[one.level], room)
    for one in (one for one in rungs if one.level > AT_DUE):
        above = max((level for level in found if level >= AT_DUE), default=None)
        room = found[above] + _tall(words[above]) if above else places[one.level]
        found[one.level] = max(places[one.level], room)
    return found


def _mark(rung: Rung, places: dict[int, float], at: float, words: Words, scale: float) -> Mark:
    y = places[rung.level]
    lines = tuple(Line(round(at + 5 + place * LINE, 1), text, strong) for place, (text, strong) in enumerate(words))
    return Mark(y, round(at, 1), rung.how.replace(" ", "-"), lines, tuple(_again(rung, places, scale)))


def _again(rung: Rung, places: dict[int, float], scale: float) -> Iterator[float]:
    """Say where it is said again, until the next rung comes."""
    if rung.every is None:
        return
    y = last = places[rung.level]
    ends = min((place for level, place in places.items() if level > rung.level), default=float("inf"))
    for _ in range(rung.times):
        y += about_days(rung.every) * scale
        if y >= ends:
            return
        if y - last >= TOLD_APART:
            last = y
            yield round(y, 1)
