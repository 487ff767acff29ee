"""Our packages have plain names that others use as well: what is imported must be ours (docs/adr/0001)."""

from __future__ import annotations

import importlib
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import PACKAGES, ROOT


@pytest.mark.parametrize("name", PACKAGES)
def test_the_package_that_is_imported_lies_in_this_repository(name: str) -> None:
    found = importlib.import_module(name).__file__
    assert found is not None
    assert Path(found).parent == ROOT / name


def test_the_distribution_holds_exactly_the_four_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["setuptools"]["packages"]["find"]["include"]
    assert sorted(included) == sorted(f"{name}*" for name in PACKAGES)
