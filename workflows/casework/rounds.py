"""What happens by itself, and how often: the rounds of the worker, in words for those who rely on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

DOWNTIME = "downtime"  # under this name it is kept when the packs of a day were done
SILENT_AFTER = timedelta(minutes=15)  # hazard H03: an overdue promise nobody chases


@dataclass(frozen=True)
class Round:
    """A job of the worker: its name, the time between two rounds, and what is missed when it stops.

    `relied_on`: everybody has to know when it stops; otherwise only those who run the service.
    """

    name: str
    every: timedelta
    words: str
    relied_on: bool = True

    @property
    def longest_silence(self) -> timedelta:
        """How long it may be silent: a quarter of an hour, or until it has missed a whole round."""
        return max(SILENT_AFTER, 2 * self.every)

    def missed(self, last: datetime, now: datetime) -> bool:
        """Whether it has been silent for too long; a last round that lies ahead was before the clock was set back."""
        return abs(now - last) > self.longest_silence


ROUNDS = {
    one.name: one
    for one in (
        Round("wake_cases", timedelta(seconds=15), "what cases do by themselves at their times, such as escalations"),
        Round("try_again", timedelta(seconds=15), "trying again what failed", relied_on=False),
        Round("deliver_messages", timedelta(seconds=15), "delivering messages whose delivery broke off"),
        Round("import_lists", timedelta(seconds=5), "taking lists in"),
        Round("move_dates", timedelta(seconds=5), "letting due dates follow hours and closed days", relied_on=False),
        Round("try_ladders", timedelta(seconds=5), "trying drafts of reminders", relied_on=False),
        Round("move_cases", timedelta(seconds=5), "letting open cases follow a change", relied_on=False),
        Round("work_out_impacts", timedelta(seconds=5), "saying what a change means for open cases", relied_on=False),
        Round("pass_on", timedelta(seconds=300), "passing on what colleagues who left were to do"),
        Round("climb_ladders", timedelta(seconds=60), "reminders of safety tasks, and escalation"),
        Round("daily_digest", timedelta(seconds=300), "the daily message of what is due"),
        Round("downtime_packs", timedelta(seconds=300), "writing the downtime packs at six", relied_on=False),
        Round("send_notices", timedelta(seconds=10), "sending mail, links for passwords too"),
        Round("send_texts", timedelta(seconds=10), "sending text messages"),
        Round("call_addresses", timedelta(seconds=10), "telling other systems’ addresses", relied_on=False),
        Round("count_weeks", timedelta(minutes=5), "counting what is overdue when a week ends", relied_on=False),
        Round("tidy", timedelta(hours=1), "putting away what is past its time", relied_on=False),
    )
}


def told_in_short(done: int, failed: int) -> str:
    """Return what a round did, as its heartbeat keeps it."""
    return f"{done} done, {failed} failed"


def some_failed(detail: str) -> bool:
    """Whether a round, as its heartbeat tells it, could not do everything."""
    return detail.endswith(" failed") and not detail.endswith(" 0 failed")
