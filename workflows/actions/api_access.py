"""Letting other systems in: tokens with scopes, and one answer for one request however often it is sent."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from workflows.casework.access import Actor, may
from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound, RuleBroken
from workflows.casework.hidden import NO_SUCH_CASE, NO_SUCH_TASK
from workflows.casework.staff import ApiToken, IdempotencyKey
from workflows.desk import Desk, Work
from workflows.storage import cases, people

LONGEST_DAYS = 365
LONGEST_NAME = 80
MOST_TOKENS = 20  # that count, for one person
SECRET_BEGINS = "rt_"  # noqa: S105 - so that a leaked token is recognised for what it is


@dataclass(frozen=True)
class Scope:
    """One thing a token may allow: the permission its owner needs as well, and what it means in words."""

    permission: str
    about: str


SCOPES = {
    "referrals:write": Scope("referral.make", "Send referrals"),
    "referrals:read": Scope("referral.make", "See how far one’s own referrals are"),
    "cases:read": Scope("case.see", "Read cases"),
    "cases:write": Scope("case.start", "Open cases on a diagram of one’s own"),
    "tasks:read": Scope("inbox", "Read tasks"),
    "tasks:write": Scope("inbox", "Claim, give back and complete tasks"),
    "metrics:read": Scope("operations.see", "Read figures about how the service runs, and nothing about anybody"),
    "outside:work": Scope("outside.work", "Do steps of cases that diagrams hand to other systems"),
    "messages:write": Scope("message.settle", "Send messages about people, such as hospital admissions"),
}


@dataclass(frozen=True)
class MadeToken:
    """A new token. The secret is shown once; only a hash of it is kept."""

    id: UUID
    name: str
    secret: str


@dataclass(frozen=True)
class KnownToken:
    """Who stands behind a token: the person, with the token's scopes; whether the request that came has its answer."""

    id: UUID
    actor: Actor
    sent_before: bool = False


@dataclass(frozen=True)
class KeptAnswer:
    """The answer that was given to the same request before."""

    status: int
    body: dict[str, Any]


def make_token(desk: Desk, name: str, scopes: Collection[str], days: int) -> MadeToken:
    """Make a token for the actor's own account; it can do no more than its scopes, nor more than its owner."""
    errors = {} if 0 < len(name.strip()) <= LONGEST_NAME else {"name": "Enter a name, such as the system it is for"}
    allowed = scopes_of(desk.actor)
    if not scopes or not set(scopes) <= set(allowed):
        errors["scopes"] = "Select at least one thing the token may do"
    if not 1 <= days <= LONGEST_DAYS:
        errors["days"] = f"Choose between 1 and {LONGEST_DAYS} days"
    if errors:
        raise AnswersRefused(errors)
    with desk.work() as work:
        _must_have_room(work)
        secret = SECRET_BEGINS + secrets.token_urlsafe(32)
        token = ApiToken(
            staff_id=work.actor.id,
            name=name.strip(),
            token_hash=_hash(secret),
            scopes=[scope for scope in SCOPES if scope in scopes],
            made_at=work.now,
            expires_at=work.now + timedelta(days=days),
        )
        token.happened("token made", name=token.name, scopes=token.scopes)
        work.session.add(token)
        work.commit()
        return MadeToken(token.id, token.name, secret)


def scopes_of(actor: Actor) -> dict[str, str]:
    """Return the scopes that the actor's own roles cover, with what they mean."""
    return {name: scope.about for name, scope in SCOPES.items() if may(actor, scope.permission)}


def revoke_token(desk: Desk, token_id: UUID) -> None:
    """End one of the actor's own tokens at once."""
    with desk.work() as work:
        token = work.session.get(ApiToken, token_id)
        if token is None or token.staff_id != work.actor.id:
            raise NotFound("There is no such token.")
        if token.revoked_at is None:
            token.revoked_at = work.now
            token.happened("token revoked", name=token.name)
            work.commit()


