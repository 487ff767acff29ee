"""An address of another system, such as a dashboard or a team's channel, that is told when tasks come to rungs."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.backoff import LONGEST, wait_after
from workflows.casework.base import Base, Witnessed, new_id

RUNG, TEST = "webhook_rung", "webhook_test"  # what an address is told: that a task came to a rung, or a test
PAUSED_AFTER = timedelta(days=2)  # of nothing but failures
GIVEN_UP = "nothing was taken for two days"
GONE = "it said that it is gone"


class Webhook(Base, Witnessed):
    """Where another system is told of the rungs of a programme: of which ladders, and from which level on.

    The secret with which it is signed is kept nowhere: it is worked out from that of the installation and `turn`.
    """

    __tablename__ = "webhook"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"), index=True)
    name: Mapped[str]
    url: Mapped[str]  # stays out of the trail: it may hold a secret of its receiver
    ladders: Mapped[str]  # "S review"
    from_level: Mapped[int]  # as tasks count them, see `ladder`
    turn: Mapped[int] = mapped_column(default=0)  # which secret it has
    made_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    paused_why: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]

    def wants(self, ladder: str, level: int) -> bool:
        """Say whether it is told of a rung."""
        return ladder in self.ladders.split() and level >= self.from_level

    def why_not(self, kind: str) -> str | None:
        """Say why it is told nothing at this moment; a test goes out while it is paused, too."""
        if self.ended_at is not None:
            return "the address was taken away"
        return "the address is paused" if self.paused_at is not None and kind != TEST else None

    def pause(self, now: datetime, why: str) -> None:
        """Tell it nothing more until somebody lets it go on."""
        self.paused_at, self.paused_why = now, why
        self.happened("webhook paused", name=self.name, why=why)

    def go_on(self) -> None:
        """Tell it of what comes from now on."""
        self.paused_at, self.paused_why = None, ""
        self.happened("webhook goes on", name=self.name)

    def take_another_secret(self) -> None:
        """Let the secret of before count no longer."""
        self.turn += 1
        self.happened("webhook secret made", name=self.name)

    def end(self, now: datetime) -> None:
        """Tell it nothing any more; what it was told stays in the record."""
        self.ended_at = now
        self.happened("webhook taken away", name=self.name)


class WebhookAnswers(Base):
    """How an address answers: what came of the last call, since when none was taken, and when the next may be made."""

    __tablename__ = "webhook_answers"

    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhook.id"), primary_key=True)
    last_at: Mapped[datetime | None]
    last_said: Mapped[str] = mapped_column(default="")
    taken_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    failing_since: Mapped[datetime | None]
    waits_until: Mapped[datetime | None]

    def waits(self, now: datetime) -> bool:
        """Whether nothing is tried yet; a clock that was set back makes it wait no longer than it ever does."""
        return self.waits_until is not None and now < self.waits_until <= now + LONGEST

    def taken(self, now: datetime, said: str) -> None:
        """Note that a call was taken."""
        self.last_at, self.last_said, self.taken_at = now, said, now
        self.begin_anew()

    def refused(self, now: datetime, said: str) -> datetime:
        """Note that a call was not taken; returns when the next may be made."""
        self.last_at, self.last_said = now, said
        self.failures += 1
        self.failing_since = self.failing_since or now
        self.waits_until = now + wait_after(self.failures)
        return self.waits_until

    def begin_anew(self) -> None:
        """Forget the failures."""
        self.failures, self.failing_since, self.waits_until = 0, None, None

    def too_long(self, now: datetime) -> bool:
        """Whether nothing was taken for so long that somebody has to look."""
        return self.failing_since is not None and now - self.failing_since >= PAUSED_AFTER
