"""A decision table changed rule by rule, in its file; everything else in the file stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from lxml import etree

from workflows.engine.comparing_tables import Row, grid
from workflows.engine.documents import local_name, read_document
from workflows.engine.refusals import TableRefused

NO_RULE = "The table has no such rule any more."


def with_rule(xml: bytes, number: int, cells: Mapping[str, str], note: str) -> bytes:
    """Write a rule anew: its cells by the id of their column, and its note. Raises TableRefused where there is none."""
    table = _table(xml)
    _write_rule(xml, _rules(table)[_place(table, number)], cells, note)
    return _file(table)


def with_new_rule(xml: bytes, number: int, cells: Mapping[str, str], note: str) -> bytes:
    """Put a rule in so that it is the one of this number; those behind it go one further."""
    table = _table(xml)
    rules = _rules(table)
    if not rules or not 1 <= number <= len(rules) + 1:
        raise TableRefused(NO_RULE)
    row = deepcopy(rules[min(number, len(rules)) - 1])
    _name_anew(table, row)
    _write_rule(xml, row, cells, note)
    table.insert(table.index(rules[number - 1]) if number <= len(rules) else table.index(rules[-1]) + 1, row)
    return _file(table)


def without_rule(xml: bytes, number: int) -> bytes:
    """Take a rule out; the last one of a table stays."""
    table = _table(xml)
    rules = _rules(table)
    if len(rules) == 1:
        raise TableRefused("A table keeps at least one rule.")
    table.remove(rules[_place(table, number)])
    return _file(table)


def with_rule_moved(xml: bytes, number: int, to: int) -> bytes:
    """Let a rule have another number; where the first one that applies wins, that changes what the table says."""
    table = _table(xml)
    row, there = _rules(table)[_place(table, number)], _rules(table)[_place(table, to)]
    table.insert(table.index(there) + (to > number), row)  # what is there already is moved
    return _file(table)


def _table(xml: bytes) -> etree._Element:
    read_document(xml)  # refuses what is not safe to read
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    found = [element for element in root.iter() if local_name(element) == "decisionTable"]
    if len(found) != 1:
        raise TableRefused("The file does not hold one decision table.")
    return found[0]


def _file(table: etree._Element) -> bytes:
    etree.indent(table.getroottree())
    return etree.tostring(table.getroottree(), xml_declaration=True, encoding="UTF-8")


def _rules(table: etree._Element) -> list[etree._Element]:
    return [child for child in table if local_name(child) == "rule"]


def _place(table: etree._Element, number: int) -> int:
    if not 1 <= number <= len(_rules(table)):
        raise TableRefused(NO_RULE)
    return number - 1


def _name_anew(table: etree._Element, row: etree._Element) -> None:
    """Give a copied rule and its cells ids that nothing in the file has."""
    taken = {one.get("id") for one in table.getroottree().iter(etree.Element)}
    number = len(_rules(table)) + 1
    while any(str(one).startswith(f"{table.get('id')}_rule_{number}") for one in taken):
        number += 1
    for place, element in enumerate(one for one in row.iter(etree.Element) if one.get("id")):
        element.set("id", f"{table.get('id')}_rule_{number}" + (f"_{place}" if place else ""))


def _write_rule(xml: bytes, row: etree._Element, cells: Mapping[str, str], note: str) -> None:
    columns = grid(xml).columns
    for kind in ("input", "output"):
        ids = [column.id for column in columns if column.kind == kind]
        entries = [child for child in row if local_name(child) == f"{kind}Entry"]
        for column, entry in zip(ids, entries, strict=False):
            _write(entry, "text", cells.get(column, ""))
    for old in [child for child in row if local_name(child) in ("description", "annotationEntry")]:
        row.remove(old)
    if note:
        described = etree.Element(_beside(row, "description"))
        described.text, described.tail = note, row.text
        row.insert(0, described)


def _write(entry: etree._Element, name: str, text: str) -> None:
    held = next((child for child in entry if local_name(child) == name), None)
    if held is None:
        held = etree.SubElement(entry, _beside(entry, name))
    for inside in list(held):
        held.remove(inside)
    held.text = text


def _beside(element: etree._Element, name: str) -> str:
    space = etree.QName(element).namespace
    return f"{{{space}}}{name}" if space else name


def row_of(xml: bytes, number: int) -> Row:
    """Return a rule as it is written; raises TableRefused where there is none."""
    found = next((row for row in grid(xml).rows if row.number == number), None)
    if found is None:
        raise TableRefused(NO_RULE)
    return found
