"""When the next review is: what was agreed, and how late the rule lets it be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.builders.walked_case import Town, walked_to
from webapp.cases.timeline_words import SENTENCES
from workflows.casework.audit import AuditEntry
from workflows.clock import london_day


def in_delivery(town: Town, agreed: date) -> str:
    """A case whose plan is agreed, to be looked at again on a day."""
    number = str(town.once(walked_to, "draft_plan"))
    dates = {"valid_from": town.office.desk().today.isoformat(), "next_review": agreed.isoformat()}
    town.do(number, "draft_plan", **dates)
    town.do(number, "plan_conversation", **dates)
    while town.case(number).stage != "active":
        town.do(number, town.open_tasks(number)[0].key)
    return number


def next_review(town: Town, number: str) -> date:
    at = town.case(number).next_review_at
    assert at is not None
    return london_day(at)


@pytest.fixture
def today(town: Town) -> date:
    return town.office.desk().today


def test_a_review_takes_place_on_the_day_that_was_agreed(town: Town, today: date) -> None:
    agreed = today + timedelta(days=10)
    assert next_review(town, in_delivery(town, agreed)) == agreed


def test_the_rule_brings_a_late_review_forward_and_says_so(town: Town, today: date) -> None:
    agreed = today + timedelta(days=170)
    number = in_delivery(town, agreed)
    assert next_review(town, number) < agreed
    told = town.ask(lambda s: s.query(AuditEntry).filter_by(act="next review set").one())
    assert "sooner than the" in SENTENCES[told.act](told.detail)
