"""The page for managers tells of every step that a diagram asks of somebody, under the process it belongs to."""

from __future__ import annotations

from pathlib import Path

import workflows
from tests.diagrams.reading import drawings, said, steps

PAGE = (Path(workflows.__file__).parents[1] / "docs" / "lifecycle.md").read_text()


def test_every_step_stands_on_the_page_with_its_form_and_due_setting() -> None:
    for _, element, properties in steps():
        beginning = f"| {properties['step']} | {element.get('name')} | "
        rows = [line for line in PAGE.splitlines() if line.startswith(beginning)]
        assert rows, element.get("id")
        assert all(f" {properties['form']} " in row for row in rows)
        assert "." not in properties["due"] or all(f"`{properties['due']}`" in row for row in rows)


def test_the_page_has_no_step_that_is_not_drawn() -> None:
    drawn = {(said(node).get("step"), node.get("name")) for drawing in drawings() for node in drawing.nodes("userTask")}
    rows = [line.split(" | ") for line in PAGE.splitlines() if line.startswith("| ") and "| Step |" not in line]
    assert {(row[0].removeprefix("| "), row[1]) for row in rows} == drawn
