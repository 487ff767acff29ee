"""What the case knows of the use of services, with which its counting at the end begins: never a nought for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy.orm import Session

from workflows.casework.care import HospitalEpisode, ServiceUse
from workflows.casework.case import Case
from workflows.clock import london_day
from workflows.storage import cases

A_YEAR, READMITTED = timedelta(days=365), timedelta(days=30)
# What the referral counted over the year before it, by the name it has here.
REFERRED_WITH = {
    "gp_contacts": "gp_contacts_12m",
    "emergency_admissions": "em_adm_12m",
    "nhs111_calls": "nhs111_12m",
    "ed_attendances": "ed_12m",
}
# What other systems tell of, by the name it has here.
TOLD_OF = {"nhs111_calls": "nhs111_contact", "ed_attendances": "ed_attendance", "ambulance": "ambulance"}


def counted_so_far(session: Session, case: Case, referral: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return both periods with what is known of each; where the numbers come from, and if they are all, is asked."""
    opened = london_day(case.opened_at)
    before = {name: referral.get(asked) for name, asked in REFERRED_WITH.items()}
    during = _uses(session, case) | _stays(session, case, today)
    return {
        "before": _known({"start": (opened - A_YEAR).isoformat(), "end": _day_before(opened), **before}),
        "during": _known({"start": opened.isoformat(), "end": today.isoformat(), **during}),
    }


def _known(counts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: count for name, count in counts.items() if count is not None}


def _day_before(day: date) -> str:
    return (day - timedelta(days=1)).isoformat()


def _uses(session: Session, case: Case) -> dict[str, int | None]:
    """Count what was told of since the case was opened."""
    kinds = [use.kind for use in cases.of_case(session, ServiceUse, case.id) if use.at >= case.opened_at]
    return {name: kinds.count(kind) or None for name, kind in TOLD_OF.items()}


def _stays(session: Session, case: Case, today: date) -> dict[str, int]:
    """Count emergency stays since the case was opened, one that goes on in another hospital once; nothing for none."""
    found = [stay for stay in cases.of_case(session, HospitalEpisode, case.id) if stay.planned != "elective"]
    stays = sorted((stay for stay in found if stay.admitted_at >= case.opened_at), key=lambda stay: stay.admitted_at)
    if not stays:
        return {}
    apart = [_apart(one, other) for one, other in pairwise(stays)]
    left = [london_day(stay.discharged_at) if stay.discharged_at else today for stay in stays]
    days = [(out - london_day(stay.admitted_at)).days for stay, out in zip(stays, left, strict=True)]
    return {
        "emergency_admissions": 1 + sum(gap is not None for gap in apart),
        "bed_days": sum(days),
        "readmissions": sum(gap is not None and gap <= READMITTED for gap in apart),
    }


def _apart(one: HospitalEpisode, other: HospitalEpisode) -> timedelta | None:
    """How long the person was out of hospital between two stays; None where the second goes on from the first."""
    if one.discharged_at is None or one.discharged_at >= other.admitted_at:
        return None
    return other.admitted_at - one.discharged_at
