"""From a DMN file to the parts of a decision table, with everything that is written wrongly in it.

Each fault names the table, the rule by its number, and the column by its heading.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from workflows.engine import expressions
from workflows.engine.cells import Cell
from workflows.engine.documents import local_name, nearest_id, read_document, text_of
from workflows.engine.expressions import Expression, ExpressionRefused
from workflows.engine.hits import AGGREGATIONS, BY_RANK, HIT_POLICIES, ONE_ANSWER, is_same
from workflows.engine.outcome import Finding
from workflows.engine.refusals import TableRefused

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_NOTHING: Final = expressions.check("null")


@dataclass(frozen=True, slots=True)
class Input:
    """One input column: the expression it reads and the heading people see.

    kind: what the file says it holds, as "string"; allowed: the cell that takes what it may hold, if the file lists it.
    """

    expression: str
    label: str
    asked: Expression
    kind: str = ""
    allowed: Cell | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """One output column; ``values`` lists what it may give, the most important first.

    default: what it gives when no rule applies, if the table says so.
    """

    name: str
    values: tuple[object, ...]
    default: Expression | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: number counted from 1, a cell for each input, an expression for each output; the id of its element."""

    number: int
    cells: tuple[Cell, ...]
    results: tuple[str, ...]
    note: str
    given: tuple[Expression, ...]
    id: str = ""


@dataclass(slots=True)
class Drawn:
    """What stands in a file: the parts of its table as far as they could be read, and the faults."""

    id: str
    name: str
    hit_policy: str
    aggregation: str
    inputs: list[Input] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)

    @property
    def title(self) -> str:
        """How messages call the table."""
        return f"The table “{self.name}” ({self.id})"

    def fault(self, element: etree._Element, rule: str, message: str) -> None:
        """Note what is wrong with this part of the table."""
        self.faults.append(Finding(nearest_id(element), rule, f"{self.title}: {message}"))


def read_table(xml: bytes) -> Drawn:
    """Read a DMN file with one decision table, and note every fault in it.

    Raises TableRefused when there is no table to speak of, DiagramRefused when it is no XML.
    """
    decision, table = _decision_table(read_document(xml))
    key = decision.get("id", "")
    policy, aggregation = table.get("hitPolicy", "UNIQUE"), table.get("aggregation", "")
    drawn = Drawn(key, decision.get("name", key), policy, aggregation)
    for element in table.iter():
        _language(drawn, element)
    for element in _children(table, "input"):
        _read_input(drawn, element)
    for element in _children(table, "output"):
        _read_output(drawn, element)
    for number, row in enumerate(_children(table, "rule"), 1):
        _read_rule(drawn, number, row)
    _whole_table(drawn, decision)
    _policy(drawn, table)
    return drawn


def _decision_table(root: etree._Element) -> tuple[etree._Element, etree._Element]:
    decisions = _children(root, "decision")
    found = [(decision, table) for decision in decisions for table in _children(decision, "decisionTable")]
    if len(found) != 1 or len(decisions) != 1:
        raise TableRefused(f"A file holds exactly one decision with one decision table, not {len(decisions)}.")
    return found[0]


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element if local_name(child) == name]


def _text(element: etree._Element, *path: str) -> str:
    for name in (*path, "text"):
        found = _children(element, name)
        if not found:
            return ""
        element = found[0]
    return text_of(element)


def _language(drawn: Drawn, element: etree._Element) -> None:
    language = element.get("expressionLanguage", "")
    if language and "feel" not in language.lower():
        drawn.fault(element, "decision.language", f"It is written in '{language[:60]}', which is not read here.")


# Columns --------------------------------------------------------------------------------------


def _read_input(drawn: Drawn, element: etree._Element) -> None:
    text = _text(element, "inputExpression")
    label = element.get("label") or text
    asked = _read(drawn, element, text, f"Column “{label}”")
    kind = next((one.get("typeRef", "") for one in _children(element, "inputExpression")), "")
    drawn.inputs.append(Input(text, label, asked, kind, _allowed(element)))


def _allowed(element: etree._Element) -> Cell | None:
    """What the column may hold, where the file lists it in a way that is read here; the list binds nobody."""
    try:
        cell = Cell.parse(_text(element, "inputValues"))
    except ExpressionRefused:
        return None
    return None if cell.takes_anything or cell.reads else cell


def _read_output(drawn: Drawn, element: etree._Element) -> None:
    name = element.get("name", "")
    if not _NAME.fullmatch(name):
        drawn.fault(element, "decision.output-name", f"The output “{name}” needs a name of letters, digits and _.")
    elif name in [column.name for column in drawn.outputs]:
        drawn.fault(element, "decision.output-name", f"Every output needs a name of its own; there are two “{name}”.")
    default = _text(element, "defaultOutputEntry")
    drawn.outputs.append(
        Output(
            name,
            _values(drawn, element, name),
            _read(drawn, element, default, f"The default of “{name}”") if default else None,
        )
    )


