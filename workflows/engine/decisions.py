"""Decision tables with the hit policies DMN means, each rule traceable by its number.

SpiffWorkflow's own table engine takes the first match whatever the policy says, says nothing when
no rule matches and stops at a missing input; so the house asks these tables instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from workflows.engine import expressions
from workflows.engine.cells import Cell, split_list
from workflows.engine.documents import local_name, read_document, text_of
from workflows.engine.expressions import ExpressionRefused
from workflows.engine.hits import HIT_POLICIES, Hit, outputs_by
from workflows.engine.refusals import NoRuleMatched, TableRefused

_AGGREGATIONS: Final = ("", "SUM", "MIN", "MAX", "COUNT")


@dataclass(frozen=True, slots=True)
class Input:
    """One input column: the expression it reads and the heading people see."""

    expression: str
    label: str


@dataclass(frozen=True, slots=True)
class Output:
    """One output column; ``values`` lists what it may give, the most important first."""

    name: str
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: number counted from 1, a cell for each input, an expression for each output."""

    number: int
    cells: tuple[Cell, ...]
    results: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What a table decided: its outputs, the numbers of the rules that applied, and what it looked at."""

    outputs: dict[str, object]
    rules: tuple[int, ...]
    inputs: dict[str, object]


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """One decision table, read and checked; holds no data and may be shared."""

    id: str
    name: str
    hit_policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    @classmethod
    def parse(cls, xml: bytes) -> DecisionTable:
        """Read a DMN file with exactly one decision table; raises TableRefused saying which cell is wrong."""
        decision, table = _decision_table(read_document(xml))
        policy = table.get("hitPolicy", "UNIQUE").upper()
        aggregation = table.get("aggregation", "").upper()
        if policy not in HIT_POLICIES or aggregation not in _AGGREGATIONS:
            raise TableRefused(f"There is no hit policy '{policy}' with aggregation '{aggregation}'.")
        inputs = tuple(_input(element) for element in _children(table, "input"))
        outputs = tuple(_output(element) for element in _children(table, "output"))
        rules = tuple(_rule(number, row) for number, row in enumerate(_children(table, "rule"), 1))
        key = decision.get("id", "")
        made = cls(key, decision.get("name", key), policy, aggregation, inputs, outputs, rules)
        made._refuse_if_crooked()
        return made

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of all facts the table looks at, so that a misspelt one can be found."""
        names = [expressions.names_in(column.expression) for column in self.inputs]
        names += [cell.reads for rule in self.rules for cell in rule.cells]
        names += [expressions.names_in(text) for rule in self.rules for text in rule.results if text]
        return tuple(sorted(frozenset().union(*names)))

    @property
    def has_catch_all(self) -> bool:
        """Whether some rule applies to everything, so that there is always an answer."""
        return any(all(cell.takes_anything for cell in rule.cells) for rule in self.rules)

    def decide(self, inputs: Mapping[str, object]) -> Decided:
        """Apply the table to facts; a fact that is missing counts as unknown, and is never an error.

        Raises NoRuleMatched when no rule applies (tables that collect give empty lists instead)
        and RulesDisagree when UNIQUE or ANY is broken.
        """
        seen = {column.expression: _known(column.expression, inputs) for column in self.inputs}
        values = [seen[column.expression] for column in self.inputs]
        hits = [
            Hit(rule.number, self._results(rule, inputs))
            for rule in self.rules
            if all(cell.applies(value, inputs) for cell, value in zip(rule.cells, values, strict=True))
        ]
        if not hits and self.hit_policy not in ("COLLECT", "RULE ORDER", "OUTPUT ORDER"):
            raise NoRuleMatched(f"No rule of '{self.id}' applies to {seen}.")
        preferences = {column.name: column.values for column in self.outputs}
        outputs, rules = outputs_by(self.hit_policy, self.aggregation, self.id, hits, preferences)
        return Decided(outputs, rules, seen)

    def _results(self, rule: Rule, inputs: Mapping[str, object]) -> dict[str, object]:
        try:
            return {
                column.name: expressions.evaluate(text, inputs) if text else None
                for column, text in zip(self.outputs, rule.results, strict=True)
            }
        except ExpressionRefused as error:
            raise TableRefused(f"Rule {rule.number} of '{self.id}': {error}") from error

    def _refuse_if_crooked(self) -> None:
        if not self.id or not self.outputs or not self.rules:
            raise TableRefused("A decision table needs an id, an output and a rule.")
        names = [column.name for column in self.outputs]
        if "" in names or len(set(names)) != len(names):
            raise TableRefused(f"'{self.id}': every output needs a name of its own.")
        for rule in self.rules:
            if len(rule.cells) != len(self.inputs) or len(rule.results) != len(self.outputs):
                raise TableRefused(f"Rule {rule.number} of '{self.id}' has too few or too many cells.")
        if self.hit_policy in ("PRIORITY", "OUTPUT ORDER") and not any(column.values for column in self.outputs):
            raise TableRefused(f"'{self.id}': {self.hit_policy} needs the list of output values.")


def _known(expression: str, inputs: Mapping[str, object]) -> object:
    try:
        return expressions.evaluate(expression, inputs)
    except ExpressionRefused:  # reckoned with something that is missing
        return None


# Reading --------------------------------------------------------------------------------------


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element if local_name(child) == name]


def _text(element: etree._Element, *path: str) -> str:
    for name in (*path, "text"):
        found = _children(element, name)
        if not found:
            return ""
        element = found[0]
    return text_of(element)


def _decision_table(root: etree._Element) -> tuple[etree._Element, etree._Element]:
    found = [
        (decision, table) for decision in _children(root, "decision") for table in _children(decision, "decisionTable")
    ]
    if len(found) != 1:
        raise TableRefused(f"A file holds exactly one decision table, not {len(found)}.")
    return found[0]


def _input(element: etree._Element) -> Input:
    expression = _text(element, "inputExpression")
    _checked(expression, f"The input '{element.get('label') or expression}'")
    return Input(expression, element.get("label") or expression)


def _output(element: etree._Element) -> Output:
    listed = _text(element, "outputValues")
    values = tuple(expressions.evaluate(part, {}) for part in split_list(listed)) if listed else ()
    return Output(element.get("name", ""), values)


def _rule(number: int, row: etree._Element) -> Rule:
    cells = []
    for place, element in enumerate(_children(row, "inputEntry"), 1):
        try:
            cells.append(Cell.parse(_text(element)))
        except ExpressionRefused as error:
            raise TableRefused(f"Rule {number}, input {place}: {error}") from error
    results = tuple(_text(element) for element in _children(row, "outputEntry"))
    for place, text in enumerate(results, 1):
        if text:
            _checked(text, f"Rule {number}, output {place}")
    note = " ".join(text_of(element) for element in _children(row, "description"))
    return Rule(number, tuple(cells), results, note)


def _checked(expression: str, where: str) -> None:
    try:
        expressions.check(expression, functions=())
    except ExpressionRefused as error:
        raise TableRefused(f"{where}: {error}") from error
