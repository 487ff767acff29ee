"""What a proof finds in a decision table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from workflows.engine.outcome import ERROR, Finding, Fix

GAP: Final = "decision.gap"
OVERLAP: Final = "decision.overlap"
UNREACHABLE: Final = "decision.unreachable"
UNANSWERED: Final = "decision.unanswered"
UNDECIDED: Final = "decision.undecided"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a table; fields as of a finding.

    rules: the numbers of the rules concerned. example: facts that show it when the table is really asked about them.
    """

    element: str
    rule: str
    message: str
    severity: str = ERROR
    fix: Fix | None = None
    rules: tuple[int, ...] = ()
    example: Mapping[str, object] = field(default_factory=dict)

    @property
    def finding(self) -> Finding:
        """It as every other finding is told."""
        return Finding(self.element, self.rule, self.message, self.severity, self.fix)
