"""Regions of a column written as a cell that takes just these."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from workflows.check.mentions import DAY, INSTANT, NUMBER, Number
from workflows.check.regions import NOT_KNOWN, TEXT, TRUTH, Region, length, value_of
from workflows.check.tables.space import Choice
from workflows.engine.cells import Cell
from workflows.engine.refusals import ExpressionRefused

Taken = Sequence[tuple[Region, int]]  # the regions of a column in order, each with the rules that take it


def written(regions: Taken, rules: Collection[int], choice: Choice) -> str:
    """A cell that takes the regions taken by one of these sets of rules; failing that, the region of the example."""
    wanted = [taken in rules for _, taken in regions]
    cell = _checked(regions, wanted)
    if cell:
        return cell
    (value,) = choice.facts.values()
    return _checked(regions, [one.value == value and type(one.value) is type(value) for one, _ in regions])


def _checked(regions: Taken, wanted: Sequence[bool]) -> str:
    """The first way of writing it that takes what is wanted and leaves the rest; empty if there is none."""
    for text in (_all_together(regions, wanted), _all_but(regions, wanted)):
        try:
            cell = Cell.parse(text)
        except ExpressionRefused:
            continue
        if text and [cell.applies(one.value, {}) for one, _ in regions] == list(wanted):
            return text
    return ""


def _all_together(regions: Taken, wanted: Sequence[bool]) -> str:
    parts: list[str] = []
    for (kind, wants), some in groupby(zip(regions, wanted, strict=True), lambda one: (one[0][0].kind, one[1])):
        if wants:
            parts += _run(kind, [region for (region, _), _ in some])
    return ", ".join(parts)


def _all_but(regions: Taken, wanted: Sequence[bool]) -> str:
    unwanted = _all_together(regions, [not one for one in wanted])
    return f"not({unwanted})" if unwanted else ""


def _run(kind: str, some: Sequence[Region]) -> Iterator[str]:
    """Regions that follow each other: one range where they have an order, otherwise one by one."""
    if kind in (TEXT, TRUTH, NOT_KNOWN):
        yield from (_single(one) for one in some if one.point)
        return
    first, last = some[0], some[-1]
    if first.low is None and last.high is None:
        return
    if first.low is None and last.high is not None:
        yield f"{'<=' if last.point else '<'} {_literal(kind, last.high)}"
    elif last.high is None and first.low is not None:
        yield f"{'>=' if first.point else '>'} {_literal(kind, first.low)}"
    elif first.low is not None and last.high is not None:
        yield _range(kind, (first.low, first.point), (last.high, last.point))


def _range(kind: str, low: tuple[Number, bool], high: tuple[Number, bool]) -> str:
    if low[0] == high[0]:
        return _literal(kind, low[0])
    begins, ends = "[" if low[1] else "(", "]" if high[1] else ")"
    return f"{begins}{_literal(kind, low[0])}..{_literal(kind, high[0])}{ends}"


def _single(one: Region) -> str:
    if one.kind == NOT_KNOWN:
        return '"unknown"'
    return str(one.value).lower() if one.kind == TRUTH else json.dumps(one.value, ensure_ascii=False)


def _literal(kind: str, place: Number) -> str:
    value = value_of(kind, place)
    if kind == NUMBER:
        return str(value)
    if kind in (DAY, INSTANT):
        return f'{"date" if kind == DAY else "date and time"}("{value}")'
    return f'duration("{length(kind, int(place))}")'
