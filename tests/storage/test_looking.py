"""Looking: what a session that only looks leaves behind."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from tests.builders.small_town import SmallTown
from workflows.assembly import Office
from workflows.casework.programme import Programme
from workflows.questions.inbox import inbox
from workflows.storage.database import STEPPING, along_indexes

OFTEN = 8  # a statement that the driver of PostgreSQL has seen five times is planned once and kept
KEPT = text("SELECT count(*) FROM pg_prepared_statements WHERE NOT from_sql AND statement LIKE '%FROM task%'")


@pytest.fixture
def small(office: Office) -> SmallTown:
    return SmallTown(office)


@pytest.mark.postgres_only
def test_what_is_asked_again_and_again_is_planned_once(small: SmallTown) -> None:
    desk = small.desk(small.staff("Anna Bell", "nurse east"))
    for _ in range(OFTEN):
        inbox(desk, "mine")
    with desk.looking() as session:
        assert (session.scalar(KEPT) or 0) > 0


@pytest.mark.postgres_only
def test_the_inbox_is_read_along_indexes_and_nothing_after_it_is(small: SmallTown) -> None:
    settings = select(*(func.current_setting(name) for name in STEPPING))
    with small.office.desk().looking() as session:
        before = session.execute(settings).one()
        along_indexes(session)
        assert tuple(session.execute(settings).one()) == tuple(STEPPING.values())
    with small.office.desk().looking() as session:
        assert session.execute(settings).one() == before


@pytest.mark.both_databases
def test_whoever_only_looks_changes_nothing(small: SmallTown) -> None:
    with small.office.desk().looking() as session:
        session.scalars(select(Programme)).first().name = "Something else"
    with small.office.desk().looking() as session:
        assert "Something else" not in session.scalars(select(Programme.name)).all()


@pytest.mark.postgres_only
def test_a_connection_that_is_gone_while_somebody_looks_is_let_go_of(small: SmallTown) -> None:
    engine = small.office.database.engine
    with small.office.desk().looking() as session:
        mine = session.scalar(select(func.pg_backend_pid()))
        with engine.connect() as other:
            other.execute(select(func.pg_terminate_backend(mine)))
    with small.office.desk().looking() as session:
        assert session.scalar(select(func.pg_backend_pid())) != mine
