"""`python -m workers`: open the office, keep the timetable while it is this worker's turn, stop cleanly."""

from __future__ import annotations

import logging
import signal
import sys
from threading import Event
from types import FrameType

from workers.rounds import run_everything
from workers.ticking import work_until
from workflows.assembly import open_office
from workflows.casework.errors import RuleBroken
from workflows.demonstration import keep_apart
from workflows.log_lines import to_stderr
from workflows.settings import Settings, SettingsError


def main() -> int:
    """Run until told to stop. `--once` does one round of every job, whoever else is at work, and ends."""
    to_stderr(logging.INFO)
    stopping = _told_to_stop()
    try:
        office = open_office(Settings.from_environment())
        keep_apart(office.desk())
    except (SettingsError, RuleBroken) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    if "--once" in sys.argv[1:]:
        run_everything(office)
    else:
        work_until(office, stopping)
    office.close()
    return 0


def _told_to_stop() -> Event:
    """Return what is set once somebody asks this process to stop: what is under way is finished first."""
    stopping = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return stopping


if __name__ == "__main__":
    raise SystemExit(main())
