"""The worker says that it is alive, job by job."""

from __future__ import annotations

from contextlib import suppress

from workflows.casework.errors import OutOfDate
from workflows.casework.notice import Heartbeat
from workflows.desk import Desk


def beat(desk: Desk, name: str, detail: str) -> None:
    """Record that a round took place just now. Who is told of one at the same moment leaves it at that."""
    with suppress(OutOfDate), desk.work() as work:
        work.session.merge(Heartbeat(name=name, at=work.now, detail=detail))
        work.commit()


def beat_not(desk: Desk, name: str, detail: str) -> None:
    """Record what a round came to in which everything failed: the last one that took place was before it."""
    with suppress(OutOfDate), desk.work() as work:
        last = work.session.get(Heartbeat, name)
        if last is not None:
            last.detail = detail
            work.commit()
