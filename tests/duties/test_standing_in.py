"""A referral is read and what is urgent is answered also where the triage clinicians may not know of the case."""

from __future__ import annotations

import pytest

from tests.builders.walked_case import Town, walked_to
from workflows.actions.tasks import claim_task
from workflows.questions.inbox import inbox


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def shares_with_social_care_only(town: Town, number: str) -> None:
    said = {"choice": "partial", "limits": "Not the nurses", "share_with": ["adult_social_care"]}
    town.press(number, "consent", by="Ifeoma", **said)


def offered(town: Town, name: str, view: str) -> list[str]:
    """The names of the tasks that somebody finds in a view of their inbox."""
    return [row.name for row in inbox(town.office.desk(town.who(name)), view).rows]


@pytest.mark.both_databases
@pytest.mark.parametrize("claimed", [False, True])
def test_a_referral_that_the_nurses_may_not_read_any_more_is_triaged_by_the_gp_lead(town: Town, claimed: bool) -> None:
    number = str(town.once(walked_to, "triage_referral"))
    if claimed:
        claim_task(town.office.desk(town.who("Siobhan")), town.open_tasks(number)[0].id)
    shares_with_social_care_only(town, number)
    assert offered(town, "Siobhan", "pool") == []
    assert offered(town, "Zielinski", "pool") == ["Triage the referral"]
    assert offered(town, "Zielinski", "stuck") == []
    town.do(number, "triage_referral")


@pytest.mark.both_databases
def test_an_urgent_concern_is_answered_to_its_end_by_the_gp_lead_where_the_nurses_may_not_know(town: Town) -> None:
    number = str(town.once(walked_to, "triage_referral"))
    shares_with_social_care_only(town, number)
    town.press(number, "urgent", by="Ifeoma")
    town.do(number, "acknowledge_urgent")
    assert "Decide what happens now" in offered(town, "Zielinski", "pool")
