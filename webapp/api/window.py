"""How many requests each asker sent in the last while, counted in this process.

The store in memory that comes with the library starts a thread at nearly every request, to forget what is over.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from threading import Lock

from limits.storage import MovingWindowSupport, Storage

SCHEME = "process"


class Window(Storage, MovingWindowSupport):
    """The times of each asker's requests, oldest first; whoever has been quiet for a whole window is forgotten."""

    STORAGE_SCHEME = [SCHEME]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self._seen: dict[str, deque[float]] = {}
        self._lock = Lock()
        self._next_look = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may fail here: nothing of its own."""
        return ValueError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a request, unless there were as many as are allowed."""
        now = _now()
        with self._lock:
            self._forget_the_quiet(now, expiry)
            seen = self._since(key, now - expiry)
            if len(seen) + amount > limit:
                return False
            seen.extend([now] * amount)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return when the first request that still counts came, and how many count."""
        now = _now()
        with self._lock:
            seen = self._since(key, now - expiry)
            return (seen[0], len(seen)) if seen else (now, 0)

    def _since(self, key: str, start: float) -> deque[float]:
        seen = self._seen.setdefault(key, deque())
        while seen and seen[0] < start:
            seen.popleft()
        return seen

    def _forget_the_quiet(self, now: float, expiry: int) -> None:
        if now < self._next_look:
            return
        self._next_look = now + expiry
        self._seen = {key: seen for key, seen in self._seen.items() if seen and seen[-1] >= now - expiry}

    def reset(self) -> int | None:
        """Forget everybody."""
        self._seen.clear()
        return None

    def clear(self, key: str) -> None:
        """Forget an asker."""
        self._seen.pop(key, None)

    def check(self) -> bool:
        """Say that it works."""
        return True

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count requests whatever is allowed; returns how many count."""
        self.acquire_entry(key, sys.maxsize, expiry, amount)
        return self.get(key)

    def get(self, key: str) -> int:
        """Return how many requests of an asker are counted."""
        return len(self._seen.get(key, ()))

    def get_expiry(self, key: str) -> float:
        """Return when an asker may be forgotten."""
        return max(self._next_look, _now())


def _now() -> float:
    return time.time()  # noqa: TID251 - how fast somebody asks is a matter of this machine, whatever the office's time
