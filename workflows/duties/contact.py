"""First contact and assessment: attempts, needs, the coordinator, the risk level."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from workflows.casework.care import Contact
from workflows.casework.document import Document, as_corrected
from workflows.clock import london_day
from workflows.desk import Work
from workflows.duties.facts import risk_facts
from workflows.duties.overtaken import overtake
from workflows.duties.own_level import own_level
from workflows.duties.papers import answers, number, yes
from workflows.duties.register import Asking, Variables, duty
from workflows.storage import cases

REACHED = frozenset({"spoke"})
TALKS = frozenset({"visit", "phone", "video", "clinic", "group"})


@duty("contact.count")
def count(asking: Asking) -> Variables:
    """Count the contact attempts since the case was accepted and say whether they are enough to stop trying.

    A correction stands in the place of the attempt it corrects.
    """
    papers = as_corrected(cases.documents_of(asking.work.session, asking.case.id, "F10"))
    attempts = [_known(asking, paper) for paper in papers]
    return {
        "contact_attempts": len(attempts),
        "contact_reached": bool(attempts) and attempts[-1].outcome in REACHED,
        "attempts_enough": _enough(asking, attempts),
    }


def _enough(asking: Asking, attempts: Sequence[Contact]) -> bool:
    """Apply the programme's rule: so many attempts on different days, by several routes, spread over working days."""
    programme, today = asking.case.programme, asking.work.today
    days = {london_day(attempt.at) for attempt in attempts}
    routes = {attempt.route for attempt in attempts}
    if len(days) < programme.number("contact_attempts", today):
        return False
    if len(routes) < programme.number("contact_channels", today):
        return False
    first, last = min(attempt.at for attempt in attempts), max(attempt.at for attempt in attempts)
    return asking.case.calendar.working_days_until(first, last) >= programme.number("contact_days", today)


def _known(asking: Asking, paper: Document) -> Contact:
    """Return the contact row of a form, made once."""
    for contact in cases.of_case(asking.work.session, Contact, asking.case.id):
        if contact.document_id == paper.id:
            return contact
    return log_contact(asking.work, asking.case.id, paper)


def log_contact(work: Work, case_id: UUID, paper: Document) -> Contact:
    """Write down a contact from its form."""
    contact = Contact(case_id=case_id, by=paper.author)
    _as_written(contact, paper)
    contact.happened("contact logged", route=contact.route)
    work.session.add(contact)
    work.session.flush()
    _overtakes(work, contact, paper)
    return contact


def mend_contact(work: Work, versions: Sequence[Document], correction: Document) -> None:
    """Let a contact say what the correction of its form says; what is no contact is left alone.

    versions: what the form said before, in all its corrections.
    """
    query = select(Contact).where(Contact.document_id.in_([paper.id for paper in versions]))
    for contact in work.session.scalars(query.order_by(Contact.id.desc()).limit(1)):
        _as_written(contact, correction)
        contact.happened("contact corrected", route=contact.route)
        _overtakes(work, contact, correction)


def _as_written(contact: Contact, paper: Document) -> None:
    contact.document_id, contact.at = paper.id, datetime.fromisoformat(paper.answers["at"])
    contact.route = str(paper.answers.get("route") or paper.answers.get("type", ""))
    contact.outcome = str(paper.answers.get("outcome") or paper.answers.get("purpose", ""))


def _overtakes(work: Work, contact: Contact, paper: Document) -> None:
    if contact.outcome in REACHED or _spoken(paper):
        overtake(work.session, contact.case_id, "contact")


def _spoken(paper: Document) -> bool:
    """Whether a logged contact was one with the person, and not a message left for them."""
    return "person" in paper.answers.get("with", ()) and paper.answers.get("type") in TALKS


@duty("assessment.begin")
def begin(asking: Asking) -> Variables:
    """Begin the assessment, and say since when the person waits to hear from us."""
    asking.case.enter("assessment", asking.work.now)
    return {"closure_reason": "", "assessment_from": asking.work.now.isoformat()}


@duty("assessment.needs")
def needs(asking: Asking) -> Variables:
    """Say which professions have something to add, where the person lives, and whether they were with us before."""
    referral, known = answers(asking, "F01"), risk_facts(asking)
    factors = referral.get("frailty_factors", [])
    conditions = set(referral.get("ltcs", []))
    medicines = _medicines_stand_out(asking) or bool({"falls", "polypharmacy"} & set(factors))
    return {
        "needs_medication_review": medicines,
        "medication_review_due": medicines and not _medicines_reviewed(asking),
        "needs_nurse": bool(conditions),
        "needs_therapist": bool({"falls", "functional_impairment"} & set(factors)),
        "needs_mental_health": yes(referral.get("suicidal_now")) or "mood_problems" in factors,
        "needs_social_care": yes(referral.get("risk_care_home")) or yes(referral.get("carer_breakdown")),
        "with_us_before": asking.case.previous_case_id is not None and not answers(asking, "F30"),
        "residence": "care_home" if referral.get("home") == "care_home" or known["care_home"] else "home",
    }  # fmt: skip


def _medicines_stand_out(asking: Asking) -> bool:
    """Whether any of the papers tells of many medicines, a high-risk one, or falls; one that does is enough."""
    known, assessment = risk_facts(asking), answers(asking, "F11")
    papers = (assessment, answers(asking, "F12"))
    medicines = max(known["meds"], *(number(paper.get("meds_count")) for paper in papers))
    falls = max(known["falls_12m"], *(number(paper.get("falls_12m")) for paper in papers))
    risky = set(assessment.get("high_risk_medicines", [])) - {"none", "unknown"}
    return medicines >= int(asking.case.programme.setting("meds_flag", asking.work.today)) or falls > 0 or bool(risky)


def _medicines_reviewed(asking: Asking) -> bool:
    """Whether this assessment has had its medication review; one after a stay in hospital is another matter."""
    began = [entry.entered_at for entry in asking.case.stages if entry.stage == "assessment"]
    reviews = cases.documents_of(asking.work.session, asking.case.id, "F13")
    return any(one.run_id == asking.run.id and one.completed_at >= began[-1] for one in reviews) if began else False


@duty("risk.apply")
def apply_risk(asking: Asking) -> Variables:
    """Set the case's risk level: what the table advises, unless a clinician gave another with a reason."""
    advised = str(asking.variables.get("risk_level", "unknown"))
    given = own_level(asking.work.session, asking.case.id)
    level = given.level if given else advised
    asking.case.risk_level = level
    asking.case.happened("risk level set", level=level, advised=advised)
    return {"risk_level": level}
