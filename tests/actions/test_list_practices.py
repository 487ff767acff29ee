"""Practices as lists name them: only what can mean no other practice is taken."""

from __future__ import annotations

import pytest

from forms import Choice
from workflows.actions.list_practices import Named, PracticeRegister

HERON, BRAMBLE, WEAVER = (
    Choice("ZZ001", "Heron Pool Surgery"),
    Choice("ZZ002", "Bramblegate Medical Centre"),
    Choice("ZZ008", "Weaver's Lantern Surgery"),
)
TWINS = Choice("ZZ021", "Mill Lane Surgery"), Choice("ZZ022", "Mill Lane Medical Centre")


def look_up(cell: str) -> Named:
    return PracticeRegister([HERON, BRAMBLE, WEAVER, *TWINS]).look_up(cell)


@pytest.mark.parametrize("cell", ["ZZ001", "zz001", " ZZ 001 "])
def test_a_code_names_its_practice(cell: str) -> None:
    assert look_up(cell).code == "ZZ001"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("Heron Pool Surgery", "ZZ001"),
        ("HERON POOL SURGERY", "ZZ001"),
        ("The Heron Pool Practice", "ZZ001"),
        ("Heron Pool", "ZZ001"),
        ("Weavers Lantern", "ZZ008"),
        ("Weaver’s Lantern Surgery", "ZZ008"),
        ("Heron Pool Surgery (ZZ001)", "ZZ001"),
        ("Mill Lane Surgery", "ZZ021"),
        ("Mill Lane Surgery ZZ021", "ZZ021"),
    ],
)
def test_a_name_that_can_mean_no_other_names_its_practice(cell: str, code: str) -> None:
    assert look_up(cell).code == code


@pytest.mark.parametrize("cell", ["Mill Lane", "Mill Lane Practice"])
def test_a_name_that_fits_two_practices_names_neither_and_proposes_both(cell: str) -> None:
    assert look_up(cell) == Named(near=TWINS, several=True)


def test_a_code_and_the_name_of_another_practice_are_asked_back() -> None:
    assert look_up("ZZ001 Bramblegate") == Named(near=(HERON, BRAMBLE), several=True)


@pytest.mark.parametrize("cell", ["Heron", "Heron Poole", "ZZ001 Elsewhere"])
def test_what_is_only_like_a_practice_is_proposed_and_never_taken(cell: str) -> None:
    assert look_up(cell) == Named(near=(HERON,))


@pytest.mark.parametrize("cell", ["P84001", "The Surgery", "Medical Centre", "–"])
def test_what_is_like_no_practice_has_nothing_proposed(cell: str) -> None:
    assert look_up(cell) == Named()
