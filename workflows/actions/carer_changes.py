"""A change of carer that two people agreed on: offered to whoever looks after each open case of the person."""

from __future__ import annotations

from typing import Any

from workflows.actions.delivery import Delivery
from workflows.casework.message import Message
from workflows.desk import Work
from workflows.duties.news import CHANGED_DETAILS, offer_told
from workflows.storage import cases, runs
from workflows.storage.message_people import known

CARER_CHANGED, CARER = "carer_changed", "carer"
PARTS = ("name", "relationship", "phone", "lives_with")


def offer_carer(work: Work, message: Message) -> None:
    """Put what the message says of the carer beside the record, in the open cases of whom it names.

    Two people agreed that it is so; a message that says it in prose only is carried out by those who made it.
    """
    carer = _carer(message.payload)
    for person in known(work.session, message) if carer else ():
        for case in cases.open_cases_of_person(work.session, person.id):
            if runs.running(work.session, case.id):
                delivery = Delivery(work, message, case)
                offer_told(delivery.asking, delivery.file(CHANGED_DETAILS, {CARER: carer}))


def _carer(told: dict[str, Any]) -> dict[str, Any]:
    inside = told.get(CARER)
    said = inside if isinstance(inside, dict) else told
    found = {name: said[name] for name in PARTS if isinstance(said.get(name), str)}
    return found if found.get("name") else {}
