"""Whether a diagram's flow is sound: every case can end, whatever is chosen on the way."""

from __future__ import annotations

from workflows.check.soundness.judging import judge
from workflows.check.soundness.verdicts import Bounds, Position, Unsound

__all__ = ["Bounds", "Position", "Unsound", "judge"]
