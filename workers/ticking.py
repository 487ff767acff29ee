"""Keeping the timetable while it is this worker's turn; waiting for the turn of a worker that stopped otherwise."""

from __future__ import annotations

import logging
from datetime import datetime
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler

from workers.hands import Hands
from workers.rounds import run
from workers.timetable import TIMETABLE
from workflows.assembly import Office, Turn
from workflows.clock import SystemClock

log = logging.getLogger("roundtable.worker")
LOOK_EVERY = 0.5  # seconds: after the worker that ticks has stopped, another takes over within one


def work_until(office: Office, stopping: Event) -> None:
    """Tick whenever it is this worker's turn, until told to stop; where there is a queue, take jobs all the time."""
    turn, hands = office.turn(), Hands(office) if office.shares_work else None
    if hands:
        hands.begin()
    while not stopping.is_set():
        if turn.take():
            _tick(office, turn, hands, stopping)
        stopping.wait(LOOK_EVERY)
    turn.give_back()
    if hands:
        hands.stop()


def _tick(office: Office, turn: Turn, hands: Hands | None, stopping: Event) -> None:
    log.info("ticking", extra={"action": "ticking"})
    timetable = keep_time(office)
    timetable.start()
    if hands:
        hands.look_after_the_dead(True)
    before = SystemClock().now()
    while turn.take() and not stopping.wait(LOOK_EVERY):
        before = not_put_off(timetable, before)
    if hands:
        hands.look_after_the_dead(False)
    timetable.shutdown(wait=True)


def not_put_off(timetable: BaseScheduler, before: datetime) -> datetime:
    """Let every job come at once where the clock was set back since `before`, or none would until it is as late again.

    Returns the time.
    """
    now = SystemClock().now()
    if now < before:
        log.warning("clock set back", extra={"action": "clock_set_back"})
        for job in timetable.get_jobs():
            job.modify(next_run_time=now)
    return now


def keep_time(office: Office) -> BackgroundScheduler:
    """Return a scheduler with every job of the timetable, at once and then at its pace.

    It only ticks; what is due stands in our own tables.
    """
    scheduler = BackgroundScheduler(timezone="UTC")
    for job in TIMETABLE:
        scheduler.add_job(
            run, "interval", seconds=job.every_seconds, args=(office, job, office.shares_work), id=job.name,
            max_instances=1, coalesce=True, misfire_grace_time=None, next_run_time=SystemClock().now(),
        )  # fmt: skip
    return scheduler
