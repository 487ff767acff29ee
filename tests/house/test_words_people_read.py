"""What people read: the typographic apostrophe, one spelling of email, no programme's name where another reads it."""

from __future__ import annotations

import re

import pytest

from tests.house.tree import kept_files, read, text_files

READ_BY_PEOPLE = {
    ".dmn": "workflows/tables",
    ".bpmn": "workflows/diagrams",
    ".txt": "workflows/letters",
    ".json": "workflows/letters workflows/programmes forms/definitions forms/instruments",
    ".html": "webapp/templates",
}
STRAIGHT = re.compile(r"[A-Za-z]+'[a-z]+")


@pytest.mark.parametrize("suffix", sorted(READ_BY_PEOPLE))
def test_no_straight_apostrophe_is_shown(suffix: str) -> None:
    rooms = READ_BY_PEOPLE[suffix].split()
    files = [path for path in kept_files() if path.suffix == suffix and path.as_posix().startswith(tuple(rooms))]
    assert files
    assert [f"{path}: {found.group()}" for path in files for found in STRAIGHT.finditer(read(path))] == []


# A dump keeps the words of its version, and so does a migration that has run.
AS_IT_WAS = ("tests/upgrade/dumps/", "workflows/storage/migrations/versions/", "package-lock.json")


def test_email_is_spelt_as_the_nhs_spells_it() -> None:
    hyphen = re.compile(r"\be" r"-mail", re.IGNORECASE)
    files = [path for path in text_files() if not path.as_posix().startswith(AS_IT_WAS)]
    assert [str(path) for path in files if hyphen.search(read(path))] == []


def test_what_every_programme_shows_names_no_single_one() -> None:
    """The name of a programme is its data: what the forms, steps, letters and pages of all of them say is neutral."""
    rooms = tuple(room for rooms in READ_BY_PEOPLE.values() for room in rooms.split() if "programmes" not in room)
    files = [path for path in kept_files() if path.as_posix().startswith(rooms) and path.suffix in READ_BY_PEOPLE]
    named = re.compile(r"active case management(?! leaflet)|manchester case", re.IGNORECASE)
    assert [f"{path}: {found.group()}" for path in files for found in named.finditer(read(path))] == []
