"""Messages week by week as a drawing: for each week a bar of today, hollow, and one of the draft, filled.

Drawn here for the same reason as the trend of what is overdue, see `webapp/overdue/chart.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from webapp.wording import counted, short_day

WIDTH, HEIGHT, ABOVE, BELOW = 420, 110, 16, 18  # of the drawing; the tallest bar; room for its number and for dates
DATES = 5  # at most so many stand below


@dataclass(frozen=True)
class Bar:
    """One ladder in one week: "today" or "draft"."""

    side: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Week:
    """Two bars beside each other; `label` below them, if any, begins at `left`."""

    left: float
    label: str
    words: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Drawn:
    """The drawing. tallest: the number for which the tallest bar stands."""

    tallest: int
    weeks: tuple[Week, ...]
    words: str
    width: int = WIDTH
    floor: int = ABOVE + HEIGHT
    height: int = ABOVE + HEIGHT + BELOW


def weeks_drawn(rows: Sequence[tuple[date, int, int]]) -> Drawn:
    """Draw weeks: their Monday, messages today, messages in the draft."""
    tallest = max([max(was, now) for _, was, now in rows], default=0) or 1
    step, every = WIDTH / max(len(rows), 1), max(-(-len(rows) // DATES), 1)
    weeks = [_week(place * step, step, row, tallest, place % every == 0) for place, row in enumerate(rows)]
    words = f"Messages in each of {counted(len(rows), 'week')}, today beside your draft; the numbers stand in the table"
    return Drawn(tallest, tuple(weeks), words)


def _week(left: float, step: float, row: tuple[date, int, int], tallest: int, dated: bool) -> Week:
    monday, was, now = row
    width = round(min(step * 0.4, 24), 1)
    middle, bars = left + step / 2, []
    for side, number, x in (("today", was, middle - width), ("draft", now, middle)):
        height = round(HEIGHT * number / tallest, 1)
        bars.append(Bar(side, round(x, 1), round(ABOVE + HEIGHT - height, 1), width, height))
    label = f"{monday.day} {monday:%b}" if dated else ""
    words = f"Week from {short_day(monday)}: {was:,} today, {now:,} in your draft"
    return Week(bars[0].x, label, words, tuple(bars))
