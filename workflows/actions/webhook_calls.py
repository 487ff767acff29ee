"""Calling the addresses of other systems: claimed first, signed, called, then marked, as with email."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from standardwebhooks import Webhook as Signer

from workflows.actions.notices import LEASE, due_notices, held_if_due
from workflows.casework.backoff import LONGEST, MAIL_ATTEMPTS
from workflows.casework.notice import Notice
from workflows.casework.programme import Programme
from workflows.casework.ways import WEBHOOK
from workflows.casework.webhook import GIVEN_UP, GONE, TEST, Webhook, WebhookAnswers
from workflows.desk import Desk, Work
from workflows.duties.outgoing import Told, put_out
from workflows.duties.webhooks import secret_of
from workflows.storage import people

PAUSED = "webhook_paused"


@dataclass(frozen=True)
class Call:
    """One call ready to be made. The header `webhook-id` stays the same however often it is tried."""

    notice_id: UUID
    address: str
    headers: Mapping[str, str]
    body: bytes


def due_calls(desk: Desk, limit: int) -> Sequence[UUID]:
    """Return at most so many calls whose next attempt has come, oldest first; one failure holds its address back."""
    now = desk.clock.now()
    waits = select(WebhookAnswers.webhook_id).where(
        WebhookAnswers.waits_until > now, WebhookAnswers.waits_until <= now + LONGEST
    )
    return due_notices(desk, limit, WEBHOOK, or_(Notice.kind == TEST, Notice.webhook_id.not_in(waits)))


def claim_call(desk: Desk, notice_id: UUID) -> Call | None:
    """Take a call to make it; None when it is no longer due, or must not go out (yet)."""
    with desk.work() as work:
        notice = held_if_due(work, notice_id)
        if notice is None:
            return None
        webhook, answers = _called(work, notice)
        held_back = webhook.why_not(notice.kind)
        if held_back:
            notice.suppressed(held_back)
        elif notice.kind != TEST and answers.waits(work.now):
            return None
        else:
            notice.taken(work.now, work.now + LEASE)
        call = None if held_back else _signed(work, notice, webhook)
        work.commit()
        return call


def _called(work: Work, notice: Notice) -> tuple[Webhook, WebhookAnswers]:
    webhook = work.session.get_one(Webhook, notice.webhook_id)
    return webhook, work.session.get_one(WebhookAnswers, webhook.id, with_for_update=True)


def _signed(work: Work, notice: Notice, webhook: Webhook) -> Call:
    """Sign a call by the scheme of Standard Webhooks."""
    body, message_id = json.dumps(notice.words), f"msg_{notice.id.hex}"
    signature = Signer(secret_of(work.desk.settings, webhook)).sign(message_id, work.now, body)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Roundtable",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(work.now.timestamp())),
        "webhook-signature": signature,
    }
    return Call(notice.id, webhook.url, headers, body.encode())


def mark_taken(desk: Desk, notice_id: UUID, said: str) -> None:
    """Note that a call was taken, and what was answered."""

    def taken(work: Work, notice: Notice) -> None:
        notice.sent(work.now)
        _called(work, notice)[1].taken(work.now, said)

    _mark(desk, notice_id, taken)


def mark_not_taken(desk: Desk, notice_id: UUID, said: str, gone: bool = False) -> None:
    """Note that a call was not taken; what is never taken pauses its address, and a test is tried once.

    gone: whether its address says that it is no longer there.
    """

    def not_taken(work: Work, notice: Notice) -> None:
        webhook, answers = _called(work, notice)
        again = answers.refused(work.now, said)
        if notice.kind == TEST:
            notice.failed(said, None)
            return
        notice.failed(said, None if gone or notice.attempts + 1 >= MAIL_ATTEMPTS else again)
        if webhook.paused_at is None and (gone or answers.too_long(work.now)):
            webhook.pause(work.now, GONE if gone else GIVEN_UP)
            _tell_managers(work, webhook)

    _mark(desk, notice_id, not_taken)


def _tell_managers(work: Work, webhook: Webhook) -> None:
    """Tell by email whoever lets an address go on that it is paused."""
    programme = work.session.get_one(Programme, webhook.programme_id)
    link = f"{work.desk.settings.base_url}/programme/{programme.key}/webhooks/{webhook.id}"
    for one in people.who_may(work.session, "programme.manage", programme.id, work.today):
        once = f"{PAUSED}:{webhook.id.hex}:{one.id.hex}:{work.now.isoformat()}"
        put_out(work, Told(PAUSED, once, {"link": link}), one)


def _mark(desk: Desk, notice_id: UUID, change: Callable[[Work, Notice], None]) -> None:
    with desk.work() as work:
        notice = work.session.scalar(select(Notice).where(Notice.id == notice_id).with_for_update())
        if notice is not None and notice.status == "waiting":
            change(work, notice)
            work.commit()
