"""Answers that are numbers."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from forms.words import Answered

DECIMALS = 2  # unless the question says otherwise


class Whole(Answered):
    """A whole number; a comma between thousands may be typed."""

    def _deserialize(self, value: str, attr: str | None, data: object, **kwargs: Any) -> int:
        if not re.fullmatch(r"-?[0-9]{1,9}", value.replace(",", "")):
            raise self.wrong("must be a whole number, like 12")
        return int(self.limited(int(value.replace(",", ""))))

    def limited(self, number: float) -> float:
        """The number, if it lies within the limits of the question (both included)."""
        low, high = self.question.min, self.question.max
        if (low is None or number >= low) and (high is None or number <= high):
            return number
        if low is not None and high is not None:
            raise self.wrong(f"must be between {low:g} and {high:g}")
        raise self.wrong(f"must be {low:g} or more" if low is not None else f"must be {high:g} or less")


class Fraction(Whole):
    """A number with decimals."""

    def _deserialize(self, value: str, attr: str | None, data: object, **kwargs: Any) -> float:  # type: ignore[override]  # a whole number is one without decimals
        typed = value.replace(",", "")
        if not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]*)?|-?\.[0-9]+", typed):
            raise self.wrong("must be a number, like 12.5")
        places = DECIMALS if self.question.decimals is None else self.question.decimals
        if len(typed.partition(".")[2]) > places:
            digits = "1 digit" if places == 1 else f"{places} digits"
            raise self.wrong(f"must have no more than {digits} after the point")
        return self.limited(float(typed))

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str:
        return plain(value)


def plain(number: float) -> str:
    """A number as people write it: 72.5, 80, never 8e1."""
    text = f"{Decimal(str(number)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
