"""Decision tables: hit policies, gaps, what is not known, and what is written wrongly."""

from __future__ import annotations

from collections import ChainMap
from datetime import UTC, date, datetime
from enum import StrEnum

import pytest

from tests.engine import hostile
from tests.engine.dmn import Row, dmn, table, text
from workflows.engine import DecisionTable, DiagramRefused, NoRuleMatched, RulesDisagree, TableRefused
from workflows.engine.decisions import find_table_faults

AGES: list[Row] = [(["< 18"], ['"child"']), ([">= 18"], ['"adult"'])]


def test_the_rule_that_applies_is_named_with_what_was_looked_at() -> None:
    decided = table(["age"], ["who"], AGES).decide({"age": 71, "other": 1})
    assert (decided.outputs, decided.rules, decided.inputs) == ({"who": "adult"}, (2,), {"age": 71})


# Hit policies ---------------------------------------------------------------------------------


def test_unique_notices_a_second_rule() -> None:
    rows: list[Row] = [(["> 1"], ['"a"']), (["> 2"], ['"b"']), (["> 3"], ['"b"'])]
    unique = table(["x"], ["y"], rows)
    assert unique.decide({"x": 2}).outputs == {"y": "a"}
    with pytest.raises(RulesDisagree, match=r"“Test” \(t\): only one .* \(UNIQUE\), but rules 1 and 2 apply"):
        unique.decide({"x": 3})
    with pytest.raises(RulesDisagree, match="rules 1, 2 and 3 apply"):
        unique.decide({"x": 4})


def test_unique_refuses_a_second_rule_even_if_it_says_the_same() -> None:
    with pytest.raises(RulesDisagree):
        table(["x"], ["y"], [(["> 1"], ['"a"']), (["-"], ['"a"'])]).decide({"x": 2})


def test_a_table_that_names_no_policy_is_unique() -> None:
    unnamed = table(["x"], ["y"], [(["-"], ["1"]), (["-"], ["1"])], "")
    assert unnamed.hit_policy == "UNIQUE"
    with pytest.raises(RulesDisagree):
        unnamed.decide({})


def test_first_takes_the_first() -> None:
    rows: list[Row] = [(["> 1"], ['"a"']), (["> 2"], ['"b"']), (["-"], ['"c"'])]
    first = table(["x"], ["y"], rows, "FIRST")
    assert [(first.decide({"x": x}).outputs["y"], first.decide({"x": x}).rules) for x in (3, 0)] == [
        ("a", (1,)),
        ("c", (3,)),
    ]
    assert first.has_catch_all


def test_any_accepts_several_rules_that_say_the_same_and_refuses_others() -> None:
    rows: list[Row] = [(["> 1"], ['"a"']), (["> 2"], ['"a"']), (["> 3"], ['"b"'])]
    any_table = table(["x"], ["y"], rows, "ANY")
    decided = any_table.decide({"x": 3})
    assert (decided.outputs, decided.rules) == ({"y": "a"}, (1, 2))
    with pytest.raises(RulesDisagree, match=r"rules 1, 2 and 3 apply and say different things \(ANY\)"):
        any_table.decide({"x": 4})


def test_yes_and_one_are_different_things() -> None:
    with pytest.raises(RulesDisagree):
        table([], ["y"], [([], ["true"]), ([], ["1"])], "ANY").decide({})
    ranked = table([], ["y: true, 1"], [([], ["1"]), ([], ["true"])], "PRIORITY")
    assert ranked.decide({}).rules == (2,)


def test_collect_gives_lists_in_the_order_of_the_rules() -> None:
    rows: list[Row] = [(["> 1"], ['"a"', "1"]), (["> 2"], ['"b"', "2"]), (["> 9"], ['"c"', "3"])]
    collect = table(["x"], ["y", "z"], rows, "COLLECT")
    assert collect.decide({"x": 3}).outputs == {"y": ["a", "b"], "z": [1, 2]}
    assert collect.decide({"x": 3}).rules == (1, 2)
    assert collect.decide({"x": 0}).outputs == {"y": [], "z": []}


