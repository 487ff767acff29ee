"""Questionnaires and scores with rules of their own: their items, their totals and what a total means.

Four are shipped with their wording (ONS4, UCLA3, PHQ2, GAD2). Of all others only the result is kept, because
their words belong to somebody else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from forms.definition import Choice, Question

_FOLDER = Path(__file__).parent / "instruments"


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of results with one name; `up_to` belongs to it."""

    up_to: float
    label: str


@dataclass(frozen=True, slots=True)
class CutOff:
    """The total from which a result counts as positive; programmes may set their own."""

    default: int
    below: str
    reached: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question of an instrument with the results it may have."""

    question: Question
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One version of an instrument. `total` is "sum", the id of the item that is the total, or None."""

    key: str
    title: str
    version: int
    about: str
    attribution: str
    stem: str
    items: tuple[Item, ...]
    total: str | None
    bands: tuple[Band, ...]
    cut_off: CutOff | None

    @property
    def questions(self) -> tuple[Question, ...]:
        """The items as questions of a form."""
        return tuple(item.question for item in self.items)


@dataclass(frozen=True, slots=True)
class Score:
    """What the answers to an instrument come to.

    `total` is None when items are missing or the instrument is never added up. `bands` names the result of
    each item that has one of its own. `explain` is a line for people.
    """

    total: float | None
    complete: bool
    band: str | None
    explain: str
    bands: Mapping[str, str] = field(default_factory=dict)


@cache
def _all() -> Mapping[str, Instrument]:
    found = (_instrument(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(_FOLDER.glob("*.json")))
    return {each.key: each for each in found}


def keys() -> tuple[str, ...]:
    """The keys of all instruments, in order."""
    return tuple(sorted(_all()))


def instrument(key: str) -> Instrument | None:
    """The instrument with this key, or None."""
    return _all().get(key)


def score(key: str, items: Mapping[str, object], *, cut_off: int | None = None) -> Score:
    """What these answers to an instrument come to; a total only if every item needed is answered, never zero.

    `items` maps item ids to numbers; an unanswered item is absent. `cut_off` replaces the instrument's own.
    Raises KeyError for an unknown instrument.
    """
    tool = _all()[key]
    answered = {item.question.id: items[item.question.id] for item in tool.items if _given(items, item)}
    complete = len(answered) == len(tool.items)
    bands = {
        item.question.id: _band(item.bands, answered[item.question.id])
        for item in tool.items
        if item.bands and item.question.id in answered
    }
    named = {item: band for item, band in bands.items() if band}
    total = _total(tool, answered) if complete else None
    if total is None:
        return Score(None, complete, None, _without_total(tool, answered, named, complete), named)
    band = _band(tool.bands, total) or _against_cut_off(tool, total, cut_off)
    return Score(total, complete, band, f"{total:g}: {band}" if band else f"{total:g}", named)


def _given(items: Mapping[str, object], item: Item) -> bool:
    return items.get(item.question.id) not in (None, "")


def _total(tool: Instrument, answered: Mapping[str, object]) -> float | None:
    wanted = [item.question.id for item in tool.items] if tool.total == "sum" else [tool.total]
    numbers = [number for name in wanted if isinstance(number := answered.get(name or ""), int | float)]
    return sum(numbers) if len(numbers) == len(wanted) else None


def _band(bands: Sequence[Band], result: object) -> str | None:
    if not isinstance(result, int | float):
        return None
    return next((band.label for band in bands if result <= band.up_to), None)


def _against_cut_off(tool: Instrument, total: float, cut_off: int | None) -> str | None:
    if tool.cut_off is None:
        return None
    reached = total >= (tool.cut_off.default if cut_off is None else cut_off)
    return tool.cut_off.reached if reached else tool.cut_off.below


def _without_total(tool: Instrument, answered: Mapping[str, object], bands: Mapping[str, str], complete: bool) -> str:
    if not complete:
        return f"incomplete: {len(answered)} of {len(tool.items)} answered"
    return "; ".join(f"{item} {answered[item]}{f' ({bands[item]})' if item in bands else ''}" for item in answered)


def _instrument(written: Mapping[str, Any]) -> Instrument:
    cut_off = written.get("cut_off")
    return Instrument(
        key=written["key"],
        title=written["title"],
        version=written["version"],
        about=written["about"],
        attribution=written["attribution"],
        stem=written.get("stem", ""),
        items=tuple(_item(item) for item in written["items"]),
        total=written["total"],
        bands=tuple(Band(**band) for band in written.get("bands", ())),
        cut_off=CutOff(**cut_off) if cut_off else None,
    )


def _item(written: Mapping[str, Any]) -> Item:
    about: dict[str, Any] = {"id": written["id"], "label": written["label"]}
    if "choices" in written:
        about |= {"kind": "scale", "choices": tuple(Choice(**choice) for choice in written["choices"])}
    elif "decimals" in written:
        about |= {"kind": "decimal", "min": written["min"], "max": written["max"], "decimals": written["decimals"]}
    else:
        kind = "scale" if written["max"] - written["min"] <= 10 else "int"
        about |= {"kind": kind, "min": written["min"], "max": written["max"]}
    return Item(question=Question(**about), bands=tuple(Band(**band) for band in written.get("bands", ())))
