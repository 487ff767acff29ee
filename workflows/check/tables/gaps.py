"""Gaps: what may be asked of a table that none of its rules answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Final

from workflows.check.cover import left_over
from workflows.check.tables.asked import Asked, facts_of
from workflows.check.tables.cell_writing import written
from workflows.check.tables.faults import GAP, Fault
from workflows.check.tables.space import Choice, Part, readiest
from workflows.check.tables.words import example
from workflows.engine.hits import ONE_ANSWER
from workflows.engine.outcome import ERROR, WARNING, Fix
from workflows.engine.refusals import NoRuleMatched

MOST_GAPS: Final = 10
WHOLE_ONLY: Final = " If only whole numbers can stand there, give the column the type “integer”."

Box = tuple[tuple[Choice, ...], ...]  # for each part of the space, the choices in it


def gaps(asked: Asked) -> Iterator[Fault]:
    """Every gap, each as wide as it is; up to ten of them."""
    table = asked.table
    if table.hit_policy not in ONE_ANSWER or table.has_catch_all or any(one.default for one in table.outputs):
        return
    boxes: list[Box] = []
    while (box := _next(asked, boxes)) is not None:
        if len(boxes) == MOST_GAPS:
            return
        boxes.append(box)
        if (fault := _fault(asked, box)) is not None:
            yield fault
        else:
            asked.doubt("whether every input has a rule")
    if any(not part.exact for part in asked.parts) and _next(asked, boxes, doubting=True) is not None:
        asked.doubt("whether every input has a rule")


def _next(asked: Asked, boxes: Sequence[Box], doubting: bool = False) -> Box | None:
    """A gap beside those that were found. doubting: also where nobody can say what else there is to choose."""
    size = len(asked.table.rules)
    masks = []
    for place, part in enumerate(asked.parts):
        held = [frozenset(one.rules for one in box[place]) for box in boxes]
        ways = [one.rules | _in_boxes(one, held) << size for one in part.choices]
        masks.append([*ways, part.free] if doubting and not part.exact else ways)
    found = left_over(masks, (1 << (size + len(boxes))) - 1, asked.effort)
    if found is None:
        return None
    chosen = [
        (part.choices[at],) if at < len(part.choices) else () for part, at in zip(asked.parts, found, strict=True)
    ]
    return _widened(asked.parts, chosen) if all(chosen) else tuple(chosen)


def _in_boxes(choice: Choice, held: Sequence[frozenset[int]]) -> int:
    return sum(1 << number for number, some in enumerate(held) if choice.rules in some)


def _widened(parts: Sequence[Part], chosen: Sequence[tuple[Choice, ...]]) -> Box:
    """The gap as wide as it is: part by part, everything that lets no rule go on there either."""
    box = list(chosen)
    for place, part in enumerate(parts):
        others = -1
        for beside, some in enumerate(box):
            if beside != place:
                others &= reduce(or_, (one.rules for one in some), 0)
        box[place] = tuple(one for one in part.choices if not one.rules & others)
    return tuple(box)


def _fault(asked: Asked, box: Box) -> Fault | None:
    """The gap with an example of which the engine says so itself; nothing if it does not."""
    chosen = [readiest(some) for some in box]
    facts = facts_of(chosen)
    if not isinstance(asked.verdict(facts), NoRuleMatched):
        return None
    matters = facts_of([one for one, some, part in zip(chosen, box, asked.parts, strict=True) if some != part.choices])
    broken = any(one.broken for one in chosen)
    where = f"when {example(asked.table, matters)}" if matters else "whatever is asked"
    message = f"{asked.title}: no rule applies {where}.{WHOLE_ONLY if broken else ''}"
    severity = WARNING if broken else ERROR
    return Fault(asked.table.id, GAP, message, severity, _fix(asked, box, chosen), example=facts)


def _fix(asked: Asked, box: Box, chosen: Sequence[Choice]) -> Fix:
    cells = ["-"] * len(asked.table.inputs)
    for part, some, one in zip(asked.parts, box, chosen, strict=True):
        if some == part.choices:
            continue
        cell = written(part.regions, {each.rules for each in some}, one) if part.regions else ""
        if cell:
            cells[part.columns[0]] = cell
    catch_all = all(cell == "-" for cell in cells)
    words = "Add a last rule for everything else" if catch_all else "Add a rule for just this"
    change = {"do": "add_rule", **{f"cell_{place}": cell for place, cell in enumerate(cells, 1)}}
    return Fix(f"{words}; its answers are then to be written.", (change,))
