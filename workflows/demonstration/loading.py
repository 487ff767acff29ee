"""Loading the demonstration into an empty office; doing it again adds only what is missing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.actions.diagrams import publish_shipped
from workflows.actions.programmes import load_programme
from workflows.actions.sign_in import hash_password
from workflows.casework.access import Actor, Post
from workflows.casework.errors import NotAllowed, RuleBroken
from workflows.casework.programme import Programme, Team
from workflows.casework.staff import Membership, StaffMember
from workflows.desk import Desk, Work
from workflows.storage import schema

FOLDER = Path(__file__).resolve().parent.parent / "programmes"
STAFF = FOLDER / "staff.json"
PASSWORD = "roundtable-demo"  # noqa: S105 - printed at every start; these accounts exist in demonstrations only
OFFICE = Actor(None, "the demonstration", (Post("sysadmin", None, None),))
SINCE = date(2026, 4, 1)
MADE_UP_PEOPLE = (
    "The demonstration was loaded into this database: its people are made up, and the password of their accounts is "
    "known to everybody. A service for real people needs a database of its own: name another folder with "
    "ROUNDTABLE_DATA, or another database with ROUNDTABLE_DATABASE. To go on with the demonstration set "
    "ROUNDTABLE_DEMONSTRATION=yes."
)
REAL_PEOPLE = (
    "This database belongs to a service for real people: the demonstration is not loaded into it. Set "
    "ROUNDTABLE_DEMONSTRATION=no, or name another folder for the demonstration with ROUNDTABLE_DATA."
)


def load(desk: Desk) -> int:
    """Load programmes, diagrams with tables, and staff. Returns how many people were new.

    Raises NotAllowed where the installation is not a demonstration, RuleBroken where real people work already.
    """
    if not desk.settings.demonstration:
        raise NotAllowed("This is not a demonstration: its people must not be loaded here.")
    if not loaded(desk) and _somebody_works_here(desk):
        raise RuleBroken(REAL_PEOPLE)
    office = desk.for_actor(OFFICE)
    for path in sorted(FOLDER.glob("*.json")):
        if path != STAFF:
            load_programme(office, json.loads(path.read_text(encoding="utf-8")))
    publish_shipped(office)
    return load_staff(office, _people())


def loaded(desk: Desk) -> bool:
    """Say whether the demonstration has been loaded here before: an account of its people is never removed."""
    made_up = [str(row["email"]) for row in _people()]
    with desk.looking() as session:
        return session.scalar(select(StaffMember.id).where(StaffMember.email.in_(made_up)).limit(1)) is not None


def keep_apart(desk: Desk) -> None:
    """Refuse to care for real people with a demonstration's database: its accounts share a password that is printed.

    Raises RuleBroken in a sentence that says what to do; a database with nothing in it may still become either.
    """
    if desk.settings.demonstration or not schema.begun(desk.database):
        return
    if loaded(desk):
        raise RuleBroken(MADE_UP_PEOPLE)


def _somebody_works_here(desk: Desk) -> bool:
    with desk.looking() as session:
        return session.scalar(select(StaffMember.id).limit(1)) is not None


def _people() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(STAFF.read_text(encoding="utf-8"))["staff"]
    return found


def load_staff(desk: Desk, given: list[dict[str, Any]]) -> int:
    """Give made-up people their accounts and posts, all with the one password. Returns how many were new."""
    with desk.work() as work:
        known = set(work.session.scalars(select(StaffMember.email)))
        new = [row for row in given if row["email"] not in known]
        if not new:
            return 0
        places = _places(work.session)
        password_hash = hash_password(PASSWORD)
        for row in new:
            _hire(work, row, password_hash, places)
        work.commit()
        return len(new)


def _hire(
    work: Work, row: dict[str, Any], password_hash: str, places: dict[tuple[str | None, ...], UUID | None]
) -> None:
    staff = StaffMember(name=row["name"], email=row["email"], profession=row["profession"], password_hash=password_hash)
    staff.happened("account opened", name=staff.name)
    for given in row["posts"]:
        post = Membership(
            role=given["role"],
            programme_id=places[given["programme"], None],
            team_id=places[given["programme"], given["team"]] if given["team"] else None,
            valid_from=SINCE,
        )
        post.happened("post given", to=staff.name, role=post.role)
        staff.posts.append(post)
    work.session.add(staff)


def _places(session: Session) -> dict[tuple[str | None, ...], UUID | None]:
    """Return the ids of programmes by (key, None) and of teams by (programme key, team key)."""
    programmes = session.execute(select(Programme.key, Programme.id)).all()
    teams = session.execute(select(Programme.key, Team.key, Team.id).join(Team, Team.programme_id == Programme.id))
    found: dict[tuple[str | None, ...], UUID | None] = {(None, None): None}
    found |= {(key, None): programme_id for key, programme_id in programmes}
    found |= {(programme, team): team_id for programme, team, team_id in teams}
    return found