def known_by_token(desk: Desk, secret: str, key: str = "") -> KnownToken | None:
    """Return whose token this is, with the posts of today; None when it does not count (any more).

    `key`: under which the answer to the request that came with it is kept, if it was sent before.
    """
    if not secret.startswith(SECRET_BEGINS):
        return None
    with desk.looking() as session:
        bearer = people.bearer_of(session, _hash(secret), desk.clock.now(), desk.today, key)
    if bearer is None:
        return None
    scoped = replace(bearer.actor, name=f"{bearer.actor.name}, by “{bearer.token}”", scopes=bearer.scopes)
    return KnownToken(bearer.token_id, scoped, bearer.sent_before)


@contextmanager
def answered_once(desk: Desk, request: Asked) -> Iterator[Answering]:
    """Answer a request inside one transaction, and keep the answer in it: an act and its answer are kept together.

    Whoever sends the same request again, even after this machine died in the middle, gets the kept answer, or the act
    is done as if for the first time. Raises RuleBroken when the key came with another request.

    A request that is new as far as anybody knew is done without another look: of two that are the same, sent at once,
    only one can keep its answer. The other raises what it was refused with, OutOfDate if nothing else; whoever asks
    looks again then, with `request.new` False.
    """
    with desk.work() as work:
        found = None if request.new else _found(work, request.token_id, request.key)
        if found is not None and found.request_hash != request.hash:
            raise RuleBroken("This Idempotency-Key was used for another request. Use a new key for each request.")
        kept = KeptAnswer(found.status, _as_seen_now(work, found.body)) if found is not None else None
        yield Answering(work, request, kept)


def _as_seen_now(work: Work, body: dict[str, Any]) -> dict[str, Any]:
    """Return a kept answer as its asker may read it today: who was excluded since is told of no case and no task.

    What they sent themselves, a referral or a message, stays theirs. Raises NotFound for anything else.
    """
    number = body.get("case_number") or body.get("number")
    case = work.session.scalar(select(Case).where(Case.number == number)) if number else None
    if case is None or work.actor.id not in cases.circle_of(work.session, case).excluded:
        return body
    if "message_id" in body:
        return body | {"case_number": None}
    if "reference" in body:
        return body | {"case_number": ""}
    raise NotFound(NO_SUCH_TASK if "case_number" in body else NO_SUCH_CASE)


@dataclass(frozen=True)
class Asked:
    """One request with its key: sent again, it is the same request. `new`: it had no answer when its token was read."""

    token_id: UUID
    key: str
    hash: str
    new: bool = False


@dataclass
class Answering:
    """A request that is being answered; `kept` is the answer it got before, if it was sent before."""

    work: Work
    asked: Asked
    kept: KeptAnswer | None

    def keep(self, status: int, body: Mapping[str, Any]) -> None:
        """Keep the answer together with everything the request did."""
        asked = self.asked
        self.work.unit.put_down(
            IdempotencyKey,
            {
                "token_id": asked.token_id, "key": asked.key, "request_hash": asked.hash, "status": status,
                "body": dict(body), "at": self.work.now,
            },
        )  # fmt: skip
        self.work.commit()


_KEPT = (
    select(IdempotencyKey)
    .where(IdempotencyKey.token_id == bindparam("token"), IdempotencyKey.key == bindparam("key"))
    .with_for_update()
)


def _found(work: Work, token_id: UUID, key: str) -> IdempotencyKey | None:
    return work.session.scalar(_KEPT, {"token": token_id, "key": key})


def _must_have_room(work: Work) -> None:
    if work.actor.id is None or work.actor.scopes is not None:
        raise NotAllowed("Only somebody signed in makes tokens.")
    mine = select(ApiToken.id).where(
        ApiToken.staff_id == work.actor.id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > work.now
    )
    if len(work.session.scalars(mine).all()) >= MOST_TOKENS:
        raise RuleBroken(f"You have {MOST_TOKENS} tokens. Revoke one that is no longer needed.")


def _hash(secret: str) -> str:
    """A plain hash will do: the secret is 256 bits of chance, there is nothing to try out."""
    return hashlib.sha256(secret.encode()).hexdigest()
