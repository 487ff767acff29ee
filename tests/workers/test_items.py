"""Many items, each by itself: whatever is wrong with one, the others go on."""

from __future__ import annotations

from workers.items import each


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
