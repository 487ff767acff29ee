"""What befell the person within a year: what was counted once, and what reviews and messages told of since then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from workflows.casework.care import HospitalEpisode, ServiceUse
from workflows.duties.papers import last_said, number
from workflows.duties.register import Asking
from workflows.storage import cases

A_YEAR = timedelta(days=365)

Count = int | float


def falls(asking: Asking) -> Count:
    """Return the falls of the last twelve months; -1 when nobody said anything."""
    told, since = _counted(asking, ("F12", "F11"), "falls_12m")
    return _together(told, _in_reviews(asking, "falls", since))


def admissions(asking: Asking) -> Count:
    """Return the emergency admissions of the last twelve months; -1 when nobody said anything."""
    told, since = _counted(asking, ("F01",), "em_adm_12m")
    stays = cases.of_case(asking.work.session, HospitalEpisode, asking.case.id)
    known = [stay.admitted_at for stay in stays if stay.planned != "elective"]
    return _together(told, max(_since(known, since), _in_reviews(asking, "admissions", since)))


def ed_attendances(asking: Asking) -> Count:
    """Return the A&E attendances of the last twelve months; -1 when nobody said anything."""
    told, since = _counted(asking, ("F01",), "ed_12m")
    uses = cases.of_case(asking.work.session, ServiceUse, asking.case.id)
    known = [use.at for use in uses if use.kind == "ed_attendance"]
    return _together(told, max(_since(known, since), _in_reviews(asking, "ed_attendances", since)))


def _counted(asking: Asking, form_keys: Sequence[str], name: str) -> tuple[Count, datetime]:
    """Return what was counted for the year before a form, and from when on something has to be added to it.

    A count older than a year says nothing about this one. Until then all of it stands, though its first months may
    lie further back by now: rather a little too much than too little.
    """
    a_year_ago = asking.work.now - A_YEAR
    counted = last_said(asking, form_keys).get(name)
    if counted is None or counted.at <= a_year_ago:
        return -1, a_year_ago
    return number(counted.answer), counted.at


def _in_reviews(asking: Asking, name: str, since: datetime) -> Count:
    """Add up what the reviews since then told, each of the time since the one before; -1 when none did."""
    papers = cases.documents_of(asking.work.session, asking.case.id, "F21")
    corrected = {paper.amends_id for paper in papers}
    told = [
        paper.answers[name]
        for paper in papers
        if paper.id not in corrected and name in paper.answers and paper.completed_at >= since
    ]
    return sum(told) if told else -1


def _since(moments: Iterable[datetime], since: datetime) -> Count:
    """Count what happened since then; -1 when nothing is known to have happened: no feed is not no attendance."""
    return sum(moment >= since for moment in moments) or -1


def _together(*counts: Count) -> Count:
    known = [count for count in counts if count >= 0]
    return sum(known) if known else -1
