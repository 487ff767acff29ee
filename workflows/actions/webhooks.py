"""Looking after the addresses of other systems that are told of rungs: registered, tested, paused, taken away."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select

from workflows.actions.programmes import managed
from workflows.casework.base import new_id
from workflows.casework.errors import AnswersRefused, NotFound, RuleBroken
from workflows.casework.ladder import LEVELS, NAMES
from workflows.casework.programme import Programme
from workflows.casework.web_address import checked_address, networks
from workflows.casework.webhook import TEST, Webhook, WebhookAnswers
from workflows.desk import Desk, Work
from workflows.duties.webhooks import put_out_call, secret_of

LONGEST_NAME = 80
MOST_ADDRESSES = 20  # of a programme


@dataclass(frozen=True)
class NewWebhook:
    """What was typed: a name, an address, of which ladders (S, A, …) and from which level (R1, L1, …) it is told."""

    name: str
    address: str
    ladders: Collection[str]
    from_level: str


@dataclass(frozen=True)
class MadeSecret:
    """An address with its secret, which is shown this once."""

    id: UUID
    name: str
    secret: str


def register(desk: Desk, key: str, new: NewWebhook) -> MadeSecret:
    """Let an address be told of the rungs of a programme from now on. Raises AnswersRefused."""
    with desk.work() as work:
        programme = managed(work, key)
        address = _checked(desk, new)
        if _how_many(work, programme) >= MOST_ADDRESSES:
            raise RuleBroken(f"There are {MOST_ADDRESSES} addresses. Take one away that is no longer needed.")
        webhook = Webhook(
            id=new_id(), programme_id=programme.id, name=new.name.strip(), url=address,
            ladders=" ".join(name for name in NAMES if name in new.ladders),
            from_level=LEVELS.index(new.from_level) + 1, turn=0, made_at=work.now,
        )  # fmt: skip
        webhook.happened("webhook registered", programme=key, name=webhook.name, host=urlsplit(address).hostname)
        work.session.add(webhook)
        work.session.flush()
        work.session.add(WebhookAnswers(webhook_id=webhook.id))
        programme.tell_others(_how_many(work, programme))
        work.commit()
        return MadeSecret(webhook.id, webhook.name, secret_of(desk.settings, webhook))


def _checked(desk: Desk, new: NewWebhook) -> str:
    errors = {} if 0 < len(new.name.strip()) <= LONGEST_NAME else {"name": "Enter a name, such as the system it is for"}
    if not new.ladders or not set(new.ladders) <= set(NAMES):
        errors["ladders"] = "Select at least one thing of which it is told"
    if new.from_level not in LEVELS:
        errors["from_level"] = "Choose from when on it is told"
    address = ""
    try:
        address = checked_address(new.address, networks(desk.settings.webhook_networks))
    except AnswersRefused as refused:
        errors |= refused.errors
    if errors:
        raise AnswersRefused(errors)
    return address


def _how_many(work: Work, programme: Programme) -> int:
    theirs = (Webhook.programme_id == programme.id, Webhook.ended_at.is_(None))
    return work.session.scalar(select(func.count(Webhook.id)).where(*theirs)) or 0


def make_secret(desk: Desk, key: str, webhook_id: UUID) -> MadeSecret:
    """Make another secret; that of before signs nothing any more."""
    with desk.work() as work:
        webhook = _held(work, key, webhook_id)
        webhook.take_another_secret()
        work.commit()
        return MadeSecret(webhook.id, webhook.name, secret_of(desk.settings, webhook))


def send_test(desk: Desk, key: str, webhook_id: UUID) -> None:
    """Let the worker send a test, whether the address is paused or not."""
    with desk.work() as work:
        webhook = _held(work, key, webhook_id)
        put_out_call(work, webhook, TEST, f"{TEST}:{new_id().hex}", {"programme": key})
        work.commit()


def pause(desk: Desk, key: str, webhook_id: UUID) -> None:
    """Tell an address nothing until somebody lets it go on. Twice is once."""
    with desk.work() as work:
        webhook = _held(work, key, webhook_id)
        if webhook.paused_at is None:
            webhook.pause(work.now, f"by {work.actor.name}")
            work.commit()


def go_on(desk: Desk, key: str, webhook_id: UUID) -> None:
    """Tell an address again, of what comes from now on. Twice is once."""
    with desk.work() as work:
        webhook = _held(work, key, webhook_id)
        if webhook.paused_at is not None:
            webhook.go_on()
            work.session.get_one(WebhookAnswers, webhook.id).begin_anew()
            work.commit()


def take_away(desk: Desk, key: str, webhook_id: UUID) -> None:
    """Tell an address nothing any more; nothing brings it back."""
    with desk.work() as work:
        webhook = _held(work, key, webhook_id)
        webhook.end(work.now)
        work.session.flush()
        programme = work.session.get_one(Programme, webhook.programme_id)
        programme.tell_others(_how_many(work, programme))
        work.commit()


def _held(work: Work, key: str, webhook_id: UUID) -> Webhook:
    programme = managed(work, key)
    webhook = work.session.get(Webhook, webhook_id, with_for_update=True)
    if webhook is None or webhook.programme_id != programme.id or webhook.ended_at is not None:
        raise NotFound("There is no such address.")
    return webhook
