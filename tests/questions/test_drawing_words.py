"""What the editor offers while a process is drawn is what this service has."""

from __future__ import annotations

import pytest

from tests.builders.walked_case import Town
from workflows.casework.errors import NotAllowed
from workflows.questions.drawing_words import drawing_words


def test_everything_a_step_may_name_is_offered_in_words(town: Town) -> None:
    words = drawing_words(town.office.desk(town.who("Joanna")))
    named = {what: {one["key"]: one for one in entries} for what, entries in words.items() if what != "messages"}
    assert named["roles"]["pharmacist"]["name"] == "Pharmacist"
    assert named["forms"]["F20b"]["name"]
    assert "consent_ok" in [one["key"] for one in named["forms"]["F20b"]["answers"]]
    assert "letters.draft" in named["duties"]
    assert set(named["duties"]["letters.draft"]["needs"]) <= set(named["duties"]["letters.draft"]["parameters"])
    assert "priority" in named["tables"]
    assert named["processes"]["acm_service_referral"]["name"] == "Referral to a service"
    assert named["times"]["due.chase_service"]["value"]
    assert named["classes"]["S"]["name"] == "Safety"
    assert "service_update" in words["messages"]


def test_whoever_may_not_see_the_process_is_told_nothing(town: Town) -> None:
    with pytest.raises(NotAllowed):
        drawing_words(town.office.desk(town.who("Zoltan")))
