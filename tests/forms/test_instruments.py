"""Instruments are scored as their authors say: nothing from half an answer, and the right side at every edge."""

from __future__ import annotations

import pytest

from forms.instruments import instrument, keys, score

WITH_WORDING = {"ONS4", "UCLA3", "PHQ2", "GAD2"}


@pytest.mark.parametrize(("key", "items"), [("PHQ2", ("interest", "down")), ("GAD2", ("nervous", "worry"))])
@pytest.mark.parametrize(
    ("first", "second", "band"),
    [(0, 0, "below the cut-off"), (2, 0, "below the cut-off"), (2, 1, "positive"), (3, 3, "positive")],
)
def test_two_questions_count_from_0_to_6_and_3_is_positive(
    key: str, items: tuple[str, str], first: int, second: int, band: str
) -> None:
    found = score(key, dict(zip(items, (first, second), strict=True)))
    assert (found.total, found.complete, found.band) == (first + second, True, band)


@pytest.mark.parametrize(
    ("marks", "band"),
    [
        ((1, 1, 1), "below the cut-off"),
        ((2, 2, 1), "below the cut-off"),
        ((2, 2, 2), "lonely"),
        ((3, 3, 3), "lonely"),
    ],
)
def test_loneliness_counts_from_3_to_9(marks: tuple[int, ...], band: str) -> None:
    found = score("UCLA3", dict(zip(("companionship", "left_out", "isolated"), marks, strict=True)))
    assert (found.total, found.band) == (sum(marks), band)


def test_a_programme_may_set_its_own_cut_off() -> None:
    items = {"companionship": 2, "left_out": 1, "isolated": 1}
    assert score("UCLA3", items).band == "below the cut-off"
    assert score("UCLA3", items, cut_off=4).band == "lonely"
    assert score("PHQ2", {"interest": 2, "down": 0}, cut_off=2).band == "positive"


@pytest.mark.parametrize("key", ["PHQ2", "GAD2", "UCLA3", "ONS4", "CFS", "EFI", "PAM"])
def test_a_missing_item_makes_the_result_incomplete_and_never_zero(key: str) -> None:
    tool = instrument(key)
    assert tool is not None
    for count in range(len(tool.items)):
        found = score(key, {question.id: 1 for question in tool.questions[:count]})
        assert (found.total, found.complete, found.band) == (None, False, None)
        assert found.explain.startswith(f"incomplete: {count} of {len(tool.items)}")


@pytest.mark.parametrize(
    ("mark", "band"),
    [
        (0, "low"),
        (4, "low"),
        (5, "medium"),
        (6, "medium"),
        (7, "high"),
        (8, "high"),
        (9, "very high"),
        (10, "very high"),
    ],
)
def test_wellbeing_has_its_own_band_for_each_question_and_is_never_added_up(mark: int, band: str) -> None:
    found = score("ONS4", {"satisfied": mark, "worthwhile": mark, "happy": mark, "anxious": 0})
    assert (found.total, found.complete) == (None, True)
    assert found.bands == {"satisfied": band, "worthwhile": band, "happy": band, "anxious": "very low"}


@pytest.mark.parametrize(
    ("mark", "band"),
    [(0, "very low"), (1, "very low"), (2, "low"), (3, "low"), (4, "medium"), (5, "medium"), (6, "high"), (10, "high")],
)
def test_anxiety_is_read_the_other_way_round(mark: int, band: str) -> None:
    assert score("ONS4", {"anxious": mark}).bands == {"anxious": band}


@pytest.mark.parametrize(
    ("value", "band"),
    [(0, "fit"), (0.12, "fit"), (0.121, "mild frailty"), (0.24, "mild frailty"), (0.241, "moderate frailty"),
     (0.36, "moderate frailty"), (0.361, "severe frailty"), (1, "severe frailty")],
)  # fmt: skip
def test_the_frailty_index_has_its_edges_in_the_lower_band(value: float, band: str) -> None:
    assert score("EFI", {"score": value, "edition": 1}).band == band


@pytest.mark.parametrize(
    ("level", "band"),
    [(1, "below mild frailty"), (4, "below mild frailty"), (5, "mild frailty"), (6, "moderate frailty"),
     (7, "severe frailty"), (8, "very severe frailty"), (9, "terminally ill")],
)  # fmt: skip
def test_the_clinical_frailty_scale_names_its_levels(level: int, band: str) -> None:
    assert score("CFS", {"score": level}).band == band


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (9, "below 10"),
        (10, "at risk"),
        (14, "at risk"),
        (15, "high risk"),
        (19, "high risk"),
        (20, "very high risk"),
    ],
)
def test_waterlow_is_banded_from_10(total: int, band: str) -> None:
    assert score("WATERLOW", {"score": total}).band == band


def test_many_medicines_are_ten_or_more() -> None:
    assert score("MEDS", {"score": 9}).band == "below the flag"
    assert score("MEDS", {"score": 10}).band == "many medicines"


def test_a_score_of_zero_is_a_score() -> None:
    assert score("FALLS", {"score": 0}).total == 0
    assert score("FALLS", {"score": 0}).complete


@pytest.mark.parametrize("key", keys())
def test_every_instrument_names_its_owner_and_only_four_ship_their_words(key: str) -> None:
    tool = instrument(key)
    assert tool is not None
    assert tool.attribution
    if key not in WITH_WORDING:
        assert all(len(question.label) <= 40 for question in tool.questions)
        assert tool.stem == ""


def test_an_unknown_instrument_is_an_error() -> None:
    assert instrument("MMSE") is None
    with pytest.raises(KeyError):
        score("MMSE", {})
