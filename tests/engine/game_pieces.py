"""What the game of tokens is played with: variables, what is withdrawn together, and who waits for what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Data = Mapping[str, tuple[Any, int]]  # each variable with the number of the act of writing it
Then = Callable[[Data], None]


def values(data: Data) -> dict[str, Any]:
    """The variables without their numbers."""
    return {name: value for name, (value, _) in data.items()}


def newest(branches: Iterable[Data]) -> Data:
    """Each variable as it was written last; of equals the later branch counts."""
    together: dict[str, tuple[Any, int]] = {}
    for data in branches:
        for name, (value, number) in data.items():
            if name not in together or number >= together[name][1]:
                together[name] = (value, number)
    return together


@dataclass(eq=False)
class Scope:
    """What is withdrawn together."""

    above: Scope | None
    gone: bool = False

    def alive(self) -> bool:
        return not self.gone and (self.above is None or self.above.alive())


@dataclass(eq=False, kw_only=True)
class Process(Scope):
    """A running process: it ends when the last of its tokens has ended."""

    drawn: str  # the process it is drawn in
    depth: int
    then: Then
    tokens: int = 1
    ended: list[Data] = field(default_factory=list)


@dataclass(eq=False, kw_only=True)
class Step(Scope):
    """A step that is being done, however often, with what an error or an escalation out of it leads to."""

    around: Scope
    process: Process
    edges: dict[str, Then]


@dataclass(eq=False)
class Asked:
    """A step that a person is asked to do."""

    process: str
    key: str
    data: Data
    scope: Scope
    then: Then


@dataclass(eq=False)
class Waits:
    """A date or a message that is waited for."""

    process: Process
    key: str
    what: datetime | str
    scope: Scope
    happens: Callable[[Mapping[str, Any]], None]


class Table:
    """What lies open while it is played: who is asked, what is waited for, how often was written."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.asked: list[Asked] = []
        self.waits: list[Waits] = []
        self._writings = 0

    def _written(self, data: Data, more: Mapping[str, Any]) -> Data:
        self._writings += 1
        return {**data, **{name: (value, self._writings) for name, value in more.items()}}

    def _ask(self, key: str, data: Data, scope: Scope, process: Process, then: Then) -> None:
        self.asked.append(Asked(process.drawn, key, data, scope, then))

    def _await(self, what: str | timedelta, key: str, scope: Scope, process: Process, then: Then, data: Data) -> Waits:
        """Wait for a message, or for some time; it happens once."""

        def happens(payload: Mapping[str, Any]) -> None:
            self.waits.remove(waiting)
            then(self._written(data, payload) if isinstance(what, str) else data)

        until = what if isinstance(what, str) else self.now + what
        waiting = Waits(process, key, until, scope, happens)
        self.waits.append(waiting)
        return waiting

    def _tidy(self) -> None:
        self.asked = [one for one in self.asked if one.scope.alive()]
        self.waits = [one for one in self.waits if one.scope.alive()]
