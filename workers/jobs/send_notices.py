"""Deliver what lies in the outbox."""

from __future__ import annotations

from uuid import UUID

from workers.backoff import MAIL_ATTEMPTS, wait_after
from workers.items import each
from workers.mail import MailRefused, Send, postman
from workflows.actions.notices import Mail, claim_notice, due_notices, mark_failed, mark_sent
from workflows.assembly import Office
from workflows.desk import Desk


def work(office: Office) -> tuple[int, int]:
    """Send each due notice; what the mail server does not take is tried again with growing pauses."""
    desk, send = office.desk(), postman(office.settings)
    return each(due_notices(desk), lambda notice_id: _deliver(desk, send, notice_id), lambda *_: None)


def _deliver(desk: Desk, send: Send, notice_id: UUID) -> None:
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