@pytest.mark.parametrize(
    ("aggregation", "answer", "empty"), [("SUM", 6.5, None), ("MIN", 1, None), ("MAX", 3.5, None), ("COUNT", 3, 0)]
)
def test_collect_may_put_its_numbers_together(aggregation: str, answer: object, empty: object) -> None:
    rows: list[Row] = [(["> 0"], ["2"]), (["> 0"], ["x"]), (["> 0"], ["x + 2.5"]), (["> 9"], ["100"])]
    collect = table(["x"], ["y"], rows, "COLLECT", f"aggregation='{aggregation}'")
    assert (collect.decide({"x": 1}).outputs, collect.decide({"x": 1}).rules) == ({"y": answer}, (1, 2, 3))
    assert (collect.decide({"x": 0}).outputs, collect.decide({"x": 0}).rules) == ({"y": empty}, ())


def test_count_counts_rules_whatever_they_say() -> None:
    rows: list[Row] = [(["-"], ['"a"']), (["-"], ['"a"']), (["-"], [""])]
    assert table(["x"], ["y"], rows, "COLLECT", "aggregation='COUNT'").decide({}).outputs == {"y": 3}


@pytest.mark.parametrize("result", ['"a"', "true", "[1]"])
def test_only_numbers_can_be_summed(result: str) -> None:
    summed = table(["x"], ["y"], [(["-"], ["1"]), (["-"], [result])], "COLLECT", "aggregation='SUM'")
    with pytest.raises(TableRefused, match="rule 2: “y” is no number, and SUM needs one"):
        summed.decide({})


@pytest.mark.parametrize("aggregation", ["SUM", "MIN", "MAX"])
def test_what_is_put_together_from_something_missing_is_not_known(aggregation: str) -> None:
    rows: list[Row] = [(["-"], ["1"]), (["-"], ["carer.count + 1"])]
    collect = table(["x"], ["y"], rows, "COLLECT", f"aggregation='{aggregation}'")
    assert collect.decide({"carer": {}}).outputs == {"y": None}


def test_a_sum_stays_a_number() -> None:
    summed = table(["x"], ["y"], [(["-"], ["x"]), (["-"], ["x"])], "COLLECT", "aggregation='SUM'")
    with pytest.raises(TableRefused, match="the SUM of “y” is too large"):
        summed.decide({"x": 1e308})


def test_rule_order_keeps_the_order_of_the_rules() -> None:
    rows: list[Row] = [(["-"], ['"low"']), (["> 5"], ['"none"']), (["-"], ['"high"'])]
    decided = table(["x"], ["y"], rows, "RULE ORDER").decide({})
    assert (decided.outputs, decided.rules) == ({"y": ["low", "high"]}, (1, 3))
    assert table(["x"], ["y"], [(["5"], ["1"])], "RULE ORDER").decide({}).outputs == {"y": []}


PRIORITIES: list[Row] = [(["-"], ['"low"']), (["-"], ['"high"']), (["> 1"], ['"medium"'])]


def test_priority_takes_the_most_important_output() -> None:
    ranked = table(["x"], ['y: "high", "medium", "low"'], PRIORITIES, "PRIORITY")
    assert (ranked.decide({}).outputs, ranked.decide({}).rules) == ({"y": "high"}, (2,))


def test_priority_looks_at_the_next_column_when_the_first_does_not_decide() -> None:
    rows: list[Row] = [([], ['"high"', "3"]), ([], ['"low"', "1"]), ([], ['"high"', "2"])]
    assert table([], ['y: "high", "low"', "z: 1, 2, 3"], rows, "PRIORITY").decide({}).rules == (3,)


def test_output_order_lists_the_most_important_first() -> None:
    ordered = table(["x"], ['y: "high", "medium", "low"'], PRIORITIES, "OUTPUT ORDER")
    assert (ordered.decide({"x": 2}).outputs, ordered.decide({"x": 2}).rules) == (
        {"y": ["high", "medium", "low"]},
        (2, 3, 1),
    )
    assert ordered.decide({}).outputs == {"y": ["high", "low"]}


