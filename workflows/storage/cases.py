"""Finding cases, their people and what belongs to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from workflows.casework.access import HELD_BACK, Circle
from workflows.casework.base import Base
from workflows.casework.case import Case
from workflows.casework.consent import (
    ASKED,
    RECEIVES,
    WITHDREW,
    Consent,
    Exclusion,
    NamedInOverride,
    SharingOverride,
)
from workflows.casework.diagram import CaseRun
from workflows.casework.document import Document
from workflows.casework.ending import PROCESSES
from workflows.casework.errors import NotFound
from workflows.casework.hidden import NO_SUCH_CASE
from workflows.casework.person import Person, PersonIdentifier

Noun = TypeVar("Noun", bound=Base)
LEFT_OUT = "left_out"
# Who plays a part in the case besides those who run it, and who must have none: one question, as every act asks it.
_NAMED: CompoundSelect[Any] = union_all(
    select(NamedInOverride.staff_id, NamedInOverride.part).where(
        NamedInOverride.case_id == bindparam("case"), NamedInOverride.ended_at.is_(None)
    ),
    select(Exclusion.staff_id, literal(LEFT_OUT)).where(
        Exclusion.case_id == bindparam("case"), Exclusion.ended_at.is_(None), Exclusion.staff_id.is_not(None)
    ),
)


def by_number(session: Session, number: str) -> Case:
    """Return the case with this number, held for this transaction on PostgreSQL."""
    case = session.scalar(select(Case).where(Case.number == number))
    if case is None:
        raise NotFound(NO_SUCH_CASE)
    return case


def held(session: Session, case_id: UUID) -> Case:
    """Return the case as it is now and hold it, so that two acts on one case happen one after the other.

    Whoever holds more than a case holds the case first: nobody waits in a ring.
    """
    return _held(session, select(Case.id).where(Case.id == case_id))


def held_of_run(session: Session, run_id: UUID) -> Case:
    """Return the case of a process, held as by `held`, before the process itself is."""
    return _held(session, select(Case.id).join(CaseRun, CaseRun.case_id == Case.id).where(CaseRun.id == run_id))


def _held(session: Session, wanted: Select[UUID]) -> Case:
    # Rows that only refer to the case, such as its trail, may be written by others meanwhile.
    case_id = session.scalar(wanted.with_for_update(of=Case, key_share=True))
    if case_id is None:
        raise NotFound("There is no such case.")
    # Read only now: whoever held the case may have changed what hangs on it, such as that the person has died.
    return session.get_one(Case, case_id, populate_existing=True)


def circle_of(session: Session, case: Case, names_somebody: bool = True) -> Circle:
    """Return who may know of a case besides those who run it; see `access.Circle`.

    `names_somebody`: False where it is known already that no override and no exclusion names anybody.
    """
    named: dict[str, set[UUID]] = {ASKED: {case.coordinator_id} if case.coordinator_id else set()}
    for row in session.execute(_NAMED, {"case": case.id}) if names_somebody else ():
        named.setdefault(row.part, set()).add(row.staff_id)
    return Circle(
        sectors=case.sectors,
        carrying=frozenset(named[ASKED]),
        recipients=frozenset(named.get(RECEIVES, ())),
        excluded=frozenset(named.get(LEFT_OUT, ())),
        held_back=case.sharing_scope == HELD_BACK,
    )


def open_case_of(session: Session, person_id: UUID, programme_id: UUID, besides: UUID | None = None) -> Case | None:
    """Return another case of the person in which the programme works with them, if there is one.

    Somebody who only stands on a list is not yet worked with, and a case that is ending must not take in what is new:
    it would be closed over it.
    """
    ending = exists().where(
        CaseRun.case_id == Case.id, CaseRun.status == "running", CaseRun.process.in_(PROCESSES.values())
    )
    query = _open_cases(person_id, programme_id).where(
        Case.id != besides, Case.stage != "identified", Case.outbound_stopped.is_(False), ~ending
    )
    return session.scalar(query.limit(1))


def nomination_of(session: Session, person_id: UUID, programme_id: UUID) -> Case | None:
    """Return the case of somebody who only stands on a list of the programme, if there is one."""
    return session.scalar(_open_cases(person_id, programme_id).where(Case.stage == "identified").limit(1))


def _open_cases(person_id: UUID, programme_id: UUID) -> Select[Case]:
    mine = (Case.person_id == person_id, Case.programme_id == programme_id, Case.closed_at.is_(None))
    return select(Case).where(*mine).order_by(Case.opened_at)


def open_cases_of_person(session: Session, person_id: UUID) -> Sequence[Case]:
    """Return every open case of the person, whatever the programme."""
    return session.scalars(select(Case).where(Case.person_id == person_id, Case.closed_at.is_(None))).all()


def closed_cases_of_person(session: Session, person_id: UUID) -> Sequence[Case]:
    """Return every closed case of the person, whatever the programme, the newest first."""
    query = select(Case).where(Case.person_id == person_id, Case.closed_at.is_not(None))
    return session.scalars(query.order_by(Case.closed_at.desc(), Case.id.desc())).all()


def hold_all_of(session: Session, person_id: UUID) -> None:
    """Hold every case of a person, in one order for everybody, before what befalls the person is written down."""
    for case_id in session.scalars(select(Case.id).where(Case.person_id == person_id).order_by(Case.id)).all():
        held(session, case_id)


def other_open_cases(session: Session, case: Case) -> list[Case]:
    """Return the other open cases of its person, whatever the programme, each held, in one order for everybody."""
    query = select(Case.id).where(Case.person_id == case.person_id, Case.closed_at.is_(None), Case.id != case.id)
    return [held(session, other) for other in session.scalars(query.order_by(Case.id)).all()]


def known_before(session: Session, person_id: UUID, case_id: UUID) -> bool:
    """Say whether the person has, or had, another case here than this one."""
    query = select(Case.id).where(Case.person_id == person_id, Case.id != case_id)
    return session.scalar(query.limit(1)) is not None


def last_closed_case_of(session: Session, person_id: UUID, programme_id: UUID) -> Case | None:
    """Return the most recent earlier episode."""
    return session.scalar(
        select(Case)
        .where(Case.person_id == person_id, Case.programme_id == programme_id, Case.closed_at.is_not(None))
        .order_by(Case.closed_at.desc())
        .limit(1)
    )


def newest_document(session: Session, case_id: UUID, form_key: str) -> Document | None:
    """Return the newest document of a form in the case, as it was last corrected.

    Only that one is read: over the years a form may have thousands of papers in one case.
    """
    newest = session.scalar(
        select(Document)
        .where(Document.case_id == case_id, Document.form_key == form_key, Document.amends_id.is_(None))
        .order_by(Document.completed_at.desc(), Document.number.desc())
        .limit(1)
    )
    return versions_of(session, newest)[-1] if newest else None


def next_number(session: Session, case_id: UUID, form_key: str) -> int:
    """Return the number that the next document of a form gets in the case."""
    earlier = select(func.max(Document.number)).where(Document.case_id == case_id, Document.form_key == form_key)
    return (session.scalar(earlier) or 0) + 1


def versions_of(session: Session, document: Document) -> list[Document]:
    """Return a document and what corrected it since, oldest first."""
    versions = [document]
    while (after := session.scalar(_correcting(versions[-1]))) is not None:
        versions.append(after)
    return versions


def _correcting(document: Document) -> Select[Document]:
    return select(Document).where(Document.amends_id == document.id).order_by(Document.number.desc()).limit(1)


def first_version(session: Session, document: Document) -> Document:
    """Return the paper that a correction corrects in the end: when it was written, by whom, for which task."""
    while document.amends_id is not None:
        document = session.get_one(Document, document.amends_id)
    return document


def documents_of(session: Session, case_id: UUID, form_key: str | None = None) -> Sequence[Document]:
    """Return the documents of a case (of one form), oldest first."""
    query = select(Document).where(Document.case_id == case_id)
    if form_key:
        query = query.where(Document.form_key == form_key)
    return session.scalars(query.order_by(Document.completed_at, Document.number)).all()


def of_case(session: Session, noun: type[Noun], case_id: UUID) -> list[Noun]:
    """Return everything of one kind that belongs to the case, oldest first (keys sort by time)."""
    return list(session.scalars(select(noun).where(noun.case_id == case_id).order_by(noun.id)))  # type: ignore[attr-defined] # every such noun has both


def consent_in_force(session: Session, case_id: UUID) -> Consent | None:
    """Return the consent that counts now."""
    return session.scalar(
        select(Consent)
        .where(Consent.case_id == case_id, Consent.ended_at.is_(None))
        .order_by(Consent.id.desc())
        .limit(1)
    )


def undiscussed(session: Session, found: Iterable[Case]) -> frozenset[UUID]:
    """Return which of these cases several organisations may not discuss.

    The person said no, or the case is shared with nobody, or without consent with those who are named only.
    """
    theirs = {case.id: case for case in found}
    said = select(Consent.case_id, Consent.discuss_mdt).where(Consent.case_id.in_(theirs), Consent.ended_at.is_(None))
    last = {row.case_id: row.discuss_mdt for row in session.execute(said.order_by(Consent.id))}
    return frozenset(
        case.id
        for case in theirs.values()
        if case.sharing_scope == "minimum" or not case.sectors or last.get(case.id) == "no"
    )


def withdrawn_at(session: Session, case: Case) -> datetime | None:
    """Return when the person withdrew the consent that counted last; None where it ended otherwise, or counts."""
    if case.reach != "named" or case.narrowed:
        return None
    newest = select(Consent).where(Consent.case_id == case.id).order_by(Consent.id.desc()).limit(1)
    last = session.scalar(newest)
    return last.ended_at if last is not None and last.ended_why == WITHDREW else None


def newest_override(session: Session, case_id: UUID) -> SharingOverride | None:
    """Return the newest request to share without consent."""
    return session.scalar(
        select(SharingOverride).where(SharingOverride.case_id == case_id).order_by(SharingOverride.id.desc()).limit(1)
    )


def confirmed_people(session: Session, nhs_number: str) -> Sequence[Person]:
    """Return the confirmed people known under an NHS number: in their record, or in one that was joined with it."""
    return session.scalars(select(Person).where(has_number(nhs_number), Person.confirmed.is_(True))).all()


def has_number(nhs_number: str) -> ColumnElement[bool]:
    """The people whose NHS number this is, or was in another record of theirs."""
    before = select(PersonIdentifier.person_id).where(
        PersonIdentifier.value == nhs_number, PersonIdentifier.known_to.is_not(None)
    )
    return or_(Person.nhs_number == nhs_number, Person.id.in_(before))
