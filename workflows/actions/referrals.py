"""Referrals: somebody asks the service to look at a person. Typed by staff, by a referrer, or sent by a system."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from workflows.actions.journey import follow_up, start_process
from workflows.actions.paperwork import Origin, Raw, file_document, read_form
from workflows.casework.case import Case
from workflows.casework.errors import NotFound
from workflows.casework.person import Person
from workflows.casework.programme import Programme
from workflows.casework.referral import Referral
from workflows.desk import Desk, Work

MAIN_PROCESS = "acm_case"
REFERRAL_FORM = "F01"
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no letters that are read for digits
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


@dataclass(frozen=True)
class StartedReferral:
    """A draft referral of somebody without an account; the code is shown once and opens it again."""

    reference: str
    code: str


def programme_by_key(work: Work, key: str) -> Programme:
    """Return the programme; NotFound when there is none."""
    programme = work.session.scalar(select(Programme).where(Programme.key == key).with_for_update(of=Programme))
    if programme is None:
        raise NotFound("There is no such programme.")
    return programme


def submit_referral(desk: Desk, programme_key: str, raw: Raw) -> Referred:
    """Take a referral in: check it, open the case, start its journey. The same referral on the same day is one."""
    with desk.work() as work:
        done = accept_answers(work, programme_key, raw)
        if not done.again:
            work.commit()
        return done


def accept_answers(work: Work, programme_key: str, raw: Raw) -> Referred:
    """Check a referral's answers and open its case within a transaction that is already under way."""
    programme = programme_by_key(work, programme_key)
    answers = read_form(work, work.desk.forms.form(REFERRAL_FORM), raw, programme, None)
    return _accept(work, programme, _new_referral(work, programme, answers), answers)


def start_referral(desk: Desk, programme_key: str) -> StartedReferral:
    """Open a draft for a referrer without an account. Only a hash of the code is kept."""
    with desk.work() as work:
        programme = programme_by_key(work, programme_key)
        code = _code(10)
        referral = _blank(work, programme)
        referral.code_hash = keyed(desk, code)
        referral.happened("referral begun")
        work.session.add(referral)
        work.commit()
        return StartedReferral(referral.reference, code)


def save_referral(desk: Desk, reference: str, code: str, raw: Raw) -> None:
    """Keep what a referrer has typed so far."""
    with desk.work() as work:
        referral = _draft(work, reference, code)
        referral.raw = {name: list(values) for name, values in raw.items()}
        referral.form_version = desk.forms.form(REFERRAL_FORM).version
        referral.saved_at = work.now
        referral.happened("draft referral saved")
        work.commit()


def send_referral(desk: Desk, reference: str, code: str) -> Referred:
    """Send a referrer's draft: check all of it, then open the case. Sent twice is sent once."""
    with desk.work() as work:
        referral = _draft(work, reference, code)
        if referral.case_id is not None:
            return _already(work, referral)
        programme = work.session.get_one(Programme, referral.programme_id)
        answers = read_form(work, desk.forms.form(REFERRAL_FORM), referral.raw, programme, None)
        done = _accept(work, programme, referral, answers)
        work.commit()
        return done


def keyed(desk: Desk, text: str) -> str:
    """Return a hash that only this installation can make; what was hashed cannot be found by trying."""
    return hmac.new(desk.settings.secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def open_case_for(work: Work, programme: Programme, answers: Mapping[str, Any], source: str, stage: str) -> Case:
    """Make the case of a person who was referred or identified; who they are is settled by the diagram."""
    case = Case(
        number=programme.next_case_number(),
        programme=programme,
        person=provisional_person(answers),
        source=source,
        opened_at=work.now,
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
    same_as = _same_as(work, answers)
    known = work.session.scalar(select(Referral).where(Referral.same_as == same_as))
    if known is not None and known.case_id is not None:
        return _already(work, known)
    source = "risk_list" if answers.get("source") == "risk_list" else "referral"
    case = open_case_for(work, programme, answers, source, "referred")
    form = work.desk.forms.form(REFERRAL_FORM)
    file_document(work, case, form, answers, Origin(author=str(answers.get("referrer_name") or "")))
    referral.status, referral.sent_at, referral.same_as, referral.case_id = "sent", work.now, same_as, case.id
    referral.raw = {}
    referral.happened("referral sent", reference=referral.reference)
    work.session.add(referral)
    start_process(work, case, MAIN_PROCESS, {"source": source})
    follow_up(work)
    return Referred(referral.reference, case.number, case.id, again=False)


def _already(work: Work, referral: Referral) -> Referred:
    case = work.session.get_one(Case, referral.case_id)
    return Referred(referral.reference, case.number, case.id, again=True)


def _same_as(work: Work, answers: Mapping[str, Any]) -> str:
    who = answers.get("nhs_number") or "|".join(str(answers.get(n, "")) for n in ("family_name", "given_name", "dob"))
    referrer = answers.get("referrer_email") or answers.get("referrer_name") or ""
    return keyed(work.desk, f"{who}|{work.today.isoformat()}|{str(referrer).casefold()}")


def _new_referral(work: Work, programme: Programme, answers: Mapping[str, Any]) -> Referral:
    referral = _blank(work, programme)
    referral.happened("referral received", source=str(answers.get("source", "")))
    return referral


def _blank(work: Work, programme: Programme) -> Referral:
    return Referral(
        programme_id=programme.id,
        reference=f"R-{_code(4)}-{_code(4)}",
        started_at=work.now,
        saved_at=work.now,
        form_version=work.desk.forms.form(REFERRAL_FORM).version,
    )


def _draft(work: Work, reference: str, code: str) -> Referral:
    referral = work.session.scalar(select(Referral).where(Referral.reference == reference).with_for_update())
    if referral is None or referral.code_hash is None:
        raise NotFound("There is no draft with this reference and code.")
    if not hmac.compare_digest(referral.code_hash, keyed(work.desk, code.strip().upper())):
        raise NotFound("There is no draft with this reference and code.")
    return referral


def _code(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
