"""What was published of a change: with whom it began, which open cases went over or came back, and which did not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, Release
from workflows.casework.errors import NotFound
from workflows.casework.programme import Programme, Team
from workflows.casework.publication import MOVED, STAYS, WAITS, CaseMove, Publication
from workflows.desk import Desk
from workflows.questions.process_models import must_see


@dataclass(frozen=True)
class Stayed:
    """A case that stays where it is, and why."""

    number: str
    why: str


@dataclass(frozen=True)
class Moves:
    """The cases that were to go over, or to come back: how many, and which stay."""

    moved: int
    waiting: int
    stayed: tuple[Stayed, ...]

    @property
    def in_all(self) -> int:
        """How many were asked."""
        return self.moved + self.waiting + len(self.stayed)

    @property
    def done(self) -> int:
        """How many are settled, one way or the other."""
        return self.moved + len(self.stayed)


@dataclass(frozen=True)
class PublicationPage:
    """A publication. began: cases that began on its release and run. tried_with: a team's name, or a share in words."""

    id: UUID
    release: int
    before: int
    at: datetime
    standing: str
    tried_with: str
    widened_at: datetime | None
    taken_back_at: datetime | None
    taken_back_by: str
    taken_back_why: str
    later: int | None  # a release made from this one, which has to be taken back first
    running: int
    over: Moves
    back: Moves

    @property
    def under_way(self) -> bool:
        """Whether cases are still to move."""
        return bool(self.over.waiting or self.back.waiting)


def publication_page(desk: Desk, change_id: UUID) -> PublicationPage:
    """Return what was published of a change."""
    must_see(desk)
    with desk.looking() as session:
        found = session.scalar(select(Publication).where(Publication.change_id == change_id))
        if found is None:
            raise NotFound("This change was not published.")
        release = session.get_one(Release, found.release_id)
        return PublicationPage(
            id=found.id, release=release.number, before=session.get_one(Release, found.before_id).number, at=found.at,
            standing=release.standing, tried_with=_tried_with(session, release), widened_at=found.widened_at,
            taken_back_at=found.taken_back_at, taken_back_by=found.taken_back_by or "",
            taken_back_why=found.taken_back_why, later=_later(session, release), running=_running(session, release),
            over=_moves(session, found, back=False), back=_moves(session, found, back=True),
        )  # fmt: skip


def teams(desk: Desk) -> list[tuple[UUID, str]]:
    """Return the teams with whose new cases a release may be tried first."""
    with desk.looking() as session:
        found = session.execute(select(Programme.name, Team).join(Programme, Programme.id == Team.programme_id))
        rows = [(team.id, f"{programme}: {team.name}") for programme, team in found if team.counts_on(desk.today)]
        return sorted(rows, key=lambda row: row[1])


def _tried_with(session: Session, release: Release) -> str:
    if "team" in release.first_for:
        return session.get_one(Team, UUID(release.first_for["team"])).name
    return f"{release.first_for['share']} in 100 new cases" if release.first_for else ""


def _later(session: Session, release: Release) -> int | None:
    later = select(Release.number).where(Release.number > release.number, Release.standing != "withdrawn")
    return session.scalar(later.order_by(Release.number).limit(1))


def _running(session: Session, release: Release) -> int:
    on_it = select(func.count(func.distinct(CaseRun.case_id))).where(
        CaseRun.release_id == release.id, CaseRun.status == "running"
    )
    return session.scalar(on_it) or 0


def _moves(session: Session, of: Publication, back: bool) -> Moves:
    its = (CaseMove.publication_id == of.id, CaseMove.back.is_(back))
    counted = Counter(session.scalars(select(CaseMove.status).where(*its)))
    stayed = select(Case.number, CaseMove.why).join(Case, Case.id == CaseMove.case_id)
    rows = session.execute(stayed.where(*its, CaseMove.status == STAYS).order_by(Case.number))
    return Moves(counted[MOVED], counted[WAITS], tuple(Stayed(*row) for row in rows))
