"""How the person wants to be contacted, as they said with their consent: everything that writes to them asks here."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.consent import Consent
from workflows.casework.document import Document, as_corrected
from workflows.casework.notice import Letter
from workflows.casework.person import Person

CONSENT, REFERRAL = "F05", "F01"
AT_HOME = frozenset({"person", "carer"})
POST = "post"


def wanted_ways(session: Session, case_ids: Collection[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Return by case the ways in which the person wants to be contacted; what a later form leaves out still counts."""
    asked = (Document.case_id, Document.answers["purpose_contact_by"].as_json(), Document.id, Document.amends_id)
    query = select(*asked).where(Document.case_id.in_(case_ids), Document.form_key == CONSENT)
    rows: list[Any] = as_corrected(list[Any](session.execute(query.order_by(Document.completed_at, Document.number))))
    return {row[0]: tuple(row[1]) for row in rows if row[1]}


def not_by_post(session: Session, letters: Collection[Letter]) -> frozenset[UUID]:
    """Return which of these letters would be posted to a person who does not want post.

    A way that the person chose for this very letter, such as by hand for the copy of the plan, is theirs already.
    """
    posted = [one for one in letters if one.route == POST and one.recipient in {"person", "referrer"}]
    ways = wanted_ways(session, {one.case_id for one in posted}) if posted else {}
    unwanted = [one for one in posted if one.case_id in ways and POST not in ways[one.case_id]]
    themselves = _who_referred_themselves(session, {one.case_id for one in unwanted if one.recipient == "referrer"})
    return frozenset(one.id for one in unwanted if one.recipient == "person" or one.case_id in themselves)


def read_before_sending(session: Session, letters: Collection[Letter]) -> frozenset[UUID]:
    """Return which of these letters come to a home where something has to be heeded: who must not read the post, say.

    It is told in the record of the person, or with their consent; whoever sends such a letter reads it first.
    """
    cases = {one.case_id for one in letters if _comes_home(one)}
    noted = with_a_note(session, cases) if cases else frozenset()
    themselves = _who_referred_themselves(session, noted)
    return frozenset(
        one.id
        for one in letters
        if one.case_id in noted and (one.recipient in AT_HOME or (_comes_home(one) and one.case_id in themselves))
    )


def _comes_home(letter: Letter) -> bool:
    return letter.recipient in AT_HOME or letter.recipient == "referrer"


def with_a_note(session: Session, case_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return the cases in whose record stands what to heed before the person is written to or rung."""
    people = select(Case.id, Person.details["safe_contact"].as_string()).join(Person, Person.id == Case.person_id)
    found = {case_id for case_id, note in session.execute(people.where(Case.id.in_(case_ids))) if note}
    asked = (Document.case_id, Document.answers["contact_note"].as_string(), Document.id, Document.amends_id)
    told = select(*asked).where(Document.case_id.in_(case_ids), Document.form_key == CONSENT)
    rows: list[Any] = as_corrected(list[Any](session.execute(told.order_by(Document.completed_at, Document.number))))
    return frozenset(found | {row[0] for row in rows if row[1]})


def to_heed_before_ringing(session: Session, cases: Collection[UUID]) -> frozenset[UUID]:
    """Return the cases of people who said how they may be reached safely, or that nobody may leave them a message."""
    message = Person.details["message_safe"].as_string()
    theirs = select(Case.id).join(Person, Person.id == Case.person_id).where(Case.id.in_(cases), message == "no")
    asked = Consent.details["no_message"].as_string()
    told = select(Consent.case_id, asked).where(Consent.case_id.in_(cases), Consent.ended_at.is_(None))
    agreed = {case_id for case_id, said in session.execute(told) if said in {"true", "1", "yes"}}
    return with_a_note(session, cases) | frozenset(session.scalars(theirs)) | agreed


def _who_referred_themselves(session: Session, case_ids: Collection[UUID]) -> frozenset[UUID]:
    if not case_ids:
        return frozenset()
    said = Document.answers["source"].as_string()
    query = select(Document.case_id).where(
        Document.case_id.in_(case_ids), Document.form_key == REFERRAL, said == "self"
    )
    return frozenset(session.scalars(query))
