"""The register of practices: entering one, giving its people to another team, ending it. Days are never rewritten."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from workflows.actions.programmes import managed
from workflows.casework.errors import AnswersRefused, NotFound
from workflows.casework.programme import PRACTICE_CODE, Practice, PracticeTeam, Programme, Team
from workflows.desk import Desk, Work

LONGEST_NAME = 120
LONGEST_ADDRESS, MOST_LINES = 300, 6
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class NewPractice:
    """A practice to be entered: its code in the national register, its teams by key, its first day (None: today)."""

    code: str
    name: str
    teams: Collection[str]
    first_day: date | None = None


def add_practice(desk: Desk, programme_key: str, given: NewPractice) -> None:
    """Enter a practice with the teams that look after its people; raises AnswersRefused with what is wrong."""
    with desk.work() as work:
        programme = managed(work, programme_key)
        code, name, first_day = given.code.strip().upper(), given.name.strip(), given.first_day or work.today
        teams, unsuited = _teams(programme, given.teams, first_day)
        errors = _misnamed(work, programme, code, name) | unsuited
        if errors:
            raise AnswersRefused(errors)
        practice = Practice(programme_id=programme.id, code=code, name=name, valid_from=first_day)
        practice.happened("practice entered", practice=code)
        work.session.add(practice)
        for team in teams:
            _give(practice, team, first_day)
        work.commit()


def change_teams(desk: Desk, programme_key: str, code: str, teams: Collection[str], from_day: date) -> None:
    """Give a practice's people to other teams from a day on; who looked after them before stays in the record."""
    with desk.work() as work:
        programme = managed(work, programme_key)
        practice = _practice(work, programme, code)
        wanted, errors = _teams(programme, teams, from_day)
        errors |= _wrong_day(practice, from_day, work.today)
        going_on = {link.team_id for link in practice.teams if _goes_on(link, from_day)}
        if not errors and {team.id for team in wanted} == going_on:
            errors["teams"] = "This is how it is already"
        if errors:
            raise AnswersRefused(errors)
        for link in practice.teams:
            if link.team_id not in {team.id for team in wanted} or not _goes_on(link, from_day):
                _end(practice, link, from_day - _A_DAY)
        for team in wanted:
            if team.id not in going_on:
                _give(practice, team, from_day)
        work.commit()


def change_address(desk: Desk, programme_key: str, code: str, address: str) -> None:
    """Say where letters to a practice go, line by line; empty: that is not known. Raises AnswersRefused."""
    wanted = address_lines(address)
    with desk.work() as work:
        programme = managed(work, programme_key)
        practice = _practice(work, programme, code)
        if programme.put_address(code, wanted):
            practice.happened("practice addressed", practice=code, address=wanted)
            work.commit()


def address_lines(typed: str) -> str:
    """Return an address line by line, without empty ones; raises AnswersRefused for one no envelope holds."""
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    wanted = "\n".join(lines)
    if len(wanted) > LONGEST_ADDRESS or len(lines) > MOST_LINES:
        said = f"The address must have {MOST_LINES} lines and {LONGEST_ADDRESS} characters or fewer"
        raise AnswersRefused({"address": said})
    return wanted


def end_practice(desk: Desk, programme_key: str, code: str, last_day: date) -> None:
    """Say which day is a practice's last; referrals that name it afterwards are told that it has closed."""
    with desk.work() as work:
        practice = _practice(work, managed(work, programme_key), code)
        if practice.valid_from is not None and last_day < practice.valid_from:
            raise AnswersRefused({"last_day": "The last day must not be before the first"})
        practice.valid_to = last_day
        practice.happened("practice ended", practice=code, last_day=last_day.isoformat())
        work.commit()


def keep_practice(desk: Desk, programme_key: str, code: str) -> None:
    """Take a practice's last day back: it goes on."""
    with desk.work() as work:
        practice = _practice(work, managed(work, programme_key), code)
        if practice.valid_to is None:
            return
        practice.valid_to = None
        practice.happened("practice goes on", practice=code)
        work.commit()


def _practice(work: Work, programme: Programme, code: str) -> Practice:
    named = select(Practice).where(Practice.programme_id == programme.id, Practice.code == code)
    practice = work.session.scalar(named)
    if practice is None:
        raise NotFound("There is no such practice in this programme.")
    return practice


def _teams(programme: Programme, keys: Collection[str], on: date) -> tuple[list[Team], dict[str, str]]:
    """Return the teams named, and what is wrong with the choice."""
    found = [team for team in programme.teams if team.key in keys and team.counts_on(on)]
    wrong = not found or {team.key for team in found} != set(keys)
    return found, {"teams": "Choose the team that looks after its people on that day"} if wrong else {}


def _misnamed(work: Work, programme: Programme, code: str, name: str) -> dict[str, str]:
    errors = {}
    known = select(Practice.name).where(Practice.programme_id == programme.id, Practice.code == code)
    if not name:
        errors["name"] = "Enter the name of the practice"
    elif len(name) > LONGEST_NAME:
        errors["name"] = f"The name must have {LONGEST_NAME} characters or fewer"
    if not PRACTICE_CODE.fullmatch(code):
        errors["code"] = "Enter the code of the practice: letters and figures, for example ZZ001"
    elif other := work.session.scalar(known):
        errors["code"] = f"This code is in the register already: {other}"
    return errors


def _wrong_day(practice: Practice, from_day: date, today: date) -> dict[str, str]:
    if from_day < today:
        return {"from_day": "The day must be today or later: who looked after people before stays in the record"}
    if not practice.counts_on(from_day):
        return {"from_day": "The practice does not count on that day"}
    return {}


def _goes_on(link: PracticeTeam, from_day: date) -> bool:
    """Whether a team looks after the practice's people on a day, and on every day after it."""
    return link.valid_to is None and (link.valid_from is None or link.valid_from <= from_day)


def _give(practice: Practice, team: Team, first_day: date) -> None:
    link = PracticeTeam(team=team, valid_from=first_day)
    link.happened("practice given to a team", practice=practice.code, team=team.key)
    practice.teams.append(link)


def _end(practice: Practice, link: PracticeTeam, last_day: date) -> None:
    """End a team's care on a day; one that had ended before, or was only to begin later, does not count any more."""
    if link.valid_to is not None and link.valid_to <= last_day:
        return
    link.valid_to = last_day
    link.happened("practice taken from a team", practice=practice.code, team=link.team.key)
