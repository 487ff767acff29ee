"""Deliver what lies in the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from workers.items import Items
from workers.mail import MailRefused, postman
from workflows.actions.notices import Mail, claim_notice, due_notices, mark_failed, mark_sent
from workflows.assembly import Office
from workflows.casework.backoff import MAIL_ATTEMPTS, wait_after
from workflows.desk import Desk


def _due(office: Office, limit: int) -> Sequence[UUID]:
    return due_notices(office.desk(), limit)


def _deliver(office: Office, notice_id: UUID) -> None:
    desk, send = office.desk(), postman(office.settings)
    mail = claim_notice(desk, notice_id)
    if mail is None:
        return
    try:
        send(mail)
    except MailRefused as refusal:
        _note(desk, mail, str(refusal))
        return
    mark_sent(desk, notice_id)


def _note(desk: Desk, mail: Mail, why: str) -> None:
    again = None if mail.attempt >= MAIL_ATTEMPTS else desk.clock.now() + wait_after(mail.attempt)
    mark_failed(desk, mail.notice_id, why, again)


# What the mail server does not take is tried again with growing pauses.
ITEMS = Items(_due, _deliver, portion=200)
work = ITEMS.work
