"""Many items, each by itself: whatever is wrong with one, the others go on."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from workers.items import Items, each
from workers.resting import Resting
from workflows.assembly import Office
from workflows.casework.base import new_id
from workflows.casework.rounds import SILENT_AFTER
from workflows.clock import FixedClock


def test_the_others_go_on_although_a_failure_cannot_even_be_noted() -> None:
    done: list[int] = []

    def act(item: int) -> None:
        if item == 1:
            raise ValueError
        done.append(item)

    def failed(item: int, why: Exception) -> None:
        raise KeyError(item)

    assert each([1, 2, 3], act, failed) == (2, 1)
    assert done == [2, 3]


class Queue:
    """Four things to do, in their order; the first three of them fail until they are mended."""

    def __init__(self) -> None:
        self.waiting, self.tried, self.broken = [new_id() for _ in range(4)], list[UUID](), True
        self.items = Items(lambda _, limit: self.waiting[:limit], self.act, portion=3, resting=Resting(SILENT_AFTER))

    def act(self, _: Office, one: UUID) -> None:
        self.tried.append(one)
        if self.broken and one in self.waiting[:3]:
            raise ValueError
        self.waiting.remove(one)


def test_what_fails_keeps_nothing_else_from_its_turn_and_is_tried_again_after_growing_pauses(
    office: Office, clock: FixedClock
) -> None:
    queue = Queue()
    assert queue.items.work(office) == (1, 3)
    pauses = []
    for _ in range(40):
        clock.advance(timedelta(minutes=1))
        pauses.append(len(queue.tried))
        assert queue.items.work(office) == (0, 3)  # what rests has failed still
    tries = [minute for minute, had in enumerate([*pauses[1:], len(queue.tried)], 1) if had > pauses[minute - 1]]
    assert tries == [1, 3, 7, 15, 30]
    queue.broken = False
    clock.advance(timedelta(minutes=15))
    assert queue.items.work(office) == (3, 0)


def test_a_clock_that_is_set_back_lets_nothing_rest_for_longer(office: Office, clock: FixedClock) -> None:
    queue = Queue()
    queue.items.work(office)
    queue.broken = False
    clock.advance(-timedelta(hours=3))
    assert queue.items.work(office) == (3, 0)
