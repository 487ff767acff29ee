from __future__ import annotations

from collections.abc import Callable
from datetime import date
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.builders.small_town import SmallTown
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, Waiting
from workflows.casework.person import Person
from workflows.casework.programme import ProgrammeSetting
from workflows.casework.task import Task
from workflows.storage import cases, runs


def test_a_case_that_is_held_is_seen_as_it_is_now(office: Office) -> None:
    town = SmallTown(office)
    case_id, session = town.case(stage="triage"), town.session()
    seen = cases.by_number(session, "ACM-000001")
    # As another machine does it: this session hears nothing of it.
    session.execute(update(Case).values(stage="closed").execution_options(synchronize_session=False))
    assert seen.stage == "triage"
    assert cases.held(session, case_id).stage == "closed"
    session.close()


def test_whoever_waits_for_a_case_sees_what_became_of_the_person_meanwhile(office: Office) -> None:
    town = SmallTown(office)
    case_id = town.case()
    first, told = office.database.writing(), list[bool]()

    def wait_for_it() -> None:
        with office.database.writing() as second:
            told.append(cases.held(second, case_id).person.dead)

    cases.held(first, case_id)
    waits = Thread(target=wait_for_it)
    waits.start()
    waits.join(0.3)  # long enough to ask and to be kept waiting
    first.execute(update(Person).values(deceased_on=town.now.date()))
    first.commit()
    first.close()
    waits.join(20)
    assert told == [True]


@pytest.mark.postgres_only  # SQLite has nothing to hold
@pytest.mark.parametrize("hold", [runs.held_with_case, runs.held_with_task])
def test_whoever_waits_for_a_case_holds_nothing_of_it_yet(office: Office, hold: Callable[[Session, UUID], Any]) -> None:
    town = SmallTown(office)
    case_id = town.case()
    task_id, told = town.task(case_id), list[str]()
    first = town.session()
    run_id = first.scalars(select(CaseRun.id)).one()

    def wait_for_it() -> None:
        with office.database.writing() as second:
            hold(second, run_id if hold is runs.held_with_case else task_id)
            told.append("held")

    cases.held(first, case_id)
    waits = Thread(target=wait_for_it)
    waits.start()
    waits.join(0.3)  # long enough to ask and to be kept waiting
    assert first.scalars(select(CaseRun.id).with_for_update(nowait=True)).all() == [run_id]
    assert first.scalars(select(Task.id).with_for_update(nowait=True)).all() == [task_id]
    assert told == []
    first.close()
    waits.join(20)
    assert told == ["held"]


def test_what_begins_to_wait_within_an_act_is_heard_although_nothing_waited_when_it_began(office: Office) -> None:
    town = SmallTown(office)
    case_id = town.case()
    town.waits_for(case_id, "somebody_rings")
    held = runs.held_with_task(session := town.session(), town.task(case_id))
    runs.note_awaited(session, held)
    assert held.awaited == {"somebody_rings"}
    assert [len(runs.waiting_for(session, case_id, name)) for name in ("somebody_rings", "a_letter")] == [1, 0]
    session.add(
        Waiting(
            run_id=held.run.id, case_id=case_id, step_id="x", key="wait", name="Wait", kind="message",
            message="a_letter", since=town.now,
        )
    )  # fmt: skip
    assert list(runs.waiting_for(session, case_id, "a_letter")) == [held.run]
    assert list(runs.waiting_for(session, case_id, "a_letter")) == [held.run]  # put down by now
    session.close()


def test_settings_read_with_a_task_are_those_of_its_programme_on_their_days(office: Office) -> None:
    town = SmallTown(office)
    for value, first, last in (("3", None, date(2020, 1, 31)), ("4", date(2020, 2, 1), None)):
        town.add(
            ProgrammeSetting(programme_id=town.programme_id, key="tries", value=value, valid_from=first, valid_to=last)
        )
    programme = runs.held_with_task(session := town.session(), town.task(town.case())).task.case.programme
    with pytest.MonkeyPatch.context() as closed:
        closed.setattr(session, "execute", None)  # they are known
        assert [programme.number("tries", date(2020, month, 1)) for month in (1, 2)] == [3, 4]
    session.close()
