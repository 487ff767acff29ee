"""The programmes as shipped."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "workflows" / "programmes"
PROGRAMMES = ("acm", "mcm")


def text(key: str) -> str:
    """The file of one programme."""
    return (FOLDER / f"{key}.json").read_text(encoding="utf-8")


@cache
def programme(key: str) -> dict[str, Any]:
    """One programme, read once."""
    found: dict[str, Any] = json.loads(text(key))
    return found


def settings(key: str) -> dict[str, str]:
    """The settings of one programme, key to value."""
    return {setting["key"]: setting["value"] for setting in programme(key)["settings"]}