def _with_default(policy: str, default: str = '"nobody"') -> bytes:
    xml = dmn(["x"], ["y", "z"], [(["5"], ["1", "2"])], policy).decode()
    left = f"<output id='o0' name=\"y\"><defaultOutputEntry>{text(default)}</defaultOutputEntry></output>"
    return xml.replace("<output id='o0' name=\"y\"></output>", left).encode()


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "ANY"])
def test_a_default_answers_when_no_rule_applies(policy: str) -> None:
    decided = DecisionTable.parse(_with_default(policy)).decide({})
    assert (decided.outputs, decided.rules) == ({"y": "nobody", "z": None}, ())


def test_a_default_is_checked_like_everything_else() -> None:
    with pytest.raises(TableRefused, match="A default goes with"):
        DecisionTable.parse(_with_default("COLLECT"))
    with pytest.raises(TableRefused, match=r"The default of “y”: .* 'import' is not allowed"):
        DecisionTable.parse(_with_default("FIRST", "import os"))


# What is not known ------------------------------------------------------------------------------


def test_a_gap_names_the_columns_that_are_not_known_and_no_values() -> None:
    gap = table(["age", "diagnosis"], ["who"], [(["< 18", "-"], ["1"])])
    with pytest.raises(NoRuleMatched, match=r"“Test” \(t\): no rule applies. Not known: “age”\.") as refused:
        gap.decide({"diagnosis": "a secret"})
    assert "secret" not in str(refused.value)
    with pytest.raises(NoRuleMatched, match="Everything it asks about is known"):
        gap.decide({"age": 70, "diagnosis": "a secret"})


def test_a_missing_fact_is_unknown_and_never_an_error() -> None:
    rows: list[Row] = [(["< 18", "true", '"x"'], ["1"]), (["-", "-", '"unknown"'], ["2"]), (["-", "-", "-"], ["3"])]
    first = table(["age", "age + 1 > 3 or age * 2 == 4", "where"], ["y"], rows, "FIRST")
    assert first.decide({}).outputs == {"y": 2}
    assert first.decide({"where": None}).outputs == {"y": 2}
    assert first.decide({"where": "unknown"}).outputs == {"y": 2}
    assert first.decide({"age": "unknown", "where": "home"}).outputs == {"y": 3}


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "ANY", "PRIORITY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"])
@pytest.mark.parametrize("known", [{}, {"a": None, "b": "unknown"}, {"a": 5}])
def test_no_policy_stumbles_over_what_is_missing(policy: str, known: dict[str, object]) -> None:
    rows: list[Row] = [
        (["< 1", "-", "-", "-"], ["1"]),
        (["-", "[1..a]", "-", "-"], ["1"]),
        (["-", "-", "> a * b", "-"], ["2"]),
        (["-", "-", "-", 'date("2026-11-16")'], ["2"]),
        (['"unknown", 5', "-", "-", "-"], ["3"]),
    ]
    asked = table(["a", "b - 1", "a / b", "c.d[0]"], ["y: 1, 2, 3"], rows, policy)
    given = asked.decide(known).outputs["y"]
    assert given == ([3] if policy in ("COLLECT", "RULE ORDER", "OUTPUT ORDER") else 3)


COMPARED: list[Row] = [(["true"], ['"yes"']), (["false"], ['"no"']), (['"unknown"'], ['"not known"'])]


