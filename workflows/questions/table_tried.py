"""A decision table tried with facts that somebody makes up: what it says, which rule applies, and why others do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from workflows.engine.decisions import DecisionTable
from workflows.engine.expressions import Expression
from workflows.engine.refusals import EngineRefused, ExpressionRefused
from workflows.engine.verdicts import UNKNOWN

YES, NO, NOT_KNOWN = "yes", "no", "not known"
_WORDS = {"true": True, "false": False}
_VERDICTS = {True: YES, False: NO, None: NOT_KNOWN}


@dataclass(frozen=True)
class Asked:
    """One fact that a table looks at. label: the heading under which it does, its name where it has none."""

    name: str
    label: str


@dataclass(frozen=True)
class Part:
    """One cell of a rule: what it asks, what it found, and whether that passes."""

    label: str
    cell: str
    verdict: str


@dataclass(frozen=True)
class TriedRule:
    """One rule. counts: it is one of those by which the table answered; against: the cells that did not pass."""

    number: int
    applies: bool
    against: tuple[Part, ...]
    counts: bool = False


@dataclass(frozen=True)
class Tried:
    """What a table says to such facts. refused: why it says nothing, in a sentence; then there are no outputs."""

    outputs: Mapping[str, object]
    rules: tuple[TriedRule, ...]
    refused: str = ""


def facts_asked(xml: bytes) -> tuple[Asked, ...]:
    """Return the facts that a table looks at, by name. Raises TableRefused where it cannot be read as one."""
    table = DecisionTable.parse(xml)
    labels = {column.expression: column.label for column in table.inputs}
    return tuple(Asked(name, labels.get(name) or name.replace("_", " ")) for name in table.needs)


def try_table(xml: bytes, typed: Mapping[str, str]) -> Tried:
    """Ask a table with facts as they were typed: a number, true or false, a text; nothing is what is not known."""
    table = DecisionTable.parse(xml)
    known = {name: fact(typed.get(name, "")) for name in table.needs}
    rules = tuple(_rules(table, known))
    try:
        decided = table.decide(known)
    except EngineRefused as refusal:
        return Tried({}, rules, str(refusal))
    return Tried(decided.outputs, tuple(replace(one, counts=one.number in decided.rules) for one in rules))


def fact(typed: str) -> object:
    """Return what somebody meant by what they typed."""
    text = typed.strip().strip('"“”')
    if text.lower() in ("", UNKNOWN):
        return None
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _rules(table: DecisionTable, known: Mapping[str, object]) -> Iterator[TriedRule]:
    values = [_value(column.asked, known) for column in table.inputs]
    for rule in table.rules:
        parts = [
            Part(column.label, cell.text, _VERDICTS[cell.test(UNKNOWN if value is None else value, known)])
            for column, cell, value in zip(table.inputs, rule.cells, values, strict=True)
        ]
        against = tuple(part for part in parts if part.verdict != YES)
        yield TriedRule(rule.number, applies=not against, against=against)


def _value(asked: Expression, known: Mapping[str, object]) -> object:
    try:
        return asked.value(known, doubts=True)
    except ExpressionRefused:
        return None
