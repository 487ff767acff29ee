"""What may take part in an expression: plain data, and only as much as can be gone through in a moment.

Nothing that belongs to a value is ever called. Values are told apart by their exact type; a text,
number or list of a kind of its own is copied into the plain one first, past all it redefines.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from workflows.engine.refusals import DataNotPlain, ExpressionRefused

LARGEST_TEXT: Final = 10_000  # that an expression may make; that it may look at:
LARGEST_TEXT_SEEN: Final = 100_000
LARGEST_LIST: Final = 1_000
LARGEST_BITS: Final = 256
DEEPEST_DATA: Final = 20
MOST_NAMES: Final = 10_000
MOST_EFFORT: Final = 20_000  # items of lists, or letters by the dozen: about two milliseconds

Function = Callable[..., object]

_KINDS: Final[dict[type, str]] = {
    str: "a text",
    int: "a number",
    float: "a number",
    bool: "true or false",
    type(None): "nothing",
    list: "a list",
    tuple: "a list",
    dict: "a set of named values",
}
# The plain copy of a value of a kind of its own. (There are no kinds of true and false.)
_COPIES: Final[tuple[tuple[type, Callable[[Any], object]], ...]] = (
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
    (list, list.copy),
    (tuple, lambda value: tuple.__getitem__(value, slice(None))),
    (dict, lambda value: dict(dict.items(value))),
)
_MOST_COPIED: Final[dict[type, int]] = {
    str: LARGEST_TEXT_SEEN,
    dict: MOST_NAMES,
    list: MOST_EFFORT,
    tuple: MOST_EFFORT,
}


class Frame:
    """One working-out of an expression: the data it sees, the functions it may ask, the effort it may still make.

    `doubts`: what hangs on something that is not known is not known either, as decision tables have it.
    """

    __slots__ = ("data", "doubts", "effort", "functions")

    def __init__(self, data: dict[str, object], functions: Mapping[str, Function], doubts: bool = False) -> None:
        self.data = data
        self.doubts = doubts
        self.functions = functions
        self.effort = MOST_EFFORT

    def spend(self, amount: int) -> None:
        """Account for going through so many items; raises ExpressionRefused when it is too much."""
        self.effort -= amount
        if self.effort < 0:
            raise ExpressionRefused("The expression goes through too much data.")


def kind_of(value: object) -> str:
    """What kind of value this is, in words; never what it holds, which may be about a person."""
    return _KINDS.get(type(value), "something else")


def admitted(value: object) -> object:
    """The value itself, or its plain copy; raises DataNotPlain for anything but plain data.

    Lists and sets of named values are looked at from outside only: see `plain`.
    """
    kind = type(value)
    if type(value) is str:
        if len(value) > LARGEST_TEXT_SEEN:
            raise ExpressionRefused("The data hold a text that is too long.")
        return value
    if kind is bool or value is None or kind is list or kind is dict or kind is tuple:
        return value
    if kind is int or kind is float:
        return in_bounds(value)
    for base, copied in _COPIES:
        if issubclass(kind, base):
            _few_enough(base, value)
            return admitted(copied(value))
    raise DataNotPlain("The data hold something that is no text, number, true, false, list or set of named values.")


def _few_enough(base: type, value: object) -> None:
    """Refuse to copy what is too large, before it takes the time that copying takes."""
    most = _MOST_COPIED.get(base)
    if most is not None and base.__len__(value) > most:  # type: ignore[attr-defined]  # by its class, not by itself
        raise ExpressionRefused("The data are too large.")


def in_bounds(number: object) -> object:
    """The number itself; raises ExpressionRefused when it is too large, or no number at all."""
    if type(number) is int and number.bit_length() > LARGEST_BITS:
        raise ExpressionRefused("A number is too large.")
    if type(number) is complex or (type(number) is float and not math.isfinite(number)):
        raise ExpressionRefused("Something is not a number.")
    return number


def plain(value: object, frame: Frame, depth: int = 0) -> object:
    """A plain copy down to the last item: lists are lists, names are texts.

    Raises DataNotPlain for objects, and ExpressionRefused for data nested deeper than 20 levels
    (as data that hold themselves are) or too large.
    """
    value = admitted(value)
    if type(value) is str:
        frame.spend(len(value) >> 4)
    elif type(value) is list or type(value) is tuple or type(value) is dict:
        if depth >= DEEPEST_DATA:
            raise ExpressionRefused("The data are nested too deeply.")
        frame.spend(1 + len(value))
        if type(value) is dict:
            return {name: plain(item, frame, depth + 1) for name, item in _with_plain_names(value).items()}
        return [plain(item, frame, depth + 1) for item in value]
    return value


def bounded(value: object, frame: Frame) -> object:
    """A plain copy of a result; raises ExpressionRefused when it is too large to be worth having."""
    value = plain(value, frame)
    if type(value) is str and len(value) > LARGEST_TEXT:
        raise ExpressionRefused("The expression makes a text that is too long.")
    if type(value) is list and len(value) > LARGEST_LIST:
        raise ExpressionRefused("The expression makes a list that is too long.")
    return value


def part(whole: object, which: object, frame: Frame) -> object:
    """One named value of a set, or one item of a list; nothing where there is no such part."""
    if whole is None:
        return None
    if type(whole) is dict and type(which) is str:
        frame.spend(len(whole) >> 3)
        return admitted(_with_plain_names(whole).get(which))
    if (type(whole) is list or type(whole) is tuple) and type(which) is int:
        return admitted(whole[which]) if -len(whole) <= which < len(whole) else None
    raise ExpressionRefused(f"{kind_of(which).capitalize()} cannot name a part of {kind_of(whole)}.")


def variables(data: object, names: frozenset[str]) -> dict[str, object]:
    """The decision variables as a dictionary with plain names; raises DataNotPlain if they are none.

    Of a mapping of a kind of its own only the values under ``names`` are asked for.
    """
    if type(data) is dict:
        return _with_plain_names(data)
    if issubclass(type(data), dict):
        _few_enough(dict, data)
        return _with_plain_names(dict(dict.items(data)))  # type: ignore[arg-type]  # told by its class, not by itself
    if not issubclass(type(data), Mapping):
        raise DataNotPlain("The data are not a set of named values.")
    found: dict[str, object] = {}
    for name in names:
        try:
            found[name] = data[name]  # type: ignore[index]  # told by its class, not by itself
        except KeyError:
            continue
    return found


def _with_plain_names(values: dict[Any, object]) -> dict[str, object]:
    """The same values, so that looking one up calls nothing of a name that is not plain."""
    if len(values) > MOST_NAMES:
        raise ExpressionRefused("The data are too large.")
    if not values or set(map(type, values)) == {str}:
        return values
    return {_name(name): item for name, item in values.items()}


def _name(name: object) -> str:
    if not issubclass(type(name), str):
        raise DataNotPlain("The data use a name that is not text.")
    return str.__str__(name)
