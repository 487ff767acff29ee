"""A decision table tried with made-up facts says what it would say, and why."""

from __future__ import annotations

import pytest

from tests.engine.dmn import dmn
from workflows.questions.table_tried import NO, NOT_KNOWN, Part, fact, facts_asked, try_table

TABLE = dmn(
    ["age", "alone"], ["points"], [([">= 75", "true"], ["2"]), ([">= 65", "-"], ["1"]), (["-", "-"], ["0"])], "FIRST"
)
NO_DEFAULT = dmn(["age"], ["points"], [([">= 75"], ["2"])], "UNIQUE")


def test_it_asks_for_the_facts_that_the_table_looks_at() -> None:
    assert [asked.name for asked in facts_asked(TABLE)] == ["age", "alone"]


def test_it_says_which_rule_counts_and_what_stands_against_the_others() -> None:
    tried = try_table(TABLE, {"age": "80", "alone": "false"})
    assert tried.outputs == {"points": 1}
    assert [(one.applies, one.counts) for one in tried.rules] == [(False, False), (True, True), (True, False)]
    assert tried.rules[0].against == (Part("alone", "true", NO),)


def test_what_is_not_known_is_said_to_be_so() -> None:
    tried = try_table(TABLE, {"age": "", "alone": "true"})
    assert tried.outputs == {"points": 0}
    assert tried.rules[1].against == (Part("age", ">= 65", NOT_KNOWN),)


def test_where_it_says_nothing_the_reason_is_told() -> None:
    tried = try_table(NO_DEFAULT, {"age": "70"})
    assert (tried.outputs, "no rule applies" in tried.refused) == ({}, True)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", None),
        ("unknown", None),
        ("7", 7),
        ("7.5", 7.5),
        ("True", True),
        ("“urgent”", "urgent"),
        ("2026-04-01", "2026-04-01"),
    ],
)
def test_what_is_typed_is_meant_as_people_mean_it(typed: str, meant: object) -> None:
    assert fact(typed) == meant
