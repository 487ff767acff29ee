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
