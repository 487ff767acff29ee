"""A violation with what a mend needs to know of it."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.check.soundness.verdicts import Unsound


@dataclass(frozen=True, slots=True)
class Trouble:
    """shape: key of the shape where it arises. flows: keys of the flows by which the tokens came there. lost: whether
    no way leads to the shape.
    """

    unsound: Unsound
    shape: str = ""
    flows: tuple[str, ...] = ()
    lost: bool = False

    @property
    def known_by(self) -> tuple[str, str]:
        """By what it is told from others: its rule and where it is shown."""
        return self.unsound.rule, self.unsound.element
