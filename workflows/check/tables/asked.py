"""A table with the space it is asked in, and the questions a proof puts to both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from workflows.check.cover import Effort
from workflows.check.tables.space import Choice, Part
from workflows.check.ways import as_data
from workflows.engine.decisions import Decided, DecisionTable
from workflows.engine.refusals import EngineRefused


@dataclass(frozen=True)
class Asked:
    """A table, the parts of its space, how much may still be gone through, and what could not be decided so far.

    doubts: by what was asked, the columns that stand in the way.
    """

    table: DecisionTable
    parts: tuple[Part, ...]
    effort: Effort
    doubts: dict[str, set[int]] = field(default_factory=dict)

    @property
    def every(self) -> int:
        """All rules, a bit each."""
        return (1 << len(self.table.rules)) - 1

    @property
    def title(self) -> str:
        """How messages call the table."""
        return f"The table “{self.table.name}” ({self.table.id})"

    def doubt(self, what: str) -> None:
        """Note that this cannot be decided, for the columns that cannot be gone through."""
        places = {place for part in self.parts if not part.exact for place in part.columns}
        self.doubts.setdefault(what, set()).update(places)

    def verdict(self, facts: Mapping[str, object]) -> Decided | EngineRefused:
        """What the engine really says, or why it does not."""
        try:
            return self.table.decide(as_data(facts))
        except EngineRefused as refusal:
            return refusal


def facts_of(choices: Sequence[Choice]) -> dict[str, object]:
    """The facts of an example: those of the choice in each part."""
    return {name: value for choice in choices for name, value in choice.facts.items()}


def numbers(rules: int) -> Iterator[int]:
    """The numbers of the rules, from their bits."""
    while rules:
        low = rules & -rules
        yield low.bit_length()
        rules ^= low
