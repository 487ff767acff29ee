"""What tops every page about a person: who it is, how to reach them, and what one must know before doing anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import Form
from workflows.casework.case import Case
from workflows.casework.document import Document, as_corrected
from workflows.casework.ending import STANDS
from workflows.casework.staff import StaffMember
from workflows.desk import Desk
from workflows.duties.contact_wishes import POST
from workflows.questions.sight import Opened, Sight
from workflows.storage import runs

RISK = "F14"
UNTIL_OFFERED = "Restricted: it is read once help is offered"
VISITS = {"two_staff": "Visit in pairs only", "no_home_visits": "No home visits"}
FLAG_WORDS = {
    "urgent": "Urgent concern open",
    "safeguarding_open": "Safeguarding concern open",
    "in_hospital": "In hospital",
    "limited_sharing": "Limited sharing",
    "no_contact": "Not reached so far",
    "legal_hold": "Legal hold: nothing is destroyed",
    "unrouted": "No team yet",
    "entered_in_error": "Entered in error: do not rely on this record",
}
GRAVE = frozenset({"urgent", "safeguarding_open", "entered_in_error"})
# A partner organisation is not told that a concern was sent to the local authority.
NOT_FOR_PARTNERS = frozenset({"safeguarding_open"})


@dataclass(frozen=True)
class Alert:
    """One thing to know first; `grave` ones stand out."""

    text: str
    grave: bool = False


@dataclass(frozen=True)
class Strip:
    """The person as every page and printout names them. Empty text: not known."""

    name: str
    called: str
    full_name: str
    dob: date | None
    age: int | None
    nhs_number: str | None
    confirmed: bool
    died_on: date | None
    address: str
    phone: str
    other_contact: str
    language: str
    support: str
    contact_by: str
    safe_contact: str
    alerts: tuple[Alert, ...]


@dataclass(frozen=True)
class Head:
    """The case in a few facts, with its person and how much its reader sees."""

    id: UUID
    number: str
    programme: str
    team: str
    coordinator: str
    stage: str
    open: bool
    closed_at: datetime | None
    closure_reason: str | None
    retain_until: date | None
    priority: str
    risk_level: str
    clocks_paused_at: datetime | None
    clocks_paused_why: str | None
    silent: bool  # nothing more may go out about this case
    nominated: bool  # nobody has decided yet to offer them help
    in_hospital: bool
    ending: str  # which ending has stopped the case, by its kind in casework.ending; empty when none
    strip: Strip
    sight: Sight
    has_papers: bool


def head_of(session: Session, desk: Desk, found: Opened) -> Head:
    """Return the head of a case that was opened; two statements, one more while the case is ending."""
    case, ending = found.case, runs.ending_under_way(session, found.case)
    coordinator = None
    if case.coordinator_id is not None:
        coordinator = session.scalar(select(StaffMember.name).where(StaffMember.id == case.coordinator_id))
    return Head(
        id=case.id,
        number=case.number,
        programme=case.programme.name,
        team=case.team.name if case.team else "",
        coordinator=coordinator or "",
        stage=case.stage,
        open=case.open,
        closed_at=case.closed_at,
        closure_reason=case.closure_reason,
        retain_until=case.retain_until,
        priority=case.priority,
        risk_level=case.risk_level,
        clocks_paused_at=case.clocks_paused_at,
        clocks_paused_why=case.clocks_paused_why,
        silent=case.outbound_stopped or case.person.dead,
        nominated=case.nominated,
        in_hospital=case.in_hospital,
        ending=ending,
        strip=_strip(session, desk, found, ending),
        sight=found.sight,
        has_papers=not found.sight.partner or found.sight.in_scope,
    )


def _strip(session: Session, desk: Desk, found: Opened, ending: str) -> Strip:
    person, known = found.case.person, found.case.person.details
    referral, told = desk.forms.form("F01"), _told_by_forms(session, found.case)
    return Strip(
        name=person.name,
        called=person.preferred_name or person.given_name,
        full_name=f"{person.given_name} {person.family_name}",
        dob=person.dob,
        age=person.age(person.deceased_on or desk.today),
        nhs_number=person.nhs_number,
        confirmed=person.confirmed,
        died_on=person.deceased_on,
        address=", ".join(str(known[name]) for name in ("address", "postcode") if known.get(name)).replace("\n", ", "),
        phone=str(known.get("phone", "")),
        other_contact=str(known.get("alt_contact", "")),
        language=_language(referral, known),
        support=_support(referral, known),
        contact_by=in_words(desk.forms.form("F05"), "purpose_contact_by", told),
        safe_contact=_safe_contact(found, known, told),
        alerts=tuple(_alerts(session, found, ending, referral, told)),
    )


def in_words(form: Form, question: str, answers: dict[str, Any]) -> str:
    """Return one answer in the words of its form; empty when it was not given."""
    if answers.get(question) in (None, "", []):
        return ""
    shown = form.show({question: answers[question]})
    return shown[0].rows[0].text if shown else ""


def _language(form: Form, known: dict[str, Any]) -> str:
    return str(known.get("language_other") or in_words(form, "language", known))


def _support(form: Form, known: dict[str, Any]) -> str:
    needs = [need for need in known.get("comm_needs") or [] if need not in {"none", "not_asked", "other"}]
    words = in_words(form, "comm_needs", {"comm_needs": needs})
    return ", ".join(part for part in (words, str(known.get("comm_other", ""))) if part)


def _safe_contact(found: Opened, known: dict[str, Any], told: dict[str, Any]) -> str:
    """What to know to contact the person safely: from their details, and from what they said with their consent."""
    said = dict.fromkeys(str(one) for one in (known.get("safe_contact"), told.get("contact_note")) if one)
    if said and found.case.nominated:  # told to others: nobody writes or rings yet, and a list opens no record
        return UNTIL_OFFERED
    return "; ".join(said) if found.sight.sensitive or not said else "Restricted: ask the care coordinator"


def _alerts(session: Session, found: Opened, ending: str, referral: Form, told: dict[str, Any]) -> list[Alert]:
    alerts = [
        Alert(FLAG_WORDS[flag], flag in GRAVE)
        for flag in FLAG_WORDS
        if flag in found.sight.flags(found.case.flags) and not (found.sight.partner and flag in NOT_FOR_PARTNERS)
    ]
    if ending and found.case.open and not found.case.person.dead:
        alerts.insert(0, Alert(STANDS.get(ending, "the case is coming to its end").capitalize(), grave=True))
    alerts += _before_a_visit(found, told, referral)
    if _no_message(found):
        alerts.append(Alert("Do not leave a message"))
    if told.get("purpose_contact_by") and POST not in told["purpose_contact_by"]:
        alerts.append(Alert("Not by post"))
    if found.case.person.details.get("interpreter") == "yes":
        alerts.append(Alert("Interpreter needed"))
    if told.get("lives_with") == "alone":
        alerts.append(Alert("Lives alone"))
    return alerts


def _no_message(found: Opened) -> bool:
    asked = found.consent is not None and found.consent.details.get("no_message")
    return bool(asked) or found.case.person.details.get("message_safe") == "no"


def _before_a_visit(found: Opened, told: dict[str, Any], referral: Form) -> list[Alert]:
    """What whoever goes to the person's home must know."""
    alerts = []
    if found.case.stage == "assessment" and "visit_rule" not in told:
        alerts.append(Alert("No home visit yet: its risk is not assessed", grave=True))
    if risks := _risks_to_staff(found, told, referral):
        alerts.append(Alert(risks, grave=True))
    if told.get("visit_rule") in VISITS:
        alerts.append(Alert(VISITS[told["visit_rule"]], grave=True))
    if told.get("safe_word") == "yes":
        alerts.append(Alert("A safe word is agreed"))
    return alerts


