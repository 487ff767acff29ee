"""Telling other systems' addresses that a task came to a rung: put into the outbox in the transaction of the rung.

What is told names nobody and no case: programme, team, ladder, level, when it was due, and a mark by which two rungs of
the same task are known as such, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workflows.casework.base import new_id
from workflows.casework.escalation import Escalation
from workflows.casework.ladder import LEVELS
from workflows.casework.notice import Notice
from workflows.casework.programme import Team
from workflows.casework.task import Task
from workflows.casework.ways import WEBHOOK
from workflows.casework.webhook import RUNG, TEST, Webhook
from workflows.desk import Work
from workflows.settings import Settings

EVENTS = {RUNG: "task.rung_reached", TEST: "test"}
SECRET_BEGINS = "whsec_"  # noqa: S105 - as Standard Webhooks writes its secrets


def secret_of(settings: Settings, webhook: Webhook) -> str:
    """Return the secret with which calls to an address are signed."""
    key = _keyed(settings, f"webhook:{webhook.id.hex}:{webhook.turn}")
    return SECRET_BEGINS + base64.b64encode(key).decode()


def tell_addresses(work: Work, task: Task, rung: Escalation) -> None:
    """Tell every address that wants to know that a task came to a rung."""
    if not task.case.programme.tells_others:
        return
    listening = select(Webhook).where(
        Webhook.programme_id == task.programme_id, Webhook.ended_at.is_(None), Webhook.paused_at.is_(None)
    )
    for webhook in work.session.scalars(listening):
        if webhook.wants(rung.ladder, rung.level):
            once = f"{RUNG}:{webhook.id.hex}:{task.id.hex}:{rung.turn}:{rung.slot}"
            put_out_call(work, webhook, RUNG, once, _told(work, webhook, task, rung))


def _told(work: Work, webhook: Webhook, task: Task, rung: Escalation) -> dict[str, Any]:
    team = work.session.get(Team, task.team_id) if task.team_id else None
    return {
        "programme": task.case.programme.key,
        "team": team.key if team else None,
        "ladder": rung.ladder,
        "level": LEVELS[rung.level - 1],
        "again": task.repeats,
        "due_at": _instant(rung.due_at),
        "task": _keyed(work.desk.settings, f"told:{webhook.id.hex}:{task.id.hex}").hex()[:32],
    }


def put_out_call(work: Work, webhook: Webhook, kind: str, once: str, data: Mapping[str, Any]) -> None:
    """Put a call to an address into the outbox; twice is once."""
    if work.session.scalar(select(Notice.id).where(Notice.once == once)) is not None:
        return
    event = {"type": EVENTS[kind], "timestamp": _instant(work.now), "data": dict(data)}
    notice = Notice(
        id=new_id(), webhook_id=webhook.id, channel=WEBHOOK, address="", kind=kind, words=event, once=once,
        made_at=work.now, next_attempt_at=work.now,
    )  # fmt: skip
    notice.happened("notice written", **notice.told_by, to=webhook.name)
    work.session.add(notice)


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _keyed(settings: Settings, text: str) -> bytes:
    return hmac.new(settings.secret_key.encode(), text.encode(), hashlib.sha256).digest()
