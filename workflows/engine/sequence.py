"""The engine orders what happened by number, not by the clock on the wall.

SpiffWorkflow stamps every change of state with the system time and later sorts by it to decide
which branch of a join has the last word. A clock that is set back, or stands still in a test,
would change what a case remembers. So the stamp is replaced by a number that only ever grows.
"""

from __future__ import annotations

import logging
from itertools import count

from SpiffWorkflow import task as spiff_task


class Sequence:
    """Stands where SpiffWorkflow's task module looks for the ``time`` module."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def time(self) -> int:
        """The next number; larger than every number given before, in all threads."""
        return next(self._numbers)


SEQUENCE = Sequence()
# Each step of each case would be a line; what matters of it stands in the trail of the case.
logging.getLogger("spiff").setLevel(logging.WARNING)
spiff_task.time = SEQUENCE
