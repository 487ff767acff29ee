"""The addresses of other systems that are told of a programme's rungs, and how they answer: for its managers only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.casework.access import may_manage
from workflows.casework.errors import NotAllowed, NotFound
from workflows.casework.notice import Notice
from workflows.casework.webhook import Webhook, WebhookAnswers
from workflows.desk import Desk
from workflows.questions.programmes import seen_programme

CALLS_SHOWN = 20


@dataclass(frozen=True)
class Address:
    """An address, of what it is told, and how it answered last. waiting: calls that are still to be made."""

    id: UUID
    name: str
    url: str
    ladders: tuple[str, ...]
    from_level: int
    paused_at: datetime | None
    paused_why: str
    last_at: datetime | None
    last_said: str
    failing_since: datetime | None
    waiting: int


@dataclass(frozen=True)
class CallMade:
    """A call that was made, or is still to be made; `why`: what was answered where it was not taken."""

    kind: str
    made_at: datetime
    status: str
    attempts: int
    next_attempt_at: datetime | None
    sent_at: datetime | None
    why: str


def addresses(desk: Desk, key: str) -> Sequence[Address]:
    """Return the addresses of a programme, by their names; raises NotAllowed."""
    with desk.looking() as session:
        theirs = (Webhook.programme_id == _managed(session, desk, key), Webhook.ended_at.is_(None))
        found = session.scalars(select(Webhook).where(*theirs).order_by(Webhook.name, Webhook.id))
        return tuple(_address(session, one) for one in found)


def address(desk: Desk, key: str, webhook_id: UUID) -> tuple[Address, Sequence[CallMade]]:
    """Return one address with its last calls, the newest first; raises NotAllowed and NotFound."""
    with desk.looking() as session:
        programme_id, webhook = _managed(session, desk, key), session.get(Webhook, webhook_id)
        if webhook is None or webhook.programme_id != programme_id or webhook.ended_at is not None:
            raise NotFound("There is no such address.")
        query = select(Notice).where(Notice.webhook_id == webhook.id).order_by(Notice.made_at.desc(), Notice.id.desc())
        calls = tuple(_call(one) for one in session.scalars(query.limit(CALLS_SHOWN)))
        return _address(session, webhook), calls


def _managed(session: Session, desk: Desk, key: str) -> UUID:
    programme = seen_programme(session, desk.actor, key)
    if not may_manage(desk.actor, programme.id):
        raise NotAllowed("Only a service manager of the programme, or a system administrator, sees its webhooks.")
    return programme.id


def _address(session: Session, one: Webhook) -> Address:
    answers = session.get_one(WebhookAnswers, one.id)
    waiting = select(func.count(Notice.id)).where(Notice.webhook_id == one.id, Notice.status == "waiting")
    return Address(
        one.id, one.name, one.url, tuple(one.ladders.split()), one.from_level, one.paused_at, one.paused_why,
        answers.last_at, answers.last_said, answers.failing_since, session.scalar(waiting) or 0,
    )  # fmt: skip


def _call(one: Notice) -> CallMade:
    return CallMade(
        one.kind, one.made_at, one.status, one.attempts, one.next_attempt_at, one.sent_at, one.failed_why or ""
    )
