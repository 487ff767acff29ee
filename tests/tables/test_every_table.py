"""What holds for each shipped table: it always answers, every row is needed, and it explains itself."""

from __future__ import annotations

import random
import re
from itertools import islice, product

import pytest
from lxml import etree

from tests.tables.shipped import KEYS, decide, limits, source, table
from workflows.duties.decisions import NAMED

DMN = {
    "dmn": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "dmndi": "https://www.omg.org/spec/DMN/20191111/DMNDI/",
}
YES_NO_UNKNOWN = (True, False, "unknown")
LEVELS = ("palliative", "very_high", "high", "unknown", "medium", "low", "not set")

# Values on both sides of each edge, and not known, for every fact a table asks about; the second is a calm one.
VALUES: dict[str, tuple[object, ...]] = {
    "age_years": (-1, 0, 17, 18, 97),
    "gp_reg": ("local", "other", "none", "unknown"),
    "preventable": ("yes", "possibly", "no", "unknown"),
    "ed_12m": (-1, 5, 6),
    "gp_contacts_12m": (-1, 49, 50),
    "nhs111_12m": (-1, 5, 6),
    "ltc_count": (-1, 1, 2),
    "frailty_factor_count": (0, 1, 2, 11),
    "suitability": (
        *([], ["BASE"], ["A_ADMISSION"], ["A_CARE_HOME", "B_HIU"], ["B_HIU"], ["C_MULTI_LTC"], ["D_FRAILTY"]),
        *(["A_CARE_HOME", "C_MULTI_LTC"], ["A_ADMISSION", "D_FRAILTY"], ["B_HIU", "C_MULTI_LTC"]),
        *(["B_HIU", "D_FRAILTY"], ["C_MULTI_LTC", "D_FRAILTY"]),
    ),
    "choice": ("given", "partial", "refused", "not_sought"),
    "capacity": ("has", "lacks", "doubt", "not_needed"),
    "attorney": ("consents", "refuses", "none", "unknown"),
    "bi": ("proceed", "not_proceed", "none"),
    "override": ("approved", "requested", "rejected", "none"),
    "model": ("explicit", "opt_out"),
    "risk_level": LEVELS,
    "source": ("gp", "risk_list", "unknown"),
    "practice_status": ("found", "closed", "unknown"),
    "team_state": ("active", "suspended", "none"),
    "team_count": (0, 1, 2, 3),
    "assessment_complete": (False, True, "unknown"),
    "cfs": (-1, 1, 4, 5, 6, 7, 8, 9),
    "efi": (-1, 0.12, 0.13, 0.24, 0.25, 0.36, 0.37),
    "em_adm_12m": (-1, 1, 2, 3),
    "falls_12m": (-1, 2, 3),
    "meds": (-1, 9, 10),
    "phq2": (-1, 2, 3),
    "ucla3": (-1, 5, 6),
    "days_since_hospital_discharge": (-1, 0, 14, 15),
    "goals_met_pct": (-1, 49, 50, 74, 75, 100),
    "stable_weeks": (-1, 7, 8, 11, 12),
    "open_actions": (0, 1),
    "weeks_open": (25, 26),
    "unchanged_reviews": (1, 2),
}
ENOUGH = 2_000  # combinations asked of one table: all of them where there are no more


def combinations(key: str) -> list[dict[str, object]]:
    """Every combination of the table's facts, or a fixed sample where there are too many."""
    facts = [name for name in table(key).needs if name not in limits()]
    values = [VALUES.get(name, YES_NO_UNKNOWN) for name in facts]
    every = [dict(zip(facts, chosen, strict=True)) for chosen in islice(product(*values), ENOUGH + 1)]
    if len(every) <= ENOUGH:
        return every
    chance = random.Random(f"fixed for {key}")
    mixed = [{name: chance.choice(of) for name, of in zip(facts, values, strict=True)} for _ in range(ENOUGH)]
    # Rows near the end of a long table show only when nothing else is the matter: the second value is the calm one.
    calm = {name: of[1] for name, of in zip(facts, values, strict=True)}
    return mixed + [{**calm, name: value} for name, of in zip(facts, values, strict=True) for value in of]