def _risks_to_staff(found: Opened, told: dict[str, Any], referral: Form) -> str:
    """What is known of risks to whoever visits: the referral's word, until an assessment of the risk answers for it."""
    risks = [risk for risk in told.get("risks_visiting", ()) if risk not in {"none", "unknown"}]
    if not risks:
        return ""
    if not found.sight.sensitive:
        return "Risk to staff: ask the care coordinator before any visit"
    says = "" if told.get("risks_assessed") else ", says the referral"
    return f"Risk to staff{says}: {in_words(referral, 'risks_visiting', {'risks_visiting': risks})}"


def _told_by_forms(session: Session, case: Case) -> dict[str, Any]:
    """Return what referral, consent, risk assessment and assessment say of contact and visits, the newest of each.

    Their papers stay unread.
    """
    words, lists = ("visit_rule", "safe_word", "lives_with", "contact_note"), ("purpose_contact_by", "risks_visiting")
    asked, answers = words + lists, Document.answers
    said = [
        *(answers[name].as_string().label(name) for name in words),
        *(answers[name].as_json().label(name) for name in lists),
    ]
    columns = [*said, Document.id, Document.amends_id, Document.form_key]
    query = (
        select(*columns)
        .where(Document.case_id == case.id, Document.form_key.in_(("F01", "F05", "F11", RISK)))
        .order_by(Document.completed_at, Document.number)
    )
    told: dict[str, Any] = {}
    rows: list[Any] = as_corrected(list[Any](session.execute(query)))
    for row in rows:
        told |= {
            name: row._mapping[name] for name in asked if row._mapping[name] is not None and not _unsure(row, name)
        }
        told |= {"risks_assessed": True} if _answers_for_risks(row) else {}
    return told


def _answers_for_risks(row: Any) -> bool:
    """Whether somebody who assessed the risk of a visit says which risks there are."""
    return row.form_key == RISK and bool(row.risks_visiting) and row.risks_visiting != ["unknown"]


def _unsure(row: Any, name: str) -> bool:
    """Whether an assessment knows no more of the risks than was told before, and leaves that standing."""
    return name == "risks_visiting" and row.form_key == RISK and not _answers_for_risks(row)
