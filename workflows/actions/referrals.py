"""Referrals: somebody asks the service to look at a person. Typed by staff, by a referrer, or sent by a system."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from workflows.actions.incidents import leaving_out_what_fails
from workflows.actions.journey import follow_up, start_process
from workflows.actions.paperwork import Origin, Raw, file_document, read_form
from workflows.actions.referral_codes import keyed, new_reference, opened
from workflows.actions.referral_drafts import purge_old_drafts
from workflows.casework import access
from workflows.casework.case import Case
from workflows.casework.errors import NotAllowed, NotFound
from workflows.casework.person import Person
from workflows.casework.programme import Programme
from workflows.casework.referral import Referral
from workflows.desk import Desk, Work
from workflows.storage import cases

__all__ = [
    "Referred",
    "accept_answers",
    "open_case_for",
    "programme_by_key",
    "provisional_person",
    "purge_old_drafts",
    "send_referral",
    "submit_referral",
]

MAIN_PROCESS = "acm_case"
REFERRAL_FORM = "F01"
DETAILS = (
    "sex_recorded", "gender", "pronouns", "ethnicity", "home", "address", "postcode", "phone", "email", "alt_contact",
    "message_safe", "safe_contact", "language", "language_other", "interpreter", "comm_needs", "comm_other", "carer",
)  # fmt: skip


@dataclass(frozen=True)
class Referred:
    """What became of a referral: its reference, its case, and whether it had been sent before."""

    reference: str
    case_number: str
    case_id: UUID
    again: bool


def programme_by_key(work: Work, key: str) -> Programme:
    """Return the programme, held for this transaction; NotFound when there is none."""
    programme = work.session.scalar(select(Programme).where(Programme.key == key).with_for_update(of=Programme))
    if programme is None:
        raise NotFound("There is no such programme.")
    return programme


@leaving_out_what_fails
def submit_referral(desk: Desk, programme_key: str, raw: Raw) -> Referred:
    """Take a referral of staff in: check it, open the case, start its journey. The same on one day is sent once."""
    if not access.may(desk.actor, "referral.make"):
        raise NotAllowed("Your role does not include making referrals.")
    with desk.work() as work:
        done = accept_answers(work, programme_key, raw)
        if not done.again:
            work.commit()
        return done


def accept_answers(work: Work, programme_key: str, raw: Raw) -> Referred:
    """Check a referral's answers and open its case within a transaction that is already under way."""
    programme = programme_by_key(work, programme_key)
    answers = read_form(work, work.desk.forms.form(REFERRAL_FORM), raw, programme)
    known = _sent_before(work, programme, answers)
    if known is not None:
        return _already(work, known)
    referral = Referral(
        programme_id=programme.id,
        reference=new_reference(),
        started_at=work.now,
        saved_at=work.now,
        form_version=work.desk.forms.form(REFERRAL_FORM).version,
    )
    work.session.add(referral)
    return _accept(work, programme, referral, answers)


@leaving_out_what_fails
def send_referral(desk: Desk, reference: str, code: str) -> Referred:
    """Send a referrer's draft: check all of it, then open the case. Sent twice is sent once.

    A draft that says the same as a referral of the same day is set aside, and the first one's reference is given.
    """
    with desk.work() as work:
        referral = opened(work, reference, code)
        if referral.case_id is not None:
            return _already(work, referral)
        if referral.status != "draft":
            raise NotFound("This draft is no longer kept. Begin again.")
        programme = programme_by_key(work, work.session.get_one(Programme, referral.programme_id).key)
        answers = read_form(work, desk.forms.form(REFERRAL_FORM), referral.raw, programme)
        known = _sent_before(work, programme, answers)
        done = _set_aside(work, referral, known) if known else _accept(work, programme, referral, answers)
        work.commit()
        return done


def open_case_for(work: Work, programme: Programme, person: Person, source: str, stage: str) -> Case:
    """Make the case of a person who was referred or identified; who they are is settled by the diagram."""
    case = Case(
        number=programme.next_case_number(), programme=programme, person=person, source=source, opened_at=work.now
    )
    work.session.add(case)
    work.session.flush()
    case.enter(stage, work.now)
    return case


def provisional_person(answers: Mapping[str, Any]) -> Person:
    """Make the provisional record of a person from what a referral or a list says."""
    dob = answers.get("dob")
    person = Person(
        nhs_number=answers.get("nhs_number"),
        family_name=str(answers.get("family_name", "")),
        given_name=str(answers.get("given_name", "")),
        preferred_name=str(answers.get("preferred_name") or ""),
        dob=date.fromisoformat(dob) if dob else None,
        practice_code=str(answers.get("gp_practice") or ""),
        details={name: answers[name] for name in DETAILS if answers.get(name)},
    )
    person.happened("person entered")
    return person


def _accept(work: Work, programme: Programme, referral: Referral, answers: Mapping[str, Any]) -> Referred:
    source = "risk_list" if answers.get("source") == "risk_list" else "referral"
    case = open_case_for(work, programme, provisional_person(answers), source, "referred")
    form = work.desk.forms.form(REFERRAL_FORM)
    author = str(answers.get("referrer_name") or "")
    file_document(work, case, form, answers, Origin(author=author, referral_id=referral.id))
    referral.status, referral.sent_at, referral.case_id = "sent", work.now, case.id
    referral.same_as, referral.raw = _same_as(work, programme, answers), {}
    referral.happened("referral sent", reference=referral.reference, source=str(answers.get("source", "")))
    start_process(work, case, MAIN_PROCESS, {"source": source})
    follow_up(work)
    return Referred(referral.reference, case.number, case.id, again=False)


def _sent_before(work: Work, programme: Programme, answers: Mapping[str, Any]) -> Referral | None:
    """Return the referral of today that says just the same to the same programme, if there is one."""
    same_as = _same_as(work, programme, answers)
    return work.session.scalar(
        select(Referral).where(Referral.same_as == same_as, Referral.case_id.is_not(None)).limit(1)
    )


def _set_aside(work: Work, referral: Referral, known: Referral) -> Referred:
    referral.status, referral.raw = "repeated", {}
    referral.happened("referral set aside: the same had come before", reference=known.reference)
    return _already(work, known)


def _already(work: Work, referral: Referral) -> Referred:
    case = work.session.get_one(Case, referral.case_id)
    excluded = work.actor.id in cases.circle_of(work.session, case).excluded  # what they wrote is theirs, no case is
    return Referred(referral.reference, "" if excluded else case.number, case.id, again=True)


def _same_as(work: Work, programme: Programme, answers: Mapping[str, Any]) -> str:
    """Seal what makes two referrals the same: the day and every word. Anything new in a second one must be heard."""
    said = json.dumps(answers, sort_keys=True, ensure_ascii=False, default=str)
    return keyed(work.desk, f"{programme.key}|{work.today.isoformat()}|{said}")
