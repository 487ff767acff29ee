"""The documents of a case: by form and version, and each one as it reads in the version of its time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from forms import BEGUN_WITH, Choice, Form, Lookups, ShownSection
from forms.definition import every_question
from workflows.casework.access import may
from workflows.casework.document import Attachment, Document
from workflows.casework.errors import NotAllowed, NotFound, RuleBroken
from workflows.casework.programme import Practice, Programme, Service, Team
from workflows.casework.signing import why_not_correct
from workflows.casework.staff import Membership, StaffMember
from workflows.desk import Desk
from workflows.questions.case_head import Head, head_of
from workflows.questions.sight import Opened, opened
from workflows.questions.use_compared import UseCompared, compared
from workflows.storage import cases
from workflows.storage.lookups import lookups_for, with_own_files

USE_OF_SERVICES = "F29"


@dataclass(frozen=True)
class Paper:
    """A document in a list. `parts`: the sections it fills, empty for the whole form. `amended_by`: the newer one."""

    id: UUID
    form_key: str
    title: str
    number: int
    form_version: int
    parts: tuple[str, ...]
    author: str
    at: datetime
    amends_id: UUID | None
    amended_why: str
    amended_by: UUID | None


@dataclass(frozen=True)
class PapersOfForm:
    """All documents of one form, newest first."""

    form_key: str
    title: str
    papers: tuple[Paper, ...]


@dataclass(frozen=True)
class Documents:
    """The documents of a case, by form."""

    head: Head
    forms: tuple[PapersOfForm, ...]
    total: int


@dataclass(frozen=True)
class DocumentPage:
    """One document as it reads, and its place among its versions."""

    head: Head
    paper: Paper
    sections: tuple[ShownSection, ...]
    versions: tuple[Paper, ...]
    files: Mapping[str, str]  # names of the case's files by id, as answers hold them
    may_amend: bool
    use: UseCompared | None = None  # of the count of services only


@dataclass(frozen=True)
class Amending:
    """A document opened to be corrected: its form of today, with the answers as that form takes them.

    `paper`: what stands now, where the document was corrected already.
    """

    head: Head
    paper: Paper
    form: Form
    sections: tuple[str, ...] | None
    raw: dict[str, list[str]]
    left_over: dict[str, list[str]]  # what the form of today has no place for
    lookups: Lookups


def documents(desk: Desk, number: str) -> Documents:
    """List the documents of a case that the reader may open."""
    with desk.looking() as session:
        found = opened(session, desk, number)
        papers = _papers(session, desk, found)
        keys = list(dict.fromkeys(paper.form_key for paper in papers))
        groups = tuple(
            PapersOfForm(key, papers_of[0].title, papers_of)
            for key in keys
            if (papers_of := tuple(paper for paper in papers if paper.form_key == key))
        )
        return Documents(head_of(session, desk, found), groups, len(papers))


def document(desk: Desk, number: str, document_id: UUID) -> DocumentPage:
    """Return one document of the case, in the words of its form at the time."""
    with desk.looking() as session:
        found = opened(session, desk, number)
        kept = _kept(session, found, document_id)
        papers = _papers(session, desk, found, kept.form_key)
        form = form_of(desk, kept.form_key, kept.form_version)
        shown = form.show(
            kept.answers,
            lookups=names_ever(session, found.case.programme_id),
            may_see_sensitive=found.sight.sensitive,
        )
        return DocumentPage(
            head=head_of(session, desk, found),
            paper=next(paper for paper in papers if paper.id == kept.id),
            sections=shown,
            versions=papers,
            files=_files(session, found),
            may_amend=_may_amend(desk, found) and not _signed_by_another(session, desk, kept),
            use=_use(session, desk, found, form, kept) if kept.form_key == USE_OF_SERVICES else None,
        )


def _use(session: Session, desk: Desk, found: Opened, form: Form, kept: Document) -> UseCompared | None:
    programme = session.get_one(Programme, found.case.programme_id)
    return compared(form, kept.answers, programme.number("shortest_count_days", desk.today))


def amending(desk: Desk, number: str, document_id: UUID) -> Amending:
    """Open a document to be corrected. Padlocked answers cannot be corrected by somebody who may not read them."""
    with desk.looking() as session:
        found = opened(session, desk, number)
        if not found.case.open:
            raise RuleBroken("The case is closed and its record is frozen. Nothing in it can be corrected any more.")
        if not _may_amend(desk, found):
            raise NotAllowed("Your role does not include correcting documents of this case.")
        kept = cases.versions_of(session, _kept(session, found, document_id))[-1]
        refusal = _signed_by_another(session, desk, kept)
        if refusal:
            raise NotAllowed(refusal)
        written_on, today = form_of(desk, kept.form_key, kept.form_version), desk.forms.form(kept.form_key)
        if not found.sight.sensitive and _holds_sensitive(today, kept.sections):
            raise NotAllowed("This document holds answers you may not read. Ask a colleague who may to correct it.")
        carried = today.carry_over(written_on.inputs(kept.answers), kept.form_version)
        programme = session.get_one(Programme, found.case.programme_id)
        return Amending(
            head=head_of(session, desk, found),
            paper=_paper(desk, kept, {}),
            form=today,
            sections=tuple(str(part) for part in kept.sections) if kept.sections else None,
            raw=carried.raw | {BEGUN_WITH: [kept.id.hex]},
            left_over=carried.left_over,
            lookups=with_own_files(
                session, lookups_for(session, programme, desk.today, found.case, today), desk.actor.id
            ),
        )


def form_of(desk: Desk, key: str, version: int) -> Form:
    """Return a form in a version; the newest where that version is no longer kept."""
    try:
        return desk.forms.form(key, version)
    except KeyError:
        return desk.forms.form(key)


def names_ever(session: Session, programme_id: UUID) -> Lookups:
    """Return the names behind lookups as documents hold them, those of people and places long gone included."""
    staff = select(StaffMember.id, StaffMember.name, StaffMember.profession).where(
        StaffMember.id.in_(select(Membership.staff_id).where(Membership.programme_id == programme_id))
    )
    people = [
        Choice(str(staff_id), f"{name}, {work}" if work else name) for staff_id, name, work in session.execute(staff)
    ]
    names = session.get_one(Programme, programme_id).role_names
    return {
        "staff": people,
        "care_coordinator": people,
        "staff_on_case": people,
        "role": [Choice(key, name) for key, name in names.items()],
        "practice": _named(session, Practice, programme_id),
        "team": _named(session, Team, programme_id),
        "service": _named(session, Service, programme_id),
    }


def _named(session: Session, noun: type[Practice | Team | Service], programme_id: UUID) -> Sequence[Choice]:
    key = Practice.code if noun is Practice else noun.key  # type: ignore[union-attr] # only a practice has a code
    rows = session.execute(select(key, noun.name).where(noun.programme_id == programme_id))
    return [Choice(value, name) for value, name in rows]


def _kept(session: Session, found: Opened, document_id: UUID) -> Document:
    kept = session.get(Document, document_id)
    if kept is None or kept.case_id != found.case.id or not found.sight.paper(kept):
        raise NotFound("There is no such document, or it is not yours to see.")
    return kept


def _papers(session: Session, desk: Desk, found: Opened, form_key: str = "") -> tuple[Paper, ...]:
    query = select(Document).where(Document.case_id == found.case.id, found.sight.papers())
    query = query.options(defer(Document.answers))
    if form_key:
        query = query.where(Document.form_key == form_key)
    kept = session.scalars(query.order_by(Document.completed_at.desc(), Document.number.desc())).all()
    amended = {document.amends_id: document.id for document in reversed(kept) if document.amends_id}
    return tuple(_paper(desk, document, amended) for document in kept)


def _paper(desk: Desk, kept: Document, amended: Mapping[UUID, UUID]) -> Paper:
    titles = {section.key: section.title for section in form_of(desk, kept.form_key, kept.form_version).sections}
    return Paper(
        id=kept.id,
        form_key=kept.form_key,
        title=kept.title,
        number=kept.number,
        form_version=kept.form_version,
        parts=tuple(titles.get(str(part), str(part)) for part in kept.sections or ()),
        author=kept.author,
        at=kept.completed_at,
        amends_id=kept.amends_id,
        amended_why=kept.amended_why or "",
        amended_by=amended.get(kept.id),
    )


def _files(session: Session, found: Opened) -> dict[str, str]:
    query = select(Attachment.id, Attachment.name).where(Attachment.case_id == found.case.id)
    return {str(file_id): name for file_id, name in session.execute(query)}


def _may_amend(desk: Desk, found: Opened) -> bool:
    return may(desk.actor, "document.amend") and not found.sight.partner and found.case.open


def _signed_by_another(session: Session, desk: Desk, kept: Document) -> str | None:
    first = cases.first_version(session, kept)
    return why_not_correct(desk.actor, kept.form_key, kept.sections, first.author, first.author_id)


def _holds_sensitive(form: Form, parts: Sequence[object] | None) -> bool:
    asked = [section for section in form.sections if not parts or section.key in parts]
    return any(question.sensitive for section in asked for question in every_question(section.fields))
