"""What belongs to the repository: the files git knows, or would take in."""

from __future__ import annotations

import subprocess
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("forms", "workflows", "workers", "webapp")
BINARY = {".png", ".ico", ".woff2", ".pdf", ".gz", ".zip"}


@cache
def kept_files() -> tuple[Path, ...]:
    """Return every file that is or would be committed, as paths relative to the root."""
    paths = _known_to_git() or _lying_around()
    return tuple(sorted(path for path in paths if (ROOT / path).is_file()))


def _known_to_git() -> set[Path]:
    """Ask git; nothing where git or its folder is missing. CI may check out as another user: that is no reason."""
    asked = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(asked, cwd=ROOT, capture_output=True, check=False).stdout.decode()
    except FileNotFoundError:
        return set()
    return {Path(name) for name in listed.split("\0") if name}


def _lying_around() -> set[Path]:
    """Walk the folder as somebody has it who downloaded an archive, past what .gitignore names."""
    ignored = [".git", *(line.strip("/") for line in read(Path(".gitignore")).splitlines() if line)]
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*"))
    return {path for path in found if not any(_lies_in(path, name) for name in ignored)}


def _lies_in(path: Path, ignored: str) -> bool:
    return any(fnmatch(part, ignored) for part in path.parts) or path.as_posix().startswith(f"{ignored}/")


def text_files() -> tuple[Path, ...]:
    """Return the kept files that can be read as text."""
    return tuple(path for path in kept_files() if path.suffix not in BINARY)


def package_files(suffix: str) -> tuple[Path, ...]:
    """Return the kept files of the four packages with this ending."""
    return tuple(path for path in kept_files() if path.parts[0] in PACKAGES and path.suffix == suffix)


def read(path: Path) -> str:
    """Return a kept file's text."""
    return (ROOT / path).read_text(encoding="utf-8")
