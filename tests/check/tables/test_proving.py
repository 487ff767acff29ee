"""A decision table proved: what it finds shows when the table is asked, and what it does not find is not there."""

from __future__ import annotations

import time
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.dmn import Row, dmn, table
from tests.tables import shipped
from workflows.check.tables import Fault, Limits, prove
from workflows.check.ways import as_data
from workflows.engine import DecisionTable, NoRuleMatched, RulesDisagree
from workflows.engine.cell_syntax import SYNTAX, Form

KINDS = {"decision.gap": "gap", "decision.overlap": "overlap", "decision.unreachable": "unreachable"}
YES: tuple[str, ...] = ('"yes"',)


def rows(*cells: str | tuple[str, ...]) -> list[Row]:
    return [((one,) if isinstance(one, str) else one, (f'"{number}"',)) for number, one in enumerate(cells, 1)]


def found(asked: DecisionTable, rule: str) -> list[Fault]:
    return [one for one in prove(asked) if one.rule == f"decision.{rule}"]


def kinds(asked: DecisionTable) -> list[str]:
    return [one.rule.removeprefix("decision.") for one in prove(asked)]


# Gaps -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "ANY", "PRIORITY"])
def test_a_gap_is_told_with_what_nobody_answers(policy: str) -> None:
    asked = table(
        ["age"],
        ['answer: "1", "2", "3"'],
        rows(
            "< 18",
            "[18..65]",
            "> 70",
        ),
        policy,
    )
    (gap,) = found(asked, "gap")
    assert gap.example == {"age": 68}
    assert "age is 68" in gap.message
    with pytest.raises(NoRuleMatched):
        asked.decide(gap.example)


def test_what_is_not_known_has_to_be_answered_too() -> None:
    asked = table(["age"], ["answer"], rows("< 18", ">= 18"))
    (gap,) = found(asked, "gap")
    assert gap.example == {"age": None}
    assert "age is not known" in gap.message
    assert not found(table(["age"], ["answer"], rows("< 18", '>= 18, "unknown"')), "gap")


@pytest.mark.parametrize("policy", ["COLLECT", "RULE ORDER"])
def test_a_table_that_collects_may_answer_nothing(policy: str) -> None:
    assert kinds(table(["age"], ["answer"], rows("< 18"), policy)) == []


def test_a_default_answers_what_no_rule_does() -> None:
    xml = dmn(["age"], ["answer"], rows("< 18")).replace(
        b"name='answer'>", b"name='answer'><defaultOutputEntry><text>0</text></defaultOutputEntry>"
    )
    xml = xml.replace(b'name="answer">', b'name="answer"><defaultOutputEntry><text>0</text></defaultOutputEntry>')
    assert not found(DecisionTable.parse(xml), "gap")


def declared(xml: bytes, kind: str, values: str = "") -> DecisionTable:
    """The same table with its first column of this kind, holding these values."""
    xml = xml.replace(b"<inputExpression id='ie0'>", f"<inputExpression id='ie0' typeRef='{kind}'>".encode())
    listed = f"</inputExpression><inputValues><text>{values}</text></inputValues>" if values else "</inputExpression>"
    return DecisionTable.parse(xml.replace(b"</inputExpression>", listed.encode(), 1))


def test_whole_numbers_leave_nothing_between_them() -> None:
    xml = dmn(["age"], ["answer"], rows("<= 17", '>= 18, "unknown"'))
    (gap,) = found(declared(xml, "number"), "gap")
    assert gap.example == {"age": 17.5}
    assert gap.severity == "warning"
    assert not found(declared(xml, "integer"), "gap")


def test_a_list_of_values_bounds_what_has_to_be_answered() -> None:
    xml = dmn(["frailty"], ["answer"], rows('"mild"', '"severe", "unknown"'))
    (gap,) = found(declared(xml, "string"), "gap")
    assert gap.example == {"frailty": "something else"}
    assert not found(declared(xml, "string", '"mild", "severe"'), "gap")
    (gap,) = found(declared(xml, "string", '"mild", "moderate", "severe"'), "gap")
    assert gap.example == {"frailty": "moderate"}


def test_a_gap_is_mentioned_once_however_wide_it_is() -> None:
    asked = table(["age", "alone"], ["answer"], rows(("< 18", "-"), (">= 30", "-"), ('"unknown"', "true")))
    assert [one.example["age"] for one in found(asked, "gap")] == [18, 18]


# Overlaps -------------------------------------------------------------------------------------


def test_two_rules_for_the_same_inputs_are_told_by_their_numbers() -> None:
    asked = table(["age", "alone"], ["answer"], rows(("<= 18", "-"), (">= 18", "true"), ("> 18", "false")))
    (overlap,) = found(asked, "overlap")
    assert overlap.rules == (1, 2)
    assert overlap.element == "r2"
    assert overlap.example == {"age": 18, "alone": True}
    with pytest.raises(RulesDisagree):
        asked.decide(overlap.example)


