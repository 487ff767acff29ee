"""The ladders of a table, class by class: drawn, and the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.programme.ladder_drawn import Drawn, drawn
from webapp.programme.ladder_words import Told, told
from workflows.casework.ladder import NAMES, Ladder

ABOUT = {
    "S": "What may harm somebody if it is left.",
    "A": "What a person, or somebody who refers them, was told to expect.",
    "B": "Work of the team that nobody outside waits for.",
    "C": "What can wait.",
    "review": "Reviews of a plan; at very high risk, and near the end of life, they climb that of safety.",
}


@dataclass(frozen=True)
class Section:
    """A ladder of one class."""

    key: str
    title: str
    about: str
    rungs: Sequence[Told]
    drawn: Drawn


def sections(ladder: Ladder) -> list[Section]:
    """Say and draw every ladder of a table, class by class."""
    return [
        Section(key, title, ABOUT[key], [told(one) for one in ladder.of(key)], drawn(title, ladder.of(key)))
        for key, title in NAMES.items()
    ]
