"""Setting a programme up from its file, and changing its times and thresholds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from workflows.actions.setting_values import checked_value
from workflows.casework.access import may, may_manage
from workflows.casework.calendars import CLOSED_DAYS
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound
from workflows.casework.meeting_days import MEETINGS
from workflows.casework.programme import (
    ADDRESSES,
    SERVICE_SECTORS,
    Practice,
    PracticeTeam,
    Programme,
    ProgrammeSetting,
    Service,
    Team,
)
from workflows.desk import Desk, Work

Given = Mapping[str, Any]
ROWS = ("teams", "practices", "services", "settings")
NAMED = ("key", "name", "about", "consent_model")
# Settings of earlier versions that nothing reads: they come back with what reads them.
IDLE = ("remind.", "escalate.", "digest_at", "snooze_limit")
NOT_YOURS = "Only a service manager or system administrator changes a programme."


def load_programme(desk: Desk, data: Given) -> UUID:
    """Set a programme up from its file: add what is not there yet, change nothing that is.

    `data` as in `workflows/programmes/*.json`. Loading it again changes nothing; what a manager has set stays.
    """
    _must_manage(desk)
    with desk.work() as work:
        programme = work.session.scalar(select(Programme).where(Programme.key == data["key"]))
        if programme is None:
            programme = Programme(**{name: data[name] for name in NAMED}, settings=[], teams=[], content={})
            work.session.add(programme)
            programme.happened("programme set up", programme=programme.key)
            work.session.flush()
        _add_content(programme, data)
        _add_teams(work, programme, data["teams"])
        _add_practices(work, programme, data["practices"])
        _add_services(work, programme, data["services"])
        add_settings(programme, data["settings"], work.today)
        work.commit()
        return programme.id


def change_setting(desk: Desk, programme_key: str, setting_key: str, value: str) -> str:
    """Give a time or threshold another value from today on; the values of earlier days stay in the record.

    Returns the value as it is kept. Raises AnswersRefused for one that is not of the setting's kind.
    """
    with desk.work() as work:
        programme = managed(work, programme_key)
        now = next((s for s in programme.settings if s.key == setting_key and _counts(s, work.today)), None)
        if now is None:
            raise NotFound(f"The programme has no setting “{setting_key}”.")
        wanted = checked_value(setting_key, now.value, value)
        if wanted != now.value:
            _replace(programme, now, wanted, work.today)
        work.commit()
        return wanted


def end_idle_settings(desk: Desk) -> None:
    """End the settings that an earlier version of Roundtable put into programmes and that change nothing any more.

    What they were stays in the record. Done at every start: without such a setting nothing happens.
    """
    with desk.work() as work:
        for setting in work.session.scalars(select(ProgrammeSetting).where(ProgrammeSetting.valid_to.is_(None))):
            if setting.key.startswith(IDLE):
                setting.valid_to = work.today - timedelta(days=1)
                setting.happened("setting ended", programme=setting.programme.key, setting=setting.key)
        work.commit()


def suspend_team(desk: Desk, programme_key: str, team_key: str, cover_key: str | None) -> None:
    """Let another team take a team's new people while it cannot; without a cover team it is back at work."""
    with desk.work() as work:
        teams = {team.key: team for team in managed(work, programme_key).teams}
        if team_key not in teams:
            raise NotFound("There is no such team.")
        cover = teams.get(cover_key or "")
        if cover_key and (cover is None or cover.key == team_key or cover.suspended):
            raise AnswersRefused({"cover": "Choose another team that is at work"})
        team = teams[team_key]
        team.suspended = cover is not None
        if cover is not None:
            team.cover_team_id = cover.id
        team.happened("team suspended" if cover else "team back at work", team=team.name)
        work.commit()


def managed(work: Work, key: str) -> Programme:
    """Hold a programme that the actor manages; raises NotFound or NotAllowed."""
    if not may(work.actor, "programme.manage"):
        raise NotAllowed(NOT_YOURS)
    programme = work.session.scalar(select(Programme).where(Programme.key == key).with_for_update(of=Programme))
    if programme is None:
        raise NotFound("There is no such programme.")
    if not may_manage(work.actor, programme.id):
        raise NotAllowed("You do not manage this programme.")
    return programme


def _must_manage(desk: Desk) -> None:
    if not may(desk.actor, "programme.manage"):
        raise NotAllowed(NOT_YOURS)


def _counts(setting: ProgrammeSetting, today: date) -> bool:
    return setting.counts_on(today)


def _replace(programme: Programme, now: ProgrammeSetting, value: str, today: date) -> None:
    """End the old value yesterday and begin the new one today; a second change of the same day overwrites it."""
    changed = now
    before = now.value
    if now.valid_from == today:
        now.value = value
    else:
        now.valid_to = today - timedelta(days=1)
        now.happened("setting ended", programme=programme.key, setting=now.key)
        changed = ProgrammeSetting(
            key=now.key, value=value, label=now.label, note="Set by this programme", valid_from=today
        )
        programme.settings.append(changed)
    changed.happened("setting changed", programme=programme.key, setting=now.key, was=before, to=value)


