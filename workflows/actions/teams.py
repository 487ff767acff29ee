"""The teams of a programme, and where letters to its services go: what a manager puts right."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, or_, select

from workflows.actions.practices import address_lines
from workflows.actions.programmes import managed
from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused, NotFound
from workflows.casework.programme import Practice, PracticeTeam, Programme, Service, Team
from workflows.casework.staff import EMAIL_ADDRESS
from workflows.desk import Desk, Work

LONGEST_NAME = 60


def change_team(desk: Desk, programme_key: str, team_key: str, name: str, mailbox: str) -> None:
    """Give a team another name or mailbox from now on; what was written under the old one stays."""
    name, mailbox = " ".join(name.split()), mailbox.strip().lower()
    with desk.work() as work:
        programme = managed(work, programme_key)
        team = _team(programme, team_key)
        if errors := _misnamed(programme, team, name, mailbox):
            raise AnswersRefused(errors)
        if (name, mailbox) == (team.name, team.mailbox):
            return
        before, team.name, team.mailbox = team.name, name, mailbox
        team.happened("team changed", team=team.key, was=before, to=name, mailbox=mailbox)
        work.commit()


def end_team(desk: Desk, programme_key: str, team_key: str, last_day: date) -> int:
    """Say which day is a team's last; returns how many open cases are with it still.

    Raises AnswersRefused while anything is to come to it after that day: practices, or the new people of another team.
    """
    with desk.work() as work:
        programme = managed(work, programme_key)
        team = _team(programme, team_key)
        if refusal := _why_not(work, programme, team, last_day):
            raise AnswersRefused({"last_day": refusal})
        team.valid_to = last_day
        team.happened("team ended", team=team.key, last_day=last_day.isoformat())
        work.commit()
        with_it = (Case.team_id == team.id, Case.closed_at.is_(None))
        return work.session.scalar(select(func.count()).select_from(Case).where(*with_it)) or 0


def keep_team(desk: Desk, programme_key: str, team_key: str) -> None:
    """Take a team's last day back: it goes on."""
    with desk.work() as work:
        team = _team(managed(work, programme_key), team_key)
        if team.valid_to is None:
            return
        team.valid_to = None
        team.happened("team goes on", team=team.key)
        work.commit()


def change_service_address(desk: Desk, programme_key: str, service_key: str, address: str) -> None:
    """Say where letters to a service go, line by line; empty: that is not known. Raises AnswersRefused."""
    wanted = address_lines(address)
    with desk.work() as work:
        programme = managed(work, programme_key)
        named = select(Service).where(Service.programme_id == programme.id, Service.key == service_key)
        service = work.session.scalar(named)
        if service is None:
            raise NotFound("There is no such service in this programme.")
        if programme.put_address(service_key, wanted):
            service.happened("service addressed", service=service_key, address=wanted)
            work.commit()


def _team(programme: Programme, key: str) -> Team:
    team = next((one for one in programme.teams if one.key == key), None)
    if team is None:
        raise NotFound("There is no such team.")
    return team


def _misnamed(programme: Programme, team: Team, name: str, mailbox: str) -> dict[str, str]:
    errors = {}
    if not name:
        errors["name"] = "Enter the name of the team"
    elif len(name) > LONGEST_NAME:
        errors["name"] = f"The name must have {LONGEST_NAME} characters or fewer"
    elif any(one.name.casefold() == name.casefold() for one in programme.teams if one is not team):
        errors["name"] = "Another team of this programme has this name"
    if mailbox and not EMAIL_ADDRESS.fullmatch(mailbox):
        errors["mailbox"] = "Enter an email address, for example team@example.org"
    return errors


def _why_not(work: Work, programme: Programme, team: Team, last_day: date) -> str:
    """Say what would still come to a team that has ended; empty when nothing would."""
    if team.valid_from is not None and last_day < team.valid_from:
        return "The last day must not be before the first"
    covered = [one.name for one in programme.teams if one.suspended and one.cover_team_id == team.id]
    if covered:
        return f"It takes the new people of {', '.join(covered)}: choose another team for that first"
    if theirs := _practices_after(work, team, last_day):
        return f"{theirs} still belongs to it after that day: give its people to another team first"
    return ""


def _practices_after(work: Work, team: Team, last_day: date) -> str:
    """One of the practices whose people would still come to the team; empty when there is none."""
    after = [or_(dated.valid_to.is_(None), dated.valid_to > last_day) for dated in (Practice, PracticeTeam)]
    query = select(Practice.name).join(PracticeTeam, PracticeTeam.practice_id == Practice.id)
    return work.session.scalar(query.where(PracticeTeam.team_id == team.id, *after).order_by(Practice.name)) or ""
