"""The words around parked messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from webapp.wording import day, nhs_number, when
from workflows.casework.message import WAITING
from workflows.questions.messages import FullMessage

KINDS = {
    "referral_received": "Referral",
    "referrer_reply": "Answer of a referrer",
    "consent_withdrawn": "Consent withdrawn",
    "consent_changed": "Consent changed",
    "hospital_admission": "Admission to hospital",
    "hospital_discharge": "Discharge from hospital",
    "ed_attendance": "A&E attendance",
    "nhs111_contact": "Call to NHS 111",
    "ambulance": "Ambulance called",
    "person_died": "Death",
    "gp_changed": "Change of GP",
    "moved": "Move",
    "urgent_raised": "Urgent concern",
    "safeguarding_raised": "Safeguarding concern",
    "mdt_case_decided": "Decision of a meeting",
    "service_update": "News from a service",
    "carer_changed": "Change of carer",
    "merge_identity": "Two records are one person",
    "split_identity": "One record is two people",
}
ASKED = "asked"  # the form that asks for it, by its key: no word for anybody who reads
LONGEST = 500  # characters of one answer on the page


def kind_words(kind: str) -> str:
    """Say what kind of message it is."""
    return KINDS.get(kind, kind.replace("_", " ").capitalize())


def facts(message: FullMessage) -> list[tuple[str, str]]:
    """Return what a message says, as rows of (what, text)."""
    head = [
        ("About", f"NHS number {nhs_number(message.nhs_number)}, born {day(message.dob) or 'not said'}"),
        ("Happened", when(message.occurred_at)),
        ("Received", when(message.received_at)),
        ("From", message.source),
        ("Its number there", message.message_id),
    ]
    waits = [("Look at it by", when(message.look_by))] if message.status in WAITING else []
    return [*waits, *head, *_told(message.payload)]


def _told(payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in payload.items():
        if name == ASKED:
            continue
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        yield str(name).replace("_", " ").capitalize()[:80], text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
