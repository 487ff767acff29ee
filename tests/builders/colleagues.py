"""A programme of two teams, and people who work in it: made by the verbs that make them in earnest."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from workflows.actions import accounts, programmes, sign_in
from workflows.assembly import Office
from workflows.casework.access import Actor, Post
from workflows.casework.staff import StaffMember
from workflows.desk import Desk
from workflows.questions import people
from workflows.questions.programmes import ProgrammeSummary, all_programmes

ADMINISTRATOR = Actor(None, "an administrator", (Post("sysadmin", None, None),))
PASSWORD = "a long walk in the park"


def programme_data(**given: Any) -> dict[str, Any]:
    """A programme's file with two teams, two practices, a service and a setting of each kind."""
    usual = {
        "key": "acm",
        "name": "Active Case Management",
        "about": "Supports people through a neighbourhood team.",
        "consent_model": "explicit",
        "emergency_numbers": [{"number": "999", "name": "Emergency", "when": "Someone is in danger"}],
        "teams": [
            {"key": "north", "name": "North", "cover_team": "east", "from": "2026-04-01", "to": None},
            {"key": "east", "name": "East", "cover_team": "north", "from": "2026-04-01", "to": None},
        ],
        "practices": [
            {"code": "ZZ001", "name": "Heron Pool Surgery", "teams": ["north"], "from": "2026-04-01"},
            {"code": "ZZ002", "name": "Bramblegate Medical Centre", "teams": ["east"], "from": "2026-04-01"},
        ],
        "services": [{"key": "befriending", "name": "Befriending", "about": "A volunteer visits.", "contact": ""}],
        "settings": [
            {"key": "due.triage", "value": "2WD", "label": "Triage", "note": "Default, not national policy"},
            {"key": "hiu_ed", "value": "5", "label": "Many visits to A&E"},
            {"key": "efi_mild", "value": "0.12", "label": "Mild frailty"},
        ],
    }
    return {**usual, **given}


def administration(office: Office) -> Desk:
    """The desk of a system administrator."""
    return office.desk(ADMINISTRATOR)


def set_up(office: Office, **given: Any) -> ProgrammeSummary:
    """Load the programme; the same one again changes nothing."""
    programmes.load_programme(administration(office), programme_data(**given))
    return all_programmes(administration(office))[0]


def hire(office: Office, name: str, role: str = "", team: str = "", password: str = PASSWORD) -> UUID:
    """Open an account with a password and, where a role is given, a post: in a team or in the whole programme."""
    desk = administration(office)
    staff_id = accounts.open_account(desk, name, address_of(name))
    if role:
        accounts.give_post(desk, staff_id, _post(office, role, team))
    if password:
        with desk.work() as work:
            work.session.get_one(StaffMember, staff_id).change_password(_hash_of(password))
            work.commit()
    return staff_id


def desk_of(office: Office, staff_id: UUID) -> Desk:
    """The desk of somebody who works here."""
    actor = people.actor_of(office.desk(), staff_id)
    assert actor is not None
    return office.desk(actor)


def address_of(name: str) -> str:
    """Anna Bell -> anna.bell@example.org."""
    return name.lower().replace(" ", ".") + "@example.org"


@cache
def _hash_of(password: str) -> str:
    """A hash takes its time on purpose; once a run is enough."""
    return sign_in.hash_password(password)


def _post(office: Office, role: str, team: str) -> accounts.NewPost:
    if role == "sysadmin":
        return accounts.NewPost(role)
    programme = set_up(office)
    teams = {name.lower(): team_id for team_id, name in programme.teams}
    return accounts.NewPost(role, programme.id, teams[team] if team else None)
