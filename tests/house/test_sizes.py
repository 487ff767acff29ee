"""Small and plain: files of at most 300 lines, functions of at most 40."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house.tree import package_files, read

LONGEST_FILE = 300
LONGEST_FUNCTION = 40
WRITTEN_BY_ALEMBIC = Path("workflows/storage/migrations/versions")
ALSO_READ = (".js", ".mjs", ".scss", ".html")


def sources() -> tuple[Path, ...]:
    """Return the Python files that people write."""
    return tuple(path for path in package_files(".py") if path.parent != WRITTEN_BY_ALEMBIC)


def long_functions(path: Path) -> list[str]:
    """Name the functions of a file that do not fit on one screen."""
    functions = [node for node in ast.walk(ast.parse(read(path))) if isinstance(node, ast.FunctionDef)]
    lines = {function: (function.end_lineno or 0) - function.lineno + 1 for function in functions}
    return [f"{path}: {f.name} has {lines[f]} lines" for f in functions if lines[f] > LONGEST_FUNCTION]


def test_a_file_can_be_read_in_one_sitting() -> None:
    others = (path for suffix in ALSO_READ for path in package_files(suffix))
    lengths = {str(path): len(read(path).splitlines()) for path in (*sources(), *others)}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_a_function_fits_on_one_screen() -> None:
    assert [long for path in sources() for long in long_functions(path)] == []
