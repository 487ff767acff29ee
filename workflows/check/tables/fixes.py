"""A proposed mend carried out on the file of a decision table; everything else in the file stays as it is.

The changes of a mend, each a mapping: "do" says what is done,

- "add_rule", "cell_1", "cell_2" and so on: a rule at the end with these cells, and no answer yet;
- "set_cell", "rule", "column", "cell": write another cell; a rule by its id or as #3, a column by its number;
- "remove_rule", "rule": leave a rule out;
- "set_hit_policy", "policy": let another rule say which one counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Final

from lxml import etree

from workflows.engine.outcome import Fix
from workflows.engine.refusals import TableRefused
from workflows.engine.rewriting_tables import name_anew, parts, table_to_write, write_cell

Change = Mapping[str, str]


def apply(xml: bytes, fix: Fix) -> bytes:
    """The file with the mend carried out; raises TableRefused when it is no longer the table it was proposed for."""
    table = table_to_write(xml)
    for change in fix.changes:
        kind = _CHANGES.get(change.get("do", ""))
        if kind is None:
            raise TableRefused(f"Nothing is known of a change “{change.get('do', '')}”.")
        kind(table, change)
    return etree.tostring(table.getroottree(), xml_declaration=True, encoding="UTF-8")


def _add_rule(table: etree._Element, change: Change) -> None:
    """Another rule at the end, like the last one in its form; what it answers is left to whoever knows."""
    rows = parts(table, "rule")
    if not rows:
        raise TableRefused("The table has no rule to go by.")
    row = deepcopy(rows[-1])
    name_anew(table, row)
    for old in parts(row, "description"):
        row.remove(old)
    for place, entry in enumerate(parts(row, "inputEntry"), 1):
        write_cell(entry, change.get(f"cell_{place}", "-"))
    for entry in parts(row, "outputEntry"):
        write_cell(entry, "")
    rows[-1].addnext(row)


def _set_cell(table: etree._Element, change: Change) -> None:
    entries = parts(_rule(table, change), "inputEntry")
    place = change.get("column", "")
    if not place.isdigit() or not 1 <= int(place) <= len(entries):
        raise TableRefused(f"The table has no column {place}.")
    write_cell(entries[int(place) - 1], change.get("cell", "-"))


def _remove_rule(table: etree._Element, change: Change) -> None:
    row = _rule(table, change)
    before = row.getprevious()
    if before is not None and row.getnext() is None:
        before.tail = row.tail
    table.remove(row)


def _set_hit_policy(table: etree._Element, change: Change) -> None:
    table.set("hitPolicy", change.get("policy", "FIRST"))


_CHANGES: Final[Mapping[str, Callable[[etree._Element, Change], None]]] = {
    "add_rule": _add_rule,
    "set_cell": _set_cell,
    "remove_rule": _remove_rule,
    "set_hit_policy": _set_hit_policy,
}


def _rule(table: etree._Element, change: Change) -> etree._Element:
    key = change.get("rule", "")
    for number, row in enumerate(parts(table, "rule"), 1):
        if key in (row.get("id"), f"#{number}"):
            return row
    raise TableRefused(f"The table has no rule {key}.")
