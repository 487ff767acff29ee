"""Small decision tables for the tests, written as one would say them."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from workflows.engine import DecisionTable

Row = tuple[Sequence[str], Sequence[str]]


def text(value: str) -> str:
    return f"<text>{escape(value)}</text>"


def dmn(
    inputs: Sequence[str], outputs: Sequence[str], rows: Sequence[Row], policy: str = "UNIQUE", more: str = ""
) -> bytes:
    """A DMN file; an output may be written "name: values", the policy of one left out as ""."""
    columns = "".join(
        f"<input id='i{n}'><inputExpression id='ie{n}'>{text(x)}</inputExpression></input>"
        for n, x in enumerate(inputs)
    )
    for number, output in enumerate(outputs):
        name, _, values = output.partition(": ")
        listed = f"<outputValues>{text(values)}</outputValues>" if values else ""
        columns += f"<output id='o{number}' name={quoteattr(name)}>{listed}</output>"
    rules = "".join(
        f"<rule id='r{number}'>"
        + "".join(f"<inputEntry id='r{number}c{n}'>{text(cell)}</inputEntry>" for n, cell in enumerate(cells))
        + "".join(f"<outputEntry id='r{number}o{n}'>{text(one)}</outputEntry>" for n, one in enumerate(results))
        + "</rule>"
        for number, (cells, results) in enumerate(rows, 1)
    )
    said = f"hitPolicy={quoteattr(policy)} " if policy else ""
    return (
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='d' name='d' namespace='x'>"
        f"<decision id='t' name='Test'><decisionTable id='dt' {said}{more}>{columns}{rules}</decisionTable></decision>"
        "</definitions>"
    ).encode()


def table(
    inputs: Sequence[str], outputs: Sequence[str], rows: Sequence[Row], policy: str = "UNIQUE", more: str = ""
) -> DecisionTable:
    return DecisionTable.parse(dmn(inputs, outputs, rows, policy, more))
