"""Whoever records that a case is not shared with them is told before it counts, and whose it is from then on."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from tests.builders.walked_case import Town
from tests.webapp.desk_work import at_work, said
from webapp import create_app
from workflows.actions.tasks import claim_task

NOT_ANY_MORE = "You will not see this case any more"


@pytest.fixture
def town(one_programme: Town) -> Town:
    """The demonstration's people, programmes and diagrams."""
    return one_programme


@pytest.fixture
def app(town: Town) -> Flask:
    """The application over that office."""
    return create_app(town.office)


def to_the_talk(town: Town) -> str:
    """A case in which somebody has to talk about consent."""
    number = town.refer(consent_stage="no_not_asked", not_asked_reason="She had gone.")
    town.walk_until(number, "triage_referral")
    town.do(number, "triage_referral")
    return number


@pytest.mark.parametrize("looks_on", ["a task", "a button"])
def test_whoever_shuts_themselves_out_looks_twice_and_hears_whose_the_case_is(
    town: Town, app: Flask, looks_on: str
) -> None:
    number = to_the_talk(town)
    farah = town.who("Farah")
    task = town.open_tasks(number)[0]
    if looks_on == "a task":
        claim_task(town.office.desk(farah), task.id)
    else:
        town.do(number, "record_consent")
    before = town.case(number).sharing_scope
    address = f"/tasks/{task.id}/complete" if looks_on == "a task" else f"/cases/{number}/do/consent"
    window = at_work(app, farah.id)  # type: ignore[arg-type] # staff of the demonstration
    sectors = ["gp", "community_health"]
    form = town.office.desk().forms.form("F05")
    raw = town.answers(form, town.case(number), {"choice": "partial", "capacity_doubt": "no", "share_with": sectors})
    asked = window.post(address, MultiDict(raw))
    assert NOT_ANY_MORE in said(asked)
    assert town.case(number).sharing_scope == before
    told = re.findall(r'name="seen" value="([^"]+)"', asked.text)
    answer = window.post(address, MultiDict({**raw, "seen": told}))
    assert answer.status_code == 303
    page = said(window.get(answer.headers["Location"]))
    assert "What comes next in it is for the team manager" in page
    assert "Nothing more is asked" not in page
    assert town.case(number).sharing_scope == "limited"


def test_whoever_still_sees_the_case_is_asked_nothing(town: Town, app: Flask) -> None:
    number = to_the_talk(town)
    nurse, task = town.who("Siobhan"), town.open_tasks(number)[0]
    raw = town.answers(
        town.office.desk().forms.form("F05"),
        town.case(number),
        {"choice": "given", "capacity_doubt": "no", "share_with": ["community_health"]},
    )
    window = at_work(app, nurse.id)  # type: ignore[arg-type] # staff of the demonstration
    answer = window.post(f"/tasks/{task.id}/complete", MultiDict(raw))
    assert (answer.status_code, NOT_ANY_MORE in said(answer)) == (303, False)
