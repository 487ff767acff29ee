"""Meetings that are still to come: when a case is on the table, and which colleagues were invited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from forms.days import in_london
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, Waiting
from workflows.casework.document import Document, as_corrected
from workflows.casework.notice import Notice
from workflows.duties.correspondence import INVITATION
from workflows.duties.invitations import PREPARATION
from workflows.duties.meeting_ways import DECIDED


@dataclass(frozen=True)
class Meeting:
    """A meeting at which a case is to be decided. `version` grows when it is put on another day.

    `by`: who sent the invitations. `told`: colleagues who got one by email. `asked_at`: when.
    """

    id: UUID
    case_id: UUID
    case_number: str
    at: datetime
    where: str
    version: int
    by: UUID | None
    told: frozenset[UUID]
    asked_at: datetime

    @property
    def there(self) -> frozenset[UUID]:
        """The colleagues who are to be there."""
        return self.told | ({self.by} if self.by else frozenset())

    def concerns(self, staff: Iterable[UUID]) -> bool:
        """Say whether any of these colleagues is to be there."""
        return bool(self.there & set(staff))


def meetings(session: Session, *cases: ColumnElement[bool]) -> list[Meeting]:
    """Return the meetings that cases wait for, each with the day that was told last, the soonest first.

    cases: which, as conditions on `Case`.
    """
    waits = exists().where(
        Waiting.case_id == Case.id,
        Waiting.message == DECIDED,
        CaseRun.id == Waiting.run_id,
        CaseRun.status == "running",
    )
    query = select(Document, Case.number).join(Case, Case.id == Document.case_id)
    query = query.where(Document.form_key == PREPARATION, waits, *cases).order_by(Document.number)
    papers: dict[UUID, list[Document]] = {}
    numbers: dict[UUID, str] = {}
    for paper, number in session.execute(query).unique():
        papers.setdefault(paper.case_id, []).append(paper)
        numbers[paper.case_id] = number
    told = _invitations(session, list(papers))
    found = (_last_told(theirs, numbers[case_id], told.get(case_id, ())) for case_id, theirs in papers.items())
    return sorted((one for one in found if one is not None), key=lambda one: (one.at, one.case_number))


def _invitations(session: Session, case_ids: Sequence[UUID]) -> dict[UUID, list[tuple[UUID, datetime]]]:
    """By case: which colleagues got an invitation by email, and when."""
    sent = (Notice.case_id.in_(case_ids), Notice.kind == INVITATION)
    found: dict[UUID, list[tuple[UUID, datetime]]] = {}
    for case_id, staff_id, made_at in session.execute(
        select(Notice.case_id, Notice.staff_id, Notice.made_at).where(*sent)
    ):
        if case_id and staff_id:
            found.setdefault(case_id, []).append((staff_id, made_at))
    return found


def _last_told(papers: list[Document], number: str, told: Iterable[tuple[UUID, datetime]]) -> Meeting | None:
    """The meeting as its last invitation says it; who was asked to an earlier one only is not asked to this."""
    dated = [paper for paper in as_corrected(papers) if paper.answers.get("meeting_at")]
    if not dated:
        return None
    last = dated[-1]
    written = {paper.id: paper.completed_at for paper in papers}
    since = min(written[last.id], written.get(last.amends_id or last.id, written[last.id]))
    return Meeting(
        id=last.run_id or last.case_id,
        case_id=last.case_id,
        case_number=number,
        at=in_london(str(last.answers["meeting_at"])).astimezone(UTC),
        where=str(last.answers.get("meeting_where") or ""),
        version=max(paper.number for paper in papers),
        by=last.author_id,
        told=frozenset(staff_id for staff_id, made_at in told if made_at >= since),
        asked_at=since,
    )
