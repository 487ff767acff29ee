"""Doing one thing to many items, each by itself: one that fails is noted, the others go on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from workers.resting import Resting
from workflows.assembly import Office

log = logging.getLogger("roundtable.worker")
Item = TypeVar("Item")
PORTIONS = 10  # at most, in one round


@dataclass(frozen=True)
class Items:
    """Work that falls into items, each of which any worker may do.

    due: at most so many that wait to be done. act: does one; twice is once. failed: notes that one went wrong.
    portion: how many are asked for at once. resting: where `failed` does not put off the next try itself.
    """

    due: Callable[[Office, int], Sequence[UUID]]
    act: Callable[[Office, UUID], object]
    failed: Callable[[Office, UUID, Exception], None] = lambda *_: None
    portion: int = 500
    resting: Resting = field(default_factory=Resting)

    def work(self, office: Office) -> tuple[int, int]:
        """Do what is due, portion by portion; returns how many worked, and how many failed or rest since they did."""
        due, rest = self._due_now(office)
        done, wrong = 0, rest
        for _ in range(PORTIONS):
            now_done, now_wrong = self.do(office, due)
            done, wrong = done + now_done, wrong + now_wrong
            if len(due) < self.portion or not (now_done or self.resting.at(office.clock.now())):
                break
            due, _ = self._due_now(office)
        return done, wrong

    def _due_now(self, office: Office) -> tuple[Sequence[UUID], int]:
        """Return a portion of what is due, beyond what rests; and how much of that would be due as well."""
        resting = self.resting.at(office.clock.now())
        due = self.due(office, self.portion + len(resting))
        able = [one for one in due if one not in resting]
        return able[: self.portion], len(due) - len(able)

    def do(self, office: Office, ids: Iterable[UUID]) -> tuple[int, int]:
        """Do these, each by itself."""
        return each(ids, lambda one: self._do(office, one), lambda one, why: self._failed(office, one, why))

    def _do(self, office: Office, one: UUID) -> None:
        self.act(office, one)
        self.resting.worked(one)

    def _failed(self, office: Office, one: UUID, why: Exception) -> None:
        self.resting.failed(one, office.clock.now())
        self.failed(office, one, why)

    def hand_out(self, office: Office, job: str) -> tuple[int, int]:
        """Put what is due into the queue of all workers; returns how many that are. Raises QueueStands."""
        return office.hand_out(job, self.due(office, self.portion * PORTIONS)), 0


def each(
    items: Iterable[Item], act: Callable[[Item], object], failed: Callable[[Item, Exception], None]
) -> tuple[int, int]:
    """Do `act` to each item and `failed` to each that goes wrong; returns how many worked and how many failed."""
    done = wrong = 0
    for item in items:
        try:
            act(item)
            done += 1
        except Exception as failure:  # whatever is wrong with one case, the others must go on
            wrong += 1
            log.exception("item failed", extra={"action": "item_failed", "kind": type(failure).__name__})
            _note(failed, item, failure)
    return done, wrong


def _note(failed: Callable[[Item, Exception], None], item: Item, failure: Exception) -> None:
    try:
        failed(item, failure)
    except Exception as unnoted:  # it is due still, and the next round comes to it again
        log.exception("item not noted", extra={"action": "item_not_noted", "kind": type(unnoted).__name__})
