"""Taking back what was published: the release before counts again, and the cases that moved return."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update

from workflows.actions.publishing import must_approve, publication_of
from workflows.casework.diagram import WITHDRAWN, Release
from workflows.casework.errors import AnswersRefused, RuleBroken
from workflows.casework.publication import MOVED, STAYS, TAKEN_BACK_BEFORE, WAITS, CaseMove, Publication
from workflows.desk import Desk, Work


def take_back_release(desk: Desk, publication_id: UUID, why: str) -> None:
    """Let the release before count again. Cases that moved are asked back; what was not moved yet stays. Twice is once.

    Raises RuleBroken where a later release was made from this one: that is taken back first.
    """
    must_approve(desk)
    if not why.strip():
        raise AnswersRefused({"why": "Say why: it stands in the history of the diagrams"})
    with desk.work() as work:
        publication = publication_of(work, publication_id)
        if publication.taken_back_at is not None:
            return
        release = work.session.get_one(Release, publication.release_id)
        _must_be_the_newest(work, release)
        release.withdraw(why.strip())
        publication.take_back(work.actor.name, why.strip(), work.now)
        _ask_back(work, publication)
        work.commit()


def _must_be_the_newest(work: Work, release: Release) -> None:
    later = select(Release.number).where(Release.number > release.number, Release.standing != WITHDRAWN)
    number = work.session.scalar(later.order_by(Release.number).limit(1))
    if number is not None:
        raise RuleBroken(f"Release {number} was made from this one: take that back first, or begin a new change.")


def _ask_back(work: Work, publication: Publication) -> None:
    over = (CaseMove.publication_id == publication.id, CaseMove.back.is_(False))
    waiting = update(CaseMove).where(*over, CaseMove.status == WAITS)
    work.session.execute(waiting.values(status=STAYS, why=TAKEN_BACK_BEFORE, at=work.now))
    for moved in work.session.scalars(select(CaseMove).where(*over, CaseMove.status == MOVED)):
        instead = {new: old for old, new in moved.instead.items() if new}
        work.session.add(CaseMove(publication_id=publication.id, case_id=moved.case_id, back=True, instead=instead))
