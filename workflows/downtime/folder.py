"""The folder of the downtime packs: a pack is there whole or not at all, for its owner only, and not for long."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

from workflows.casework.errors import RuleBroken
from workflows.clock import LONDON

MANIFEST = "manifest.json"
UNFINISHED = ".unfinished-"
_PACK = re.compile(r"(\d{4}-\d{2}-\d{2})-\d{6}")


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Let one write at a time: two who come round at once would clear away what the other has not finished.

    Raises RuleBroken when there can be no such folder.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(folder, os.O_RDONLY)
    except OSError as failure:
        raise RuleBroken(f"The downtime pack cannot be written to {folder}: {failure.strerror}.") from failure
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def put_in(folder: Path, at: datetime, files: Mapping[str, bytes]) -> Path:
    """Write the files of a pack beside the others and show them all at once; returns where they are.

    Raises RuleBroken when the folder cannot be written; what was there stays then.
    """
    pack = folder / f"{at.astimezone(LONDON):%Y-%m-%d-%H%M%S}"
    beside = folder / f"{UNFINISHED}{token_hex(8)}"
    try:
        beside.mkdir(mode=0o700)
        for name, content in files.items():
            _write(beside / name, content)
        _keep(beside)
        if pack.exists():  # by hand twice in a second
            shutil.rmtree(pack)
        beside.rename(pack)
        _keep(folder)
    except OSError as failure:
        shutil.rmtree(beside, ignore_errors=True)
        raise RuleBroken(f"The downtime pack cannot be written to {folder}: {failure.strerror}.") from failure
    return pack


def put_manifest(folder: Path, said: Mapping[str, Any]) -> None:
    """Say which pack is the newest and when it was written, in one stroke."""
    beside = folder / f"{UNFINISHED}{token_hex(8)}"
    _write(beside, json.dumps(said, indent=2, ensure_ascii=False).encode())
    beside.replace(folder / MANIFEST)
    _keep(folder)


def clear_away(folder: Path, newest: Path, today: date, days: int) -> None:
    """Remove packs older than so many days, earlier ones of the same day, and what a crash left unfinished."""
    for one in folder.iterdir():
        found = _PACK.fullmatch(one.name)
        old = found is not None and date.fromisoformat(found[1]) <= today - timedelta(days=days)
        same_day = found is not None and found[1] == newest.name[:10] and one.name < newest.name
        if one.name.startswith(UNFINISHED) or old or same_day:
            _remove(one)


def _remove(one: Path) -> None:
    if one.is_dir() and not one.is_symlink():
        shutil.rmtree(one)
    else:
        one.unlink()


def _write(file: Path, content: bytes) -> None:
    """Write a file for its owner only, through to the disk."""
    number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(number, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _keep(folder: Path) -> None:
    """Let the disk keep the names in a folder."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
