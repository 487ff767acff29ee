"""The practices of a programme: which team looks after the people of each, today and on other days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.programme import Practice, PracticeTeam


@dataclass(frozen=True)
class CareOf:
    """A team that looks after the people of a practice, from when to when."""

    key: str
    team: str
    valid_from: date | None
    valid_to: date | None
    today: bool
    to_come: bool


@dataclass(frozen=True)
class PracticeRow:
    """A practice, and the teams that look after its people: every one there was, the newest first."""

    code: str
    name: str
    teams: tuple[CareOf, ...]
    valid_from: date | None
    valid_to: date | None
    today: bool

    @property
    def teams_today(self) -> tuple[CareOf, ...]:
        """The teams of today. More than one: a person chooses for each referral."""
        return tuple(team for team in self.teams if team.today)

    @property
    def teams_to_come(self) -> tuple[CareOf, ...]:
        """The teams that begin on a day to come."""
        return tuple(team for team in self.teams if team.to_come)


def practices_of(session: Session, programme_id: UUID, today: date) -> Sequence[PracticeRow]:
    """Return every practice of a programme by name, those that have ended too."""
    query = select(Practice).where(Practice.programme_id == programme_id).order_by(Practice.name)
    return [_row(practice, today) for practice in session.scalars(query)]


def _row(practice: Practice, today: date) -> PracticeRow:
    counted = [link for link in practice.teams if not _never(link)]
    newest_first = sorted(counted, key=lambda link: (link.valid_from or date.min, link.team.name), reverse=True)
    return PracticeRow(
        practice.code, practice.name, tuple(_care(link, today) for link in newest_first),
        practice.valid_from, practice.valid_to, practice.counts_on(today),
    )  # fmt: skip


def _never(link: PracticeTeam) -> bool:
    """Whether it was planned and taken back before it began."""
    return link.valid_from is not None and link.valid_to is not None and link.valid_to < link.valid_from


def _care(link: PracticeTeam, today: date) -> CareOf:
    counts = link.counts_on(today)
    to_come = link.valid_from is not None and link.valid_from > today
    return CareOf(link.team.key, link.team.name, link.valid_from, link.valid_to, counts, to_come)