def test_rules_that_say_the_same_may_overlap_where_the_policy_says_so() -> None:
    both = [(["< 18"], ['"child"']), (["< 16"], ['"child"']), (["-"], ['"child"'])]
    assert not found(table(["age"], ["answer"], both, "ANY"), "overlap")
    (overlap,) = found(table(["age"], ["answer"], [*both, (["< 5"], ['"baby"'])], "ANY"), "overlap")
    assert overlap.rules == (1, 2, 3, 4)


def test_an_order_of_rules_settles_every_overlap() -> None:
    assert not found(table(["age"], ["answer"], rows("< 18", "< 16", "-"), "FIRST"), "overlap")


# Rules that never count -------------------------------------------------------------------------


def test_a_rule_behind_another_never_counts() -> None:
    asked = table(["age"], ["answer"], rows("< 18", "< 16", "-"), "FIRST")
    (shadow,) = found(asked, "unreachable")
    assert shadow.rules == (1, 2)
    assert asked.decide(shadow.example).rules == (1,)
    assert "rule 2 never counts: wherever it applies, rule 1 applies before it" in shadow.message


def test_a_rule_behind_several_together_never_counts() -> None:
    asked = table(["age"], ["answer"], rows("< 10", "[10..20]", "[5..15]", "-"), "FIRST")
    assert [one.rules for one in found(asked, "unreachable")] == [(1, 2, 3)]


def test_rank_and_not_order_settles_which_rule_counts() -> None:
    three = [(["< 16"], ['"b"']), (["< 18"], ['"a"']), (["-"], ['"c"'])]
    assert [one.rules for one in found(table(["age"], ['o: "a", "b", "c"'], three, "PRIORITY"), "unreachable")] == [
        (2, 1)
    ]
    assert not found(table(["age"], ['o: "b", "a", "c"'], three, "PRIORITY"), "unreachable")


@pytest.mark.parametrize("policy", ["FIRST", "COLLECT", "ANY"])
def test_a_cell_that_takes_nothing_makes_its_rule_vain(policy: str) -> None:
    asked = table(["age"], ["answer"], rows("(5..5)", "-"), policy)
    (empty,) = found(asked, "unreachable")
    assert empty.rules == (1,)
    assert "“age”" in empty.message


def test_a_last_rule_for_everything_else_is_never_complained_of() -> None:
    assert kinds(table(["yes"], ["answer"], rows("true", "false", '"unknown"', "-"), "FIRST")) == []


# Columns that have to do with each other ----------------------------------------------------------


def test_columns_that_read_the_same_are_not_chosen_apart() -> None:
    cells = [("< 18", "true"), (">= 18", "true"), ("< 18", "false"), ("-", "-")]
    asked = table(["age", "age >= 18"], ["answer"], rows(*cells), "FIRST")
    assert [one.rules for one in found(asked, "unreachable")] == [(1,)]


def test_a_heading_that_is_worked_out_is_proved_by_what_it_reads() -> None:
    asked = table(
        ['capacity == "lacks" and (attorney == "consents" or bi == "proceed")'],
        ["answer"],
        rows("true", "false"),
    )
    (gap,) = found(asked, "gap")
    with pytest.raises(NoRuleMatched):
        asked.decide(gap.example)


def test_a_threshold_stands_anywhere() -> None:
    asked = table(["meds"], ["answer"], rows(">= flag", "< flag", '"unknown"'))
    assert kinds(asked) == []
    (overlap,) = found(table(["meds"], ["answer"], rows(">= flag", "<= flag", '"unknown"')), "overlap")
    assert overlap.example["meds"] == overlap.example["flag"]


def test_what_is_reckoned_is_never_claimed_to_be_in_order() -> None:
    asked = table(["days / 7"], ["answer"], rows("> 1000000", '<= 1000000, "unknown"'), "FIRST")
    assert kinds(asked) == ["undecided"]
    assert "days / 7" in prove(asked)[0].message


def test_a_fault_in_what_is_reckoned_is_told_where_it_shows() -> None:
    asked = table(["days + 1"], ["answer"], rows("> 3", "< 3", '"unknown"'))
    (gap,) = found(asked, "gap")
    with pytest.raises(NoRuleMatched):
        asked.decide(gap.example)


def test_a_table_beyond_all_measure_is_answered_with_not_decided() -> None:
    asked = table(["a"], ["answer"], rows("1", "2", "3"))
    assert [one.rule for one in prove(asked, Limits(rules=2))] == ["decision.undecided"]
    assert "decision.undecided" in [one.rule for one in prove(asked, Limits(effort=0))]
    assert [one.rule for one in prove(asked, Limits(work=1))] == ["decision.undecided"]


# Every form of cell, every shipped table ------------------------------------------------------------


