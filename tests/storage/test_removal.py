"""Everything moves from SQLite into an empty PostgreSQL by one command, and goes on there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from tests.builders.soundness import faults
from tests.builders.walked_case import Town
from tests.loaded_town import DELIVERING
from tests.postgres_server import PostgresServer
from webapp.cli import main
from workflows.assembly import open_office
from workflows.casework.audit import AuditEntry
from workflows.casework.base import Base
from workflows.casework.programme import Team

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def empty(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of a PostgreSQL without a table."""
    yield postgres_server.create("moved_to")
    postgres_server.drop("moved_to")


def moved(town: Town, url: str) -> Result:
    settings = town.office.settings
    here = {"DATA": str(settings.data_folder), "DATABASE": settings.database_url, "SECRET": settings.secret_key}
    environment = {f"ROUNDTABLE_{name}": value for name, value in here.items()}
    return CliRunner().invoke(main, ["db", "move", "--to", url], env=environment)


def test_a_service_moves_and_goes_on_where_it_was(delivering: Town, empty: str) -> None:
    with delivering.office.database.writing() as session:  # two rows may refer to each other
        first, second = session.query(Team).order_by(Team.id).limit(2)
        session.execute(update(Team).where(Team.id == first.id).values(cover_team_id=second.id))
        session.execute(update(Team).where(Team.id == second.id).values(cover_team_id=first.id))
        session.commit()
    told = moved(delivering, empty)
    assert told.exit_code == 0, told.output
    assert "  case: 1 of 1\n" in told.output
    there = open_office(replace(delivering.office.settings, database_url=empty))
    try:
        assert there.migrated()
        assert faults(there) == []
        with there.desk().looking() as after, delivering.office.desk().looking() as before:
            for table in Base.metadata.sorted_tables:
                assert after.query(table).count() == before.query(table).count(), table.name
        town = Town(there)
        town.do(DELIVERING, town.open_tasks(DELIVERING)[0].key)
    finally:
        there.close()
    again = moved(delivering, empty)
    assert (again.exit_code, "is not empty" in again.output) == (1, True)


def test_a_trail_that_is_broken_is_not_carried_on(delivering: Town, empty: str) -> None:
    with delivering.office.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_entry_no_update")
        connection.execute(update(AuditEntry).where(AuditEntry.seq == 2).values(actor="nobody"))
    told = moved(delivering, empty)
    assert (told.exit_code, "Nothing is moved" in told.output) == (1, True)
