"""A list that cannot be taken in is not tried for ever, and somebody is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from tests.builders.ways_in import COORDINATOR, a_list, csv_file
from workers.jobs import import_lists
from workflows.actions import lists
from workflows.casework.case import Case
from workflows.casework.notice import Notice
from workflows.casework.referral import CandidateList
from workflows.clock import FixedClock
from workflows.questions.lists import list_head


@pytest.fixture
def list_id(one_programme: Town) -> UUID:
    """A list that was confirmed, before the worker came to it."""
    made = a_list(one_programme, csv_file(*({} for _ in range(3))))
    lists.confirm_list(one_programme.office.desk(one_programme.who(COORDINATOR)), made)
    return made


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing of a row can be kept."""

    def fail(*_: Any) -> None:
        raise RuntimeError("Ada Khan cannot be written")

    monkeypatch.setattr(lists, "_nominate", fail)
    return monkeypatch


def found(town: Town, list_id: UUID) -> CandidateList:
    kept: CandidateList = town.ask(lambda session: session.get_one(CandidateList, list_id))
    return kept


def test_it_waits_longer_after_each_try_and_stops_where_somebody_sees_it(
    one_programme: Town, list_id: UUID, refused: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    assert import_lists.work(one_programme.office) == (0, 1)
    assert import_lists.work(one_programme.office) == (0, 0)  # five seconds later
    tries, waited = 1, timedelta()
    while found(one_programme, list_id).status == "importing":
        clock.advance(timedelta(minutes=1))
        waited += timedelta(minutes=1)
        tries += import_lists.work(one_programme.office)[1]
    assert (tries, waited) == (8, timedelta(minutes=127))
    told = select(Notice.address).where(Notice.kind == "list_stopped")
    uploader = one_programme.who(COORDINATOR)
    assert len(one_programme.ask(lambda s: s.scalars(told).all())) == 1
    desk = one_programme.office.desk(uploader)
    head = list_head(desk, list_id)
    assert (head.status, "Khan" in head.refused_why) == ("stopped", False)
    clock.advance(timedelta(days=1))
    assert import_lists.work(one_programme.office) == (0, 0)
    refused.undo()
    lists.try_list_again(desk, list_id)
    assert import_lists.work(one_programme.office) == (1, 0)
    assert (found(one_programme, list_id).status, found(one_programme, list_id).tries) == ("imported", 0)
    assert len(one_programme.ask(lambda s: s.scalars(select(Case.id)).all())) == 3


def test_what_stood_in_its_way_is_forgotten_with_the_next_row_that_is_taken_in(
    one_programme: Town, list_id: UUID, refused: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    import_lists.work(one_programme.office)
    assert found(one_programme, list_id).tries == 1
    refused.undo()
    clock.advance(timedelta(minutes=2))
    assert import_lists.work(one_programme.office) == (1, 0)
    assert (found(one_programme, list_id).status, found(one_programme, list_id).refused_why) == ("imported", "")