@pytest.mark.parametrize(
    ("heading", "facts", "answer"),
    [
        ("falls >= 2", {}, "not known"),
        ("falls == 2", {}, "not known"),
        ("not consent", {}, "not known"),
        ("falls in [1, 2]", {"falls": "unknown"}, "not known"),
        ('falls in [1, "unknown"]', {}, "yes"),
        ('"frail" in reasons', {}, "not known"),
        ("2 <= falls <= 9", {}, "not known"),
        ("2 <= falls <= limit", {"falls": 1}, "no"),
        ("falls > 1 or age > 80", {"age": 81}, "yes"),
        ("falls > 1 or age > 80", {"age": 79}, "not known"),
        ("falls > 1 and age > 80", {"age": 79}, "no"),
        ("falls > 1 and age > 80", {"age": 81}, "not known"),
        ("age > 80 if consent else age > 60", {"age": 90}, "not known"),
        ("len(reasons) > 0", {}, "not known"),
        ("falls == null", {}, "yes"),
        ("falls != null", {}, "no"),
        ("null is falls", {"falls": "unknown"}, "yes"),
        ("falls < null", {"falls": 1}, "not known"),
        ("carer.count + 1 > 0", {"carer": {}}, "not known"),
        ("-carer.count < 0", {"carer": {}}, "not known"),
        ("2 ** carer.count > 0", {"carer": {"count": None}}, "not known"),
        ("goals[5] + 1 > 0", {"goals": []}, "not known"),
        ("goals[which] == 1", {"goals": [1]}, "not known"),
        ("home.carer.name == 1", {"home": {"carer": "unknown"}}, "not known"),
    ],
)
def test_a_heading_that_hangs_on_something_missing_is_not_known(
    heading: str, facts: dict[str, object], answer: str
) -> None:
    assert table([heading], ["y"], COMPARED, "FIRST").decide(facts).outputs == {"y": answer}


def test_an_output_worked_out_from_something_missing_is_nothing() -> None:
    rows: list[Row] = [(["-"], ["age + 1", "str(age)"])]
    assert table(["age"], ["y", "z"], rows).decide({}).outputs == {"y": None, "z": None}
    assert table(["age"], ["y"], [(["-"], ["carer.count * 2"])]).decide({"carer": {}}).outputs == {"y": None}


def test_what_is_known_and_still_cannot_be_worked_out_is_refused_with_its_place() -> None:
    with pytest.raises(TableRefused, match=r"“Test” \(t\), column “a / b”: The expression divides by nought"):
        table(["a / b"], ["y"], [(["-"], ["1"])]).decide({"a": 1, "b": 0})
    with pytest.raises(TableRefused, match=r"“Test” \(t\), rule 2, output “y”: Adding needs two numbers"):
        table(["a"], ["y"], [(["5"], ["1"]), (["-"], ["a + 1"])]).decide({"a": "high"})


def test_days_and_instants_may_be_given_as_such() -> None:
    rows: list[Row] = [(['< date("2026-11-16")'], ['"before"']), (["-"], ['"later"'])]
    asked = table(["seen_on"], ["y"], rows, "FIRST")
    assert asked.decide({"seen_on": date(2026, 11, 15)}).outputs == {"y": "before"}
    assert asked.decide({"seen_on": datetime(2026, 11, 15, 23, 59, tzinfo=UTC)}).outputs == {"y": "before"}
    assert asked.decide({"seen_on": datetime(2026, 11, 16, 0, 0, tzinfo=UTC)}).outputs == {"y": "later"}


def test_facts_may_come_in_any_mapping_and_as_words_of_a_list() -> None:
    class Level(StrEnum):
        HIGH = "high"

    asked = table(["risk"], ["y"], [(['"high"'], ["1"]), (["-"], ["2"])], "FIRST")
    assert asked.decide(ChainMap({}, {"risk": Level.HIGH})).outputs == {"y": 1}


@pytest.mark.parametrize("kind", ["object", "function", "generator", "set", "decimal"])
def test_a_fact_that_is_no_plain_data_is_refused_by_name(kind: str) -> None:
    hostile.ran.clear()
    with pytest.raises(TableRefused, match="the fact 'risk' is not plain data"):
        table(["risk"], ["y"], [(["-"], ["1"])]).decide({"risk": hostile.make(kind)})
    assert hostile.ran == []


def test_a_fact_too_large_to_be_true_is_not_known() -> None:
    asked = table(["risk"], ["y"], [(['"unknown"'], ["1"]), (["-"], ["2"])], "FIRST")
    for kind in ("huge", "infinite", "no number", "long"):
        assert asked.decide({"risk": hostile.make(kind)}).outputs == {"y": 1}


