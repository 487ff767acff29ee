"""Which release of the diagrams a process begins on: the newest, or one that is tried with some cases first."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.diagram import COUNTS, FIRST, Release
from workflows.casework.errors import NotFound
from workflows.storage.routes import route_of_case

_STANDING = select(Release).where(Release.standing.in_((COUNTS, FIRST))).order_by(Release.number.desc()).limit(2)


def release_for(session: Session, case: Case, day: date) -> Release:
    """Return the release on which a process of a case begins today."""
    for release in session.scalars(_STANDING):
        if release.standing == COUNTS or release.is_tried_with(case.id, _team_of(session, case, release, day)):
            return release
    raise NotFound("No diagrams have been published yet.")


def tried_first(session: Session) -> Release | None:
    """Return the release that is tried with some cases first, if any is."""
    return session.scalar(select(Release).where(Release.standing == FIRST).order_by(Release.number.desc()).limit(1))


def _team_of(session: Session, case: Case, release: Release, day: date) -> UUID | None:
    """The team of a case; until it has one, that which looks after its practice."""
    if case.team_id is not None or "team" not in release.first_for:
        return case.team_id
    teams = route_of_case(session, case, day).teams
    return teams[0].id if teams else None
