"""Data nobody should hand to an expression: objects that notice, or fight back, when any of their code is run."""

from __future__ import annotations

from collections import ChainMap, OrderedDict, UserDict, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any

ran: list[str] = []
"""Every method of hostile data that was run."""


def _noticing(name: str) -> Any:
    def noticed(self: object, *args: object, **kwargs: object) -> Any:
        ran.append(name)
        raise RuntimeError(f"{name} was run")

    return noticed


# What is looked up on a type when values are compared, counted, shown, told apart or reckoned with.
_LOOKED_UP = (
    "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__bool__", "__len__", "__iter__",
    "__contains__", "__getitem__", "__str__", "__repr__", "__format__", "__int__", "__float__", "__index__",
    "__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__", "__truediv__", "__floordiv__", "__mod__",
    "__rmod__", "__pow__", "__rpow__", "__neg__", "__pos__", "__abs__", "__round__", "__call__", "__getattr__",
    "keys", "items", "values", "get", "copy", "strip", "isdigit", "bit_length", "__missing__", "__length_hint__",
    "__reversed__", "__next__", "__reduce__",
)  # fmt: skip
_METHODS = {name: _noticing(name) for name in _LOOKED_UP}


class _LiesAboutItsClass:
    """Says it is something else when asked for its class, and notices that it was asked."""

    @property
    def __class__(self) -> Any:
        ran.append("__class__")
        return str


HostileObject = type("HostileObject", (), {**_METHODS})
HostileText = type("HostileText", (str,), {**_METHODS, "__hash__": str.__hash__})
HostileInt = type("HostileInt", (int,), {**_METHODS, "__hash__": int.__hash__})
HostileFloat = type("HostileFloat", (float,), {**_METHODS, "__hash__": float.__hash__})
HostileList = type("HostileList", (list,), dict(_METHODS))
HostileTuple = type("HostileTuple", (tuple,), dict(_METHODS))
HostileDict = type("HostileDict", (dict,), dict(_METHODS))


class HostileName(str):
    """A name that has the hash of another, so that looking that one up would ask it."""

    def __hash__(self) -> int:
        return hash("age")

    __eq__ = _noticing("__eq__ of a name")


class HostileKey:
    """A key that is no text, with the hash of one."""

    def __hash__(self) -> int:
        return hash("age")

    __eq__ = _noticing("__eq__ of a key")


class Priority(StrEnum):
    URGENT = "urgent"


class Weeks(IntEnum):
    TWELVE = 12


def in_a_circle() -> list[Any]:
    """A list that holds itself."""
    circle: list[Any] = []
    circle.append(circle)
    return circle


def named_in_a_circle() -> dict[str, Any]:
    """Named values that hold themselves."""
    circle: dict[str, Any] = {}
    circle["home"] = circle
    return circle


def deep(levels: int) -> list[Any]:
    """A list in a list in a list ..."""
    found: list[Any] = []
    for _ in range(levels):
        found = [found]
    return found


def _counting() -> Iterator[int]:
    ran.append("a generator")
    yield 1


OBJECTS: dict[str, Callable[[], Any]] = {
    "object": HostileObject,
    "liar": _LiesAboutItsClass,
    "class": lambda: HostileObject,
    "function": lambda: print,
    "lambda": lambda: lambda: ran.append("a function"),
    "module": lambda: datetime,
    "generator": _counting,
    "range": lambda: range(10**12),
    "set": lambda: {1, 2},
    "frozenset": lambda: frozenset({1}),
    "bytes": lambda: b"bytes",
    "bytearray": lambda: bytearray(b"bytes"),
    "memoryview": lambda: memoryview(b"bytes"),
    "complex": lambda: 1j,
    "decimal": lambda: Decimal("1e999999"),
    "datetime": lambda: datetime(2026, 1, 1),  # noqa: DTZ001 - never read
    "proxy": lambda: MappingProxyType({"home": 1}),
    "chain": lambda: ChainMap({"home": 1}),
    "exception": lambda: SystemExit("no"),
    "userdict": lambda: UserDict({"home": 1}),
    "names that are no texts": lambda: {HostileKey(): 1},
    "keys that are numbers": lambda: {1: "one"},
    "object in a list": lambda: [HostileObject()],
    "object in a list in named values": lambda: {"home": [[HostileObject()]]},
    "object among named values": lambda: {"home": HostileObject()},
}


"""Makers of values that are no plain data, by what they are."""

STRANGE: dict[str, Callable[[], Any]] = {
    "text": lambda: HostileText("risk"),
    "int": lambda: HostileInt(71),
    "float": lambda: HostileFloat(0.5),
    "list": lambda: HostileList([1, 2]),
    "tuple": lambda: HostileTuple((1, 2)),
    "dict": lambda: HostileDict({"home": 1}),
    "name": lambda: {HostileName("age"): 5, "home": 1},
    "enum": lambda: Priority.URGENT,
    "int enum": lambda: Weeks.TWELVE,
    "default": lambda: defaultdict(list, home=1),
    "ordered": lambda: OrderedDict(home=1),
    "circle": in_a_circle,
    "named circle": named_in_a_circle,
    "deep": lambda: deep(10_000),
    "huge": lambda: 10**100_000,
    "infinite": lambda: float("inf"),
    "no number": lambda: float("nan"),
    "long": lambda: "x" * 1_000_000,
    "many": lambda: list(range(50_000)),
    "many names": lambda: {f"n{number}": number for number in range(20_000)},
    "many names of a kind": lambda: OrderedDict.fromkeys(map(str, range(300_000))),
    "many of a kind": lambda: HostileList(range(300_000)),
    "many texts": lambda: ["x" * 90_000] * 50,
    "surrogate": lambda: "\ud800",
    "nought": lambda: "\x00",
    "empty": lambda: [],
    "tuples": lambda: ((), ((),)),
}
"""Makers of values that are plain data at heart, but large, deep, in a circle or of a kind of their own."""


def make(kind: str) -> Any:
    """A fresh value of this kind."""
    return (OBJECTS | STRANGE)[kind]()