# Columns and outputs ------------------------------------------------------------------------------


def test_an_input_may_be_any_safe_expression() -> None:
    expression = 'capacity == "lacks" and (attorney == "consents" or bi == "proceed")'
    rows: list[Row] = [(["true"], ['"proceed"']), (["false"], ['"wait"'])]
    decided = table([expression], ["basis"], rows).decide({"capacity": "lacks", "bi": "proceed"})
    assert (decided.outputs, decided.inputs) == ({"basis": "proceed"}, {expression: True})


def test_outputs_may_be_worked_out_and_may_be_empty() -> None:
    rows: list[Row] = [(["-"], ["'Aged ' + str(age)", ""])]
    assert table(["age"], ["explain", "note"], rows).decide({"age": 71}).outputs == {"explain": "Aged 71", "note": None}


def test_what_a_table_answers_can_be_changed_without_changing_the_table() -> None:
    asked = table(["x"], ["y"], [(["-"], ["[1, 2]"])])
    asked.decide({}).outputs["y"].clear()  # type: ignore[attr-defined]  # a list
    assert asked.decide({}).outputs == {"y": [1, 2]}


def test_a_table_says_which_facts_it_needs() -> None:
    rows: list[Row] = [([">= hiu_ed", "< date(seen_on)"], ["str(limit)"])]
    assert table(["ed_12m", "len(goals) > 2"], ["y"], rows).needs == ("ed_12m", "goals", "hiu_ed", "limit", "seen_on")


# Written wrongly ----------------------------------------------------------------------------------

ONE: list[Row] = [(["-"], ["1"])]


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (dmn(["x"], ["y"], ONE, "UNIQ"), "There is no hit policy 'UNIQ'; did you mean UNIQUE?"),
        (dmn(["x"], ["y"], ONE, "unique"), "There is no hit policy 'unique'; did you mean UNIQUE?"),
        (dmn(["x"], ["y"], ONE, "FRIST"), "'FRIST'; did you mean FIRST?"),
        (dmn(["x"], ["y"], ONE, "OUTPUT-ORDER"), "'OUTPUT-ORDER'; did you mean OUTPUT ORDER?"),
        (dmn(["x"], ["y"], ONE, "zzz"), "There are UNIQUE, FIRST, PRIORITY, ANY, COLLECT, RULE ORDER, OUTPUT"),
        (dmn(["x"], ["y"], ONE, "C+"), "There is no hit policy 'C+'."),
        (dmn(["x"], ["y"], ONE, "COLLECT", "aggregation='AVG'"), "There is no aggregation 'AVG'."),
        (dmn(["x"], ["y"], ONE, "COLLECT", "aggregation='sum'"), "'sum'; did you mean SUM?"),
        (dmn(["x"], ["y"], ONE, "FIRST", "aggregation='SUM'"), "SUM goes with the hit policy COLLECT"),
        (dmn(["x"], ["y", "z"], [(["-"], ["1", "2"])], "COLLECT", "aggregation='SUM'"), "and one output only"),
        (dmn(["x"], ["y"], []), "needs an id, an output and a rule"),
        (dmn(["x"], [], [(["-"], [])]), "needs an id, an output and a rule"),
        (dmn(["x"], ["y", "y"], [(["-"], ["1", "2"])]), "Every output needs a name of its own; there are two “y”"),
        (dmn(["x"], ["a b"], ONE), "The output “a b” needs a name of letters"),
        (dmn(["x"], [""], ONE), "The output “” needs a name of letters"),
        (dmn(["x"], ["y"], [(["-", "-"], ["1"])]), "Rule 1 has 2 condition cells for 1 columns"),
        (dmn(["x"], ["y"], [(["-"], ["1"]), (["-"], [])]), "Rule 2 has 0 output cells for 1 columns"),
        (dmn(["x"], ["y"], [(["-"], ["1"]), (["a b"], ["1"])]), "Rule 2, column “x”: The cell a b cannot be read."),
        (dmn(["x"], ["y"], [(["-"], ["import os"])]), "Rule 1, output “y”: The expression cannot be read"),
        (dmn(["x"], ["y"], [(["-"], ["due('x')"])]), "Rule 1, output “y”: There is no function 'due'"),
        (dmn(["x y"], ["y"], ONE), "Column “x y”: The expression cannot be read"),
        (dmn([""], ["y"], ONE), "Column “”: The expression is empty"),
        (dmn(["x"], ["y: a b"], ONE), "The values of the output “y” cannot be read"),
        (dmn(["x"], ["y"], ONE, "PRIORITY"), "PRIORITY needs the list of output values, the most important first"),
        (dmn(["x"], ["y: 2, 3"], ONE, "OUTPUT ORDER"), "Rule 1: 1 is not in the list of “y”"),
        (dmn(["x"], ["y"], ONE, more="expressionLanguage='groovy'"), "written in 'groovy', which is not read here"),
    ],
)  # fmt: skip
def test_a_table_that_is_written_wrongly_is_refused_with_table_rule_and_column(xml: bytes, reason: str) -> None:
    with pytest.raises(TableRefused) as refused:
        DecisionTable.parse(xml)
    assert str(refused.value).startswith("The table “Test” (t): ")
    assert reason in str(refused.value)


