"""Telling those who run the service, by email, that something waits for them that should have happened by itself."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from forms.days import long_date
from workflows.casework.access import MANAGERS
from workflows.casework.audit import AuditEntry
from workflows.casework.case import Case
from workflows.casework.ending import PROCESSES
from workflows.casework.incident import ACT, OUTSIDE, TRIES_ALONE, Incident
from workflows.casework.staff import StaffMember
from workflows.clock import london_day
from workflows.desk import Work
from workflows.duties.outgoing import Told, put_out
from workflows.duties.routes import pool_of
from workflows.storage import doers, people

KIND, PRESSING_KIND, AGAIN_KIND = "incident", "incident_pressing", "act_again"
# What cannot wait for so many tries: somebody's safety depends on it, or that nothing more goes out.
PRESSING = frozenset({"acm_urgent", "acm_safeguarding", "acm_left_open", *PROCESSES.values()})


def tell_somebody(work: Work, case: Case | None, incident: Incident) -> None:
    """Write once a day and step, to each of those who mend it, when an incident begins to wait for a person.

    It names neither the case nor what failed: both stand on the page, for those who may know. What is pressing is told
    at once, and to the managers of the case's team as well, who see to it by hand meanwhile.
    """
    pressing = incident.process in PRESSING
    if not _begins_to_wait(incident, pressing):
        return
    base = work.desk.settings.base_url
    for staff in _whom(work, case):
        _tell(work, staff, KIND, incident, {"link": f"{base}/operations/incidents"})
    if case is not None and pressing:
        words = {"link": f"{base}/cases/{case.number}", "case_number": case.number}
        for staff in _managers(work, case):
            _tell(work, staff, PRESSING_KIND, incident, words)


def _begins_to_wait(incident: Incident, pressing: bool) -> bool:
    if incident.kind == OUTSIDE:
        return incident.needs_somebody  # other systems had their tries
    return incident.tries == (1 if incident.kind == ACT or pressing else TRIES_ALONE)


def _managers(work: Work, case: Case) -> Sequence[StaffMember]:
    """Return the managers of the case's team who may know of it."""
    managers = [one for role in sorted(MANAGERS) for one in pool_of(work.session, role, case, case.team_id, work.today)]
    return doers.may_be_asked(work.session, dict.fromkeys(managers), case, work.today)


def ask_doer(work: Work, case: Case | None, incident: Incident) -> StaffMember | None:
    """Ask whoever did what was refused last to do it once more, once a day; None when nobody can be asked."""
    query = select(AuditEntry.actor_id).where(
        AuditEntry.subject == "Incident", AuditEntry.at == incident.last_at, AuditEntry.case_id == incident.case_id
    )
    doer_id = work.session.scalar(query.order_by(AuditEntry.seq).limit(1))
    doer = work.session.get(StaffMember, doer_id) if doer_id else None
    if doer is None or not doer.active:
        return None
    if case is not None and not doers.may_be_asked(work.session, [doer], case, work.today):
        return None
    base = work.desk.settings.base_url
    place = f"{base}/cases/{case.number}" if case else base
    _tell(work, doer, AGAIN_KIND, incident, {"link": place, "on": long_date(london_day(incident.last_at))})
    return doer


def _tell(work: Work, staff: StaffMember, kind: str, incident: Incident, words: dict[str, str]) -> None:
    place = words.get("case_number", "")
    once = f"{kind}:{staff.id.hex}:{incident.process}:{incident.step_key}:{place}:{work.today.isoformat()}"
    put_out(work, Told(kind, once, words), staff)


def _whom(work: Work, case: Case | None) -> Sequence[StaffMember]:
    """Return who mends: administrators of the whole system, and the service managers of the case's programme."""
    return people.who_may(work.session, "operations.mend", case.programme_id if case else None, work.today)
