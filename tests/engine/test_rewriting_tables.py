"""A decision table is changed rule by rule; what was not changed says the same as before."""

from __future__ import annotations

from pathlib import Path

import pytest

import workflows
from tests.engine.dmn import dmn
from workflows.engine.comparing_tables import Row, compare_tables, grid
from workflows.engine.decisions import DecisionTable
from workflows.engine.refusals import TableRefused
from workflows.engine.rewriting_tables import with_new_rule, with_rule, with_rule_moved, without_rule

SHIPPED = sorted((Path(workflows.__file__).parent / "tables").glob("*.dmn"))
TABLE = dmn(
    ["age", "alone"], ["points"], [([">= 75", "true"], ["2"]), ([">= 65", "-"], ["1"]), (["-", "-"], ["0"])], "FIRST"
)


def rows(xml: bytes) -> list[tuple[str, ...]]:
    return [(*row.cells.values(), row.note) for row in grid(xml).rows]


def test_a_rule_is_written_anew_and_the_others_stay() -> None:
    changed = with_rule(TABLE, 2, {"i0": ">= 60", "i1": "true", "o0": "5"}, "Younger people too")
    assert rows(changed) == [
        (">= 75", "true", "2", ""),
        (">= 60", "true", "5", "Younger people too"),
        ("-", "-", "0", ""),
    ]
    assert DecisionTable.parse(changed).decide({"age": 61, "alone": True}).outputs == {"points": 5}


@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_new_rule_gets_its_number_and_ids_of_its_own(number: int) -> None:
    changed = with_new_rule(TABLE, number, {"i0": "< 18", "o0": "9"}, "")
    assert rows(changed)[number - 1] == ("< 18", "", "9", "")
    assert len(rows(changed)) == 4
    assert DecisionTable.parse(changed).rules[number - 1].results == ("9",)
    ids = [row.id for row in grid(changed).rows]
    assert len(set(ids)) == 4


def test_a_rule_is_taken_out_and_the_last_one_stays() -> None:
    assert rows(without_rule(TABLE, 1)) == rows(TABLE)[1:]
    one = without_rule(without_rule(TABLE, 1), 1)
    with pytest.raises(TableRefused, match="at least one rule"):
        without_rule(one, 1)


@pytest.mark.parametrize(
    ("number", "to", "order"), [(1, 3, [1, 2, 0]), (3, 1, [2, 0, 1]), (2, 1, [1, 0, 2]), (2, 2, [0, 1, 2])]
)
def test_a_rule_is_put_elsewhere(number: int, to: int, order: list[int]) -> None:
    assert rows(with_rule_moved(TABLE, number, to)) == [rows(TABLE)[place] for place in order]


def test_a_rule_that_is_not_there_is_refused() -> None:
    for change in (
        lambda: with_rule(TABLE, 4, {}, ""),
        lambda: without_rule(TABLE, 0),
        lambda: with_new_rule(TABLE, 9, {}, ""),
    ):
        with pytest.raises(TableRefused, match="no such rule"):
            change()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_table_whose_rule_is_written_as_it_stands_says_the_same(path: Path) -> None:
    xml = path.read_bytes()
    for row in grid(xml).rows[:3]:
        assert _same(xml, with_rule(xml, row.number, row.cells, row.note))


def _same(was: bytes, now: bytes) -> bool:
    return not compare_tables(was, now).differences and _cells(was) == _cells(now)


def _cells(xml: bytes) -> list[Row]:
    return list(grid(xml).rows)
