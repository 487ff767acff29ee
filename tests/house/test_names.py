"""Every file has one room and one word; a name that fits anything says nothing."""

from __future__ import annotations

from pathlib import Path

from tests.house.tree import package_files

EMPTY_WORDS = {"util", "helper", "common", "misc", "manager", "service", "core", "base", "stuff"}
KNOWN = {Path("workflows/casework/base.py")}


def says_nothing(path: Path) -> bool:
    """Whether the file or one of its folders ends in an empty word."""
    words = (part.rpartition("_")[2].removesuffix("s") for part in (*path.parent.parts, path.stem))
    return any(word in EMPTY_WORDS for word in words)


def test_a_module_is_named_after_what_it_is_about() -> None:
    assert [path for path in package_files(".py") if path not in KNOWN and says_nothing(path)] == []


def test_a_module_is_named_in_lower_case_words() -> None:
    assert [path for path in package_files(".py") if path.stem != path.stem.lower() or "-" in path.stem] == []