def test_every_fault_of_a_table_is_found_at_once_with_the_part_that_has_it() -> None:
    xml = dmn(["x", "a b"], ["y"], [(["<", "-"], ["1"]), (["-", '"open'], ["f()"])], "LAST")
    found = [(finding.element, finding.rule) for finding in find_table_faults(xml)]
    assert found == [
        ("i1", "decision.expression"), ("r1c0", "decision.cell"), ("r2c1", "decision.cell"),
        ("r2o0", "decision.expression"), ("dt", "decision.hit-policy"),
    ]  # fmt: skip
    with pytest.raises(TableRefused, match=r"Rule 1, column “x”.*Rule 2, column “a b”.*Rule 2, output “y”.*LAST"):
        DecisionTable.parse(xml)


def test_a_table_without_faults_has_none() -> None:
    assert find_table_faults(dmn(["x"], ["y"], ONE)) == ()


@pytest.mark.parametrize(
    "xml",
    [
        b"<definitions/>",
        b"<definitions><decision id='a'/></definitions>",
        b"<definitions><decision id='a'><literalExpression/></decision></definitions>",
        b"<definitions><decision id='a'><decisionTable/></decision><decision id='b'/></definitions>",
        b"<definitions><decision id='a'><decisionTable/><decisionTable/></decision></definitions>",
    ],
)
def test_a_file_holds_one_table(xml: bytes) -> None:
    with pytest.raises(TableRefused, match="exactly one decision"):
        DecisionTable.parse(xml)
    assert [finding.rule for finding in find_table_faults(xml)] == ["form.readable"]


def test_a_comment_in_a_cell_hides_nothing_of_it() -> None:
    xml = dmn(["x"], ["y"], [(["COMMENTED"], ["1"]), (["-"], ["2"])], "FIRST")
    commented = xml.replace(b"COMMENTED", b'"a"<!-- or -->, "b"')
    assert DecisionTable.parse(commented).decide({"x": "b"}).outputs == {"y": 1}


def test_a_table_with_a_document_type_is_refused() -> None:
    with pytest.raises(DiagramRefused):
        DecisionTable.parse(b"<!DOCTYPE x><definitions/>")
    assert [finding.rule for finding in find_table_faults(b"<!DOCTYPE x><definitions/>")] == ["form.readable"]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("> len(goals)", 3),
        (">= len(goals)", 0),
        ("> (5 if a else 1)", 3),
        ("(a < 3)", False),
        ('"a" + str(a)', "aNone"),
    ],
)
def test_a_cell_that_reckons_with_what_is_not_known_applies_to_nothing(cell: str, value: object) -> None:
    decided = table(["x"], ["y"], [([cell], ["1"]), (["-"], ["2"])], "FIRST").decide({"x": value})
    assert decided.outputs == {"y": 2}
