"""The hands of a worker on PostgreSQL: they do what stands in the queue, whoever of the workers ticks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from functools import partial
from threading import Event, Thread

from workers.timetable import SHARED
from workflows.assembly import Office

log = logging.getLogger("roundtable.worker")
PAUSE = 1.0  # seconds before the queue is taken up again after the database was away


class Hands:
    """Does jobs in a thread of its own, from `begin` until `stop`."""

    def __init__(self, office: Office) -> None:
        self._worker = office.queue_worker({name: partial(items.do, office) for name, items in SHARED.items()})
        self._thread = Thread(target=self._keep_working, name="queue", daemon=True)
        self._loop = asyncio.new_event_loop()
        self._stopping = Event()
        self._at_work: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Start to take jobs."""
        self._thread.start()

    def look_after_the_dead(self, ticking: bool) -> None:
        """Whoever ticks also gives back the jobs of workers that died."""
        self._worker.takes_over = ticking

    def stop(self) -> None:
        """Finish what is being done and take nothing more."""
        self._stopping.set()
        self._loop.call_soon_threadsafe(self._put_down)
        self._thread.join()
        self._loop.close()

    def _put_down(self) -> None:
        if self._at_work is not None:
            self._at_work.cancel()

    def _keep_working(self) -> None:
        while not self._stopping.is_set():
            self._at_work = self._loop.create_task(self._worker.run())
            with contextlib.suppress(asyncio.CancelledError):
                try:
                    self._loop.run_until_complete(self._at_work)
                except Exception:  # the database is away: what is due stands in it, and is done once it is back
                    log.exception("queue left", extra={"action": "queue_left"})
            self._stopping.wait(PAUSE)
