from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError

from tests.cheaper import ON_THE_DISK
from workflows.assembly import Office
from workflows.casework.access import CLOCK
from workflows.casework.audit import AuditEntry
from workflows.casework.errors import CannotBeKept, OutOfDate
from workflows.casework.programme import Programme
from workflows.clock import FixedClock
from workflows.storage.database import Database
from workflows.storage.schema import upgrade
from workflows.storage.unit_of_work import Unwitnessed, transaction


def a_programme(key: str = "acm") -> Programme:
    programme = Programme(key=key, name="Active Case Management", consent_model="explicit")
    programme.happened("programme made")
    return programme


def keep(office: Office, programme: Programme) -> None:
    with office.desk().work() as work:
        work.session.add(programme)
        work.commit()


def test_forgetting_to_commit_loses_nothing_but_the_work(office: Office) -> None:
    with office.desk().work() as work:
        work.session.add(a_programme())
    with office.desk().looking() as session:
        assert session.scalar(select(func.count()).select_from(Programme)) == 0


def test_a_change_that_nobody_explains_is_refused(office: Office) -> None:
    keep(office, a_programme())
    with office.desk().work() as work:
        work.session.scalars(select(Programme)).one().name = "Another name"
        with pytest.raises(Unwitnessed):
            work.commit()


def test_a_change_is_told_with_what_was_there_before(office: Office) -> None:
    keep(office, a_programme())
    with office.desk().work() as work:
        programme = work.session.scalars(select(Programme)).one()
        programme.name = "Another name"
        programme.happened("programme renamed")
        work.commit()
    with office.desk().looking() as session:
        told = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    assert [entry.act for entry in told] == ["programme made", "programme renamed"]
    assert told[1].detail["changed"] == {"name": ["Active Case Management", "Another name"]}
    assert told[1].actor == "the clock"


def test_each_entry_seals_the_one_before(office: Office) -> None:
    for key in ("acm", "mcm", "third"):
        keep(office, a_programme(key))
    with office.desk().looking() as session:
        told = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    assert [entry.seq for entry in told] == [1, 2, 3]
    assert [entry.previous for entry in told] == ["", told[0].hash, told[1].hash]
    assert all(entry.hash == entry.seal() for entry in told)


def test_a_view_is_told_without_changing_anything(office: Office) -> None:
    with office.desk().work() as work:
        work.unit.tell("list seen", "Inbox", None, rows=3)
        work.commit()
    with office.desk().looking() as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.subject, entry.detail) == ("list seen", "Inbox", {"rows": 3})


def test_the_same_thing_made_twice_is_answered_in_words(office: Office) -> None:
    keep(office, a_programme())
    with pytest.raises(OutOfDate, match="at the same moment"):
        keep(office, a_programme())


def test_instants_come_back_aware_and_in_utc(office: Office) -> None:
    keep(office, a_programme())
    with office.desk().looking() as session:
        at = session.scalars(select(AuditEntry.at)).one()
    assert at == datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
    assert at.tzinfo is UTC


def test_a_full_disk_changes_nothing_and_is_told_in_words(tmp_path: Path, clock: FixedClock) -> None:
    database = Database(f"sqlite:///{tmp_path / 'small.db'}")
    upgrade(database)
    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    @event.listens_for(database.engine, "connect")
    def no_more_room(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}").close()

    database.engine.dispose()

    def fill_the_disk() -> None:
        with transaction(database, CLOCK, clock) as unit:
            for number in range(500):
                unit.session.add(a_programme(f"programme {number} {'x' * 500}"))
            unit.commit()

    try:
        with pytest.raises(CannotBeKept, match="Nothing was changed"):
            fill_the_disk()
        session = database.reading()
        assert session.scalar(select(func.count()).select_from(Programme)) == 0
        session.close()
    finally:
        database.close()


@pytest.mark.parametrize("tampering", ["UPDATE audit_entry SET act = 'nothing happened'", "DELETE FROM audit_entry"])
def test_the_database_itself_refuses_to_change_or_delete_the_audit(office: Office, tampering: str) -> None:
    keep(office, a_programme())
    with office.database.writing() as session, pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(tampering))


def test_what_happened_without_a_change_is_told_as_well(office: Office) -> None:
    keep(office, a_programme())
    with office.desk().work() as work:
        work.session.scalars(select(Programme)).one().happened("programme looked through", by="the managers")
        assert work.unit.changed
        work.commit()
    with office.desk().looking() as session:
        told = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    assert [(entry.act, entry.detail) for entry in told[1:]] == [("programme looked through", {"by": "the managers"})]


def test_on_sqlite_what_was_acknowledged_is_on_the_disk_before_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.storage.database.WRITTEN_THROUGH", ON_THE_DISK)
    database = Database(f"sqlite:///{tmp_path / 'safe.db'}")
    with database.writing() as session:
        assert session.execute(text("PRAGMA synchronous")).scalar_one() == 2  # FULL: each commit is written through
    database.close()
