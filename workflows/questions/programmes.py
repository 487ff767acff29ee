"""The programme as it is set up: teams, practices, services, times and thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.access import Actor, may, may_manage
from workflows.casework.audit import OFFICE, AuditEntry
from workflows.casework.calendars import ClosedDay, closed_days_of
from workflows.casework.errors import NotAllowed, NotFound
from workflows.casework.programme import Programme, ProgrammeSetting, Service
from workflows.desk import Desk
from workflows.questions.practices import PracticeRow, practices_of
from workflows.questions.whom_to_call import PROFESSIONALS

EMERGENCY = [("Someone is in danger or their life is at risk", "999"), ("You need medical help now", "111")]


@dataclass(frozen=True)
class TeamRow:
    """A team with its days, and who takes over while it is suspended."""

    id: UUID
    key: str
    name: str
    mailbox: str
    suspended: bool
    cover: str
    valid_from: date | None
    valid_to: date | None
    today: bool


@dataclass(frozen=True)
class ServiceRow:
    """A local service in the directory."""

    key: str
    name: str
    about: str
    contact: str
    valid_from: date | None
    valid_to: date | None
    today: bool


@dataclass(frozen=True)
class SettingRow:
    """A time or threshold in force, with where it comes from."""

    key: str
    value: str
    label: str
    note: str
    valid_from: date | None


@dataclass(frozen=True)
class SettingChange:
    """A value a setting had, from when to when, and who set it."""

    value: str
    valid_from: date | None
    valid_to: date | None
    by: str
    at: datetime | None


@dataclass(frozen=True)
class ProgrammeSummary:
    """A programme in a list."""

    id: UUID
    key: str
    name: str
    about: str
    consent_model: str
    teams: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True)
class ProgrammePage:
    """Everything about how a programme is set up."""

    summary: ProgrammeSummary
    content: dict[str, Any]
    teams: Sequence[TeamRow]
    practices: Sequence[PracticeRow]
    services: Sequence[ServiceRow]
    settings: Sequence[SettingRow]
    closed_days: Sequence[ClosedDay]
    may_change: bool


def all_programmes(desk: Desk) -> list[ProgrammeSummary]:
    """Return the programmes the actor works in; a system administrator sees all."""
    with desk.looking() as session:
        found = session.scalars(select(Programme).order_by(Programme.name))
        return [_summary(programme, desk.today) for programme in found if may_see_programme(desk.actor, programme.id)]


def programme(desk: Desk, key: str) -> ProgrammePage:
    """Return how a programme is set up."""
    with desk.looking() as session:
        found = seen_programme(session, desk.actor, key)
        return ProgrammePage(
            _summary(found, desk.today),
            found.content,
            _teams(found, desk.today),
            practices_of(session, found.id, desk.today),
            _services(session, found, desk.today),
            _settings(found, desk.today),
            closed_days_of(found.content),
            may_manage(desk.actor, found.id),
        )


def setting_history(desk: Desk, key: str, setting: str) -> tuple[SettingRow | None, list[SettingChange]]:
    """Return a setting as it is today and every value it had, newest first."""
    with desk.looking() as session:
        found = seen_programme(session, desk.actor, key)
        rows = [row for row in found.settings if row.key == setting]
        if not rows:
            raise NotFound(f"The programme {found.name} has no setting “{setting}”.")
        today = next((row for row in _settings(found, desk.today) if row.key == setting), None)
        return today, _changes(session, found.key, setting, rows)


def may_see_programme(actor: Actor, programme_id: UUID) -> bool:
    """Say whether the actor works in the programme, or for all of them."""
    return may(actor, "programme.see") and any(post.programme_id in (programme_id, None) for post in actor.posts)


def emergency_numbers(desk: Desk) -> list[tuple[str, str]]:
    """Return when to call which number instead of writing here, as the programmes say: what is for everybody."""
    everywhere = 0
    with desk.looking() as session:
        found: dict[str, tuple[str, list[str]]] = {}
        for name, content in session.execute(select(Programme.name, Programme.content).order_by(Programme.key)):
            for entry in content.get("emergency_numbers", []):
                if entry.get("for") == PROFESSIONALS:
                    continue
                found.setdefault(str(entry["number"]), (str(entry["when"]), []))[1].append(name)
            everywhere += 1
    return [
        (when if len(names) == everywhere else f"{when} ({', '.join(names)})", number)
        for number, (when, names) in found.items()
    ] or EMERGENCY


def seen_programme(session: Session, actor: Actor, key: str) -> Programme:
    """Return a programme the actor works in; raises NotFound or NotAllowed."""
    found = session.scalar(select(Programme).where(Programme.key == key))
    if found is None:
        raise NotFound("There is no such programme.")
    if not may_see_programme(actor, found.id):
        raise NotAllowed("You do not work in this programme.")
    return found


def _summary(found: Programme, today: date) -> ProgrammeSummary:
    teams = tuple((row.id, row.name) for row in _teams(found, today) if row.today)
    return ProgrammeSummary(found.id, found.key, found.name, found.about, found.consent_model, teams)


def _teams(found: Programme, today: date) -> list[TeamRow]:
    names = {team.id: team.name for team in found.teams}
    return [
        TeamRow(
            team.id, team.key, team.name, team.mailbox, team.suspended,
            names.get(team.cover_team_id, "") if team.cover_team_id else "",
            team.valid_from, team.valid_to, team.counts_on(today),
        )
        for team in sorted(found.teams, key=lambda team: team.name)
    ]  # fmt: skip


def _services(session: Session, found: Programme, today: date) -> list[ServiceRow]:
    query = select(Service).where(Service.programme_id == found.id).order_by(Service.name)
    return [
        ServiceRow(row.key, row.name, row.about, row.contact, row.valid_from, row.valid_to,
                   row.counts_on(today))
        for row in session.scalars(query)
    ]  # fmt: skip


def _settings(found: Programme, today: date) -> list[SettingRow]:
    return [
        SettingRow(row.key, row.value, row.label, row.note, row.valid_from)
        for row in sorted(found.settings, key=lambda row: row.key)
        if row.counts_on(today)
    ]


def _changes(session: Session, programme: str, setting: str, rows: Sequence[ProgrammeSetting]) -> list[SettingChange]:
    """Tell the values from the rows, and who set each from the trail."""
    told = session.scalars(
        select(AuditEntry).where(
            AuditEntry.chain == OFFICE, AuditEntry.subject == "ProgrammeSetting", AuditEntry.act == "setting changed"
        )
    )
    ours = [
        entry for entry in told if entry.detail.get("programme") == programme and entry.detail.get("setting") == setting
    ]
    newest_first = sorted(rows, key=lambda row: row.valid_from or date.min, reverse=True)
    return [_change(row, ours) for row in newest_first]


def _change(row: ProgrammeSetting, told: Sequence[AuditEntry]) -> SettingChange:
    entry = next((entry for entry in reversed(told) if entry.detail.get("to") == row.value), None)
    return SettingChange(
        row.value, row.valid_from, row.valid_to, entry.actor if entry else "", entry.at if entry else None
    )
