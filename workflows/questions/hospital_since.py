"""What happened in hospital since the last review, for the next one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from workflows.casework.care import HospitalEpisode, Review
from workflows.casework.case import Case
from workflows.duties.outcomes import weeks_at_home
from workflows.storage import cases


def in_hospital(session: Session, case: Case, now: datetime) -> dict[str, int]:
    """Return what a review asks of it, in its words; nothing where no stay is known: no feed is not no admission."""
    stays = [stay for stay in cases.of_case(session, HospitalEpisode, case.id) if stay.planned != "elective"]
    if not stays:
        return {}
    reviewed = [one.done_at for one in cases.of_case(session, Review, case.id) if one.done_at]
    since = max(reviewed, default=case.accepted_at or case.opened_at)
    told = {"stable_weeks": weeks_at_home(session, case, now)}
    lately = sum(stay.admitted_at >= since for stay in stays)
    return told | ({"admissions": lately} if lately else {})
