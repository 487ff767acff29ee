"""Which team a case goes to: the register advises; where it settles nothing, or triage knows better, people do."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tests.builders.walked_case import Town
from workflows.casework.case import Case
from workflows.storage.lookups import lookups_for

TWO_TEAMS = "ZZ011"


def _offered(town: Town, number: str) -> list[str]:
    case = town.case(number)

    def labels(session: Session) -> list[str]:
        found = session.get_one(Case, case.id)
        teams = lookups_for(session, found.programme, town.office.desk().today, found)["team"]
        return [choice.label for choice in teams]

    return town.ask(labels)


def test_where_a_practice_has_two_teams_both_are_offered_first(town: Town) -> None:
    number = town.refer(gp_practice=TWO_TEAMS)
    town.walk_until(number, "choose_team")
    offered = _offered(town, number)
    assert offered[:3] == ["Prestwich (team of this practice)", "Whitefield (team of this practice)", "East"]
