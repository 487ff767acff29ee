"""The people around a case: who coordinates, who referred, who has something to do, who watches, who is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.programme import Practice, Programme
from workflows.casework.staff import StaffMember, Watch
from workflows.desk import Desk
from workflows.questions.case_head import Head, head_of
from workflows.questions.sight import Opened, opened
from workflows.questions.waits import OpenTask, open_tasks
from workflows.storage import cases, people


@dataclass(frozen=True)
class Colleague:
    """Somebody who works here."""

    name: str
    profession: str
    away: str = ""  # until when they are on leave, and who covers


@dataclass(frozen=True)
class Outsider:
    """Somebody from elsewhere: what they are to the case, and how to reach them."""

    part: str
    name: str
    about: str
    contact: tuple[str, ...]


@dataclass(frozen=True)
class LeftOut:
    """Somebody the person does not want to see the record."""

    who: str
    since: datetime
    works_here: bool


@dataclass(frozen=True)
class PeoplePage:
    """Everybody around the case, as far as the reader may know them."""

    head: Head
    coordinator: Colleague | None
    outsiders: tuple[Outsider, ...]
    tasks: tuple[OpenTask, ...]
    watchers: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def people_page(desk: Desk, number: str) -> PeoplePage:
    """Return the people around a case. A partner organisation sees the coordinator and its own tasks."""
    with desk.looking() as session:
        found = opened(session, desk, number)
        partner, tasks = found.sight.partner, open_tasks(session, desk, found)
        asked = {found.case.coordinator_id, *(task.holder_id for task in tasks)} - {None}
        away = people.away_words(session, [one for one in asked if one], desk.today)
        return PeoplePage(
            head=head_of(session, desk, found),
            coordinator=_coordinator(session, found, away),
            outsiders=() if partner else tuple(_outsiders(session, desk, found)),
            tasks=tuple(_with_leave(task, away) for task in tasks),
            watchers=() if partner else _watchers(session, found),
            left_out=()
            if partner
            else tuple(LeftOut(one.who, one.since, one.staff_id is not None) for one in found.exclusions),
        )


def _coordinator(session: Session, found: Opened, away: Mapping[UUID, str]) -> Colleague | None:
    staff = session.get(StaffMember, found.case.coordinator_id) if found.case.coordinator_id else None
    return Colleague(staff.name, staff.profession, away.get(staff.id, "")) if staff else None


def _with_leave(task: OpenTask, away: Mapping[UUID, str]) -> OpenTask:
    """Say beside the name of whoever has a task that they are away."""
    gone = away.get(task.holder_id, "") if task.holder_id else ""
    told = gone.partition(", ")[0] if task.left_behind else gone  # whoever covers cannot do this one
    return replace(task, away=told)


def _watchers(session: Session, found: Opened) -> tuple[str, ...]:
    query = select(StaffMember.name).join(Watch, Watch.staff_id == StaffMember.id)
    return tuple(session.scalars(query.where(Watch.case_id == found.case.id).order_by(StaffMember.name)))


def _outsiders(session: Session, desk: Desk, found: Opened) -> list[Outsider]:
    said = _referral(session, found)
    people = [_referrer(said), _practice(session, found, said), _carer(desk, found)]
    return [one for one in people if one is not None]


def _referral(session: Session, found: Opened) -> dict[str, Any]:
    referral = cases.newest_document(session, found.case.id, "F01")
    return dict(referral.answers) if referral else {}


def _referrer(said: dict[str, Any]) -> Outsider | None:
    if not said.get("referrer_name"):
        return None
    about = [said.get("referrer_role"), said.get("referrer_org"), said.get("referrer_relationship")]
    contact = [said.get("referrer_phone"), said.get("referrer_email")]
    return Outsider("Referrer", str(said["referrer_name"]), _joined(about), _given(contact))


def _practice(session: Session, found: Opened, said: dict[str, Any]) -> Outsider | None:
    code = found.case.person.practice_code
    query = select(Practice.name).join(Programme, Practice.programme_id == Programme.id)
    name = session.scalar(query.where(Programme.id == found.case.programme_id, Practice.code == code).limit(1))
    elsewhere = said.get("gp_elsewhere_name")
    if name is None and not elsewhere:
        return None
    about = code if name else "not in the register of this programme"
    return Outsider("GP practice", str(name or elsewhere), about, ())


def _carer(desk: Desk, found: Opened) -> Outsider | None:
    carer = found.case.person.details.get("carer")
    if not isinstance(carer, dict) or not carer:
        return None
    form = desk.forms.form("F01")
    shown = form.show({"carer": {name: carer[name] for name in ("lives_with", "strain") if name in carer}})
    more = [f"{row.label.partition(': ')[2]} {row.text}" for section in shown for row in section.rows]
    about = _joined([carer.get("relationship"), *more])
    return Outsider("Carer", str(carer.get("name") or "Name not known"), about, _given([carer.get("phone")]))


def _joined(parts: list[Any]) -> str:
    return ", ".join(str(part) for part in parts if part)


def _given(parts: list[Any]) -> tuple[str, ...]:
    return tuple(str(part) for part in parts if part)
