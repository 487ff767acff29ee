"""Publishing a change that somebody else made: for new cases, with some of them first, or with chosen open cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from workflows.actions.change_check import check_change
from workflows.actions.diagrams import keep_version, make_release, refuse_beside_trial
from workflows.casework.access import may
from workflows.casework.diagram import COUNTS, Release
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound, OutOfDate, RuleBroken
from workflows.casework.process_change import PUBLISHED, ProcessChange
from workflows.casework.programme import Team
from workflows.casework.publication import CaseMove, Publication
from workflows.desk import Desk, Work
from workflows.storage import runs
from workflows.storage.process_changes import change_of

NOT_YOURS = "Your role does not include approving changes of the process."
YOUR_OWN = "You worked on this change: a second person approves it."
Instead = Mapping[str, str]


@dataclass(frozen=True)
class Start:
    """With whom a release begins: every new case, those of a team, or so many of a hundred; and which open cases.

    cases: by id, which step stands for one that is gone.
    """

    team: UUID | None = None
    share: int | None = None
    cases: Mapping[UUID, Instead] = field(default_factory=dict)

    @property
    def some_first(self) -> bool:
        """Whether it is tried with some new cases first."""
        return self.team is not None or self.share is not None


def approve(desk: Desk, change_id: UUID, start: Start, comment: str = "") -> UUID:
    """Approve a change and publish it; returns the publication. Whoever had a hand in it cannot. Twice is once.

    Raises AnswersRefused by file where the check finds anything, OutOfDate where others have published since.
    """
    must_approve(desk)
    checked = check_change(desk, change_id)
    if not checked.runnable:
        raise AnswersRefused(checked.problems)
    with desk.work() as work:
        change = change_of(work.session, change_id, held=True)
        if change.edited_by(work.actor.id):
            raise NotAllowed(YOUR_OWN)
        if change.status == PUBLISHED:
            return _of_change(work, change_id).id
        change.refuse_unless_sent()
        if {model.place.name: model.mark for model in change.models} != checked.marks:
            raise OutOfDate("This change was edited while it was checked. Look at it again.")
        publication = _publish(work, change, start)
        change.became(_number(work, publication), work.actor.name, work.now, comment.strip())
        work.commit()
        return publication.id


def widen(desk: Desk, publication_id: UUID) -> None:
    """Let a release that is tried with some cases first count for every case that begins."""
    must_approve(desk)
    with desk.work() as work:
        publication = publication_of(work, publication_id)
        release = work.session.get_one(Release, publication.release_id)
        if newer := _counts_since(work, release):
            raise RuleBroken(f"Release {newer} was published since: take this one back and begin a new change.")
        release.widen()
        publication.widened_at = publication.widened_at or work.now
        work.commit()


def publication_of(work: Work, publication_id: UUID) -> Publication:
    """Return a publication, held."""
    query = select(Publication).where(Publication.id == publication_id).with_for_update()
    found = work.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("This was not published.")
    return found


def must_approve(desk: Desk) -> None:
    """Refuse who may not approve changes, and whoever is not a person: two people it takes."""
    if not may(desk.actor, "diagram.publish") or desk.actor.id is None:
        raise NotAllowed(NOT_YOURS)


def _publish(work: Work, change: ProcessChange, start: Start) -> Publication:
    before = runs.current_release(work.session)
    if change.began_from != before.number:
        raise OutOfDate("Others have published since this change began: its editors bring it up to that first.")
    refuse_beside_trial(work)
    authors = ", ".join(editor.name for editor in change.editors)
    kept = {
        model.place.name: keep_version(work, model.kind, model.key, model.xml, change.why, authors).id.hex
        for model in change.models
    }
    release = make_release(work, {**before.contents, **kept}, change.why)
    if start.some_first:
        _try_first(work, release, start)
    work.session.flush()
    publication = Publication(
        change_id=change.id, release_id=release.id, before_id=before.id, staff_id=work.actor.id, at=work.now
    )
    work.session.add(publication)
    work.session.flush()
    work.session.add_all(_moves(publication, start.cases))
    return publication


def _try_first(work: Work, release: Release, start: Start) -> None:
    if start.team is not None and work.session.get(Team, start.team) is None:
        raise AnswersRefused({"team": "Choose a team"})
    if start.team is None and not 1 <= (start.share or 0) <= 99:
        raise AnswersRefused({"share": "Say how many of a hundred new cases, from 1 to 99"})
    release.try_first(start.team, start.share or 0)


def _moves(publication: Publication, chosen: Mapping[UUID, Instead]) -> list[CaseMove]:
    return [CaseMove(publication_id=publication.id, case_id=one, instead=dict(how)) for one, how in chosen.items()]


def _of_change(work: Work, change_id: UUID) -> Publication:
    return work.session.scalars(select(Publication).where(Publication.change_id == change_id)).one()


def _number(work: Work, publication: Publication) -> int:
    return work.session.get_one(Release, publication.release_id).number


def _counts_since(work: Work, release: Release) -> int | None:
    newer = select(Release.number).where(Release.number > release.number, Release.standing == COUNTS)
    return work.session.scalar(newer.order_by(Release.number.desc()).limit(1))
