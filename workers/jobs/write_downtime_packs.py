"""Write for each team what it needs on paper when the system is down."""

from __future__ import annotations

from workflows.assembly import Office
from workflows.downtime import write_if_due


def work(office: Office) -> tuple[int, int]:
    """Write the packs of today, once; what fails is tried again at the next round."""
    return write_if_due(office.desk())
