"""What a person used before and during the episode, side by side, each reckoned for a year.

People are chosen when their use is high, and a high count tends to fall by itself (regression to the mean): the
comparison says so beside every fall, and never that the service brought it about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from forms import Form

A_YEAR = 365.25  # days, as the outcome measures of the service reckon a rate


@dataclass(frozen=True)
class Period:
    """One period of counting: its days, and whether they are enough for a count to be reckoned for a year."""

    days: int
    enough: bool

    def a_year(self, count: int) -> float | None:
        """Return how many that would be in a year; None where the period is too short to say."""
        return count / self.days * A_YEAR if self.enough else None


@dataclass(frozen=True)
class Use:
    """How often something was used in a period, and how often that is in a year."""

    count: int
    a_year: float | None


@dataclass(frozen=True)
class Compared:
    """One kind of use, before and during the episode."""

    label: str
    before: Use
    during: Use

    @property
    def fell(self) -> bool:
        """Whether it was used less often during the episode; no where a period is too short to say."""
        if self.before.a_year is None or self.during.a_year is None:
            return False
        return self.during.a_year < self.before.a_year


@dataclass(frozen=True)
class UseCompared:
    """The use of services before and during the episode. Only what was counted in both periods is compared."""

    before: Period
    during: Period
    rows: tuple[Compared, ...]

    @property
    def fell(self) -> bool:
        """Whether anything was used less often than before."""
        return any(row.fell for row in self.rows)


def compared(form: Form, answers: Mapping[str, Any], shortest: int) -> UseCompared | None:
    """Return the comparison that a filed F29 allows, in the order of its questions; None when nothing can be compared.

    `shortest`: the days below which a period says too little (the programme's setting `shortest_count_days`).
    """
    before, during = answers["before"], answers["during"]
    then, now = _period(before, shortest), _period(during, shortest)
    rows = tuple(
        Compared(label, _use(then, before[name]), _use(now, during[name]))
        for name, label in _counts(form).items()
        if name in before and name in during
    )
    return UseCompared(then, now, rows) if rows else None


def _counts(form: Form) -> dict[str, str]:
    """Return what is counted in a period, by name, with the words of the form."""
    (period,) = (each for section in form.sections for each in section.fields if each.id == "before")
    return {each.id: each.label for each in period.fields if each.kind == "int"}


def _period(answers: Mapping[str, Any], shortest: int) -> Period:
    days = (date.fromisoformat(answers["end"]) - date.fromisoformat(answers["start"])).days + 1
    return Period(days, days >= shortest)


def _use(period: Period, count: int) -> Use:
    return Use(count, period.a_year(count))
