"""The repository names no package registry, no path of anybody's machine, and no real mailbox."""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.tree import read, text_files

REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg|npmmirror|artifactory|--(extra-)?index-url\s|file:///",
    re.IGNORECASE,
)
MACHINE_PATHS = re.compile(r"(?<![\w.:])/(?:work|root|home/\w+|Users/\w+|opt/(?:pypi|wheels))/")
MAILBOX = re.compile(r"[\w.+-]+@((?:[a-z0-9-]+\.)+[a-z]{2,})\b", re.IGNORECASE)
# Names that belong to nobody (RFC 2606, RFC 6761).
NOBODYS = re.compile(r"[@.](example(\.(org|com|net))?|test|invalid|localhost)$", re.IGNORECASE)

THIS_FILE = Path("tests/house/test_no_addresses.py")


def found_in_files(pattern: re.Pattern[str]) -> list[str]:
    """Return every place where the pattern occurs, as file and text."""
    files = (path for path in text_files() if path != THIS_FILE)
    return [f"{path}: {found.group()}" for path in files for found in pattern.finditer(read(path))]


def test_no_registry_is_named() -> None:
    assert found_in_files(REGISTRIES) == []


def test_no_path_of_a_machine_is_named() -> None:
    assert found_in_files(MACHINE_PATHS) == []


def test_every_mailbox_is_made_up() -> None:
    assert [place for place in found_in_files(MAILBOX) if not NOBODYS.search(place)] == []
