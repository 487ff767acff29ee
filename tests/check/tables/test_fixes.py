"""Proposed mends of a decision table, carried out on its file: the fault is gone, the rest stays as it was."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.engine.dmn import Row, dmn
from tests.tables import shipped
from workflows.check.tables import Fault, apply, proofs, prove
from workflows.check.ways import as_data
from workflows.engine import DecisionTable, TableRefused
from workflows.engine.outcome import Fix

CELLS = (
    *("-", "< 3", "<= 3", ">= 3", "> 5", "[3..5]", "not(3)", '"unknown"', 'not("unknown")', '"a"', 'not("a")', "true"),
    *('< date("2026-04-01")', '>= date("2026-04-01")', '> duration("P14D")', '<= duration("14D")'),
)
DRAWN = st.lists(st.tuples(*[st.sampled_from(CELLS)] * 2, st.sampled_from(['"x"', '"y"'])), min_size=1, max_size=4)


def rows(*cells: str) -> list[Row]:
    return [((cell,), (f'"{number}"',)) for number, cell in enumerate(cells, 1)]


def only(xml: bytes, rule: str) -> Fault:
    (fault,) = [one for one in prove(DecisionTable.parse(xml)) if one.rule == f"decision.{rule}"]
    return fault


def mended(xml: bytes, fault: Fault) -> bytes:
    assert fault.fix is not None
    return apply(xml, fault.fix)


def changed_by(xml: bytes, **change: str) -> bytes:
    return apply(xml, Fix("", (change,)))


def test_a_gap_is_closed_by_a_rule_for_just_that() -> None:
    xml = dmn(["age"], ["answer"], rows("< 18", "[30..65]", '> 65, "unknown"'))
    fixed = mended(xml, only(xml, "gap"))
    added = DecisionTable.parse(fixed).rules[-1]
    assert [cell.text for cell in added.cells] == ["[18..30)"]
    assert not [one for one in prove(DecisionTable.parse(fixed)) if one.rule == "decision.gap"]


def test_a_rule_that_was_added_waits_for_its_answer() -> None:
    xml = dmn(["age"], ["answer"], rows("< 18", '> 18, "unknown"'))
    (waiting,) = proofs(mended(xml, only(xml, "gap")))
    assert (waiting.rule, waiting.severity) == ("decision.unanswered", "error")
    assert "rule 3 has no answer yet" in waiting.message


def test_an_overlap_is_mended_by_narrowing_the_later_rule() -> None:
    xml = dmn(["age"], ["answer"], rows("<= 18", '>= 18, "unknown"'))
    fixed = mended(xml, only(xml, "overlap"))
    assert DecisionTable.parse(fixed).rules[1].cells[0].text == '> 18, "unknown"'
    assert proofs(fixed) == ()


def test_an_overlap_with_many_is_mended_by_an_order() -> None:
    xml = dmn(["age"], ["answer"], rows("< 18", ">= 18", "-"))
    fixed = mended(xml, only(xml, "overlap"))
    assert DecisionTable.parse(fixed).hit_policy == "FIRST"
    assert proofs(fixed) == ()


def test_a_rule_that_never_counts_can_go() -> None:
    xml = dmn(["age"], ["answer"], rows("< 18", "< 16", "-"), "FIRST")
    fixed = mended(xml, only(xml, "unreachable"))
    assert [rule.results for rule in DecisionTable.parse(fixed).rules] == [('"1"',), ('"3"',)]
    assert proofs(fixed) == ()


def test_a_mend_leaves_the_rest_of_a_file_alone() -> None:
    xml = shipped.source("routing")
    changed = changed_by(xml, do="set_cell", rule="routing_row_2", column="2", cell="[1..1]")
    differing = [pair for pair in zip(lines(xml), lines(changed), strict=True) if pair[0] != pair[1]]
    assert len(differing) == 1
    assert "[1..1]" in differing[0][1]


def lines(xml: bytes) -> list[str]:
    return etree.tostring(etree.fromstring(xml), encoding="unicode").splitlines()


def test_a_rule_is_added_with_ids_of_its_own() -> None:
    added = changed_by(shipped.source("routing"), do="add_rule", cell_1='"lost"')
    ids = [element.get("id") for element in etree.fromstring(added).iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert [cell.text for cell in DecisionTable.parse(added).rules[-1].cells] == ['"lost"', "-", "-"]


@pytest.mark.parametrize(
    "change",
    [
        {"do": "remove_rule", "rule": "gone"},
        {"do": "set_cell", "rule": "r1", "column": "9", "cell": "-"},
        {"do": "something"},
        {},
    ],
)
def test_what_no_longer_fits_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(TableRefused):
        changed_by(dmn(["age"], ["answer"], rows("-")), **change)


@settings(max_examples=150, deadline=None)
@given(drawn=DRAWN, policy=st.sampled_from(["UNIQUE", "FIRST"]))
def test_every_mend_mends_its_example(drawn: list[tuple[str, str, str]], policy: str) -> None:
    xml = dmn(["a", "b"], ["o"], [(one[:2], one[2:]) for one in drawn], policy)
    for fault in prove(DecisionTable.parse(xml)):
        if fault.fix is None:
            continue
        after = DecisionTable.parse(mended(xml, fault))
        if fault.rule == "decision.gap":
            assert after.decide(as_data(fault.example)).rules == (len(drawn) + 1,)
        elif fault.rule == "decision.overlap":
            assert after.hit_policy == "FIRST" or not set(fault.rules) <= applying(after, fault)


def applying(asked: DecisionTable, fault: Fault) -> set[int]:
    """The rules whose cells take the example."""
    facts = as_data(fault.example)
    values = [facts.get(column.expression) for column in asked.inputs]
    return {
        rule.number
        for rule in asked.rules
        if all(cell.applies(value, facts) for cell, value in zip(rule.cells, values, strict=True))
    }
