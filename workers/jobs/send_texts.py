"""Deliver the text messages that lie in the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from workers.items import Items
from workers.texts import TextRefused, messenger
from workflows.actions.texts import claim_text, due_texts, mark_text_failed, mark_text_sent
from workflows.assembly import Office
from workflows.casework.backoff import MAIL_ATTEMPTS, wait_after


def _due(office: Office, limit: int) -> Sequence[UUID]:
    return due_texts(office.desk(), limit)


def _deliver(office: Office, notice_id: UUID) -> None:
    desk, send = office.desk(), messenger(office.settings)
    text = claim_text(desk, notice_id)
    if text is None:
        return
    try:
        send(text)
    except TextRefused as refusal:
        again = None if text.attempt >= MAIL_ATTEMPTS else desk.clock.now() + wait_after(text.attempt)
        mark_text_failed(desk, notice_id, str(refusal), again)
        return
    mark_text_sent(desk, notice_id)


# What is not taken is tried again with growing pauses, as email is.
ITEMS = Items(_due, _deliver, portion=200)
work = ITEMS.work
