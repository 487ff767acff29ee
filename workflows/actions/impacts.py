"""Working out what a change would mean for the open cases: asked for, done by the worker in portions, stopped."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, exists, func, insert, select
from sqlalchemy.orm import Session

from workflows.actions.candidates import Candidate, candidate
from workflows.actions.trying_moves import Tried, try_case
from workflows.casework.access import Actor, may
from workflows.casework.base import new_id
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import NotAllowed, NotFound, RuleBroken
from workflows.casework.impact import Impact, ImpactOnCase, files_of, named, seal_of
from workflows.desk import Desk
from workflows.storage import runs
from workflows.storage.process_changes import change_of, files_of_change

PORTION = 25  # cases tried between two looks at whether somebody stopped it


def ask_for_impact(desk: Desk, change_id: UUID) -> UUID:
    """Ask the worker what a change, as it stands, would mean for every open case.

    While it works on just that, twice is once; what was asked of an earlier state of the change is stopped.
    """
    _must_be_allowed(desk)
    with desk.work() as work:
        files, release = files_of_change(change_of(work.session, change_id)), runs.current_release(work.session)
        if not files:
            raise RuleBroken("This change holds no diagram or table yet.")
        for one in work.session.scalars(_under_way(change_id)):
            if (one.seal, one.release_number) == (seal_of(files), release.number):
                return one.id
            one.end(work.now, stopped=True)
        asked = Impact(
            change_id=change_id, staff_id=desk.actor.id, files=named(files), seal=seal_of(files),
            release_number=release.number, asked_at=work.now,
        )  # fmt: skip
        _forget_earlier(work.session, change_id, work.now)
        work.session.add(asked)
        work.commit()
        return asked.id


def _under_way(change_id: UUID) -> Select[Impact]:
    return select(Impact).where(Impact.change_id == change_id, Impact.ended_at.is_(None)).with_for_update()


def stop_impact(desk: Desk, impact_id: UUID) -> None:
    """Stop working it out; what is known so far stays."""
    _must_be_allowed(desk)
    with desk.work() as work:
        asked = work.session.get(Impact, impact_id, with_for_update=True)
        if asked is None:
            raise NotFound("There is no such report.")
        if asked.ended_at is None:
            asked.end(work.now, stopped=True)
            work.commit()


def impacts_to_work_out(desk: Desk, limit: int) -> Sequence[UUID]:
    """Return those that somebody asked for and that are not worked out yet, the oldest first."""
    with desk.looking() as session:
        query = select(Impact.id).where(Impact.ended_at.is_(None)).order_by(Impact.asked_at)
        return session.scalars(query.limit(limit)).all()


def work_out(desk: Desk, impact_id: UUID) -> None:
    """Try every open case that is not tried yet, portion by portion, until none is left or somebody stops it.

    Each is tried in a transaction of its own, that is given up: whoever works on it waits no longer than for another
    act upon it.
    """
    with desk.looking() as session:
        asked = session.get_one(Impact, impact_id)
        wanted = candidate(desk, files_of(asked.files)) if asked.ended_at is None else None
    while wanted is not None and _try_portion(desk, impact_id, wanted):
        pass


def note_not_worked_out(desk: Desk, impact_id: UUID) -> None:
    """Note that it could not be worked out; whoever asked for it may ask again."""
    with desk.work() as work:
        asked = work.session.get_one(Impact, impact_id)
        if asked.ended_at is None:
            asked.end(work.now, failed=True)
            work.commit()


def _forget_earlier(session: Session, change_id: UUID, now: datetime) -> None:
    """Drop what was worked out for the change before; what is being stopped just now goes the next time."""
    earlier = select(Impact.id).where(Impact.change_id == change_id, Impact.ended_at < now)
    ids = session.scalars(earlier).all()
    session.execute(delete(ImpactOnCase).where(ImpactOnCase.impact_id.in_(ids)))
    session.execute(delete(Impact).where(Impact.id.in_(ids)))


def _try_portion(desk: Desk, impact_id: UUID, wanted: Candidate) -> bool:
    """Try some cases and keep what came of them; returns whether to go on."""
    with desk.looking() as session:
        portion = session.execute(_untried(impact_id).order_by(Case.number).limit(PORTION)).all()
    tried = [(case.id, try_case(wanted, case.id, case.number)) for case in portion]
    with desk.work() as work:
        asked = work.session.get_one(Impact, impact_id, with_for_update=True)
        if asked.ended_at is not None:
            return False
        known = _tried_by_another(work.session, impact_id, [case_id for case_id, _ in tried])
        rows = [_row(impact_id, case_id, one) for case_id, one in tried if case_id not in known]
        if rows:
            work.session.execute(insert(ImpactOnCase), rows)
            asked.done += len(rows)
        left = work.session.scalar(select(func.count()).select_from(_untried(impact_id).subquery())) or 0
        asked.in_all = asked.done + left
        if not left:
            asked.end(work.now)
        work.commit()
        return left > 0


def _tried_by_another(session: Session, impact_id: UUID, case_ids: Collection[UUID]) -> set[UUID]:
    """Which of these another worker has tried meanwhile, that was thought to be dead."""
    its = (ImpactOnCase.impact_id == impact_id, ImpactOnCase.case_id.in_(case_ids))
    return set(session.scalars(select(ImpactOnCase.case_id).where(*its)))


def _untried(impact_id: UUID) -> Select[UUID, str]:
    """The cases of which something runs and that this has not tried."""
    runs_on = exists().where(CaseRun.case_id == Case.id, CaseRun.status == "running")
    tried = exists().where(ImpactOnCase.case_id == Case.id, ImpactOnCase.impact_id == impact_id)
    return select(Case.id, Case.number).where(runs_on, ~tried)


def _row(impact_id: UUID, case_id: UUID, tried: Tried) -> dict[str, object]:
    passage = tried.passage
    found = {
        "obstacles": [asdict(one) for one in passage.obstacles],
        "seen": [one.told() for one in tried.seen],
        "clocks": [one.told() for one in tried.clocks],
    }
    return {
        "id": new_id(), "impact_id": impact_id, "case_id": case_id, "verdict": passage.verdict, "why": passage.why,
        "found": found,
    }  # fmt: skip


def may_ask(actor: Actor) -> bool:
    """Whether somebody may ask for a report: who approves changes, or makes them."""
    return may(actor, "diagram.publish") or may(actor, "process.draft")


def _must_be_allowed(desk: Desk) -> None:
    if not may_ask(desk.actor):
        raise NotAllowed("Your role does not include changing the process.")
