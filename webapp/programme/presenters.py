"""Times and thresholds in the order in which a manager looks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflows.questions.programmes import SettingRow
from workflows.working_time import Duration, DurationError

TITLES = {
    "due": "When tasks are due",
    "wait": "How long the service waits",
}
OTHERS = "Thresholds and limits"


@dataclass(frozen=True)
class Section:
    """Settings that belong together."""

    title: str
    settings: Sequence[SettingRow]


def sections(settings: Sequence[SettingRow]) -> list[Section]:
    """Group settings by what they are about, each group by the names that people read."""
    found: dict[str, list[SettingRow]] = {title: [] for title in (*TITLES.values(), OTHERS)}
    for setting in sorted(settings, key=lambda one: (one.label or one.key).casefold()):
        found[TITLES.get(setting.key.partition(".")[0], OTHERS)].append(setting)
    return [Section(title, rows) for title, rows in found.items() if rows]


def in_words(value: str) -> str:
    """Say a length of time as people do (2WD: 2 working days); a threshold is a number already."""
    try:
        return Duration.parse(value).words
    except DurationError:
        return value
