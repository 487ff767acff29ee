"""Hit policies: what a table says when several of its rules apply."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from workflows.engine.admission import in_bounds
from workflows.engine.doubts import doubtful
from workflows.engine.refusals import ExpressionRefused, RulesDisagree, TableRefused

ONE_ANSWER: Final = ("UNIQUE", "FIRST", "PRIORITY", "ANY")
SEVERAL_ANSWERS: Final = ("COLLECT", "RULE ORDER", "OUTPUT ORDER")
HIT_POLICIES: Final = (*ONE_ANSWER, *SEVERAL_ANSWERS)
BY_RANK: Final = ("PRIORITY", "OUTPUT ORDER")
AGGREGATIONS: Final[dict[str, Callable[[list[Any]], object]]] = {"SUM": sum, "MIN": min, "MAX": max, "COUNT": len}

Preferences = Mapping[str, Sequence[object]]


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule that applies, with what it says."""

    rule: int
    outputs: dict[str, object]


def outputs_by(
    policy: str, aggregation: str, table: str, hits: list[Hit], preferences: Preferences
) -> tuple[dict[str, object], tuple[int, ...]]:
    """The outputs of a table and the rules they come from.

    ``preferences`` names the outputs and lists their values, the most important first. There is
    at least one hit unless the policy gives several answers. Raises RulesDisagree for UNIQUE and
    ANY, TableRefused for a sum of what is no number. A sum (MIN, MAX) of which a part is not known is not known.
    """
    if policy == "COLLECT" and aggregation:
        return {name: _together(aggregation, table, name, hits) for name in preferences}, _numbers(hits)
    if policy in BY_RANK:
        hits = sorted(hits, key=lambda hit: rank(hit, preferences))
    if policy in SEVERAL_ANSWERS:
        return {name: [hit.outputs[name] for hit in hits] for name in preferences}, _numbers(hits)
    if policy == "UNIQUE" and len(hits) > 1:
        raise RulesDisagree(f"{table}: only one rule may apply (UNIQUE), but rules {_listed(hits)} apply.")
    if policy == "ANY" and any(not _same(hit, hits[0]) for hit in hits):
        raise RulesDisagree(f"{table}: rules {_listed(hits)} apply and say different things (ANY).")
    return hits[0].outputs, _numbers(hits if policy == "ANY" else hits[:1])


def _numbers(hits: list[Hit]) -> tuple[int, ...]:
    return tuple(hit.rule for hit in hits)


def _listed(hits: list[Hit]) -> str:
    *earlier, last = [str(hit.rule) for hit in hits]
    return f"{', '.join(earlier)} and {last}"


def _same(one: Hit, other: Hit) -> bool:
    return all(is_same(value, other.outputs[name]) for name, value in one.outputs.items())


def is_same(one: object, other: object) -> bool:
    """Whether two outputs are the same; yes is not the number 1."""
    return (type(one) is bool) == (type(other) is bool) and one == other


def rank(hit: Hit, preferences: Preferences) -> tuple[int, ...]:
    """The place of each output in its list, from the first column on; what is not listed comes last."""
    return tuple(
        next((place for place, value in enumerate(values) if is_same(value, hit.outputs[name])), len(values))
        for name, values in preferences.items()
    )


def _together(aggregation: str, table: str, name: str, hits: list[Hit]) -> object:
    values = [hit.outputs[name] for hit in hits]
    if aggregation == "COUNT":
        return len(values)
    for hit in hits:
        if not doubtful(hit.outputs[name]) and type(hit.outputs[name]) not in (int, float):
            raise TableRefused(f"{table}, rule {hit.rule}: “{name}” is no number, and {aggregation} needs one.")
    if not values or any(map(doubtful, values)):
        return None
    try:
        return in_bounds(AGGREGATIONS[aggregation](values))
    except ExpressionRefused:
        raise TableRefused(f"{table}: the {aggregation} of “{name}” is too large.") from None
