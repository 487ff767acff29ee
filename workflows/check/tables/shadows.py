"""Rules that can never be the one that counts: nothing fits them, or others come before them wherever they apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import and_

from workflows.check.cover import left_over
from workflows.check.tables.asked import Asked, facts_of, numbers
from workflows.check.tables.clashes import named
from workflows.check.tables.faults import UNREACHABLE, Fault
from workflows.check.tables.space import Choice, readiest
from workflows.check.tables.words import columns_named, example, rules_named
from workflows.engine.decisions import Decided, Rule
from workflows.engine.hits import Hit, rank
from workflows.engine.outcome import WARNING, Fix
from workflows.engine.refusals import ExpressionRefused, RulesDisagree

_DOUBT = "whether every rule can count"


def shadows(asked: Asked, meeting: Mapping[int, int]) -> Iterator[Fault]:
    """Every rule that never counts. meeting: by rule, the rules it can apply together with, a bit each.

    A last rule for everything else is there for what nobody thought of, and is never complained of.
    """
    before = _before(asked)
    for rule in asked.table.rules:
        if rule.number == len(asked.table.rules) and all(cell.takes_anything for cell in rule.cells):
            continue
        bit = 1 << (rule.number - 1)
        if not meeting.get(bit, 0):
            nowhere = (part for part in asked.parts if not any(one.rules & bit for one in part.choices))
            sure = [part for part in nowhere if part.exact]
            if sure:
                yield _empty(asked, rule, sure[0].columns)
            else:
                asked.doubt(_DOUBT)
            continue
        rivals = before[rule.number] & meeting[bit]
        if not rivals:
            continue
        ways = [[one for one in part.choices if one.rules & bit] for part in asked.parts]
        if left_over([[one.rules for one in some] for some in ways], rivals, asked.effort) is None:
            yield from _shadowed(asked, rule, ways, rivals)


def _before(asked: Asked) -> dict[int, int]:
    """By rule, the rules that count before it wherever both apply, a bit each."""
    policy = asked.table.hit_policy
    if policy in ("FIRST", "UNIQUE"):
        return {rule.number: (1 << (rule.number - 1)) - 1 for rule in asked.table.rules}
    if policy != "PRIORITY":
        return {rule.number: 0 for rule in asked.table.rules}
    ranks = {rule.number: _rank(asked, rule) for rule in asked.table.rules}
    return {
        number: sum(
            1 << (other - 1)
            for other, higher in ranks.items()
            if higher is not None and mine is not None and (higher, other) < (mine, number)
        )
        for number, mine in ranks.items()
    }


def _rank(asked: Asked, rule: Rule) -> tuple[int, ...] | None:
    """Where a rule stands by what it says; nothing where that hangs on what is asked."""
    ranked = [(column, given) for column, given in zip(asked.table.outputs, rule.given, strict=True) if column.values]
    try:
        if not all(given.stands_alone for _, given in ranked):
            return None
        said = {column.name: given.value({}) for column, given in ranked}
    except ExpressionRefused:
        return None
    return rank(Hit(rule.number, said), {column.name: column.values for column, _ in ranked})


def _empty(asked: Asked, rule: Rule, places: tuple[int, ...]) -> Fault:
    where = (
        f"column {columns_named(asked.table, places)} takes"
        if len(places) == 1
        else (f"columns {columns_named(asked.table, places)} take together")
    )
    message = f"{asked.title}: rule {rule.number} can never apply; nothing is what {where} there."
    return Fault(_element(asked, rule), UNREACHABLE, message, WARNING, _without(asked, rule), (rule.number,))


def _shadowed(asked: Asked, rule: Rule, ways: list[list[Choice]], rivals: int) -> Iterator[Fault]:
    bit = 1 << (rule.number - 1)
    if any(not part.exact for part in asked.parts):
        masks = [
            [*(one.rules for one in some), *(() if part.exact else (part.free | bit,))]
            for part, some in zip(asked.parts, ways, strict=True)
        ]
        if left_over(masks, rivals, asked.effort) is not None:
            asked.doubt(_DOUBT)
            return
    chosen = [readiest(some) for some in ways]
    facts = facts_of(chosen)
    said = asked.verdict(facts)
    if not isinstance(said, RulesDisagree) and not (isinstance(said, Decided) and rule.number not in said.rules):
        asked.doubt(_DOUBT)
        return
    covering = _covering(ways, rivals)
    which = rules_named(covering) if len(covering) == 1 else f"one of {rules_named(covering)}"
    wherever = f"wherever it applies, {which} applies before it"
    matters = facts_of([one for one, part in zip(chosen, asked.parts, strict=True) if not part.free & bit])
    such = f", as when {example(asked.table, matters)}" if matters else ""
    message = f"{asked.title}: rule {rule.number} never counts: {wherever}{such}."
    concerned = (*covering, rule.number)
    yield Fault(_element(asked, rule), UNREACHABLE, message, WARNING, _without(asked, rule), concerned, facts)


def _covering(ways: list[list[Choice]], rivals: int) -> list[int]:
    """The one rule that covers it if there is one, otherwise all that come before it somewhere."""
    whole = reduce(and_, (one.rules for some in ways for one in some), rivals)
    return [next(numbers(whole))] if whole else list(numbers(rivals))


def _element(asked: Asked, rule: Rule) -> str:
    return rule.id or asked.table.id


def _without(asked: Asked, rule: Rule) -> Fix | None:
    if len(asked.table.rules) == 1:
        return None  # a table without rules is none
    return Fix(f"Remove rule {rule.number}.", ({"do": "remove_rule", "rule": named(rule)},))
