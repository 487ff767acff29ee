from __future__ import annotations

from workflows.assembly import Office
from workflows.storage import schema


def test_the_migrations_make_just_what_the_nouns_say(office: Office) -> None:
    assert schema.drift(office.database) == []


def test_there_is_one_newest_migration() -> None:
    assert len(schema.heads()) == 1


def test_migrating_twice_is_migrating_once(office: Office) -> None:
    office.migrate()
    assert office.migrated()
