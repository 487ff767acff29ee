"""Decision tables with the hit policies DMN means, each rule traceable by its number.

SpiffWorkflow's own table engine takes the first match whatever the policy says, says nothing when
no rule matches and stops at a missing input; so the house asks these tables instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from workflows.engine.admission import admitted
from workflows.engine.expressions import Expression, ExpressionRefused
from workflows.engine.hits import ONE_ANSWER, Hit, outputs_by
from workflows.engine.outcome import Finding
from workflows.engine.reading_tables import Input, Output, Rule, read_table
from workflows.engine.refusals import DataNotPlain, DiagramRefused, NoRuleMatched, TableRefused
from workflows.engine.verdicts import UNKNOWN

__all__ = ["Decided", "DecisionTable", "Input", "Output", "Rule", "find_table_faults"]

_MOST_TOLD: Final = 20


@dataclass(frozen=True, slots=True)
class Decided:
    """What a table decided: its outputs, the numbers of the rules that applied, and what it looked at."""

    outputs: dict[str, object]
    rules: tuple[int, ...]
    inputs: dict[str, object]


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """One decision table, read and checked; holds no data and may be shared.

    needs: the names of all facts it looks at, so that a misspelt one can be found.
    """

    id: str
    name: str
    hit_policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    needs: tuple[str, ...]

    @classmethod
    def parse(cls, xml: bytes) -> DecisionTable:
        """Read a DMN file with exactly one decision table.

        Raises TableRefused saying which rule and column are wrong, DiagramRefused if it is no XML.
        """
        drawn = read_table(xml)
        if drawn.faults:
            raise TableRefused(" ".join(fault.message for fault in drawn.faults[:_MOST_TOLD]))
        asked = [column.asked for column in drawn.inputs]
        asked += [column.default for column in drawn.outputs if column.default]
        asked += [given for rule in drawn.rules for given in rule.given]
        names = [one.names for one in asked] + [cell.reads for rule in drawn.rules for cell in rule.cells]
        return cls(
            id=drawn.id,
            name=drawn.name,
            hit_policy=drawn.hit_policy,
            aggregation=drawn.aggregation,
            inputs=tuple(drawn.inputs),
            outputs=tuple(drawn.outputs),
            rules=tuple(drawn.rules),
            needs=tuple(sorted(frozenset().union(*names))),
        )

    @property
    def has_catch_all(self) -> bool:
        """Whether some rule applies to everything, so that there is always an answer."""
        return any(all(cell.takes_anything for cell in rule.cells) for rule in self.rules)

    def decide(self, inputs: Mapping[str, object]) -> Decided:
        """Apply the table to facts; a fact that is missing counts as unknown, and is never an error.

        Days and instants may be given as such. Raises NoRuleMatched when no rule applies and
        there is no default (tables that collect give empty lists instead), RulesDisagree when
        UNIQUE or ANY is broken, TableRefused when what is known cannot be worked with.
        """
        known = self._known(inputs)
        seen = {
            column.expression: self._worked_out(column.asked, known, f"column “{column.label}”")
            for column in self.inputs
        }
        values = [seen[column.expression] for column in self.inputs]
        hits = [
            Hit(rule.number, self._given(rule, known))
            for rule in self.rules
            if all(cell.applies(value, known) for cell, value in zip(rule.cells, values, strict=True))
        ]
        if not hits and self.hit_policy in ONE_ANSWER:
            return Decided(self._default(known, seen), (), seen)
        preferences = {column.name: column.values for column in self.outputs}
        outputs, rules = outputs_by(self.hit_policy, self.aggregation, self._title, hits, preferences)
        return Decided(outputs, rules, seen)

    @property
    def _title(self) -> str:
        return f"The table “{self.name}” ({self.id})"

    def _known(self, inputs: Mapping[str, object]) -> dict[str, object]:
        found: dict[str, object] = {}
        for name in self.needs:
            value = inputs.get(name)
            if isinstance(value, (date, datetime)):
                value = value.isoformat()
            try:
                found[name] = admitted(value)
            except DataNotPlain:
                raise TableRefused(f"{self._title}: the fact '{name}' is not plain data.") from None
            except ExpressionRefused:  # too large to be true
                found[name] = None
        return found

    def _worked_out(self, asked: Expression, known: Mapping[str, object], where: str) -> object:
        """What an expression gives; nothing if it cannot be worked out because something it reads is unknown."""
        try:
            return asked.value(known, doubts=True)
        except ExpressionRefused as refusal:
            if any(known[name] in (None, UNKNOWN) for name in asked.names):
                return None
            raise TableRefused(f"{self._title}, {where}: {refusal}") from refusal

    def _given(self, rule: Rule, known: Mapping[str, object]) -> dict[str, object]:
        return {
            column.name: self._worked_out(given, known, f"rule {rule.number}, output “{column.name}”")
            for column, given in zip(self.outputs, rule.given, strict=True)
        }

    def _default(self, known: Mapping[str, object], seen: Mapping[str, object]) -> dict[str, object]:
        if not any(column.default for column in self.outputs):
            raise NoRuleMatched(f"{self._title}: no rule applies. {_unknown(self.inputs, seen)}")
        return {
            column.name: self._worked_out(column.default, known, f"the default of “{column.name}”")
            if column.default
            else None
            for column in self.outputs
        }


def find_table_faults(xml: bytes) -> tuple[Finding, ...]:
    """Every reason why this file must not be published as a decision table; empty when there is none."""
    try:
        return tuple(read_table(xml).faults)
    except (TableRefused, DiagramRefused) as refusal:
        return (Finding("", "form.readable", str(refusal)),)


def _unknown(columns: tuple[Input, ...], seen: Mapping[str, object]) -> str:
    """Which columns were not known: their headings only, for what was found there is about a person."""
    missing = [f"“{column.label}”" for column in columns if seen[column.expression] in (None, UNKNOWN)]
    return f"Not known: {', '.join(missing)}." if missing else "Everything it asks about is known."
