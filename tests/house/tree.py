"""What belongs to the repository: the files git knows, or would take in."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("forms", "workflows", "workers", "webapp")
BINARY = {".png", ".ico", ".woff2", ".pdf", ".gz", ".zip"}


@cache
def kept_files() -> tuple[Path, ...]:
    """Return every file that is or would be committed, as paths relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    paths = {Path(name) for name in listed.split("\0") if name}
    return tuple(sorted(path for path in paths if (ROOT / path).is_file()))


def text_files() -> tuple[Path, ...]:
    """Return the kept files that can be read as text."""
    return tuple(path for path in kept_files() if path.suffix not in BINARY)


def package_files(suffix: str) -> tuple[Path, ...]:
    """Return the kept files of the four packages with this ending."""
    return tuple(path for path in kept_files() if path.parts[0] in PACKAGES and path.suffix == suffix)


def read(path: Path) -> str:
    """Return a kept file's text."""
    return (ROOT / path).read_text(encoding="utf-8")
