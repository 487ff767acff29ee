"""A round of a job: done, counted, and its heartbeat recorded."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from workers.timetable import TIMETABLE, Job
from workflows.actions.heartbeats import beat, beat_not
from workflows.assembly import Office
from workflows.casework.rounds import told_in_short

log = logging.getLogger("roundtable.worker")


@dataclass(frozen=True)
class Round:
    """What a round did: items done and items that failed."""

    job: str
    done: int
    failed: int


def run(office: Office, job: Job, share: bool = False) -> Round:
    """Do one round of a job and record that it took place; one in which everything failed did not.

    share: items are handed out to the hands of all workers instead of being done here.
    """
    try:
        done, failed = job.items.hand_out(office, job.name) if share and job.items else job.work(office)
    except Exception:  # a round that cannot even begin must not stop the timetable
        log.exception("round failed", extra={"action": "round_failed", "job": job.name})
        return Round(job.name, 0, 1)
    (beat if done or not failed else beat_not)(office.desk(), job.name, told_in_short(done, failed))
    if done or failed:
        log.info("round", extra={"action": "round", "job": job.name, "done": done, "failed": failed})
    return Round(job.name, done, failed)


def run_everything(office: Office) -> tuple[Round, ...]:
    """Do one round of every job, in the order of the timetable: for rehearsals and for catching up."""
    return tuple(run(office, job) for job in TIMETABLE)
