"""The ways out of an evaluator that were written down anywhere, from escapes.txt."""

from __future__ import annotations

import json
from pathlib import Path

_HARMLESS = "names nobody has set, which give nothing"


def _groups() -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for line in (Path(__file__).parent / "escapes.txt").read_text(encoding="utf-8").split("\n"):
        if line.startswith("== "):
            lines = groups.setdefault(line.removeprefix("== "), [])
        elif line and groups:
            lines.append(json.loads(line.removeprefix("json ")) if line.startswith("json ") else line)
    return groups


HARMLESS: list[str] = _groups()[_HARMLESS]
ESCAPES: list[str] = [line for group, lines in _groups().items() if group != _HARMLESS for line in lines]
EVERY = ESCAPES + HARMLESS
