"""What takes long, or prepares much, comes first and stays together where several processes share the tests.

Each begins with a share of the tests, and whoever is done early takes over from the end of the others' shares: what
stands there has to be short. And only one of them makes the street of the journeys and starts a browser.
"""

from __future__ import annotations

import os
from typing import Protocol, TypeVar

import pytest

# Each on one process, as far as there are as many.
TOGETHER = (
    ("tests/journeys/",),
    ("tests/walk/", "tests/crash/", "tests/engine/test_differential.py", "tests/engine/test_years.py"),
)


class Named(Protocol):
    """A test, as far as its order goes."""

    @property
    def nodeid(self) -> str:
        """Where it stands."""


Test = TypeVar("Test", bound=Named)


@pytest.hookimpl(trylast=True)  # chance has shuffled them by now
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin each process's share with what is to be first there."""
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if processes > 1:
        items[:] = shared_out(items, processes)


def shared_out(items: list[Test], processes: int) -> list[Test]:
    """Return the tests in an order whose equal parts begin with what takes long."""
    groups = [[item for item in items if item.nodeid.startswith(rooms)] for rooms in TOGETHER]
    others = [item for item in items if not item.nodeid.startswith(tuple(room for rooms in TOGETHER for room in rooms))]
    ordered: list[Test] = []
    for number in range(processes):
        first = [item for group in groups[number::processes] for item in group]
        size = (len(items) - len(ordered)) // (processes - number)  # as xdist gives them out
        filling = max(size - len(first), 0)
        ordered += first + others[:filling]
        others = others[filling:]
    return ordered + others
