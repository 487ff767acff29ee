"""What came with this version of Roundtable, as files: diagrams, decision tables, and the times of the programmes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

_ROOM: Final = Path(__file__).resolve().parent.parent


def shipped_diagrams() -> list[bytes]:
    """Return the diagrams."""
    return [path.read_bytes() for path in sorted((_ROOM / "diagrams").glob("*.bpmn"))]


def shipped_tables() -> list[str]:
    """Return the keys of the decision tables."""
    return sorted(path.stem for path in (_ROOM / "tables").glob("*.dmn"))


def shipped_settings() -> set[str]:
    """Return the keys of the settings of all programmes."""
    programmes = [json.loads(path.read_bytes()) for path in sorted((_ROOM / "programmes").glob("*.json"))]
    return {setting["key"] for programme in programmes for setting in programme.get("settings", ())}
