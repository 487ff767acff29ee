"""A decision table proved: gaps, overlaps and rules that never count, each with an example the engine agrees with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Final

from workflows.check.cover import Effort, TooMuch
from workflows.check.saying import listed
from workflows.check.tables.asked import Asked
from workflows.check.tables.clashes import clashes
from workflows.check.tables.faults import UNANSWERED, UNDECIDED, Fault
from workflows.check.tables.gaps import gaps
from workflows.check.tables.meeting import beside
from workflows.check.tables.shadows import shadows
from workflows.check.tables.space import parts_of
from workflows.check.tables.words import columns_named
from workflows.engine.decisions import DecisionTable
from workflows.engine.outcome import WARNING, Finding
from workflows.engine.refusals import ExpressionRefused


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a proof goes: rules and columns of a table, combinations of names that belong together, work in all.

    work: cells asked; effort: choices looked at when rules are put together. told: findings of one kind.
    """

    rules: int = 1_000
    columns: int = 60
    ways: int = 5_000
    work: int = 200_000
    effort: int = 1_000_000
    told: int = 20


USUAL: Final = Limits()


def proofs(xml: bytes, limits: Limits = USUAL) -> tuple[Finding, ...]:
    """What a proof of the table in a file finds; raises as DecisionTable.parse does."""
    return tuple(fault.finding for fault in prove(DecisionTable.parse(xml), limits))


def prove(table: DecisionTable, limits: Limits = USUAL) -> tuple[Fault, ...]:
    """Every gap, overlap and rule that never counts; of a table that is too large or too involved, that nobody can say.

    What is not known is asked about too. A name that only cells compare with, such as a threshold of the programme,
    counts as set.
    """
    if len(table.rules) > limits.rules or len(table.inputs) > limits.columns:
        return (_undecided(table, "it has too many rules or columns to go through"),)
    try:
        parts = parts_of(table, limits.ways, limits.work)
    except ExpressionRefused:
        return (_undecided(table, "what its cells mention cannot be put in order"),)
    except TooMuch:
        return (_undecided(table, "its cells are too long to go through"),)
    asked = Asked(table, parts, Effort(limits.effort))
    found = list(_unanswered(table))
    try:
        for kind in (gaps(asked), *_about_rules(asked)):
            found += _told(kind, limits.told)
    except TooMuch:
        found.append(_undecided(table, "its rules lie across each other in too many ways to go through"))
    return (*found, *_doubts(asked))


def _unanswered(table: DecisionTable) -> Iterator[Fault]:
    """Rules that say nothing yet, as one that was added to close a gap."""
    for rule in table.rules:
        if not any(rule.results):
            message = f"The table “{table.name}” ({table.id}): rule {rule.number} has no answer yet."
            yield Fault(rule.id or table.id, UNANSWERED, message, rules=(rule.number,))


def _about_rules(asked: Asked) -> Iterator[Iterator[Fault]]:
    meets = [beside(part) for part in asked.parts]
    bits = [1 << place for place in range(len(asked.table.rules))]
    meeting = {bit: reduce(and_, (one.get(bit, 0) for one in meets), asked.every) for bit in bits}
    yield clashes(asked, meeting)
    yield shadows(asked, meeting)


def _told(found: Iterator[Fault], most: int) -> Iterator[Fault]:
    for number, fault in enumerate(found):
        if number == most:
            return
        yield fault


def _doubts(asked: Asked) -> Iterator[Fault]:
    if not asked.doubts:
        return
    places = set().union(*asked.doubts.values())
    columns = f"column{'s' if len(places) > 1 else ''} {columns_named(asked.table, places)}"
    why = f"{columns} cannot be gone through in full" if places else "the engine did not confirm what was found"
    yield _undecided(asked.table, why, listed(list(asked.doubts)))


def _undecided(
    table: DecisionTable, why: str, what: str = "whether it has gaps, overlaps or rules that never count"
) -> Fault:
    message = f"The table “{table.name}” ({table.id}): not decided {what}; {why}."
    return Fault(table.id, UNDECIDED, message, WARNING)
