"""What would become of a running case under another release of the diagrams, in words for whoever decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MOVES: Final = "moves"
NEEDS_A_CHOICE: Final = "needs a choice"
STAYS: Final = "stays"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing in the way. key, name: the shape of the diagram that is left; process: in which it is drawn.

    choices: the keys of the shapes that may stand instead, the new ones first. may_go: a date or message beside
    something else, which may be let go. Neither: no choice helps.
    """

    key: str
    name: str
    process: str
    why: str
    choices: tuple[str, ...] = ()
    may_go: bool = False


@dataclass(frozen=True, slots=True)
class Prospect:
    """Whether a run can move, and what is in the way."""

    obstacles: tuple[Obstacle, ...] = ()

    @property
    def verdict(self) -> str:
        """It moves, needs a choice (which step instead), or stays, whatever is chosen."""
        if not self.obstacles:
            return MOVES
        return NEEDS_A_CHOICE if all(one.choices or one.may_go for one in self.obstacles) else STAYS

    @property
    def why(self) -> str:
        """All that is in the way, in sentences."""
        return " ".join(one.why for one in self.obstacles)
