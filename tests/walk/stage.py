"""The stage: a real office on a database of its own, with the demonstration loaded and a clock the scenario moves."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import func, select

from tests.crash import points
from tests.crash.children import Killed, in_a_child
from workers.rounds import run, run_everything
from workers.timetable import TIMETABLE
from workflows import demonstration
from workflows.assembly import Office, open_office
from workflows.casework.diagram import CaseRun
from workflows.casework.escalation import Nudge
from workflows.casework.notice import Notice
from workflows.casework.task import Task
from workflows.clock import LONDON, FixedClock
from workflows.settings import Settings

# The worker looks every few seconds. Here it looks when there is something to do: at each instant at which a timer, a
# safety reminder or a mail is due, and in the morning of the days on which the daily message has something to say.
DIGEST = time(9, 5)
LOADED = datetime(2026, 11, 1, 9, tzinfo=UTC)  # before any scenario begins
JOBS = {job.name: job for job in TIMETABLE}
DEADLY = tuple(
    point
    for point in (*points.CLIMBING, *points.TELLING, *points.KEEPING, *points.POSTING)
    if point.dies and not point.sends_again  # nobody can know that a mail went out which was not marked
)


class WorkerFailed(AssertionError):
    """A job of the worker could not do an item."""


@dataclass
class Stage:
    """An office with its clock and its worker."""

    office: Office
    clock: FixedClock
    rounds: int = field(default=0)
    worker_dies: bool = field(default=False)

    def move_to(self, instant: datetime) -> None:
        """Move the clock on, stopping wherever the worker has something to do on the way."""
        if instant < self.clock.now():
            raise AssertionError(f"the clock cannot go back to {instant.isoformat()}")
        self.round()
        while (stop := self._next_stop()) is not None and stop < instant:
            self.clock.move_to(stop)
            self.round()
        self.clock.move_to(instant)
        self.round()

    def round(self) -> None:
        """Let the worker do one round of every job."""
        self.rounds += 1
        if self.worker_dies:
            self._die_in_a_round()
        self._must_be_well(run_everything(self.office))

    def _die_in_a_round(self) -> None:
        """Let a worker of its own begin the round and be killed in it, each time at another point."""
        point = DEADLY[self.rounds % len(DEADLY)]
        settings, now = self.office.settings, self.clock.now()

        def until() -> None:
            point.arm()
            run_everything(open_office(settings, FixedClock(now)))

        with suppress(Killed):
            in_a_child(until)

    def send(self) -> None:
        """Let the worker hand over what lies in the outbox."""
        self._must_be_well((run(self.office, JOBS["send_notices"]),))

    def _must_be_well(self, rounds: tuple[object, ...]) -> None:
        failed = [str(one) for one in rounds if getattr(one, "failed", 0)]
        if failed:
            raise WorkerFailed("; ".join(failed))

    def _next_stop(self) -> datetime | None:
        """Return the next instant at which a round finds something to do; None when nothing is under way."""
        now = self.clock.now()
        with self.office.desk().looking() as session:
            timers = select(func.min(CaseRun.next_due_at)).where(CaseRun.status == "running", CaseRun.next_due_at > now)
            mail = select(func.min(Notice.next_attempt_at)).where(
                Notice.status == "waiting", Notice.next_attempt_at > now
            )
            rungs = select(func.min(Task.remind_at)).where(Task.open, Task.paused_at.is_(None), Task.remind_at > now)
            waits = select(func.min(Nudge.tell_at)).outerjoin(Task, Task.id == Nudge.task_id)
            told = session.scalar(waits.where(Nudge.told_at.is_(None), Task.paused_at.is_(None)))
            morning = _digest_after(max(told, now)) if told else None
            found = [session.scalar(timers), session.scalar(mail), session.scalar(rungs), morning]
        stop = min((at for at in found if at is not None and at > now), default=None)
        # The message of a day is written in its morning, also when what comes in the afternoon is all there is.
        return _morning_of(stop) if stop is not None and now < _morning_of(stop) < stop else stop


def _morning_of(instant: datetime) -> datetime:
    return datetime.combine(instant.astimezone(LONDON).date(), DIGEST, tzinfo=LONDON).astimezone(UTC)


def _digest_after(instant: datetime) -> datetime:
    """Return the next time at which the daily message is written, a few minutes after nine in London."""
    local = instant.astimezone(LONDON)
    today = datetime.combine(local.date(), DIGEST, tzinfo=LONDON)
    tomorrow = datetime.combine(local.date() + timedelta(days=1), DIGEST, tzinfo=LONDON)
    return (today if today > local else tomorrow).astimezone(UTC)


@contextmanager
def open_stage(folder: Path, starts: datetime, template: Path | None = None, database: str = "") -> Iterator[Stage]:
    """Open an office in a folder and load the demonstration. `template`: a database that holds it already."""
    folder.mkdir(parents=True, exist_ok=True)
    if template is not None:
        shutil.copy(template, folder / "roundtable.db")
    # Packs on paper for every day of a walk would be most of its time, and no case goes another way for them.
    given = {"DATA": str(folder), "SECRET": "a secret for walks only", "DATABASE": database, "DOWNTIME_FOLDER": "none"}
    clock = FixedClock(starts)
    office = open_office(Settings.from_environment({f"ROUNDTABLE_{name}": text for name, text in given.items()}), clock)
    try:
        with _only_errors_in_the_log():
            if template is None:
                office.migrate()
                demonstration.load(office.desk())
            yield Stage(office, clock)
    finally:
        office.close()


@contextmanager
def _only_errors_in_the_log() -> Iterator[None]:
    """Keep a year of requests out of the log, and leave the log as it was to whoever comes after."""
    log = logging.getLogger("roundtable")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


def make_template(folder: Path) -> Path:
    """Load the demonstration once, to be copied by every walk."""
    with open_stage(folder, LOADED):
        pass
    return folder / "roundtable.db"
