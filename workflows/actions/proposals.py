"""What two people settle about a record: one person asks for it on a form, and it is put before another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from workflows.actions.parked_notices import tell_somebody
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.message import Envelope, Message
from workflows.desk import Work


def put_before_a_colleague(
    work: Work, case: Case, paper: Document, kind: str, told: Mapping[str, Any], how: str
) -> None:
    """Write down what somebody asks for as a message that another person settles; `told`: what it is about."""
    asked = Envelope(
        message_id=f"{kind}-{paper.id.hex}",
        type=kind,
        nhs_number=case.person.nhs_number or "",
        dob=case.person.dob,
        occurred_at=work.now,
        source=work.actor.name,
        payload={**told, "asked": paper.id.hex},
    )
    message = Message.received(asked, work.now)
    message.propose(work.actor.id, work.actor.name, how)
    work.session.add(message)
    tell_somebody(work, message)


def asked_for(work: Work, message: Message) -> Document | None:
    """Return the form that asks for it, if it is what was proposed last."""
    try:
        paper = work.session.get(Document, UUID(str(message.payload.get("asked"))))
    except ValueError:
        return None
    return paper if paper is not None and paper.author_id == message.proposed_by_id else None
