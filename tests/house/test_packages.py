"""What is installed is complete: diagrams, tables, forms, programmes and templates travel with the code."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.tree import PACKAGES, ROOT, kept_files

# Sources of the front end (the built files travel instead) and what only Alembic needs for a new migration.
STAYS_BEHIND = ("webapp/assets/", "workflows/storage/migrations/script.py.mako")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Build the distribution from a copy of the repository; return the names of its files."""
    copy = tmp_path_factory.mktemp("source")
    for path in kept_files():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, copy / path)
    build = "from setuptools import build_meta; print(build_meta.build_wheel('.'))"
    ran = subprocess.run([sys.executable, "-c", build], cwd=copy, capture_output=True, text=True, check=True)
    return set(zipfile.ZipFile(copy / ran.stdout.split()[-1]).namelist())


def test_every_file_of_the_packages_is_installed(wheel: set[str]) -> None:
    ours = {path.as_posix() for path in kept_files() if path.parts[0] in PACKAGES}
    missing = {name for name in ours - wheel if not name.startswith(STAYS_BEHIND)}
    assert missing == set()


def test_nothing_else_is_installed(wheel: set[str]) -> None:
    others = {name for name in wheel if Path(name).parts[0] not in PACKAGES}
    assert {name for name in others if ".dist-info/" not in name} == set()
