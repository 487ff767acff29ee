"""What differs between two versions of a decision table: columns, rules, and each cell of a rule."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final

from lxml import etree

from workflows.engine.comparing import (
    ADDED,
    CHANGED,
    MOVED,
    REMOVED,
    REWORDED,
    Compared,
    Detail,
    Difference,
    details_of,
)
from workflows.engine.documents import local_name, read_document, text_of

_ORDER_COUNTS: Final = frozenset({"FIRST", "RULE ORDER"})  # the first rule that applies wins, or answers come in order


@dataclass(frozen=True, slots=True)
class Row:
    """One rule. cells: as written, by the id of their column."""

    id: str
    number: int
    cells: dict[str, str]
    note: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it asks or gives, and what people read above it."""

    id: str
    kind: str
    label: str
    says: dict[str, str]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it is written, whether it can be read as one or not."""

    key: str
    says: dict[str, str]
    reads: dict[str, str]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def heading(self, column_id: str) -> str:
        """Return what stands above a column."""
        return next((column.label for column in self.columns if column.id == column_id), column_id)


def compare_tables(was: bytes, now: bytes) -> Compared:
    """Compare two versions of a decision table. Raises DiagramRefused where one is no XML."""
    before, after = grid(was), grid(now)
    found = [*_of_table(before, after), *_of_columns(before, after), *_of_rows(before, after)]
    return Compared(tuple(found), {column.id: column.label for column in (*before.columns, *after.columns)})


def grid(xml: bytes) -> Grid:
    """Read the first table of a file, as far as there is one."""
    root = read_document(xml)
    decision = next((one for one in root if local_name(one) == "decision"), root)
    table = next((one for one in decision.iter() if local_name(one) == "decisionTable"), None)
    reads = {"name": decision.get("name", ""), "description": _text(decision, "description")}
    if table is None:
        return Grid(decision.get("id", ""), {}, reads, (), ())
    says = {"hitPolicy": table.get("hitPolicy", "UNIQUE"), "aggregation": table.get("aggregation", "")}
    columns = _columns(table)
    ids = [column.id for column in columns]
    rows = tuple(_row(number, one, ids) for number, one in enumerate(_all(table, "rule"), 1))
    return Grid(decision.get("id", ""), says, reads, columns, rows)


# Reading --------------------------------------------------------------------------------------


def _all(element: etree._Element, *names: str) -> list[etree._Element]:
    return [one for one in element if local_name(one) in names]


def _text(element: etree._Element, *path: str) -> str:
    for name in path:
        found = _all(element, name)
        if not found:
            return ""
        element = found[0]
    return " ".join(text_of(element).split())


def _columns(table: etree._Element) -> tuple[Column, ...]:
    found = []
    for place, one in enumerate(_all(table, "input", "output")):
        kind = local_name(one)
        asked = _all(one, "inputExpression")
        says = {
            "expression": _text(one, "inputExpression", "text") if kind == "input" else one.get("name", ""),
            "type": asked[0].get("typeRef", "") if asked else one.get("typeRef", ""),
            "values": _text(one, "inputValues" if kind == "input" else "outputValues", "text"),
            "default": _text(one, "defaultOutputEntry", "text"),
        }
        label = one.get("label") or says["expression"]
        found.append(Column(one.get("id") or f"{kind}{place}", kind, label, says))
    return tuple(found)


def _row(number: int, rule: etree._Element, columns: Sequence[str]) -> Row:
    texts = [_text(cell, "text") for cell in _all(rule, "inputEntry", "outputEntry")]
    notes = " ".join(filter(None, (" ".join(text_of(one).split()) for one in _all(rule, "description"))))
    notes = " ".join(filter(None, (notes, *(_text(one, "text") for one in _all(rule, "annotationEntry")))))
    return Row(rule.get("id", ""), number, dict(zip(columns, texts, strict=False)), notes)


# Comparing ------------------------------------------------------------------------------------


def _of_table(was: Grid, now: Grid) -> list[Difference]:
    says, reads = details_of(was.says, now.says), details_of(was.reads, now.reads, label=True)
    if not (says or reads):
        return []
    return [Difference(now.key, "table", now.reads["name"], CHANGED if says else REWORDED, (*says, *reads))]


def _of_columns(was: Grid, now: Grid) -> list[Difference]:
    before, after = ({column.id: column for column in one.columns} for one in (was, now))
    found = [Difference(key, one.kind, one.label, ADDED) for key, one in after.items() if key not in before]
    found += [Difference(key, one.kind, one.label, REMOVED) for key, one in before.items() if key not in after]
    for key in (key for key in after if key in before):
        says = details_of(before[key].says, after[key].says)
        reads = details_of({"label": before[key].label}, {"label": after[key].label}, label=True)
        if says or reads:
            change = CHANGED if says else REWORDED
            found.append(Difference(key, after[key].kind, after[key].label, change, (*says, *reads)))
    return found


def _of_rows(was: Grid, now: Grid) -> list[Difference]:
    pairs = _pairs(was.rows, now.rows)
    stayed = _in_their_order(pairs)
    found = [one for pair in pairs if (one := _of_row(was, now, *pair, moved=pair[1].number not in stayed))]
    kept = {before.number for before, _ in pairs}, {after.number for _, after in pairs}
    found += [_rule(row, ADDED, _all_cells(now, row, new=True)) for row in now.rows if row.number not in kept[1]]
    found.sort(key=lambda one: int(one.name))
    gone = (row for row in was.rows if row.number not in kept[0])
    return found + [_rule(row, REMOVED, _all_cells(was, row, new=False)) for row in gone]


def _of_row(was: Grid, now: Grid, before: Row, after: Row, moved: bool) -> Difference | None:
    both = {column.id for column in was.columns} & {column.id for column in now.columns}
    said, says = ({key: text for key, text in row.cells.items() if key in both} for row in (before, after))
    cells = tuple(replace(one, what=now.heading(one.what)) for one in details_of(said, says))
    notes = details_of({"note": before.note}, {"note": after.note}, label=True)
    places = (Detail("place", str(before.number), str(after.number)),) if moved else ()
    if not (cells or notes or moved):
        return None
    counts = moved and now.says.get("hitPolicy") in _ORDER_COUNTS
    change = CHANGED if cells or counts else REWORDED if notes else MOVED
    return _rule(after, change, (*cells, *places, *notes), moved)


def _rule(row: Row, change: str, details: tuple[Detail, ...] = (), moved: bool = False) -> Difference:
    return Difference(row.id, "rule", str(row.number), change, details, moved)


def _pairs(was: Sequence[Row], now: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Put each rule beside itself in the newer version: by its id; without ids, by what it says."""
    before = {row.id: row for row in was if row.id}
    if len(before) == len(was) and len({row.id for row in now if row.id}) == len(now):
        return [(before[row.id], row) for row in now if row.id in before]
    said, says = ([tuple(row.cells.values()) for row in rows] for rows in (was, now))
    pairs = []
    for tag, first, last, begin, end in SequenceMatcher(None, said, says, autojunk=False).get_opcodes():
        if tag in ("equal", "replace"):
            pairs += list(zip(was[first:last], now[begin:end], strict=False))
    return pairs


def _in_their_order(pairs: Sequence[tuple[Row, Row]]) -> set[int]:
    """Return the numbers of the most rules that still follow each other as they did; the others have moved."""
    ends: list[int] = []  # the lowest number at which a run of each length can end
    places, before = [], [was.number for was, _ in pairs]
    for number in before:
        place = bisect_left(ends, number)
        ends[place : place + 1] = [number]
        places.append(place)
    found, wanted = set(), len(ends) - 1
    for place, (_, now) in zip(reversed(places), reversed(pairs), strict=True):
        if place == wanted:
            found.add(now.number)
            wanted -= 1
    return found


def _all_cells(table: Grid, row: Row, new: bool) -> tuple[Detail, ...]:
    said = ((table.heading(key), text) for key, text in row.cells.items() if text not in ("", "-"))
    return tuple(Detail(name, "" if new else text, text if new else "") for name, text in said)