@pytest.mark.parametrize("key", KEYS)
def test_a_table_answers_whatever_it_is_asked_and_needs_every_row(key: str) -> None:
    reached: set[int] = set()
    for facts in combinations(key):
        decided = decide(key, **facts)
        reached.update(decided.rules)
        assert decided.outputs[key], facts
        assert table(key).hit_policy == "COLLECT" or len(decided.rules) == 1, facts
    assert reached == {rule.number for rule in table(key).rules}


@pytest.mark.parametrize("key", KEYS)
def test_a_table_answers_even_when_nothing_is_known(key: str) -> None:
    assert decide(key).outputs[key]


@pytest.mark.parametrize("key", sorted(set(KEYS) - {"suitability"}))
def test_the_last_row_is_for_everyone_else_and_no_earlier_row_is(key: str) -> None:
    catch_all = [all(cell.takes_anything for cell in rule.cells) for rule in table(key).rules]
    assert catch_all == [False] * (len(catch_all) - 1) + [True]


@pytest.mark.parametrize("key", KEYS)
def test_a_table_is_named_like_its_file_and_gives_an_output_of_that_name(key: str) -> None:
    names = [output.name for output in table(key).outputs]
    assert table(key).id == key
    assert names[0] == key
    assert names[-2:] == ["reason_code", "explain"]


def test_the_tables_say_truly_how_rows_are_chosen() -> None:
    policies = {key: table(key).hit_policy for key in KEYS}
    assert policies.pop("suitability") == "COLLECT"
    assert set(policies.values()) == {"FIRST"}


@pytest.mark.parametrize("key", KEYS)
def test_each_row_has_its_own_reason_a_plain_sentence_and_a_note_of_its_origin(key: str) -> None:
    rows = [[NAMED.sub("", result).strip('"') for result in rule.results] for rule in table(key).rules]
    codes = [row[-2] for row in rows]
    assert len(codes) == len(set(codes))
    for row, rule in zip(rows, table(key).rules, strict=True):
        assert row[-1][-1] in ".?"
        assert row[-1][0].isupper()
        assert len(row[-1]) <= 200
        assert "_" not in row[-1]
        assert rule.note


TOLD_FACTS = {"practice_teams"}  # of the case, not of the programme


@pytest.mark.parametrize("key", KEYS)
def test_a_reason_names_no_time_of_its_own_and_only_settings_there_are(key: str) -> None:
    reasons = " ".join(rule.results[-1] for rule in table(key).rules)
    assert set(NAMED.findall(reasons)) - TOLD_FACTS <= set(limits("acm")) & set(limits("mcm"))
    assert not re.search(r"(Contact|review|decides|discussion) (within|every|after) \d", reasons)


@pytest.mark.parametrize("key", KEYS)
def test_the_outputs_stand_in_the_list_an_editor_offers(key: str) -> None:
    for place, output in enumerate(table(key).outputs):
        given = {rule.results[place].strip('"') for rule in table(key).rules}
        assert not output.values or given == set(output.values)


@pytest.mark.parametrize("programme", ["acm", "mcm"])
@pytest.mark.parametrize("key", KEYS)
def test_every_threshold_of_a_table_is_a_setting_of_the_programme(key: str, programme: str) -> None:
    flags = {"_flag", "_high", "_mild", "_moderate", "_severe", "_pct", "_weeks"}
    suspects = {name for name in table(key).needs if any(name.endswith(flag) for flag in flags)}
    suspects |= {name for name in table(key).needs if name.startswith(("hiu_", "min_", "due_", "wait_"))}
    facts = {"hiu_flag", "goals_met_pct", "stable_weeks"}
    assert suspects - facts <= set(limits(programme))


@pytest.mark.parametrize("key", KEYS)
def test_a_table_can_be_drawn_by_an_editor(key: str) -> None:
    root = etree.fromstring(source(key))
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    shapes = root.findall(".//dmndi:DMNShape", DMN)
    edges = root.findall(".//dmndi:DMNEdge", DMN)
    assert len(ids) == len(set(ids))
    assert {shape.get("dmnElementRef") for shape in [*shapes, *edges]} <= set(ids)
    assert key in {shape.get("dmnElementRef") for shape in shapes}
    for column in root.findall(".//dmn:input", DMN) + root.findall(".//dmn:output", DMN):
        assert column.get("label")
    assert all(e.get("typeRef") in {"boolean", "number", "string"} for e in root.findall(".//dmn:inputExpression", DMN))
