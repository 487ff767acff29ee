"""The keys of settings with decision variables in them, as in due.triage.{priority}: whole names in braces only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from workflows.engine.expressions import evaluate
from workflows.engine.refusals import ExpressionRefused
from workflows.engine.tokens import shown

LONGEST: Final = 200
_HOLE: Final = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}")


def holes(text: str) -> tuple[str, ...]:
    """The decision variables that stand in braces; raises ExpressionRefused when anything else does."""
    if len(text) > LONGEST:
        raise ExpressionRefused(f"The key of a setting is longer than {LONGEST} characters.")
    if re.search(r"[{}]", _HOLE.sub("", text)):
        raise ExpressionRefused(f"In braces stands the name of a variable and nothing else (in: {shown(text)}).")
    return tuple(_HOLE.findall(text))


def filled(text: str, data: Mapping[str, object]) -> str:
    """Put decision variables where their names stand in braces.

    Raises ExpressionRefused for anything else in braces, for a variable that nobody has set, and
    for one that is no word or whole number.
    """
    known = {name: _word(name, data) for name in holes(text)}
    return _HOLE.sub(lambda hole: known[hole[1]], text)


def _word(name: str, data: Mapping[str, object]) -> str:
    value = evaluate(name, data)
    if value is None:
        raise ExpressionRefused(f"The key of a setting depends on “{name}”, which nobody has decided yet.")
    if type(value) not in (str, int) or len(str(value)) > LONGEST:
        raise ExpressionRefused(f"The key of a setting depends on “{name}”, which is no word and no number.")
    return str(value)
