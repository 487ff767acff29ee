"""D3: on what basis we may go on. All 1,536 combinations against the rules said once more in plain Python."""

from __future__ import annotations

from functools import cache
from itertools import product

import pytest

from tests.tables.shipped import decide

CHOICES = ("given", "partial", "refused", "not_sought")
CAPACITIES = ("has", "lacks", "doubt", "not_needed")
ATTORNEYS = ("consents", "refuses", "none", "unknown")
DECISIONS = ("proceed", "not_proceed", "none")
OVERRIDES = ("approved", "requested", "rejected", "none")
MODELS = ("explicit", "opt_out")
ALL = tuple(product(CHOICES, CAPACITIES, ATTORNEYS, DECISIONS, OVERRIDES, MODELS))
Question = tuple[str, str, str, str, str, str]


@cache
def answer(question: Question) -> tuple[int, str, str]:
    """The row, the basis and how far we may go, as the shipped table says."""
    names = ("choice", "capacity", "attorney", "bi", "override", "model")
    decided = decide("consent_basis", **dict(zip(names, question, strict=True)))
    return decided.rules[0], str(decided.outputs["consent_basis"]), str(decided.outputs["may_proceed"])


def the_rules_said_again(question: Question) -> tuple[int, str, str]:
    """Who decides comes first here: the person, somebody for the person, nobody yet."""
    choice, capacity, attorney, bi, override, model = question
    if capacity == "lacks":
        return without_capacity(attorney, bi, override)
    if capacity in ("has", "not_needed") and choice in ("given", "partial"):
        return (1, "explicit", "full") if choice == "given" else (2, "explicit_limited", "limited")
    if override == "approved":
        return 3, "public_interest_or_legal", "minimum"
    if capacity == "doubt":
        return 10, "wait_capacity", "wait"
    return (4, "none", "no") if choice == "refused" else nobody_was_asked(override, model)


def without_capacity(attorney: str, bi: str, override: str) -> tuple[int, str, str]:
    """Somebody else decides; an override counts only when nobody who may decide agreed."""
    if attorney == "consents":
        return 5, "attorney", "full"
    if override == "approved" and bi != "proceed":
        return 3, "public_interest_or_legal", "minimum"
    if attorney == "refuses":
        return 6, "dispute", "no"
    if bi == "proceed":
        return 7, "best_interests", "full"
    return (8, "none", "no") if bi == "not_proceed" else (9, "wait_bi", "wait")


def nobody_was_asked(override: str, model: str) -> tuple[int, str, str]:
    """A person who can decide has not been asked."""
    if override == "requested":
        return 11, "wait_override", "wait"
    return (12, "implied_direct_care", "care_only") if model == "opt_out" else (13, "wait_conversation", "wait")


def test_every_combination_is_answered_as_the_rules_say() -> None:
    assert len(ALL) == 1_536
    assert {question: answer(question) for question in ALL} == {
        question: the_rules_said_again(question) for question in ALL
    }


def test_every_row_is_reached() -> None:
    assert {answer(question)[0] for question in ALL} == set(range(1, 14))


def test_a_refusal_with_capacity_never_goes_on_without_an_approved_override() -> None:
    refusals = [q for q in ALL if q[0] == "refused" and q[1] in ("has", "not_needed")]
    assert {answer(q)[2] for q in refusals if q[4] != "approved"} == {"no"}
    assert {answer(q)[2] for q in refusals if q[4] == "approved"} == {"minimum"}


def test_an_override_never_becomes_full_consent() -> None:
    for question in ALL:
        row, basis, how_far = answer(question)
        assert (row == 3) == (basis == "public_interest_or_legal") == (how_far == "minimum")


def test_nothing_is_shared_while_capacity_is_in_doubt_unless_an_override_was_approved() -> None:
    doubts = [q for q in ALL if q[1] == "doubt"]
    assert {answer(q)[2] for q in doubts if q[4] != "approved"} == {"wait"}


def test_the_opt_out_model_matters_only_when_nobody_was_asked() -> None:
    for question in ALL:
        other_model = (*question[:5], "explicit" if question[5] == "opt_out" else "opt_out")
        if answer(question) != answer(other_model):
            assert question[0] == "not_sought"


@pytest.mark.parametrize(
    ("facts", "basis"),
    [
        ({}, "wait_conversation"),
        ({"choice": "given"}, "wait_conversation"),
        ({"choice": "given", "capacity": "not_needed"}, "explicit"),
        ({"capacity": "lacks"}, "wait_bi"),
    ],
)
def test_what_is_not_recorded_never_counts_as_agreement(facts: dict[str, str], basis: str) -> None:
    assert decide("consent_basis", **facts).outputs["consent_basis"] == basis
