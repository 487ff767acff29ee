"""The trend as a drawing: a bar for each week, its kinds one on the other, and how much is overdue now.

Drawn here and not by a library: those that write SVG put styles into it, which our pages do not allow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.wording import counted, short_day
from workflows.casework.overdue import KINDS
from workflows.questions.overdue_trend import Week

STEP, BAR, HEIGHT, ABOVE = 30, 20, 110, 16  # of one week, its bar, the tallest bar, and the number above it
EVERY = 3  # so many weeks share one date below


@dataclass(frozen=True)
class Part:
    """A piece of a bar: one kind."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True)
class Bar:
    """A week of the drawing. `x`, `width` of the bar; `label` below, if any; `reckoned`: see the week."""

    x: int
    number: int
    number_y: float
    label: str
    words: str
    reckoned: bool
    parts: tuple[Part, ...]

    @property
    def middle(self) -> float:
        """Where its words stand."""
        return self.x + BAR / 2


@dataclass(frozen=True)
class Chart:
    """The drawing with its size."""

    width: int
    height: int
    floor: int
    bars: tuple[Bar, ...]
    words: str

    bar: int = BAR


def chart_of(weeks: Sequence[Week], now: Mapping[str, int]) -> Chart:
    """Draw the weeks and what is overdue now."""
    tallest = max([week.total for week in weeks] + [sum(now.values())], default=0) or 1
    bars = [_bar(place, week.tasks, tallest, _label(place, week), week) for place, week in enumerate(weeks)]
    bars.append(_bar(len(weeks), now, tallest, "now", None))
    floor = ABOVE + HEIGHT
    return Chart(STEP * len(bars), floor + 18, floor, tuple(bars), _in_short(weeks, now))


def _bar(place: int, tasks: Mapping[str, int], tallest: int, label: str, week: Week | None) -> Bar:
    total, y, parts = sum(tasks.values()), float(ABOVE + HEIGHT), []
    for kind in KINDS:
        height = round(HEIGHT * tasks.get(kind, 0) / tallest, 1)
        y = round(y - height, 1)
        parts += [Part(kind, y, height)] if height else []
    at = f"week to {short_day(week.sunday)}" if week else "now"
    words = f"{at}: {counted(total, 'task')}"
    x = place * STEP + (STEP - BAR) // 2
    return Bar(x, total, y - 4, label, words, bool(week and week.reckoned), tuple(parts))


def _label(place: int, week: Week) -> str:
    return f"{week.sunday.day} {week.sunday:%b}" if place % EVERY == 0 else ""


def _in_short(weeks: Sequence[Week], now: Mapping[str, int]) -> str:
    """What the drawing shows, for whoever does not see it; the numbers stand in a table beside it."""
    today = counted(sum(now.values()), "task")
    return f"Overdue at the end of each of the last {counted(len(weeks), 'week')}: " + ", ".join(
        [f"{week.total}" for week in weeks] + [f"now {today}"]
    )
