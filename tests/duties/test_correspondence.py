"""To whom letters go, and to whom not."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town, a_town
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.notice import Letter


@pytest.fixture
def town(office: Office) -> Town:
    return a_town(office)


def letters(town: Town, number: str, template: str) -> list[str]:
    """To whom a letter was written."""
    query = select(Letter.recipient).join(Case, Case.id == Letter.case_id)
    found: list[str] = town.ask(
        lambda session: session.scalars(query.where(Case.number == number, Letter.template == template)).all()
    )
    return found


def test_nobody_writes_to_the_carer_of_somebody_without_one(town: Town) -> None:
    number = town.refer(has_carer="no", carer=None)
    town.walk_until(number, "assess_whole_person")
    town.do(number, "assess_whole_person", carer_strain="no_carer")
    town.walk_until(number, "agree_plan")
    town.do(number, "agree_plan")
    assert letters(town, number, "L05p") == ["person"]
    assert letters(town, number, "L12") == []


def test_a_carer_found_in_the_assessment_gets_their_letter(town: Town) -> None:
    number = town.refer(has_carer="no", carer=None)
    town.walk_until(number, "assess_whole_person")
    town.do(number, "assess_whole_person", carer_strain="yes")
    town.walk_until(number, "agree_plan")
    town.do(number, "agree_plan")
    assert letters(town, number, "L12") == ["carer"]
