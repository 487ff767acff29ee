"""Hit policies: what a table says when several of its rules apply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from workflows.engine.refusals import RulesDisagree, TableRefused

HIT_POLICIES: Final = ("UNIQUE", "FIRST", "ANY", "PRIORITY", "COLLECT", "RULE ORDER", "OUTPUT ORDER")

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
    at least one hit unless the policy collects. Raises RulesDisagree for UNIQUE and ANY.
    """
    if policy == "COLLECT" and aggregation:
        return _aggregated(aggregation, table, hits, preferences), _numbers(hits)
    if policy in ("PRIORITY", "OUTPUT ORDER"):
        hits = sorted(hits, key=lambda hit: _rank(hit, preferences))
    if policy in ("COLLECT", "RULE ORDER", "OUTPUT ORDER"):
        return {name: [hit.outputs[name] for hit in hits] for name in preferences}, _numbers(hits)
    if policy == "UNIQUE" and len(hits) > 1:
        raise RulesDisagree(f"'{table}' allows one rule, but rules {_listed(hits)} apply.")
    if policy == "ANY" and any(hit.outputs != hits[0].outputs for hit in hits):
        raise RulesDisagree(f"'{table}': rules {_listed(hits)} apply and say different things.")
    return hits[0].outputs, _numbers(hits if policy == "ANY" else hits[:1])


def _numbers(hits: list[Hit]) -> tuple[int, ...]:
    return tuple(hit.rule for hit in hits)


def _listed(hits: list[Hit]) -> str:
    return ", ".join(str(hit.rule) for hit in hits)


def _rank(hit: Hit, preferences: Preferences) -> tuple[int, ...]:
    return tuple(
        values.index(hit.outputs[name]) if hit.outputs[name] in values else len(values)
        for name, values in preferences.items()
    )


def _aggregated(aggregation: str, table: str, hits: list[Hit], preferences: Preferences) -> dict[str, object]:
    return {name: _one(aggregation, table, [hit.outputs[name] for hit in hits]) for name in preferences}


def _one(aggregation: str, table: str, values: list[object]) -> object:
    if aggregation == "COUNT":
        return len(values)
    numbers = [value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)]
    if len(numbers) != len(values):
        raise TableRefused(f"'{table}' can only take the {aggregation} of numbers.")
    if not numbers:
        return None
    if aggregation == "SUM":
        return sum(numbers)
    return min(numbers) if aggregation == "MIN" else max(numbers)
