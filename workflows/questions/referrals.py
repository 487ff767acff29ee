"""What a referrer asks before, while and after referring: who it is for, is this person eligible, what happens next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from forms import Lookups
from workflows.casework.access import Actor, may
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.errors import NotAllowed, NotFound
from workflows.casework.person import age_on
from workflows.casework.programme import Programme, Service
from workflows.casework.referral import Referral
from workflows.casework.staff import StaffMember
from workflows.desk import Desk
from workflows.duties.facts import OF_THIS_HOUR, gp_registration
from workflows.duties.promised import STANDARD, Promised, pressing, promised_by
from workflows.duties.short_answer import NOT_FOLLOWED
from workflows.questions.begun import OpenDraft, drafts_of, name_typed
from workflows.questions.joined import Joined, case_joined, followed, joined, kept_from
from workflows.storage import runs
from workflows.storage.lookups import practices_of, with_own_files
from workflows.working_time import Calendar

REFERRAL_FORM = "F01"
NEARLY_ADULT = timedelta(days=92)  # the diagram holds a referral until a birthday this near
MOST_SHOWN = 50
CANNOT_WAIT = OF_THIS_HOUR  # the questions of a referral that a form is too slow for


@dataclass(frozen=True)
class Place:
    """A programme as somebody sees it who wants to refer. `triage_by`: when somebody has looked, if sent now."""

    key: str
    name: str
    about: str
    suitable_for: tuple[str, ...]
    exclusions: tuple[str, ...]
    consent_rule: str
    emergency_advice: str
    emergency_numbers: tuple[tuple[str, str], ...]  # (when, number)
    phone: str
    triage_by: datetime
    calendar: Calendar
    lookups: Lookups
    settings: Mapping[str, Any]  # the programme's numbers, for what its forms warn of


@dataclass(frozen=True)
class Verdict:
    """What the programme's table says about a person's eligibility, and who else could help.

    `outcome`: eligible, not_eligible, needs_info; `held`: a birthday is so near that the referral can wait for it.
    """

    outcome: str
    reason_code: str
    explain: str
    held: bool
    instead: tuple[tuple[str, str, str], ...]  # services: name, what it does, how to reach it


@dataclass(frozen=True)
class SentReferral:
    """A referral of one's own, and how far it is. `triage_by`: when a clinician has looked at it.

    `answer_by`: when somebody has answered, where it tells of danger; `emergency_numbers`: whom to call before that.
    """

    reference: str
    programme: str
    sent_at: datetime
    case_number: str
    stage: str
    accepted_at: datetime | None
    closed_at: datetime | None
    closure_reason: str
    triage_by: datetime
    answer_by: datetime | None
    calendar: Calendar
    person: str  # as the referrer named them
    urgent: bool
    status: str
    joined: Joined | None
    emergency_numbers: tuple[tuple[str, str], ...] = ()  # (when, number)
    followed: bool = True  # False: the person does not want the referrer to see what became of it
    short: bool = False  # how far the case is, is not theirs to know: see `duties.short_answer`


@dataclass(frozen=True)
class OwnReferrals:
    """What somebody on the staff can refer to, has begun and has sent."""

    programmes: tuple[tuple[str, str, str], ...]  # key, name, about
    drafts: tuple[OpenDraft, ...]
    sent: tuple[SentReferral, ...]


ELSEWHERE = {"E_UNDER_18": "childrens_services", "E_NO_GP": "gp_registration"}


def place(desk: Desk, programme_key: str) -> Place:
    """Return a programme as its referral pages show it. Open to everybody: it says nothing about anybody."""
    with desk.looking() as session:
        found = _programme(session, programme_key)
        content = found.content
        return Place(
            key=found.key,
            name=found.name,
            about=found.about,
            suitable_for=tuple(content.get("suitable_for", ())),
            exclusions=tuple(str(row["text"]) for row in content.get("exclusions", ())),
            consent_rule=str(content.get("consent_rule", "")),
            emergency_advice=str(content.get("emergency_advice", "")),
            emergency_numbers=_numbers(found),
            phone=str(content.get("phone", "")),
            triage_by=promised_by(desk, found, STANDARD, desk.clock.now()).triage_by,
            calendar=found.calendar,
            lookups=with_own_files(session, practices_of(session, found.id, desk.today), desk.actor.id),
            settings=found.thresholds(desk.today),
        )


def open_places(desk: Desk) -> list[tuple[str, str, str]]:
    """Return every programme with its name and what it is about. Open to everybody."""
    with desk.looking() as session:
        return _places(session)


def verdict(desk: Desk, programme_key: str, answers: Mapping[str, Any]) -> Verdict:
    """Ask the programme's own table whether the person of a referral is eligible, as far as the answers go."""
    with desk.looking() as session:
        found = _programme(session, programme_key)
        practices = {choice.value for choice in practices_of(session, found.id, desk.today)["practice"]}
        dob = date.fromisoformat(answers["dob"]) if answers.get("dob") else None
        table, _ = desk.tables.table(session, runs.current_release(session).id, "eligibility")
        outputs = table.decide(_facts(answers, dob, practices, desk.today)).outputs
        reason = str(outputs["reason_code"])
        held = reason == "E_UNDER_18" and dob is not None and age_on(dob, desk.today + NEARLY_ADULT) >= 18
        instead = _services(session, found.id, ELSEWHERE.get(reason, ""), desk.today)
        return Verdict(str(outputs["eligibility"]), reason, str(outputs["explain"]), held, instead)


