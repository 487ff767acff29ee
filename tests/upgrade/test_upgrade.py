"""Every case that was open in an earlier version is finished in this one, from wherever it stood.

The dumps are of SQLite; for PostgreSQL their rows are put into the tables of their version. There the ordinary tests
let the next dates come; `make prove` finishes all cases on both. The newest dump leaves no place and no table out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tests.builders.soundness import faults
from tests.builders.walked_case import Town
from tests.crash.stage import office_on
from tests.engine.pace import PROVING
from tests.postgres_server import PostgresServer
from tests.upgrade.making import kept, last_act, load, load_into_postgres, version_of
from tests.upgrade.places import MANAGER, empty_tables, places, stood_at
from webapp.serving import make_ready
from workers.jobs import wake_cases
from workflows.actions.tasks import reassign_task
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.ending import PROCESSES
from workflows.casework.errors import NotAllowed
from workflows.casework.task import Task
from workflows.storage import doers

KEPT = kept()
MOST_STEPS = 60  # of one case until its end
# A number that is told in several cases is one person's, so that here none is told.
SAID = {key: {"nhs_number": None} for key in ("record_referrer_reply", "find_registration")} | {
    "hand_over_to_new_area": {"kind": "new_area"}
}


@pytest.fixture(params=KEPT, ids=version_of)
def upgraded(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Iterator[Town]:
    """The service of an earlier version, started with this one a day later."""
    with ExitStack() as left:
        load(request.param, tmp_path / "service.db")
        if database_kind == "sqlite":
            url = f"sqlite:///{tmp_path / 'service.db'}"
        else:
            server: PostgresServer = request.getfixturevalue("postgres_server")
            url = server.create("upgraded")
            left.callback(server.drop, "upgraded")
            load_into_postgres(request.param, url, tmp_path / "service.db")
        office = office_on(url, tmp_path, last_act(tmp_path / "service.db") + timedelta(days=1))
        left.callback(office.close)
        make_ready(office)
        yield Town(office)


@pytest.fixture(scope="module")
def newest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The service of the newest dump, as it was left."""
    folder = tmp_path_factory.mktemp("newest")
    load(KEPT[-1], folder / "service.db")
    office = office_on(f"sqlite:///{folder / 'service.db'}", folder, last_act(folder / "service.db"))
    make_ready(office)
    yield Town(office)
    office.close()


def test_a_case_stands_wherever_one_can_wait(newest: Town) -> None:
    left_out = sorted(places().keys() - stood_at(newest))
    assert not left_out, f"make upgrade-dump puts a case at {', '.join(left_out)}"


def test_no_table_is_without_a_row(newest: Town) -> None:
    left_out = sorted(empty_tables(newest))
    assert not left_out, f"add {', '.join(left_out)} to tests/upgrade/rows.py, then: make upgrade-dump"


def test_what_was_open_goes_on_and_is_finished(upgraded: Town) -> None:
    office = upgraded.office
    assert office.migrated()
    assert faults(office) == []
    if office.database.dialect != "sqlite" and not PROVING:
        _let_the_next_dates_come(office, upgraded)
        assert faults(office) == []
        return
    numbers = upgraded.ask(lambda session: list(session.scalars(select(Case.number).order_by(Case.number))))
    for number in numbers:
        for task in upgraded.open_tasks(number):
            if task.key in {one.key for one in upgraded.open_tasks(number)}:  # the one before may have withdrawn it
                _do(upgraded, number, task)
    _let_the_next_dates_come(office, upgraded)
    for number in numbers:
        _finish(upgraded, number)
    assert faults(office) == []


def _let_the_next_dates_come(office: Office, town: Town) -> None:
    due: datetime = town.ask(lambda session: session.scalar(select(func.min(CaseRun.next_due_at))))
    office.clock.move_to(max(due, office.clock.now()) + timedelta(days=30))
    done, failed = wake_cases.work(office)
    assert (done > 0, failed) == (True, 0)


def _do(town: Town, number: str, task: Task) -> None:
    """Complete a step; where nobody can, or not who would, it is handed on first.

    So it is with a coordinator whom a withdrawal leaves out, and a second look that the same person may not take.
    """
    able = town.ask(lambda session: _must_be_handed_on(session, task, town.office.desk().today))
    if able:
        _hand_on(town, task, able)
    try:
        town.do(number, task.key, **SAID.get(task.key, {}))
    except NotAllowed:
        _hand_on(town, task, town.ask(lambda session: _who_could(session, task, town.office.desk().today)))
        town.do(number, task.key)


def _hand_on(town: Town, task: Task, to: UUID) -> None:
    reassign_task(town.office.desk(town.who(MANAGER)), task.id, to, "nobody else can do it")


def _must_be_handed_on(session: Session, task: Task, today: date) -> UUID | None:
    stuck = doers.stuck(session, session.get_one(Task, task.id), today)
    return _who_could(session, task, today) if stuck else None


def _who_could(session: Session, task: Task, today: date) -> UUID:
    return doers.could_take(session, session.get_one(Task, task.id), today)[0].id


def _finish(town: Town, number: str) -> None:
    """The person moves away, unless the case is ending already; whatever that asks is done."""
    case = town.case(number)
    if case.open and not town.ask(lambda session: session.scalars(_endings(case)).all()):
        town.press(number, "moved", MANAGER)
    for _ in range(MOST_STEPS):
        if not town.case(number).open:
            return
        _do(town, number, town.open_tasks(number)[0])
    raise AssertionError(f"{number} never ends: {[task.key for task in town.open_tasks(number)]}")


def _endings(case: Case) -> Select[CaseRun]:
    """The processes that are ending a case."""
    return select(CaseRun).where(
        CaseRun.case_id == case.id, CaseRun.status == "running", CaseRun.process.in_(PROCESSES.values())
    )
