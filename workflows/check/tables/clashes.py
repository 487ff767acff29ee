"""Overlaps: what may be asked of a table to which two of its rules apply, where only one may, or all must agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import and_
from typing import Final

from workflows.check.tables.asked import Asked, facts_of, numbers
from workflows.check.tables.cell_writing import written
from workflows.check.tables.faults import OVERLAP, Fault
from workflows.check.tables.meeting import beside
from workflows.check.tables.space import Choice, Part, readiest
from workflows.check.tables.words import example, rules_named
from workflows.engine.decisions import Rule
from workflows.engine.hits import is_same
from workflows.engine.outcome import Fix
from workflows.engine.refusals import ExpressionRefused, RulesDisagree

MOST_TRIED: Final = 20


def clashes(asked: Asked, meeting: Mapping[int, int]) -> Iterator[Fault]:
    """Each rule that overlaps earlier ones. meeting: by rule, the rules it can apply together with, a bit each."""
    if asked.table.hit_policy not in ("UNIQUE", "ANY"):
        return
    sayings = _sayings(asked.table.rules) if asked.table.hit_policy == "ANY" else {}
    for rule in asked.table.rules:
        bit = 1 << (rule.number - 1)
        partners = [one for one in numbers(meeting.get(bit, 0) & (bit - 1)) if _may_differ(sayings, one, rule.number)]
        if partners and (fault := _fault(asked, rule, partners)) is not None:
            yield fault
        elif partners:
            asked.doubt("whether rules that apply together agree")
    _doubts(asked, meeting, sayings)


def _sayings(rules: Iterable[Rule]) -> dict[int, list[object]]:
    """What each rule says, where it says the same whatever is known."""
    found = {}
    for rule in rules:
        try:
            if all(one.stands_alone for one in rule.given):
                found[rule.number] = [one.value({}) for one in rule.given]
        except ExpressionRefused:
            continue
    return found


def _may_differ(sayings: Mapping[int, list[object]], one: int, other: int) -> bool:
    if one not in sayings or other not in sayings:
        return True
    return not all(is_same(first, second) for first, second in zip(sayings[one], sayings[other], strict=True))


def _fault(asked: Asked, rule: Rule, partners: list[int]) -> Fault | None:
    for partner in partners[:MOST_TRIED]:
        both = 1 << (partner - 1) | 1 << (rule.number - 1)
        chosen = [readiest(one for one in part.choices if one.rules & both == both) for part in asked.parts]
        facts = facts_of(chosen)
        if isinstance(asked.verdict(facts), RulesDisagree):
            matters = facts_of([one for one, part in zip(chosen, asked.parts, strict=True) if part.free & both != both])
            differ = " and say different things" if asked.table.hit_policy == "ANY" else ""
            where = f"when {example(asked.table, matters)}" if matters else "whatever is asked"
            others = [one for one in partners if one != partner]
            also = f" It overlaps {rules_named(others)} as well." if others else ""
            message = f"{asked.title}: rules {partner} and {rule.number} both apply{differ} {where}.{also}"
            fix = _fix(asked, rule, partner) if not others else None
            concerned = (*partners, rule.number)
            return Fault(rule.id or asked.table.id, OVERLAP, message, fix=fix or FIRST, rules=concerned, example=facts)
    return None


FIRST: Final = Fix(
    "Let the first rule that applies decide (hit policy FIRST).", ({"do": "set_hit_policy", "policy": "FIRST"},)
)


def _fix(asked: Asked, rule: Rule, partner: int) -> Fix | None:
    """Narrow the later rule in the one column in which it goes further than the other; nothing if there are more."""
    bit, other = 1 << (rule.number - 1), 1 << (partner - 1)
    further = [part for part in asked.parts if any(one.rules & bit and not one.rules & other for one in part.choices)]
    if len(further) != 1 or not further[0].regions:
        return None
    (part,) = further
    wanted = {one.rules for one in part.choices if one.rules & bit and not one.rules & other}
    cell = written(part.regions, wanted, _none(part))
    if not cell:
        return None
    column = asked.table.inputs[part.columns[0]]
    change = {"do": "set_cell", "rule": named(rule), "column": str(part.columns[0] + 1), "cell": cell}
    return Fix(f"Narrow “{column.label}” of rule {rule.number} to {cell}.", (change,))


def _none(part: Part) -> Choice:
    return Choice(0, {"": object()}, 0)


def named(rule: Rule) -> str:
    """How a change calls a rule: by its id, or by its number where it has none."""
    return rule.id or f"#{rule.number}"


def _doubts(asked: Asked, meeting: Mapping[int, int], sayings: Mapping[int, list[object]]) -> None:
    """Whether rules could meet where nobody can say what else there is to choose."""
    if all(part.exact for part in asked.parts):
        return
    sure = [beside(part) for part in asked.parts if part.exact]
    for rule in asked.table.rules:
        bit = 1 << (rule.number - 1)
        may = reduce(and_, (one.get(bit, 0) for one in sure), asked.every) & ~meeting.get(bit, 0) & (bit - 1)
        if any(_may_differ(sayings, one, rule.number) for one in numbers(may)):
            asked.doubt("whether two rules can apply to the same inputs")
            return
