"""What a reading depends on besides the answers themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from forms.definition import Choice

Lookups = Mapping[str, Sequence[Choice]]
Raw = Mapping[str, Sequence[str]]
Settings = Mapping[str, int | float]
KnownDays = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When a form is read and what may be chosen at that moment.

    `today` is the date in London; `now` (aware) makes dates with a time exact to the minute. `demonstration`
    says that only invented people exist here. `settings` are the programme's numbers by key, such as
    `override_days`; conditions ask for them as `setting.override_days`. `known` are days of the case, "YYYY-MM-DD" or
    an instant in UTC, which forms ask for as `case.opened`. `written` is when the form was first completed, if it is
    corrected now: what was to come then need not be to come today.
    """

    today: date
    now: datetime | None = None
    lookups: Lookups = field(default_factory=dict)
    demonstration: bool = False
    settings: Settings = field(default_factory=dict)
    known: KnownDays = field(default_factory=dict)
    written: datetime | None = None
