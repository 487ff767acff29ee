"""The stage: a real office on a database of its own, with the demonstration loaded and a clock the scenario moves."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import func, select

from tests.crash import points
from tests.crash.children import Killed, in_a_child
from tests.crash.other_side import OtherSide, told_by_text_and_call
from tests.crash.points import Point
from workers.rounds import run
from workers.timetable import TIMETABLE, Job
from workflows import demonstration
from workflows.actions.notices import due_notices
from workflows.assembly import Office, open_office
from workflows.casework.diagram import CaseRun
from workflows.casework.escalation import Nudge
from workflows.casework.notice import SENDERS, Notice
from workflows.casework.task import Task
from workflows.casework.ways import EMAIL, TEXT, WEBHOOK
from workflows.clock import LONDON, FixedClock
from workflows.settings import Settings

# The worker looks every few seconds. Here it looks when there is something to do: at each instant at which a timer, a
# safety reminder or a mail is due, and in the morning of the days on which the daily message has something to say.
DIGEST = time(9, 5)
LOADED = datetime(2026, 11, 1, 9, tzinfo=UTC)  # before any scenario begins
JOBS = {job.name: job for job in TIMETABLE}
# Where workers are killed: who writes, and who sends. What goes out again under the same id counts as once.
WRITING = tuple(point for point in (*points.CLIMBING, *points.TELLING, *points.KEEPING) if point.dies)
WAYS = {EMAIL: points.POSTING, TEXT: points.TEXTING, WEBHOOK: points.CALLING}
WRITERS = tuple(job for job in TIMETABLE if job.name not in SENDERS.values())
SENDING = tuple(JOBS[name] for name in SENDERS.values())


class WorkerFailed(AssertionError):
    """A job of the worker could not do an item."""


@dataclass
class Stage:
    """An office with its clock and its worker."""

    office: Office
    clock: FixedClock
    others: str = ""  # where texts and calls go
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
        """Let the worker do one round of every job: what writes first, then what sends."""
        self.rounds += 1
        if self.worker_dies:
            self._die_at(WRITING, WRITERS)
        self._run(WRITERS)
        if self.worker_dies:
            self._die_sending()
        self._run(SENDING)

    def _die_sending(self) -> None:
        """Let a worker die on each way by which something waits to go."""
        for way, there in WAYS.items():
            if due_notices(self.office.desk(), 1, way):
                self._die_at(there, (JOBS[SENDERS[way]],))

    def _die_at(self, there: Sequence[Point], jobs: Sequence[Job]) -> None:
        """Let a worker of its own be killed at one of these points, each time at another; it may not come to it."""
        settings, now = self.office.settings, self.clock.now()

        def until() -> None:
            there[self.rounds % len(there)].arm()
            office = open_office(settings, FixedClock(now))
            for job in jobs:
                run(office, job)

        with suppress(Killed):
            in_a_child(until)

    def _run(self, jobs: Sequence[Job]) -> None:
        self._must_be_well(tuple(run(self.office, job) for job in jobs))

    def send(self) -> None:
        """Let the worker hand over what lies in the outbox."""
        self._run((JOBS["send_notices"],))

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
    settings = Settings.from_environment({f"ROUNDTABLE_{name}": text for name, text in given.items()})
    clock = FixedClock(starts)
    with (
        closing(OtherSide()) as others,
        others.answering(folder),
        closing(open_office(told_by_text_and_call(settings, others.url), clock)) as office,
        _only_errors_in_the_log(),
    ):
        if template is None:
            office.migrate()
            demonstration.load(office.desk())
        yield Stage(office, clock, others.url)


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
