"""Whatever the code imports is asked for in pyproject.toml: a fresh machine has nothing else."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests.house.tree import PACKAGES, ROOT, kept_files


def imported() -> set[str]:
    """Return the top names of everything the packages import from elsewhere."""
    found: set[str] = set()
    for path in kept_files():
        if path.parts[0] not in PACKAGES or path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - set(PACKAGES)


def asked_for() -> set[str]:
    """Return the names of the packages that the product runs on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {re.split(r"[\[<>=~! ]", line, maxsplit=1)[0].lower().replace("_", "-") for line in project["dependencies"]}


def test_every_package_the_code_imports_is_asked_for() -> None:
    homes = packages_distributions()
    wanted = asked_for()
    come_along = dict.fromkeys(("werkzeug", "markupsafe", "jinja2", "itsdangerous"), "flask")  # Flask is made of them
    missing = {
        name
        for name in imported()
        if not {home.lower().replace("_", "-") for home in homes.get(name, [])} & wanted
        and come_along.get(name) not in wanted
    }
    assert missing == set()
