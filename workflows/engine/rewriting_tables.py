"""A decision table changed rule by rule, in its file; everything else in the file stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from lxml import etree

from workflows.engine.comparing_tables import grid
from workflows.engine.documents import local_name, read_document
from workflows.engine.refusals import TableRefused

NO_RULE = "The table has no such rule any more."


def with_rule(xml: bytes, number: int, cells: Mapping[str, str], note: str) -> bytes:
    """Write a rule anew: its cells by the id of their column, and its note. Raises TableRefused where there is none."""
    table = table_to_write(xml)
    _write_rule(xml, parts(table, "rule")[_place(table, number)], cells, note)
    return _file(table)


def with_new_rule(xml: bytes, number: int, cells: Mapping[str, str], note: str) -> bytes:
    """Put a rule in so that it is the one of this number; those behind it go one further."""
    table = table_to_write(xml)
    rules = parts(table, "rule")
    if not rules or not 1 <= number <= len(rules) + 1:
        raise TableRefused(NO_RULE)
    row = deepcopy(rules[min(number, len(rules)) - 1])
    name_anew(table, row)
    _write_rule(xml, row, cells, note)
    table.insert(table.index(rules[number - 1]) if number <= len(rules) else table.index(rules[-1]) + 1, row)
    return _file(table)


def without_rule(xml: bytes, number: int) -> bytes:
    """Take a rule out; the last one of a table stays."""
    table = table_to_write(xml)
    rules = parts(table, "rule")
    if len(rules) == 1:
        raise TableRefused("A table keeps at least one rule.")
    table.remove(rules[_place(table, number)])
    return _file(table)


def with_rule_moved(xml: bytes, number: int, to: int) -> bytes:
    """Let a rule have another number; where the first one that applies wins, that changes what the table says."""
    table = table_to_write(xml)
    row, there = parts(table, "rule")[_place(table, number)], parts(table, "rule")[_place(table, to)]
    table.insert(table.index(there) + (to > number), row)  # what is there already is moved
    return _file(table)


def table_to_write(xml: bytes) -> etree._Element:
    """The one decision table of a file, its comments with it; raises TableRefused where it holds none or several."""
    read_document(xml)  # refuses what is not safe to read
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    found = [element for element in root.iter() if local_name(element) == "decisionTable"]
    if len(found) != 1:
        raise TableRefused("The file does not hold one decision table.")
    return found[0]


def parts(element: etree._Element, name: str) -> list[etree._Element]:
    """The parts of an element that have this name."""
    return [child for child in element if local_name(child) == name]


def name_anew(table: etree._Element, row: etree._Element) -> None:
    """Give a copied rule and its cells ids that nothing in the file has, nor anything that begins with them."""
    taken = [one.get("id") or "" for one in table.getroottree().getroot().iter(etree.Element)]
    number, begin = len(parts(table, "rule")) + 1, f"{table.get('id') or 'table'}_rule"
    while any(one == f"{begin}_{number}" or one.startswith(f"{begin}_{number}_") for one in taken):
        number += 1
    for place, element in enumerate(one for one in row.iter(etree.Element) if one.get("id")):
        element.set("id", f"{begin}_{number}_{place}" if place else f"{begin}_{number}")


def write_cell(entry: etree._Element, text: str) -> None:
    """Put a text into a cell, whatever the cell held."""
    held = next(iter(parts(entry, "text")), None)
    if held is None:
        held = etree.SubElement(entry, _beside(entry, "text"))
    for inside in list(held):
        held.remove(inside)
    held.text = text


def _file(table: etree._Element) -> bytes:
    etree.indent(table.getroottree())
    return etree.tostring(table.getroottree(), xml_declaration=True, encoding="UTF-8")


def _place(table: etree._Element, number: int) -> int:
    if not 1 <= number <= len(parts(table, "rule")):
        raise TableRefused(NO_RULE)
    return number - 1


def _write_rule(xml: bytes, row: etree._Element, cells: Mapping[str, str], note: str) -> None:
    columns = grid(xml).columns
    for kind in ("input", "output"):
        ids = [column.id for column in columns if column.kind == kind]
        entries = parts(row, f"{kind}Entry")
        for column, entry in zip(ids, entries, strict=False):
            write_cell(entry, cells.get(column, ""))
    for old in [child for child in row if local_name(child) in ("description", "annotationEntry")]:
        row.remove(old)
    if note:
        described = etree.Element(_beside(row, "description"))
        described.text, described.tail = note, row.text
        row.insert(0, described)


def _beside(element: etree._Element, name: str) -> str:
    space = etree.QName(element).namespace
    return f"{{{space}}}{name}" if space else name
