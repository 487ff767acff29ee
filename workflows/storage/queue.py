"""The queue of jobs on PostgreSQL, kept by Procrastinate: what a transaction hands out is there once it is kept.

A job names ids only, never anything about a person. What is due stands in our own tables: a job that is lost or done
twice does no harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.types import JSONValue
from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from workflows.storage.addresses import libpq_address

QUEUE = "roundtable"
IDS_A_JOB = 20
HANDS = 4  # jobs that one worker does at once
BEATS_EVERY = 5.0  # seconds
# A worker that has not beaten for so long is dead: with one look every two seconds its jobs go on within twenty.
DEAD_AFTER = 15.0
LOOK_EVERY = 2.0
FINISHING = 10.0  # seconds that a worker told to stop gives to what it is doing

Do = Callable[[Sequence[UUID]], object]

_UNDER_WAY = text(
    "SELECT jsonb_array_elements_text(args -> 'ids') FROM procrastinate_jobs"
    " WHERE task_name = :job AND status IN ('todo', 'doing')"
).bindparams(bindparam("job"))
_WAITS_SINCE = text(
    "SELECT extract(epoch FROM now() - min(event.at)) FROM procrastinate_jobs AS job"
    " JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'deferred'"
    " WHERE job.task_name = :job AND job.status = 'todo'"
).bindparams(bindparam("job"))

_HOW_MANY = text(
    "SELECT count(*) FILTER (WHERE job.status = 'todo'), count(*) FILTER (WHERE job.status = 'doing'),"
    " count(*) FILTER (WHERE job.status = 'failed'),"
    " extract(epoch FROM now() - min(event.at) FILTER (WHERE job.status = 'todo'))"
    " FROM procrastinate_jobs AS job"
    " LEFT JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'deferred'"
)

_ALIVE = text(
    "SELECT extract(epoch FROM now() - last_heartbeat) FROM procrastinate_workers"
    " WHERE last_heartbeat > now() - make_interval(secs => :dead) ORDER BY last_heartbeat DESC"
)


class Queue:
    """Hands jobs out within a transaction."""

    def __init__(self, url: str) -> None:
        self._url = url
        # Never opened: every job is handed out on the connection of the transaction that needs it.
        self._app = App(connector=SyncPsycopgConnector())

    def hand_out(self, session: Session, job: str, ids: Iterable[UUID]) -> int:
        """Hand out a job for these ids with the session's own transaction. Returns how many ids that are."""
        connection: Any = session.connection().connection.driver_connection
        told: list[JSONValue] = [one.hex for one in ids]
        jobs: list[dict[str, JSONValue]] = [{"ids": told[at : at + IDS_A_JOB]} for at in range(0, len(told), IDS_A_JOB)]
        if jobs:
            self._app.configure_task(job, queue=QUEUE, connection=connection).batch_defer(*jobs)
        return len(told)

    def hand_out_new(self, session: Session, job: str, ids: Iterable[UUID]) -> int:
        """Hand out those that are neither waiting in the queue nor being done just now."""
        under_way = {UUID(hex=one) for one in session.scalars(_UNDER_WAY, {"job": job})}
        return self.hand_out(session, job, [one for one in ids if one not in under_way])

    def waits_since(self, session: Session, job: str) -> float:
        """Return for how many seconds the oldest job of this name has been waiting for a worker."""
        return float(session.scalar(_WAITS_SINCE, {"job": job}) or 0)

    def how_many(self, session: Session) -> tuple[int, int, int, float]:
        """Return how many jobs wait, are under way and have failed, and for how long the oldest has been waiting."""
        waiting, under_way, failed, oldest = session.execute(_HOW_MANY).one()
        return waiting, under_way, failed, float(oldest or 0)

    def workers_heard(self, session: Session) -> tuple[float, ...]:
        """Return for each worker that lives how many seconds ago it beat, the last heard first."""
        return tuple(float(ago) for ago in session.scalars(_ALIVE, {"dead": DEAD_AFTER}))

    def worker(self, jobs: Mapping[str, Do]) -> QueueWorker:
        """Return what does jobs, by their names, in this process."""
        return QueueWorker(self._url, jobs)


class QueueWorker:
    """Does jobs until it is told to stop."""

    def __init__(self, url: str, jobs: Mapping[str, Do]) -> None:
        self._url, self._jobs = url, jobs
        self.takes_over = False  # whether it looks for the jobs of workers that died: one of all does

    async def run(self) -> None:
        """Do jobs until cancelled; raises ConnectorException when the database does not answer."""
        connector = PsycopgConnector(conninfo=libpq_address(self._url), min_size=1, max_size=HANDS)
        app = App(connector=connector)
        for name, do in self._jobs.items():
            app.task(name=name, queue=QUEUE)(_reading_ids(do))
        async with app.open_async():
            looking = asyncio.create_task(self._look_after_the_dead(app))
            try:
                await app.run_worker_async(
                    queues=[QUEUE], concurrency=HANDS, install_signal_handlers=False, delete_jobs="always",
                    update_heartbeat_interval=BEATS_EVERY, stalled_worker_timeout=DEAD_AFTER,
                    shutdown_graceful_timeout=FINISHING,
                )  # fmt: skip
            finally:
                looking.cancel()

    async def _look_after_the_dead(self, app: App) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if self.takes_over:
                await _give_back_jobs_of_the_dead(app)


async def _give_back_jobs_of_the_dead(app: App) -> None:
    try:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
            await app.job_manager.retry_job(job)
        await app.job_manager.prune_stalled_workers(DEAD_AFTER)
    except ConnectorException:  # it was done after all, or the database is away: the next look will tell
        return


def _reading_ids(do: Do) -> Callable[[list[str]], None]:
    def task(ids: list[str]) -> None:
        do([UUID(hex=one) for one in ids])

    return task