@pytest.mark.parametrize("form", [one for one in SYNTAX if one.cell != "-"], ids=lambda form: form.cell)
def test_a_cell_of_each_form_and_its_opposite_are_told_apart(form: Form) -> None:
    """The rule can count, and is no answer to everything: both are found out by asking the table itself."""
    asked = table(["value"], ["answer"], rows(form.cell))
    gaps = found(asked, "gap")
    assert gaps
    for gap in gaps:
        with pytest.raises(NoRuleMatched):
            asked.decide(as_data(gap.example))
    assert not found(asked, "unreachable")


@pytest.mark.parametrize("key", shipped.KEYS)
def test_a_shipped_table_is_proved_without_a_fault(key: str) -> None:
    assert prove(shipped.table(key)) == ()


# Against trying everything ---------------------------------------------------------------------------

NUMBERS = ["-", "< 3", "<= 3", "3", ">= 3", "> 5", "[3..5]", "(3..5)", "not(3)", "not([3..5])", "1, 5", '"unknown"',
           'not("unknown")', '< 3, "unknown"', "(3..3)"]  # fmt: skip
WORDS = ["-", '"a"', '"b"', '"a", "b"', 'not("a")', 'not("a", "unknown")', '"unknown"', '"b", "unknown"']
TRUTHS = ["-", "true", "false", '"unknown"', 'false, "unknown"', "true, false"]
TRIED = [
    {"n": n, "w": w, "t": t}
    for n, w, t in product(
        (None, -7, 1, 2, 3, 3.5, 4, 5, 6, 99), (None, "a", "b", "something else"), (None, True, False)
    )
]
ANSWERS = st.sampled_from(['"x"', '"y"', '"z"'])
RULES = st.lists(st.tuples(*map(st.sampled_from, (NUMBERS, WORDS, TRUTHS)), ANSWERS), min_size=1, max_size=6)


@settings(max_examples=150, deadline=None)
@given(drawn=RULES, policy=st.sampled_from(["UNIQUE", "FIRST", "ANY", "PRIORITY", "COLLECT"]))
def test_the_proof_says_what_trying_everything_says(drawn: list[tuple[str, ...]], policy: str) -> None:
    made: list[Row] = [(one[:3], one[3:]) for one in drawn]
    xml = dmn(["n", "w", "t"], ['o: "x", "y", "z"'], made, policy)
    asked = DecisionTable.parse(
        xml.replace(b"<inputExpression id='ie2'>", b"<inputExpression id='ie2' typeRef='boolean'>")
        .replace(b"<inputExpression id='ie1'>", b"<inputExpression id='ie1' typeRef='string'>")
        .replace(b"<inputExpression id='ie0'>", b"<inputExpression id='ie0' typeRef='number'>")
    )
    gap, clash, counting, applying = False, set[int](), set[int](), set[int]()
    for facts in TRIED:
        fits = [
            rule.number
            for rule in asked.rules
            if all(cell.applies(facts[name], facts) for cell, name in zip(rule.cells, "nwt", strict=True))
        ]
        applying.update(fits)
        gap = gap or not fits
        said = {made[number - 1][1] for number in fits}
        if len(fits) > 1 and (policy == "UNIQUE" or len(said) > 1):
            clash.update(
                j for j in fits for i in fits if i < j and (policy == "UNIQUE" or made[i - 1][1] != made[j - 1][1])
            )
        counting.update(first_of(fits, made, policy))
    catch_all = all(cell == "-" for cell in made[-1][0])
    vain = {rule.number for rule in asked.rules} - counting - ({len(made)} if catch_all else set())
    assert bool(found(asked, "gap")) == (gap and policy != "COLLECT")
    assert {one.rules[-1] for one in found(asked, "overlap")} == (clash if policy in ("UNIQUE", "ANY") else set())
    assert {one.rules[-1] for one in found(asked, "unreachable")} == vain
    assert not found(asked, "undecided")


def first_of(fits: list[int], made: list[Row], policy: str) -> list[int]:
    """The rule that counts; of policies without an order all that apply."""
    if policy in ("FIRST", "UNIQUE"):
        return fits[:1]
    return sorted(fits, key=lambda number: (made[number - 1][1], number))[:1] if policy == "PRIORITY" else fits


# How long it takes -------------------------------------------------------------------------------------


def grid(size: int) -> DecisionTable:
    """So many rules of six columns that divide two of them like a chessboard."""
    side = int(size**0.5)
    cells = [
        (f"[{10 * x}..{10 * x + 10})", f"[{10 * y}..{10 * y + 10})", "-", f'> {x + y}, "unknown"', "-", '"a", "b"')
        for x in range(side)
        for y in range(side)
    ]
    return table([f"c{n}" for n in range(6)], ["answer"], rows(*cells), "FIRST")


def test_five_hundred_rules_are_proved_in_a_moment() -> None:
    asked = grid(500)
    begun = time.process_time()
    assert prove(asked)
    assert time.process_time() - begun < 5
