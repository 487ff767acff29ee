"""The open cases that go over with a publication, or back: each in a transaction of its own, by the worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import Select, select

from workflows.actions.gone_too_far import gone_too_far
from workflows.actions.moving_cases import Passage, Wanted, pass_over, told
from workflows.actions.publishing import Instead, must_approve, publication_of
from workflows.casework.case import Case
from workflows.casework.diagram import WITHDRAWN, Release
from workflows.casework.errors import RuleBroken
from workflows.casework.publication import MOVED, STAYS, WAITS, CaseMove, Publication
from workflows.casework.staff import StaffMember
from workflows.desk import Desk, Work
from workflows.engine.prospect import STAYS as CANNOT
from workflows.storage import cases, people


def ask_to_move(desk: Desk, publication_id: UUID, chosen: Mapping[UUID, Instead]) -> None:
    """Let open cases go over to what was published; those that stayed before are tried again."""
    must_approve(desk)
    with desk.work() as work:
        publication = publication_of(work, publication_id)
        if publication.taken_back_at is not None:
            raise RuleBroken("This change was taken back: no case goes over to it.")
        known = {one.case_id: one for one in work.session.scalars(_of(publication_id, back=False))}
        for case_id, instead in chosen.items():
            if case_id in known:
                known[case_id].ask_again(instead)
            else:
                work.session.add(CaseMove(publication_id=publication_id, case_id=case_id, instead=dict(instead)))
        work.commit()


def ask_again(desk: Desk, publication_id: UUID) -> None:
    """Let those that did not come back with a taking back be tried once more."""
    must_approve(desk)
    with desk.work() as work:
        publication = publication_of(work, publication_id)
        for one in work.session.scalars(_of(publication_id, back=publication.taken_back_at is not None)):
            one.ask_again()
        work.commit()


def moves_to_make(desk: Desk, limit: int) -> Sequence[UUID]:
    """Return the moves that wait, in the order in which they were asked for."""
    with desk.looking() as session:
        query = select(CaseMove.id).where(CaseMove.status == WAITS).order_by(CaseMove.id)
        return session.scalars(query.limit(limit)).all()


def make_move(desk: Desk, move_id: UUID) -> bool:
    """Let a case go over, or back; where it cannot it stays as it was, and why is kept. Returns whether it moved.

    The move and its mark are kept together: a worker that is killed has done both or neither, and twice is once.
    """
    with desk.looking() as session:
        move = session.get_one(CaseMove, move_id)
        number = session.get_one(Case, move.case_id).number
        approver = session.get_one(StaffMember, session.get_one(Publication, move.publication_id).staff_id)
        actor = people.actor_for(session, approver, desk.today)
    passage = told(number, partial(_move, desk.for_actor(actor), move_id))
    if not passage.settled:
        _note_stays(desk, move_id, passage.why)
    return passage.settled


def _move(desk: Desk, move_id: UUID) -> Passage:
    with desk.work() as work:
        case = cases.held(work.session, work.session.get_one(CaseMove, move_id).case_id)
        move = work.session.get_one(CaseMove, move_id, with_for_update=True, populate_existing=True)
        if move.status != WAITS:
            return Passage(case.number, move.status)
        release = _leads_to(work, move)
        if move.back and (why := _in_the_way(work, move, release)):
            return Passage(case.number, CANNOT, why)
        passage = pass_over(work, case, release, Wanted(release.number, move.instead))
        if passage.settled:
            move.end(MOVED, work.now)
            work.commit()
        return passage


def _leads_to(work: Work, move: CaseMove) -> Release:
    publication = work.session.get_one(Publication, move.publication_id)
    release = work.session.get_one(Release, publication.before_id if move.back else publication.release_id)
    if release.standing == WITHDRAWN and not move.back:
        raise RuleBroken("This change was taken back: no case goes over to it.")
    return release


def _in_the_way(work: Work, move: CaseMove, before: Release) -> str:
    over = select(CaseMove.at).where(
        CaseMove.publication_id == move.publication_id, CaseMove.case_id == move.case_id, ~CaseMove.back
    )
    since = work.session.scalar(over)
    return gone_too_far(work.session, work.desk.library, move.case_id, before, since) if since else ""


def _note_stays(desk: Desk, move_id: UUID, why: str) -> None:
    with desk.work() as work:
        move = work.session.get_one(CaseMove, move_id, with_for_update=True)
        if move.status == WAITS:
            move.end(STAYS, work.now, why)
            work.commit()


def _of(publication_id: UUID, back: bool) -> Select[CaseMove]:
    query = select(CaseMove).where(CaseMove.publication_id == publication_id, CaseMove.back.is_(back))
    return query.with_for_update()
