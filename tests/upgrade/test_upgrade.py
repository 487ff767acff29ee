"""Every case that was open in an earlier version is finished in this one, from wherever it stood.

The dumps are of SQLite; for PostgreSQL their rows are put into the tables of their version. The ordinary tests take
the oldest one and finish its cases on SQLite, `make prove` takes all of them on both.
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
from tests.crash.stage import BEGINS, office_on
from tests.engine.pace import PROVING
from tests.postgres_server import PostgresServer
from tests.upgrade.making import DUMPS, load, load_into_postgres
from webapp.serving import make_ready
from workers.jobs import wake_cases
from workflows.actions.tasks import reassign_task
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.ending import PROCESSES
from workflows.casework.task import Task
from workflows.storage import doers

KEPT = sorted(DUMPS.glob("*.sql"))
MOST_STEPS = 25  # of one case until its end


@pytest.fixture(params=KEPT if PROVING else KEPT[:1], ids=lambda dump: dump.stem)
def upgraded(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Iterator[Town]:
    """The service of an earlier version, started with this one a day later."""
    with ExitStack() as left:
        if database_kind == "sqlite":
            url = f"sqlite:///{tmp_path / 'service.db'}"
            load(request.param, tmp_path / "service.db")
        else:
            server: PostgresServer = request.getfixturevalue("postgres_server")
            url = server.create("upgraded")
            left.callback(server.drop, "upgraded")
            load_into_postgres(request.param, url, tmp_path)
        office = office_on(url, tmp_path, BEGINS + timedelta(days=1))
        left.callback(office.close)
        make_ready(office)
        yield Town(office)


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
    assert faults(office) == []
    _let_the_next_dates_come(office, upgraded)
    for number in numbers:
        _finish(upgraded, number)
    assert faults(office) == []


def _let_the_next_dates_come(office: Office, town: Town) -> None:
    due: datetime = town.ask(lambda session: session.scalar(select(func.min(CaseRun.next_due_at))))
    office.clock.move_to(due + timedelta(days=30))
    done, failed = wake_cases.work(office)
    assert (done > 0, failed) == (True, 0)


def _do(town: Town, number: str, task: Task) -> None:
    """Complete a step; where nobody can, it is handed on first, as to the coordinator whom a withdrawal leaves out."""
    able = town.ask(lambda session: _must_be_handed_on(session, task, town.office.desk().today))
    if able:
        reassign_task(town.office.desk(town.who("Ifeoma")), task.id, able, "nobody else can do it")
    town.do(number, task.key)


def _must_be_handed_on(session: Session, task: Task, today: date) -> UUID | None:
    mine = session.get_one(Task, task.id)
    return doers.could_take(session, mine, today)[0].id if doers.stuck(session, mine, today) else None


def _finish(town: Town, number: str) -> None:
    """The person moves away, unless the case is ending already; whatever that asks is done."""
    case = town.case(number)
    if case.open and not town.ask(lambda session: session.scalars(_endings(case)).all()):
        town.press(number, "moved", "Adaeze")
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
