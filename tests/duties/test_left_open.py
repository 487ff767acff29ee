"""No case ends over a concern about somebody's safety: closing waits, and an ending asks what becomes of it."""

from __future__ import annotations

import pytest

from tests.builders.walked_case import Town, walked_to


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def _open(town: Town, number: str) -> list[str]:
    return [task.key for task in town.open_tasks(number)]


@pytest.mark.parametrize("settled", ["yes", "elsewhere"])
def test_a_refusal_is_recorded_and_the_case_closes_when_the_safeguarding_lead_has_settled_the_concern(
    town: Town, settled: str
) -> None:
    number = town.refer(consent_stage="no_not_asked", not_asked_reason="gone")
    town.walk_until(number, "record_consent")
    town.press(number, "safeguarding", by="Siobhan")
    town.do(number, "track_safeguarding", closed="no")  # five working days until it is chased
    town.do(number, "record_consent", choice="refused", serious_harm="no")
    assert town.case(number).sharing_scope == "none"
    assert _open(town, number) == ["track_safeguarding"]  # asked again at once
    assert "safeguarding_open" in town.case(number).flags
    town.do(number, "track_safeguarding", closed=settled, la_decision="s42_yes")
    assert (town.case(number).stage, town.case(number).flags) == ("closed", [])


@pytest.mark.parametrize(("button", "asked"), [("safeguarding", "settle_safeguarding"), ("urgent", "settle_urgent")])
def test_a_withdrawal_asks_at_once_what_becomes_of_an_open_concern(town: Town, button: str, asked: str) -> None:
    number = town.once(walked_to, "first_contact")
    town.press(number, button, by="Siobhan")
    town.press(number, "withdrawal", by="Siobhan")
    assert {(task.key, task.escalation) for task in town.open_tasks(number)} == {
        ("confirm_withdrawal", "A"), (asked, "S"),
    }  # fmt: skip
    town.do(number, "confirm_withdrawal")
    assert town.case(number).open
    town.do(number, asked)
    assert (town.case(number).closure_reason, town.case(number).flags) == ("consent_withdrawn", [])


def test_a_death_notice_taken_back_lets_the_concern_be_followed_as_before(town: Town) -> None:
    number = town.once(walked_to, "first_contact")
    town.press(number, "safeguarding", by="Siobhan")
    town.press(number, "death", by="Siobhan")
    assert "settle_safeguarding" in _open(town, number)
    town.do(number, "settle_safeguarding")
    town.press(number, "alive", by="Adaeze", how_known="She opened the door.")
    assert _open(town, number).count("track_safeguarding") == 1
    assert "safeguarding_open" in town.case(number).flags
