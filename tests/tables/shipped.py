"""The decision tables as shipped, with the thresholds of the first programme."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from workflows.engine.decisions import Decided, DecisionTable

ROOT = Path(__file__).parents[2] / "workflows"
KEYS = tuple(sorted(path.stem for path in (ROOT / "tables").glob("*.dmn")))


def source(key: str) -> bytes:
    """The XML of one table."""
    return (ROOT / "tables" / f"{key}.dmn").read_bytes()


@cache
def table(key: str) -> DecisionTable:
    """One table, read once."""
    return DecisionTable.parse(source(key))


@cache
def limits(programme: str = "acm") -> dict[str, object]:
    """The times and thresholds of a programme, by the name a table calls them."""
    content = json.loads((ROOT / "programmes" / f"{programme}.json").read_text(encoding="utf-8"))
    values: dict[str, object] = {row["key"].replace(".", "_"): row["value"] for row in content["settings"]}
    return values | thresholds(programme)


@cache
def thresholds(programme: str = "acm") -> dict[str, int | float]:
    """The plain numbers among a programme's settings, by the name a table calls them."""
    content = json.loads((ROOT / "programmes" / f"{programme}.json").read_text(encoding="utf-8"))
    numbers = {}
    for setting in content["settings"]:
        if setting["value"].replace(".", "", 1).isdigit():
            value = float(setting["value"])
            numbers[setting["key"].replace(".", "_")] = int(value) if value.is_integer() else value
    return numbers


def decide(key: str, **facts: object) -> Decided:
    """Ask one table about the given facts; what is not given is not known."""
    return table(key).decide({**limits(), **facts})


def reason(key: str, **facts: object) -> object:
    """The reason code the table gives."""
    return decide(key, **facts).outputs["reason_code"]
