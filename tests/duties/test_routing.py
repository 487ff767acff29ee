"""Which team a case goes to: the register advises; where it settles nothing, or triage knows better, people do."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders.walked_case import Town
from workflows.casework.case import Case
from workflows.casework.programme import Team
from workflows.duties.routes import pool_of
from workflows.questions.task_form import task_form
from workflows.storage.lookups import lookups_for

TWO_TEAMS = "ZZ011"


def _offered(town: Town, number: str) -> list[str]:
    case = town.case(number)

    def labels(session: Session) -> list[str]:
        found = session.get_one(Case, case.id)
        teams = lookups_for(session, found.programme, town.office.desk().today, found)["team"]
        return [choice.label for choice in teams]

    return town.ask(labels)


def test_triage_finds_the_practice_s_team_filled_in_and_the_team_it_chooses_takes_the_case(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "triage_referral")
    (task,) = town.open_tasks(number)
    assert task_form(town.office.desk(town.who("Siobhan")), task.id).raw["team"] == ["east"]
    town.do(number, "triage_referral", team="west")
    assert town.ask(lambda session: session.get_one(Case, town.case(number).id).team.key) == "west"


def test_of_somebody_without_a_team_hears_the_team_of_the_practice_that_was_told(town: Town) -> None:
    """The record may name a practice that only another programme knows."""
    number = town.refer()
    with town.office.desk().work() as work:
        case = work.session.get_one(Case, town.case(number).id)
        case.person.practice_code = "ZZ999"
        teams = select(Team.id).where(Team.key == "east", Team.programme_id == case.programme_id)
        east = work.session.scalars(teams).one()
        told, theirs = (pool_of(work.session, "coordinator", case, team, work.today) for team in (None, east))
        assert {staff.name for staff in told} == {staff.name for staff in theirs}


def test_where_a_practice_has_two_teams_both_are_offered_first(town: Town) -> None:
    number = town.refer(gp_practice=TWO_TEAMS)
    town.walk_until(number, "choose_team")
    offered = _offered(town, number)
    assert offered[:3] == ["Prestwich, team of this practice", "Whitefield, team of this practice", "East"]
