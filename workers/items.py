"""Doing one thing to many items, each by itself: one that fails is noted, the others go on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

log = logging.getLogger("roundtable.worker")
Item = TypeVar("Item")


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
            failed(item, failure)
    return done, wrong
