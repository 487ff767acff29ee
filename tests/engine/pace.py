"""How long chance is tried: quickly and always alike in the ordinary suite, long and differently with `make prove`."""

from __future__ import annotations

import os
from typing import Final

from hypothesis import HealthCheck, settings

PROVING: Final = bool(os.environ.get("ROUNDTABLE_PROVE"))


def pace(quick: int, prove: int) -> settings:
    """This many examples: the same ones every time, or more and new ones (the seed is said when one fails)."""
    return settings(
        max_examples=prove if PROVING else quick,
        derandomize=not PROVING,
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