def _add_content(programme: Programme, data: Given) -> None:
    shipped = {name: value for name, value in data.items() if name not in (*ROWS, *NAMED)}
    add_service_sectors(programme, data["services"])
    add_addresses(programme, data)
    missing = {name: value for name, value in shipped.items() if name not in programme.content}
    if missing:
        programme.content = {**programme.content, **missing}
        programme.happened("programme described", parts=sorted(missing))
    _add_closed_days(programme, data.get(CLOSED_DAYS, ()))


def add_service_sectors(programme: Programme, services: Iterable[Given]) -> int:
    """Say of services of which nobody has said it yet for which kind of organisation they work; returns how many."""
    known: Mapping[str, str] = programme.content.get(SERVICE_SECTORS, {})
    new = {row["key"]: row["sector"] for row in services if row.get("sector") and row["key"] not in known}
    if new:
        programme.content = {**programme.content, SERVICE_SECTORS: {**known, **new}}
        programme.happened("programme described", parts=[SERVICE_SECTORS])
    return len(new)


def add_addresses(programme: Programme, data: Given) -> int:
    """Take over the addresses of practices and services of which nobody has said one yet; returns how many."""
    known: Mapping[str, str] = programme.content.get(ADDRESSES, {})
    rows = [(row["code"], row) for row in data["practices"]] + [(row["key"], row) for row in data["services"]]
    new = {key: row["address"] for key, row in rows if row.get("address") and key not in known}
    if new:
        programme.content = {**programme.content, ADDRESSES: {**known, **new}}
        programme.happened("programme described", parts=[ADDRESSES])
    return len(new)


def _add_closed_days(programme: Programme, given: Iterable[Given]) -> None:
    """Add the days the programme does not know of; one that a manager opened after all stays open."""
    listed = list(programme.content.get(CLOSED_DAYS, ()))
    known = {row["day"] for row in listed}
    new = [dict(row) for row in given if row["day"] not in known]
    if new:
        programme.content = {**programme.content, CLOSED_DAYS: [*listed, *new]}
        programme.happened("service closed on days of the file", days=[row["day"] for row in new])


def _add_teams(work: Work, programme: Programme, given: list[Given]) -> None:
    known = {team.key: team for team in programme.teams}
    new = [row for row in given if row["key"] not in known]
    for row in new:
        content = {MEETINGS: list(row[MEETINGS])} if row.get(MEETINGS) else {}
        mailbox = row.get("mailbox_alias") or ""
        team = Team(key=row["key"], name=row["name"], mailbox=mailbox, content=content, **_days(row))
        team.happened("team set up", team=team.name)
        programme.teams.append(team)
        known[team.key] = team
    work.session.flush()
    for row in new:
        if row.get("cover_team"):
            known[row["key"]].cover_team_id = known[row["cover_team"]].id


def _add_practices(work: Work, programme: Programme, given: list[Given]) -> None:
    codes = set(work.session.scalars(select(Practice.code).where(Practice.programme_id == programme.id)))
    teams = {team.key: team for team in programme.teams}
    for row in given:
        if row["code"] in codes:
            continue
        practice = Practice(programme_id=programme.id, code=row["code"], name=row["name"], **_days(row))
        practice.happened("practice entered", practice=row["code"])
        for key in row["teams"]:
            link = PracticeTeam(team=teams[key], **_days(row))
            link.happened("practice given to a team", practice=row["code"], team=key)
            practice.teams.append(link)
        work.session.add(practice)


def _add_services(work: Work, programme: Programme, given: list[Given]) -> None:
    known = set(work.session.scalars(select(Service.key).where(Service.programme_id == programme.id)))
    for row in given:
        if row["key"] not in known:
            words = {name: row.get(name) or "" for name in ("key", "name", "about", "contact")}
            service = Service(programme_id=programme.id, **words, **_days(row))
            service.happened("service entered", service=row["key"])
            work.session.add(service)


def add_settings(programme: Programme, given: Iterable[Given], today: date) -> None:
    """Add the settings a programme does not have yet."""
    known = {setting.key for setting in programme.settings if not setting.valid_to or setting.valid_to >= today}
    for row in given:
        if row["key"] not in known and not row["key"].startswith(IDLE):
            words = {name: row.get(name) or "" for name in ("key", "value", "label", "note")}
            setting = ProgrammeSetting(**words, **_days(row))
            setting.happened("setting entered", programme=programme.key, setting=row["key"])
            programme.settings.append(setting)


def _days(row: Given) -> dict[str, date | None]:
    parse: Callable[[str], date] = date.fromisoformat
    return {
        "valid_from": parse(row["from"]) if row.get("from") else None,
        "valid_to": parse(row["to"]) if row.get("to") else None,
    }
