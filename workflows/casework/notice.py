"""What goes out: notices to staff and referrers (the outbox), and letters."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.base import Base, Witnessed, new_id
from workflows.casework.counted import CountedDate
from workflows.casework.quiet import longest_wait
from workflows.casework.ways import EMAIL, IN_THE_MORNING, TEXT, WEBHOOK

# Why a letter is held back that goes after all once the person agrees to it again.
NOT_AGREED, THEIR_WISH = "outside what the person agreed to share", "the person does not want them to know"
UNTIL_AGREED = (NOT_AGREED, THEIR_WISH)


# The job of the worker that sends what goes this way.
SENDERS = {EMAIL: "send_notices", TEXT: "send_texts", WEBHOOK: "call_addresses"}


class Notice(Base, Witnessed):
    """An email, a text or a call, written in the transaction of its cause. `once` makes it go out once only."""

    __tablename__ = "notice"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"), index=True)
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("task.id"), index=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"), index=True)
    webhook_id: Mapped[UUID | None] = mapped_column(index=True)
    channel: Mapped[str] = mapped_column(default=EMAIL)  # email, text, webhook, morning
    address: Mapped[str]  # of an email; where a text or a call goes is looked up when it goes
    kind: Mapped[str]
    words: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what fills the template: case number, link, due
    once: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(default="waiting")  # waiting, sent, suppressed, failed
    made_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime | None] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    failed_why: Mapped[str | None]
    seen_at: Mapped[datetime | None]

    def errand(self, now: datetime, changed: Collection[str]) -> str | None:
        """A notice whose time has come waits to be sent."""
        due = self.status == "waiting" and self.next_attempt_at is not None and self.next_attempt_at <= now
        return SENDERS[self.channel] if due else None

    @property
    def told_by(self) -> dict[str, str]:
        """What the trail says of it: its kind, and by which way it goes where that is not email."""
        return {"kind": self.kind} | ({} if self.channel in (EMAIL, IN_THE_MORNING) else {"by": self.channel})

    def due(self, now: datetime) -> bool:
        """Whether its next attempt has come, or only a clock that has since been set back says that it has not."""
        if self.status != "waiting" or self.next_attempt_at is None:
            return False
        return self.next_attempt_at <= now or self.made_at > now or self.next_attempt_at > longest_wait(now)

    def taken(self, now: datetime, until: datetime) -> None:
        """Note that somebody sends it, who has until then to say what came of it."""
        self.made_at, self.next_attempt_at = min(self.made_at, now), until
        self.happened("notice taken for sending", **self.told_by)

    def waits_until(self, now: datetime, morning: datetime) -> None:
        """Let it wait until the quiet hours are over."""
        self.made_at, self.next_attempt_at = min(self.made_at, now), morning
        self.happened("notice waits for the morning", **self.told_by)

    def sent(self, now: datetime) -> None:
        """Note that whoever carries it took it."""
        self.status, self.sent_at, self.next_attempt_at = "sent", now, None
        self.happened("notice sent", **self.told_by)

    def suppressed(self, why: str) -> None:
        """Note why it was held back at the moment of sending."""
        self.status, self.failed_why, self.next_attempt_at = "suppressed", why, None
        self.happened("notice suppressed", **self.told_by, why=why)

    def failed(self, why: str, again_at: datetime | None) -> None:
        """Note a failed attempt; without a next one a person has to look."""
        self.attempts += 1
        self.failed_why, self.next_attempt_at = why, again_at
        if again_at is None:
            self.status = "failed"
        self.happened("notice failed", **self.told_by, attempts=self.attempts)


class Letter(Base, Witnessed, CountedDate):
    """A letter of the case, as it was written. It is previewed, printed and logged; an email never carries it.

    Only the acknowledgement of a referral, which names nobody, is said by email as it stands.

    What somebody without an email from us is to be told is one too: its `route` is "tell".
    """

    __tablename__ = "letter"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    template: Mapped[str]
    title: Mapped[str]
    audience: Mapped[str]  # person, professional
    recipient: Mapped[str]
    text: Mapped[str]
    format: Mapped[str] = mapped_column(default="letter")
    # draft, ready, held (until they are home), sent, withheld, overtaken (no longer needed)
    status: Mapped[str] = mapped_column(default="ready", index=True)
    withheld_why: Mapped[str | None]
    # How it goes: post, tell (by phone or post), or as the person wishes: by_hand, email, carer
    route: Mapped[str] = mapped_column(default="post")
    once: Mapped[str | None] = mapped_column(unique=True, index=True)  # what is told twice in a day is told once
    written_at: Mapped[datetime]
    send_by: Mapped[date | None]  # the day by which it goes, from when it is ready
    reminded_at: Mapped[datetime | None]  # when somebody heard that it is past its day
    sent_at: Mapped[datetime | None]
    sent_how: Mapped[str | None]  # where there is a choice: phone, letter, secure_mail, in_person; or email

    def send(self, by: str, now: datetime, how: str | None = None, before: str | None = None) -> None:
        """Note that the letter was posted or handed over, or how somebody was told; or why before the person was."""
        self.status, self.sent_at, self.sent_how = "sent", now, how
        told = {name: said for name, said in (("how", how), ("before", before)) if said}
        self.happened("letter sent", template=self.template, to=self.recipient, by=by, **told)

    def go_by(self, day: date, /, **why: Any) -> None:
        """Go by another day, because the calendar says so now."""
        was, self.send_by = self.send_by, day
        what = {"template": self.template, "to": self.recipient, "was": was.isoformat() if was else None}
        self.happened("letter given another day", **what, due=day.isoformat(), **why)

    def overtaken(self, why: str) -> None:
        """Note that it is no longer needed; it is never sent."""
        self.status, self.withheld_why = "overtaken", why
        self.happened("letter overtaken", template=self.template, to=self.recipient, why=why)

    def past_its_day(self, today: date) -> bool:
        """Say whether it should have gone by now."""
        return self.status == "ready" and self.send_by is not None and self.send_by < today


class Heartbeat(Base):
    """When a part of the worker last did its round."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    detail: Mapped[str] = mapped_column(default="")
