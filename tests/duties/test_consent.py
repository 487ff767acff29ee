"""Consent recorded, narrowed and ended."""

from __future__ import annotations

import pytest

from tests.builders.walked_case import Town, a_town
from workflows.assembly import Office


@pytest.fixture
def town(office: Office) -> Town:
    return a_town(office)


def test_who_agreed_in_part_and_then_withdraws_is_not_shown_as_sharing_in_part(town: Town) -> None:
    number = town.refer(consent_stage="no_not_asked", not_asked_reason="She had gone.")
    town.walk_until(number, "record_consent")
    town.do(number, "record_consent", choice="partial", limits="Not my neighbour")
    assert town.case(number).flags == ["limited_sharing"]
    town.press(number, "withdrawal", by="Siobhan")
    assert (town.case(number).sharing_scope, town.case(number).flags) == ("none", [])
