"""A nomination opens nothing that others were told, and lapses unread, but never over an open concern."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from tests.builders.ways_in import a_list, csv_file, take_in
from workers.jobs import wake_cases
from workflows.actions import lists
from workflows.casework.case import Case
from workflows.questions.case import head
from workflows.questions.case_head import UNTIL_OFFERED


def nominated(town: Town) -> str:
    list_id = a_list(town, csv_file({"nhs_number": "9990000018"}))
    lists.confirm_list(town.office.desk(town.who("Ifeoma")), list_id)
    take_in(town, list_id)
    return str(town.ask(lambda session: session.scalars(select(Case.number)).one()))


def test_a_list_does_not_open_what_others_were_told_of_safe_contact(one_programme: Town) -> None:
    town = one_programme
    number = nominated(town)
    with town.office.desk().work() as work:
        person = work.session.get_one(Case, town.case(number).id).person
        person.details = {**person.details, "safe_contact": "Her son must not hear of it"}
        person.happened("details told")
        work.commit()
    desk = town.office.desk(town.who("Siobhan"))
    assert head(desk, number).strip.safe_contact == UNTIL_OFFERED
    town.do(number, "review_nomination", nominate="yes")
    assert head(desk, number).strip.safe_contact == "Her son must not hear of it"


@pytest.mark.both_databases
def test_a_nomination_with_an_open_concern_lapses_when_that_is_answered(one_programme: Town) -> None:
    town = one_programme
    number = nominated(town)
    town.press(number, "urgent", by="Siobhan", danger_to_life="no")
    town.office.clock.advance(timedelta(days=98))
    wake_cases.work(town.office)
    assert town.case(number).open
    assert town.case(number).stage == "identified"
    town.walk(number, "acknowledge_urgent", "decide_urgent")
    for task in town.open_tasks(number):
        town.do(number, task.key)
    assert not town.case(number).open
