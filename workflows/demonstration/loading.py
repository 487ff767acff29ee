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
from workflows.casework.errors import NotAllowed
from workflows.casework.programme import Programme, Team
from workflows.casework.staff import Membership, StaffMember
from workflows.desk import Desk, Work

FOLDER = Path(__file__).resolve().parent.parent / "programmes"
STAFF = FOLDER / "staff.json"
PASSWORD = "roundtable-demo"  # noqa: S105 - printed at every start; these accounts exist in demonstrations only
OFFICE = Actor(None, "the demonstration", (Post("sysadmin", None, None),))
SINCE = date(2026, 4, 1)


def load(desk: Desk) -> int:
    """Load programmes, diagrams with tables, and staff. Returns how many people were new.

    Raises NotAllowed where the installation is not a demonstration.
    """
    if not desk.settings.demonstration:
        raise NotAllowed("This is not a demonstration: its people must not be loaded here.")
    office = desk.for_actor(OFFICE)
    for path in sorted(FOLDER.glob("*.json")):
        if path != STAFF:
            load_programme(office, json.loads(path.read_text(encoding="utf-8")))
    publish_shipped(office)
    return load_staff(office, json.loads(STAFF.read_text(encoding="utf-8"))["staff"])


def loaded(desk: Desk) -> bool:
    """Say whether the demonstration has been loaded here before."""
    with desk.looking() as session:
        return session.scalar(select(StaffMember.id).limit(1)) is not None


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
