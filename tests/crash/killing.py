"""One killing: an act dies at a point, is done again, and what is there afterwards is held against one that lived."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tests.crash.acts import Act, Requests
from tests.crash.children import Killed, in_a_child
from tests.crash.comparing import Outcome, outcome_of
from tests.crash.other_side import OtherSide
from tests.crash.points import Broken, Point
from tests.crash.sendings import note_what_is_sent
from tests.crash.stage import office_on, prepare
from workers.jobs import call_addresses, deliver_messages, send_notices, send_texts, wake_cases
from workflows.assembly import Office

AGAIN = "something that went out again"
LATER = timedelta(minutes=10)  # longer than a notice stays with whoever took it, or a failed process waits


@dataclass(frozen=True)
class Databases:
    """One kind of database: how an empty one is made, and a copy of it. Both return an address."""

    kind: str
    empty: Callable[[], str]
    copy: Callable[[str], str]


@dataclass(frozen=True)
class Ending:
    """What a killing left: nothing lost, nothing doubled, the trail whole, when all is well."""

    lost: list[str]
    doubled: list[str]
    sealed: bool
    reached: bool
    sent_again: int  # mails and calls that went out a second time, under the same id

    @property
    def well(self) -> bool:
        """Whether the act happened once, and the point was there to die at."""
        return self.reached and self.sealed and not self.lost and not self.doubled


class Stage:
    """A service on one kind of database, made once; each killing happens on a copy of it."""

    def __init__(self, databases: Databases, folder: Path) -> None:
        self._databases, self._folder, self._times = databases, folder, 0
        self._template, self._other_side = databases.empty(), OtherSide()
        (folder / "template").mkdir(parents=True)
        self._now, self._requests = in_a_child(
            lambda: prepare(self._template, folder / "template", self._other_side.url)
        )
        self._undisturbed: dict[str, Outcome] = {}

    def close(self) -> None:
        """Let nobody call here any more."""
        self._other_side.close()

    def kill(self, act: Act, point: Point) -> Ending:
        """Let an act die at a point, do it again, and compare."""
        with self._copy(act) as there:
            reached = there.dies(act, point)
            there.does(act)
            left = there.settles()
        whole = self._lived_through(act)
        doubled = left.lost(whole) + [AGAIN] * (left.sent_again - point.sends_again)
        return Ending(whole.lost(left), doubled, left.sealed, reached, left.sent_again)

    def _lived_through(self, act: Act) -> Outcome:
        if act.name not in self._undisturbed:
            with self._copy(act) as there:
                there.does(act)
                self._undisturbed[act.name] = there.settles()
        return self._undisturbed[act.name]

    @contextmanager
    def _copy(self, act: Act) -> Iterator[Place]:
        self._times += 1
        folder = self._folder / str(self._times)
        shutil.copytree(self._folder / "template", folder)
        with self._other_side.answering(folder, act.refused):
            yield Place(self._databases.copy(self._template), folder, self._now, self._requests, self._other_side.url)


@dataclass(frozen=True)
class Place:
    """A copy of the service, in which every act is a process of its own."""

    url: str
    folder: Path
    now: datetime
    requests: Requests
    others: str  # where texts and calls go

    def dies(self, act: Act, point: Point) -> bool:
        """Do an act until its point; say whether it got there."""

        def until() -> bool:
            point.arm()
            with suppress(Broken, AssertionError):  # the worker hears of it at once, a system as an answer of 500
                self._act(act)
            return point.reached

        try:
            return in_a_child(until)
        except Killed:
            return True

    def does(self, act: Act) -> None:
        """Do an act from beginning to end."""
        in_a_child(lambda: self._act(act))

    def settles(self) -> Outcome:
        """Let the worker finish what was left, somewhat later, and read everything."""

        def settle() -> Outcome:
            office = self._office(self.now + LATER)
            deliver_messages.work(office)
            wake_cases.work(office)
            for job in (send_texts, call_addresses, send_notices):
                job.work(office)
            return outcome_of(office, self.folder)

        return in_a_child(settle)

    def _act(self, act: Act) -> None:
        act.do(self._office(self.now), self.requests)

    def _office(self, now: datetime) -> Office:
        office = office_on(self.url, self.folder, now, self.others)
        note_what_is_sent(office.settings.mail_folder)
        return office
