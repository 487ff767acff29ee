"""How long something computes."""

from __future__ import annotations

import time
from collections.abc import Callable

MOST_SECONDS = 0.05


def seconds_of(work: Callable[[], object]) -> float:
    """The computing time of the quickest of three tries: another program on this machine is not our matter."""
    tries = []
    for _ in range(3):
        began = time.thread_time()
        work()
        tries.append(time.thread_time() - began)
    return min(tries)
