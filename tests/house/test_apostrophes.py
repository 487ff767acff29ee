"""What people read has the typographic apostrophe: in reasons, letters, forms, programmes, steps and pages."""

from __future__ import annotations

import re

import pytest

from tests.house.tree import kept_files, read

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
