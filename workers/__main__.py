"""`python -m workers`: open the office, keep the timetable, stop cleanly."""

from __future__ import annotations

import logging
import signal
import sys
from types import FrameType

from apscheduler.schedulers.blocking import BlockingScheduler

from workers.rounds import run, run_everything
from workers.timetable import TIMETABLE
from workflows.assembly import Office, open_office
from workflows.casework.errors import RuleBroken
from workflows.demonstration import keep_apart
from workflows.settings import Settings, SettingsError


def keep_time(office: Office) -> BlockingScheduler:
    """Return a scheduler with every job of the timetable; it only ticks, what is due stands in our own tables."""
    scheduler = BlockingScheduler(timezone="UTC")
    for job in TIMETABLE:
        scheduler.add_job(
            run, "interval", seconds=job.every_seconds, args=(office, job), id=job.name,
            max_instances=1, coalesce=True, misfire_grace_time=None,
        )  # fmt: skip
    return scheduler


def main() -> int:
    """Run until told to stop. `--once` does one round of every job and ends."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    try:
        office = open_office(Settings.from_environment())
        keep_apart(office.desk())
    except (SettingsError, RuleBroken) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    run_everything(office)
    if "--once" in sys.argv[1:]:
        office.close()
        return 0
    scheduler = keep_time(office)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        scheduler.shutdown(wait=False)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    scheduler.start()
    office.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
