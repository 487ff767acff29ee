"""Decision variables are plain JSON, nothing else; what enters a run is checked and copied here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from workflows.engine.refusals import NotPlain

_DEEPEST = 20


def plain_copy(variables: Mapping[str, object]) -> dict[str, object]:
    """Copy decision variables so that nobody outside can change them later.

    Takes any mapping of text to JSON values (tuples become lists). Raises NotPlain, naming the
    variable, for dates, objects, numbers that are not numbers, or nesting beyond 20 levels.
    """
    return {_key(key, key): _value(value, str(key), 0) for key, value in variables.items()}


def _key(key: object, variable: object) -> str:
    if not isinstance(key, str):
        raise NotPlain(f"The variable {variable!r} uses a name that is not text.")
    return key


def _value(value: object, variable: str, depth: int) -> object:
    if depth > _DEEPEST:
        raise NotPlain(f"The variable '{variable}' is nested too deeply.")
    if value is None or type(value) in (str, bool, int):
        return value
    if type(value) is float and math.isfinite(value):
        return value
    if isinstance(value, Mapping):
        return {_key(key, variable): _value(item, variable, depth + 1) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray)):
        return [_value(item, variable, depth + 1) for item in value]
    raise NotPlain(f"The variable '{variable}' holds a {type(value).__name__}, which cannot be kept.")
