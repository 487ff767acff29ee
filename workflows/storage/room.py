"""Whether there is room left to write where the database lies."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from sqlalchemy.engine import make_url

TRIED = b"\0" * 65536  # a change of one case takes about as much
LITTLE = 200 * 1024 * 1024  # bytes; time enough to make room before anything is refused


def room_left(database_url: str) -> str:
    """Return "plenty", "little" or "none" for a database in a file of this machine, "elsewhere" for any other.

    Free bytes are not the whole truth: a quota, or a disk that can only be read, shows when something is written.
    """
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return "elsewhere"
    folder = Path(url.database).parent
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as tried:
            written = tried.write(TRIED)
        left = shutil.disk_usage(folder).free
    except OSError:
        return "none"
    return "none" if written < len(TRIED) else "little" if left < LITTLE else "plenty"
