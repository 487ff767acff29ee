"""Two acts at the same moment: the first is stopped just before its commit, until the other has answered or waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from workflows.casework.errors import CaseworkError

LONG = 30.0  # seconds after which a test gives up
A_WAIT = 0.06  # a statement that takes longer waits for somebody


@dataclass
class Answer:
    """What came of an act: refused in these words, or done ("")."""

    words: str = ""
    waited: bool = field(default=False, compare=False)
    broke: BaseException | None = None

    @property
    def done(self) -> bool:
        """Whether whoever acted was told that it was done."""
        return not self.words


class Somebody(threading.Thread):
    """A thread in which an act happens."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.answer, self._act = Answer(), act
        self.start()

    def run(self) -> None:
        """Act, and keep the answer."""
        try:
            self._act()
        except CaseworkError as refusal:
            self.answer.words = str(refusal)
        except BaseException as fault:
            self.answer.words, self.answer.broke = repr(fault), fault

    def finish(self) -> Answer:
        """Wait for the end."""
        self.join(LONG)
        assert not self.is_alive(), "it never came to an end"
        if self.answer.broke:
            raise self.answer.broke
        return self.answer


class Stop:
    """A place at which a thread is stopped: the n-th time that it comes by."""

    def __init__(self, nth: int) -> None:
        self.reached, self._go, self._left, self._thread = threading.Event(), threading.Event(), nth, 0

    def around(self, act: Callable[[], object]) -> Callable[[], object]:
        """The act, stopped here."""

        def stopped() -> object:
            self._thread = threading.get_ident()
            try:
                return act()
            finally:
                self.reached.set()

        return stopped

    def after(self, step: Callable[..., Any]) -> Callable[..., Any]:
        """A step of an act, with the place behind it."""

        def then_here(*asked: Any) -> Any:
            done = step(*asked)
            self.here()
            return done

        return then_here

    def here(self, *_: Any) -> None:
        """Wait here when it is the thread's turn."""
        if threading.get_ident() == self._thread:
            self._left -= 1
            if self._left == 0:
                self.reached.set()
                assert self._go.wait(LONG), "nobody let it go on"

    def let_go(self) -> None:
        """Let the act go on."""
        self._go.set()


def at_once(
    first: Callable[[], object], commits: int, second: Callable[[], object], watched: Engine
) -> tuple[Answer, Answer]:
    """Let two acts meet. watched: the engine of the second, on which it is seen to wait."""
    with stopped(first, commits) as (stop, one), statements(watched) as since:
        other = Somebody(second)
        other.answer.waited = waits(other, since)
        stop.let_go()
        return one.finish(), other.finish()


@contextmanager
def stopped(act: Callable[[], object], commits: int = 1) -> Iterator[tuple[Stop, Somebody]]:
    """Stop an act before its last commit; afterwards it goes on."""
    stop = Stop(commits)
    event.listen(Session, "before_commit", stop.here)
    try:
        somebody = Somebody(stop.around(act))
        assert stop.reached.wait(LONG)
        yield stop, somebody
    finally:
        stop.let_go()
        event.remove(Session, "before_commit", stop.here)


@contextmanager
def statements(engine: Engine) -> Iterator[list[float]]:
    """Since when the statements have been running that are under way."""
    under_way: list[float] = []

    def begin(*_: Any) -> None:
        under_way.append(time.monotonic())

    def end(*_: Any) -> None:
        under_way.pop()

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)
    try:
        yield under_way
    finally:
        event.remove(engine, "before_cursor_execute", begin)
        event.remove(engine, "after_cursor_execute", end)


def waits(somebody: Somebody, under_way: list[float]) -> bool:
    """Say whether a thread waits for another; it has ended otherwise."""
    while somebody.is_alive():
        begun = under_way[-1:]
        if begun and time.monotonic() - begun[0] > A_WAIT:
            return True
        time.sleep(0.005)
    return False
