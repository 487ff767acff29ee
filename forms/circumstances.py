"""What a reading depends on besides the answers themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from forms.definition import Choice

Lookups = Mapping[str, Sequence[Choice]]
Raw = Mapping[str, Sequence[str]]
Settings = Mapping[str, int | float]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When a form is read and what may be chosen at that moment.

    `today` is the date in London; `now` (aware) makes dates with a time exact to the minute. `demonstration`
    says that only invented people exist here. `settings` are the programme's numbers by key, such as
    `override_days`; conditions ask for them as `setting.override_days`.
    """

    today: date
    now: datetime | None = None
    lookups: Lookups = field(default_factory=dict)
    demonstration: bool = False
    settings: Settings = field(default_factory=dict)
