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

from workflows.engine.documents import local_name, read_document
from workflows.engine.outcome import Fix
from workflows.engine.refusals import TableRefused

Change = Mapping[str, str]


def apply(xml: bytes, fix: Fix) -> bytes:
    """The file with the mend carried out; raises TableRefused when it is no longer the table it was proposed for."""
    read_document(xml)  # refuses what is no table, or not safe to read
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    tables = [element for element in root.iter() if local_name(element) == "decisionTable"]
    if len(tables) != 1:
        raise TableRefused("The file does not hold one decision table.")
    for change in fix.changes:
        kind = _CHANGES.get(change.get("do", ""))
        if kind is None:
            raise TableRefused(f"Nothing is known of a change “{change.get('do', '')}”.")
        kind(tables[0], change)
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")


def _add_rule(table: etree._Element, change: Change) -> None:
    """Another rule at the end, like the last one in its form; what it answers is left to whoever knows."""
    rows = _named(table, "rule")
    if not rows:
        raise TableRefused("The table has no rule to go by.")
    row, key = deepcopy(rows[-1]), _free_key(table, len(rows) + 1)
    for place, element in enumerate(one for one in row.iter() if one.get("id")):
        element.set("id", f"{key}_{place}" if place else key)
    for old in _named(row, "description"):
        row.remove(old)
    for place, entry in enumerate(_named(row, "inputEntry"), 1):
        _write(entry, change.get(f"cell_{place}", "-"))
    for entry in _named(row, "outputEntry"):
        _write(entry, "")
    rows[-1].addnext(row)


def _set_cell(table: etree._Element, change: Change) -> None:
    entries = _named(_rule(table, change), "inputEntry")
    place = change.get("column", "")
    if not place.isdigit() or not 1 <= int(place) <= len(entries):
        raise TableRefused(f"The table has no column {place}.")
    _write(entries[int(place) - 1], change.get("cell", "-"))


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


def _named(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element if local_name(child) == name]


def _rule(table: etree._Element, change: Change) -> etree._Element:
    key = change.get("rule", "")
    for number, row in enumerate(_named(table, "rule"), 1):
        if key in (row.get("id"), f"#{number}"):
            return row
    raise TableRefused(f"The table has no rule {key}.")


def _free_key(table: etree._Element, number: int) -> str:
    """An id that nothing in the file has, nor anything that begins with it."""
    taken = [one.get("id") or "" for one in table.getroottree().getroot().iter(etree.Element)]
    begin = f"{table.get('id') or 'table'}_rule"
    while any(one == f"{begin}_{number}" or one.startswith(f"{begin}_{number}_") for one in taken):
        number += 1
    return f"{begin}_{number}"


def _write(entry: etree._Element, text: str) -> None:
    """Put a text into a cell, whatever the cell held."""
    held = _named(entry, "text")
    if not held:
        held = [
            etree.SubElement(
                entry, (etree.QName(entry).namespace and f"{{{etree.QName(entry).namespace}}}text") or "text"
            )
        ]
    for inside in list(held[0]):
        held[0].remove(inside)
    held[0].text = text
