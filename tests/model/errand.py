"""The diagram that chance walks: drawn for the office, and told once more as a child would play it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tests.engine import drawings as draw

LATE, REPLY = "due.action", "wait.service_received"  # settings of the programme that count the dates
MESSAGE = "referrer_reply"
ROLES = {
    "visit": "care_coordinator",
    "confirm": "care_coordinator",
    "chase": "care_coordinator",
    "phone": "coordinator",
    "look": "team_manager",
}
ASKED = {"form": "F36", "escalation": "B"}
Dates = Callable[[datetime, str], datetime]


def drawing(version: int) -> bytes:
    """Visit until it is no longer needed; then phone, and hear from the referrer or chase.

    Somebody looks at a visit that is late. In the second version a visit is confirmed.
    A case may go over from one to the other, and back.
    """
    visit = draw.user("visit", properties={**ASKED, "due": LATE, "decides": "again"})
    late = draw.boundary("late", "visit", draw.date(f"due('{LATE}')"), interrupting=False)
    others = [draw.user(key, properties=ASKED) for key in ("phone", "chase", "look")]
    reply = draw.catch("heard", draw.hears(MESSAGE)) + draw.catch("no_answer", draw.date(f"due('{REPLY}')"))
    after = ("visit", "confirm", "needed") if version == 2 else ("visit", "needed")
    asked = [key for key in ROLES if key != "confirm" or version == 2]
    lanes = {role: tuple(key for key in asked if ROLES[key] == role) for role in ROLES.values()}
    return draw.diagram(
        draw.lanes(**lanes),
        draw.start(), draw.choice("to_visit"), visit, late, *others, reply,
        draw.user("confirm", properties=ASKED) if version == 2 else "",
        draw.choice("needed", default="f_needed_both"), draw.together("both"), draw.waits_for_first("first"),
        draw.choice("answered"), draw.together("joined"), draw.duty("close", "case.close", reason="'goals_met'"),
        draw.terminate("ended"), draw.end("looked"),
        draw.chain("s", "to_visit", "visit"), draw.chain(*after), draw.flow("needed", "to_visit", "again == 'yes'"),
        draw.chain("needed", "both", "phone", "joined", "close", "ended"), draw.chain("both", "first", "heard"),
        draw.chain("heard", "answered", "joined"), draw.chain("first", "no_answer", "chase", "answered"),
        draw.chain("late", "look", "looked"),
        process="errand", extra=draw.messages(MESSAGE),
    )  # fmt: skip


@dataclass
class Errand:
    """Where an errand stands. `asked`: what it asks of people now, by the keys of the steps."""

    version: int
    dates: Dates
    asked: Counter[str] = field(default_factory=Counter)
    late_at: datetime | None = None
    reply_at: datetime | None = None
    again: bool = False
    missing: int = 2  # branches that have not arrived yet
    ended: bool = False

    def begin(self, now: datetime) -> None:
        """Ask for a visit."""
        self.asked["visit"] += 1
        self.late_at = self.dates(now, LATE)

    def move(self, version: int, now: datetime, confirm_is_a_visit: bool) -> bool:
        """Go over to another version, in which nothing is confirmed or visits are; say whether it can."""
        confirming = self.asked["confirm"] if version == 1 else 0
        if confirming and not confirm_is_a_visit:
            return False
        self.version = version
        if confirming:
            self.asked["confirm"] = 0
            self.begin(now)
        self.ring(now)
        return True

    def done(self, key: str, again: bool, now: datetime) -> None:
        """A step was completed."""
        self.asked[key] -= 1
        if key == "visit":
            self.late_at, self.again = None, again
        if key == "visit" and self.version == 2:
            self.asked["confirm"] += 1
        elif key in ("visit", "confirm"):
            self._visited(now)
        elif key != "look":
            self._arrived()
        self.ring(now)

    def heard(self, now: datetime) -> bool:
        """The referrer replied; say whether anybody waited for it."""
        if self.reply_at is None:
            return False
        self.reply_at = None
        self._arrived()
        self.ring(now)
        return True

    def ring(self, now: datetime) -> None:
        """Let the dates come that have passed."""
        if self.late_at is not None and self.late_at <= now:
            self.late_at = None
            self.asked["look"] += 1
        if self.reply_at is not None and self.reply_at <= now:
            self.reply_at = None
            self.asked["chase"] += 1

    @property
    def awaited(self) -> Counter[str]:
        """The events that it waits for."""
        return Counter(
            (["late"] if self.late_at else []) + (["heard", "no_answer"] if self.reply_at is not None else [])
        )

    def _visited(self, now: datetime) -> None:
        if self.again:
            self.begin(now)
        else:
            self.asked["phone"] += 1
            self.reply_at = self.dates(now, REPLY)

    def _arrived(self) -> None:
        self.missing -= 1
        if not self.missing:
            self.ended = True
            self.asked.clear()
            self.late_at = self.reply_at = None
