from __future__ import annotations

import threading

import pytest

from webapp.api import window
from webapp.api.window import Window

MINUTE = 60


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """The time, to be set."""
    now = {"s": 1_000_000.0}
    monkeypatch.setattr(window.time, "time", lambda: now["s"])
    return now


def test_as_many_requests_as_are_allowed_in_the_last_minute_are_let_in(at: dict[str, float]) -> None:
    counted = Window()
    let_in = []
    for second in (0, 30, 40, 61, 62, 91):
        at["s"] = 1_000_000 + second
        let_in.append(counted.acquire_entry("feed", 2, MINUTE))
    assert let_in == [True, True, False, True, False, True]
    assert counted.get_moving_window("feed", 2, MINUTE) == (1_000_061, 2)
    assert counted.acquire_entry("another", 2, MINUTE)


def test_whoever_is_quiet_is_forgotten_and_no_thread_is_begun(at: dict[str, float]) -> None:
    counted, before = Window(), threading.active_count()
    for asker in range(1000):
        at["s"] += 1
        counted.acquire_entry(str(asker), 2, MINUTE)
    assert len(counted._seen) <= 2 * MINUTE
    assert threading.active_count() == before