def _values(drawn: Drawn, element: etree._Element, name: str) -> tuple[object, ...]:
    listed = _text(element, "outputValues")
    try:
        values = expressions.evaluate(f"[{listed}]", {})
    except ExpressionRefused as refusal:
        drawn.fault(element, "decision.output-values", f"The values of the output “{name}” cannot be read. {refusal}")
        return ()
    return tuple(values) if isinstance(values, list) else ()


def _read(drawn: Drawn, element: etree._Element, text: str, where: str) -> Expression:
    try:
        return expressions.check(text, functions=())
    except ExpressionRefused as refusal:
        drawn.fault(element, "decision.expression", f"{where}: {refusal}")
        return _NOTHING


# Rules ----------------------------------------------------------------------------------------


def _read_rule(drawn: Drawn, number: int, row: etree._Element) -> None:
    entries, results = _children(row, "inputEntry"), _children(row, "outputEntry")
    for what, held, columns in (
        ("condition", len(entries), len(drawn.inputs)),
        ("output", len(results), len(drawn.outputs)),
    ):
        if held != columns:
            drawn.fault(row, "decision.cells", f"Rule {number} has {held} {what} cells for {columns} columns.")
    cells = tuple(_cells(drawn, number, entries))
    texts = tuple(_text(element) for element in results)
    given = tuple(
        _read(drawn, element, text or "null", f"Rule {number}, output “{_heading(drawn, place)}”")
        for place, (element, text) in enumerate(zip(results, texts, strict=True))
    )
    note = " ".join(text_of(element) for element in _children(row, "description"))
    drawn.rules.append(Rule(number, cells, texts, note, given, row.get("id", "")))


def _cells(drawn: Drawn, number: int, entries: list[etree._Element]) -> Iterator[Cell]:
    labels = [column.label for column in drawn.inputs]
    for place, element in enumerate(entries):
        try:
            yield Cell.parse(_text(element))
        except ExpressionRefused as refusal:
            label = labels[place] if place < len(labels) else str(place + 1)
            drawn.fault(element, "decision.cell", f"Rule {number}, column “{label}”: {refusal}")


def _heading(drawn: Drawn, place: int) -> str:
    return drawn.outputs[place].name if place < len(drawn.outputs) else str(place + 1)


# The whole ------------------------------------------------------------------------------------


def _whole_table(drawn: Drawn, decision: etree._Element) -> None:
    if not drawn.id or not drawn.outputs or not drawn.rules:
        drawn.fault(decision, "decision.whole", "A decision table needs an id, an output and a rule.")


def _policy(drawn: Drawn, table: etree._Element) -> None:
    policy, aggregation = drawn.hit_policy, drawn.aggregation
    if policy not in HIT_POLICIES:
        drawn.fault(table, "decision.hit-policy", f"There is no hit policy {_meant(policy, HIT_POLICIES)}")
    if aggregation and aggregation not in AGGREGATIONS:
        drawn.fault(
            table, "decision.aggregation", f"There is no aggregation {_meant(aggregation, tuple(AGGREGATIONS))}"
        )
    elif aggregation and (policy != "COLLECT" or len(drawn.outputs) != 1):
        drawn.fault(
            table, "decision.aggregation", f"{aggregation} goes with the hit policy COLLECT and one output only."
        )
    if policy in BY_RANK:
        _ranks(drawn, table)
    if policy not in ONE_ANSWER and any(column.default for column in drawn.outputs):
        drawn.fault(table, "decision.default", f"A default goes with {', '.join(ONE_ANSWER)} only.")


def _meant(written: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(written[:40].upper(), known, 1)
    return f"'{written[:40]}'; did you mean {near[0]}?" if near else f"'{written[:40]}'. There are {', '.join(known)}."


def _ranks(drawn: Drawn, table: etree._Element) -> None:
    """What stands in the list of an output is ranked by it; what does not stand there has no rank."""
    if not any(column.values for column in drawn.outputs):
        drawn.fault(
            table, "decision.ranks", f"{drawn.hit_policy} needs the list of output values, the most important first."
        )
    for rule in drawn.rules:
        for column, result in zip(drawn.outputs, rule.given, strict=False):
            if column.values and result.stands_alone and not _listed(column, result):
                drawn.fault(
                    table, "decision.ranks", f"Rule {rule.number}: {result.text} is not in the list of “{column.name}”."
                )


def _listed(column: Output, result: Expression) -> bool:
    try:
        value = result.value({})
    except ExpressionRefused:
        return False
    return any(is_same(value, listed) for listed in column.values)
