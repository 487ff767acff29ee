"""How to reach somebody at the highest risk when the system is down, and what to know before ringing or visiting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.desk import Desk
from workflows.duties.carers import shared_with_carer
from workflows.questions.case_head import head_of
from workflows.questions.sight import opened

NOT_AGREED = "A carer is known. The person has not agreed to share with them: do not ring."


@dataclass(frozen=True)
class Reach:
    """A person with what one needs to reach them safely. carer: only as far as sharing with them was agreed."""

    case_number: str
    name: str
    dob: date | None
    nhs_number: str | None
    risk: str
    phone: str
    other_contact: str
    carer: str
    address: str
    safe_contact: str
    alerts: tuple[str, ...]
    language: str
    coordinator: str


def reach_of(session: Session, desk: Desk, case: Case) -> Reach:
    """Return how to reach the person of a case, as its page says it to whoever works with them."""
    head = head_of(session, desk, opened(session, desk, case.number))
    strip = head.strip
    return Reach(
        case_number=head.number,
        name=strip.name,
        dob=strip.dob,
        nhs_number=strip.nhs_number,
        risk=head.risk_level,
        phone=strip.phone,
        other_contact=strip.other_contact,
        carer=_carer(session, case),
        address=strip.address,
        safe_contact=strip.safe_contact,
        alerts=tuple(alert.text for alert in strip.alerts),
        language=", ".join(part for part in (strip.language, strip.support) if part),
        coordinator=head.coordinator,
    )


def _carer(session: Session, case: Case) -> str:
    carer: Mapping[str, Any] = case.person.details.get("carer") or {}
    if not carer.get("phone") and not carer.get("name"):
        return ""
    if not shared_with_carer(session, case):
        return NOT_AGREED
    return ", ".join(str(carer[name]) for name in ("name", "relationship", "phone") if carer.get(name))
