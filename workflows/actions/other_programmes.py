"""What befalls a person and is recorded in one of their cases: told to the others, as a message of a hospital would.

Each gets a message that is kept in the same act and delivered after it. Where it cannot be carried out it is parked for
those who settle messages there. It says what happened and where, and neither who wrote it down nor why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.message import OTHER_PROGRAMME, Envelope, Message
from workflows.clock import as_utc, at_london
from workflows.desk import Work
from workflows.storage import cases

MORNING = time(9)  # what is told by its day counts from the morning


@dataclass(frozen=True)
class Told:
    """How a button's form is told: the kind of message, the answer that says when, and the answers it names."""

    kind: str
    at: str
    names: Mapping[str, str]  # by their names in the message


# A death reaches every case of the person by itself, and so do details that somebody takes over.
OF_BUTTONS = {
    "hospital": Told(
        "hospital_admission", "admitted_at", {"hospital": "hospital", "ward": "ward", "planned": "planned"}
    ),
    "home": Told(
        "hospital_discharge",
        "discharged_at",
        {"destination": "destination", "destination_detail": "destination_detail"},
    ),
    "care_home": Told("moved", "moved_on", {"moved_on": "moved_on", "care_home": "care_home", "stay": "stay"}),
    "moved": Told("moved", "moved_on", {"address": "new_address", "postcode": "new_postcode"}),
}


def tell_other_cases(work: Work, case: Case, key: str, paper: Document) -> list[UUID]:
    """Keep a message to each other open case of the person of what a button recorded; returns them, to be delivered."""
    told, said = OF_BUTTONS.get(key), paper.answers
    if told is None or said.get("destination") == "died":
        return []
    payload = {name: said[answer] for name, answer in told.names.items() if said.get(answer)}
    others = [one for one in cases.other_open_cases(work.session, case) if not one.outbound_stopped]
    messages = [_message(work, other, paper, told.kind, _when(said[told.at]), payload) for other in others]
    work.session.add_all(messages)
    return [message.id for message in messages]


def _message(work: Work, other: Case, paper: Document, kind: str, at: datetime, payload: dict[str, Any]) -> Message:
    envelope = Envelope(
        message_id=f"{paper.id.hex}-{other.number}",
        type=kind,
        nhs_number=other.person.nhs_number or "",
        dob=other.person.dob,
        occurred_at=at,
        source=OTHER_PROGRAMME,
        payload={**payload, "case_number": other.number},
    )
    message = Message.received(envelope, work.now)
    message.happened("message received", type=kind)
    return message


def _when(said: str) -> datetime:
    if len(said) == len("2026-11-16"):
        return at_london(date.fromisoformat(said), MORNING)
    return as_utc(datetime.fromisoformat(said))
