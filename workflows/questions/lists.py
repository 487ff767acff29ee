"""Candidate lists as their pages show them: what was brought, what is wrong with it, how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from workflows.casework.access import PERMISSIONS, Actor
from workflows.casework.errors import NotFound
from workflows.casework.programme import Practice, Programme
from workflows.casework.referral import Candidate, CandidateList
from workflows.casework.staff import StaffMember
from workflows.desk import Desk

PAGE = 50
MOST_LISTS = 100


@dataclass(frozen=True)
class ListRow:
    """A list as the overview and its own head show it."""

    id: UUID
    programme_key: str
    programme: str
    source: str
    file_name: str
    status: str
    total: int
    good: int
    done: int
    uploaded_by: str
    uploaded_at: datetime
    imported_at: datetime | None
    next_at: datetime | None
    refused_why: str

    @property
    def wrong(self) -> int:
        """How many rows cannot be taken in."""
        return self.total - self.good


@dataclass(frozen=True)
class CandidateRow:
    """One row: its number in the file, what it says, and what is wrong with it by column."""

    row: int
    cells: Mapping[str, Any]
    problems: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ListPage:
    """A list with the rows that need mending (a page of them), the first rows that are good, and their practices."""

    head: ListRow
    problems: tuple[CandidateRow, ...]
    more_after: int | None
    good: tuple[CandidateRow, ...]
    practices: Mapping[str, str]  # names by code


def programmes_to_import(desk: Desk) -> list[tuple[str, str]]:
    """Return the programmes (key, name) into which the actor may bring lists."""
    with desk.looking() as session:
        rows = session.execute(
            select(Programme.key, Programme.name).where(Programme.id.in_(_reach(desk.actor))).order_by(Programme.name)
        )
        return [(key, name) for key, name in rows]


def all_lists(desk: Desk) -> list[ListRow]:
    """Return the lists of the actor's programmes, newest first; those thrown away are left out."""
    with desk.looking() as session:
        query = _heads(desk.actor).where(CandidateList.status != "discarded").limit(MOST_LISTS)
        return [_head(*row) for row in session.execute(query)]


def list_head(desk: Desk, list_id: UUID) -> ListRow:
    """Return how far one list is."""
    with desk.looking() as session:
        return _found(session, desk.actor, list_id)


def list_page(desk: Desk, list_id: UUID, after: int = 0) -> ListPage:
    """Return a list with the problem rows behind the row `after`."""
    with desk.looking() as session:
        head = _found(session, desk.actor, list_id)
        wrong = _rows(session, list_id, good=False, after=after, most=PAGE + 1)
        more = wrong[PAGE - 1].row if len(wrong) > PAGE else None
        good = _rows(session, list_id, good=True, after=0, most=5) if head.status == "preview" else []
        return ListPage(head, tuple(wrong[:PAGE]), more, tuple(good), _practices(session, head, good))


def rows_to_mend(desk: Desk, list_id: UUID) -> tuple[ListRow, list[CandidateRow]]:
    """Return every row that was not taken in, as it stood in the file, with what is wrong."""
    with desk.looking() as session:
        head = _found(session, desk.actor, list_id)
        return head, _rows(session, list_id, good=False, after=0, most=head.total)


def _reach(actor: Actor) -> list[UUID]:
    roles = PERMISSIONS["list.import"]
    return sorted({post.programme_id for post in actor.posts if post.role in roles and post.programme_id})


def _heads(actor: Actor) -> Select[CandidateList, str, str, str]:
    return (
        select(CandidateList, Programme.key, Programme.name, StaffMember.name)
        .join(Programme, Programme.id == CandidateList.programme_id)
        .join(StaffMember, StaffMember.id == CandidateList.uploaded_by_id)
        .where(CandidateList.programme_id.in_(_reach(actor)))
        .order_by(CandidateList.id.desc())
    )


def _found(session: Session, actor: Actor, list_id: UUID) -> ListRow:
    row = session.execute(_heads(actor).where(CandidateList.id == list_id)).first()
    if row is None:
        raise NotFound("There is no such list, or it is not yours to see.")
    return _head(*row)


def _head(found: CandidateList, key: str, programme: str, by: str) -> ListRow:
    return ListRow(
        found.id, key, programme, found.source, found.file_name, found.status, found.total, found.good, found.done,
        by, found.uploaded_at, found.imported_at, found.next_at, found.refused_why,
    )  # fmt: skip


def _rows(session: Session, list_id: UUID, *, good: bool, after: int, most: int) -> list[CandidateRow]:
    query = (
        select(Candidate)
        .where(Candidate.list_id == list_id, Candidate.good.is_(good), Candidate.row > after)
        .order_by(Candidate.row)
        .limit(most)
    )
    return [_row(found) for found in session.scalars(query)]


def _practices(session: Session, head: ListRow, rows: Sequence[CandidateRow]) -> dict[str, str]:
    codes = sorted({str(row.cells["gp_practice"]) for row in rows})
    query = select(Practice.code, Practice.name).join(Programme, Programme.id == Practice.programme_id)
    found = session.execute(query.where(Programme.key == head.programme_key, Practice.code.in_(codes)))
    return dict(found.all())


def _row(found: Candidate) -> CandidateRow:
    problems: Sequence[Sequence[str]] = found.problems
    return CandidateRow(
        found.row, found.answers if found.good else found.typed, tuple((each[0], each[1]) for each in problems)
    )