def promised(desk: Desk, reference: str) -> Promised:
    """Return by when a referral that was sent is looked at, and answered where it tells of danger."""
    with desk.looking() as session:
        row = session.execute(_papers().where(Referral.reference == reference)).first()
        if row is None:
            raise NotFound("There is no such referral.")
        referral, _, programme, paper = row
        return _promised(desk, session, referral, programme, paper)


def own_referrals(desk: Desk) -> OwnReferrals:
    """Return where the actor can refer to, and what of theirs is begun or sent."""
    _must_refer(desk.actor)
    with desk.looking() as session:
        names = {key: name for key, name, _ in _places(session)}
        return OwnReferrals(tuple(_places(session)), drafts_of(session, desk.actor, names), _sent(session, desk))


def own_referral(desk: Desk, reference: str) -> SentReferral:
    """Return one referral of the actor's own; somebody else's does not exist."""
    _must_refer(desk.actor)
    with desk.looking() as session:
        found = [row for row in _sent(session, desk, reference) if row.reference == reference]
        if not found:
            raise NotFound("There is no such referral, or it is not yours to see.")
        return found[0]


def known_of_referrer(desk: Desk) -> dict[str, str]:
    """Return what the form need not ask of somebody on the staff: name, role and address."""
    with desk.looking() as session:
        staff = session.get(StaffMember, desk.actor.id) if desk.actor.id else None
        if staff is None:
            return {}
        return {"referrer_name": staff.name, "referrer_role": staff.profession, "referrer_email": staff.email}


def _programme(session: Session, key: str) -> Programme:
    found = session.scalar(select(Programme).where(Programme.key == key))
    if found is None:
        raise NotFound("There is no such programme.")
    return found


def _numbers(programme: Programme) -> tuple[tuple[str, str], ...]:
    rows = programme.content.get("emergency_numbers", ())
    return tuple((str(row["when"]), str(row["number"])) for row in rows)


def _places(session: Session) -> list[tuple[str, str, str]]:
    rows = session.execute(select(Programme.key, Programme.name, Programme.about).order_by(Programme.name))
    return [(key, name, about) for key, name, about in rows]


def _facts(answers: Mapping[str, Any], dob: date | None, practices: set[str], today: date) -> dict[str, Any]:
    code = answers.get("gp_practice")
    return {
        "deceased": False,
        "age_years": -1 if dob is None else age_on(dob, today),
        "gp_reg": gp_registration(answers, "found" if code in practices else "unknown", bool(code)),
        "open_case": False,
    }


def _services(session: Session, programme_id: UUID, key: str, today: date) -> tuple[tuple[str, str, str], ...]:
    rows = session.scalars(select(Service).where(Service.programme_id == programme_id, Service.key == key))
    return tuple((row.name, row.about, row.contact) for row in rows if row.counts_on(today))


def _must_refer(actor: Actor) -> None:
    if not may(actor, "referral.make"):
        raise NotAllowed("Your role does not include making referrals.")


def begun_referrals(desk: Desk, programme_key: str) -> tuple[OpenDraft, ...]:
    """Return the referrals to a programme that the actor has begun and not sent."""
    _must_refer(desk.actor)
    with desk.looking() as session:
        found = _programme(session, programme_key)
        return drafts_of(session, desk.actor, {found.key: found.name})


def _sent(session: Session, desk: Desk, reference: str = "") -> tuple[SentReferral, ...]:
    """One's own, newest first: those whose referral form one has sent in oneself."""
    query = _papers().where(Document.author_id == desk.actor.id).order_by(Referral.sent_at.desc()).limit(MOST_SHOWN)
    if reference:
        query = query.where(Referral.reference == reference)
    return tuple(_one(desk, session, *row) for row in session.execute(query))


def _papers() -> Select[Referral, Case, Programme, Document]:
    """Referrals with what was sent."""
    return (
        select(Referral, Case, Programme, Document)
        .join(Case, Case.id == Referral.case_id)
        .join(Programme, Programme.id == Case.programme_id)
        .join(Document, Document.case_id == Case.id)
        .where(Document.form_key == REFERRAL_FORM, Document.amends_id.is_(None))
    )


def _promised(desk: Desk, session: Session, referral: Referral, programme: Programme, paper: Document) -> Promised:
    sent_at = referral.sent_at or referral.saved_at
    return promised_by(desk, programme, pressing(desk, session, programme, paper.answers), sent_at)


def _one(
    desk: Desk, session: Session, referral: Referral, case: Case, programme: Programme, paper: Document
) -> SentReferral:
    other = case_joined(session, case)
    by = _promised(desk, session, referral, programme, paper)
    found = SentReferral(
        referral.reference, programme.name, referral.sent_at or referral.saved_at, case.number, case.stage,
        case.accepted_at, case.closed_at, case.closure_reason or "", by.triage_by, by.answer_by, case.calendar,
        name_typed(paper.answers), any(paper.answers.get(sign) for sign in CANNOT_WAIT), referral.status,
        joined(session, desk.actor, referral, other), _numbers(programme),
    )  # fmt: skip
    if kept_from(session, desk.actor, case, other):
        return _as_sent(found)
    return found if followed(session, desk.actor, case) else replace(found, **NOT_FOLLOWED)


def _as_sent(found: SentReferral) -> SentReferral:
    """Leave what its writer said, and take away everything that became of it."""
    return replace(
        found, case_number="", stage="referred", accepted_at=None, closed_at=None, closure_reason="", status="sent",
        joined=None, followed=False,
    )  # fmt: skip
