"""By when somebody has looked at a message that no case took: within hours where it cannot wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.message import Message
from workflows.casework.programme import Programme
from workflows.storage.message_settlers import programmes_meant
from workflows.working_time import Duration


def look_by(session: Session, found: Sequence[Message], today: date) -> dict[UUID, datetime]:
    """Return by when each message is looked at, as the programmes that it may mean promise; the earliest counts.

    One about nobody known here may mean any programme.
    """
    meant = programmes_meant(session, [message.id for message in found]) if found else {}
    programmes = session.scalars(select(Programme)).all() if found else ()
    return {
        message.id: min(
            (
                _due(programme, message, today)
                for programme in programmes
                if programme.id in meant[message.id] or not meant[message.id]
            ),
            default=message.received_at,
        )
        for message in found
    }


def _due(programme: Programme, message: Message, today: date) -> datetime:
    if message.pressing:
        promised = programme.setting("due.parked_pressing", today)
    else:
        promised = programme.setting("due.parked_message", today)
    return programme.calendar.due(message.received_at, Duration.parse(promised))
