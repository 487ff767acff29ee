"""Every diagram and table that is shipped can be published and read."""

from __future__ import annotations

from pathlib import Path

import pytest

import workflows
from workflows.engine import DecisionTable, Library, Spec
from workflows.engine.documents import bpmn, read_document
from workflows.engine.drawing import drawings
from workflows.engine.lint import find_faults, find_faults_between
from workflows.engine.shapes import table_of

SHIPPED = Path(workflows.__file__).parent
DIAGRAMS = sorted((SHIPPED / "diagrams").glob("*.bpmn"))
TABLES = sorted((SHIPPED / "tables").glob("*.dmn"))
FILES = [path.read_bytes() for path in DIAGRAMS]
PROCESSES = [process.get("id", "") for xml in FILES for process in read_document(xml).iter(bpmn("process"))]


def _spec(process: str) -> Spec:
    return Library(lambda _: FILES).spec("shipped", process)


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_a_shipped_diagram_has_no_faults(path: Path) -> None:
    assert find_faults(path.read_bytes()) == ()


def test_the_shipped_diagrams_fit_together() -> None:
    assert find_faults_between(FILES) == ()


@pytest.mark.parametrize("process", PROCESSES)
def test_a_shipped_process_can_be_read_and_told(process: str) -> None:
    spec = _spec(process)
    keys = [step.key for step in spec.outline()]
    assert len(keys) == len(set(keys))
    assert {step.key for step in spec.steps()} <= set(keys)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_shipped_table_always_has_an_answer(path: Path) -> None:
    table = DecisionTable.parse(path.read_bytes())
    assert table.id == path.stem
    assert table.has_catch_all or table.hit_policy == "COLLECT"
    assert table.decide({}).outputs


def test_every_table_a_diagram_asks_is_shipped() -> None:
    asked = {
        table_of(element)
        for xml in FILES
        for drawing in drawings(read_document(xml))
        for _, element in drawing.of_kind("businessRuleTask")
    }
    assert asked <= {path.stem for path in TABLES}
