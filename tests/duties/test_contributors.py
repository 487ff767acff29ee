"""Professions are asked for their part of the plan by what was found, not only by what the referral ticked."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from workflows.actions import tasks
from workflows.casework.audit import AuditEntry
from workflows.casework.errors import LookAgain
from workflows.duties.contributors import contributors
from workflows.duties.register import Asking
from workflows.storage import cases, runs

QUIET_REFERRAL = {"ltcs": None, "frailty_factors": None, "risk_care_home": False, "carer_breakdown": False}
# An assessment in which nothing of note was found.
NOTHING = {
    "falls_12m": None, "falls_fear": "no", "skin": "no", "self_harm": "no", "debt": "no", "food_security": "yes",
    "homeless_risk": "no", "self_neglect": "no", "carer_strain": "no", "cfs": "4",
}  # fmt: skip


def asked(town: Town, number: str) -> set[str]:
    """Which professions the plan asks, without what they are asked for."""
    desk = town.office.desk(town.who("Siobhan"))
    with desk.work() as work:
        case = cases.by_number(work.session, number)
        (run,) = runs.running(work.session, case.id, "acm_case")
        told = contributors(Asking(work, case, run, {}))
    return {name.removeprefix("needs_") for name, asks in told.items() if asks}


def assessed(town: Town, number: str, **said: Any) -> None:
    for task in town.open_tasks(number):
        if task.form_key == "F11":
            town.do(number, task.key, **NOTHING | said)


@pytest.fixture
def number(town: Town) -> str:
    """A case whose referral ticked nothing, with its assessment to be written."""
    number = town.refer(**QUIET_REFERRAL)
    town.walk_until(number, "assess_whole_person")
    return number


@pytest.mark.parametrize(
    ("found", "profession"),
    [
        ({"falls_12m": "3"}, "therapist"),
        ({"falls_fear": "yes"}, "therapist"),
        ({"cfs": "7"}, "therapist"),
        ({"skin": "yes"}, "nurse"),
        ({"self_harm": "yes"}, "mental_health"),
        ({"homeless_risk": "yes"}, "social_care"),
        ({"debt": "yes"}, "wellbeing"),
    ],
)
def test_what_the_assessment_found_asks_the_profession_that_helps(
    town: Town, number: str, found: dict[str, str], profession: str
) -> None:
    before = asked(town, number)
    town.do(number, "assess_whole_person", **NOTHING | found)
    assert asked(town, number) >= {profession}
    assert profession not in before


def test_whom_the_meeting_needed_is_asked_for_the_plan_too(town: Town, number: str) -> None:
    town.do(number, "assess_whole_person", **NOTHING)
    needed = {"needed_roles": ["social_prescriber", "mh_practitioner"], "invite": None}
    town.press(number, "mdt", by="Ifeoma", **needed)
    assert asked(town, number) >= {"wellbeing", "mental_health"}


def test_nobody_is_asked_with_whom_the_case_is_not_shared_and_the_timeline_tells(town: Town, number: str) -> None:
    town.do(number, "assess_whole_person", **NOTHING | {"skin": "yes"})
    only = {"choice": "partial", "share_with": ["gp", "mental_health"], "limits": "Nobody else", "capacity_doubt": "no"}
    town.press(number, "consent", by="Siobhan", **only)
    town.walk_until(number, "draft_plan")
    town.do(number, "draft_plan")
    keys = {task.key for task in town.open_tasks(number)}
    assert "contribute_nursing" not in keys
    told = select(AuditEntry.detail).where(AuditEntry.act == "not asked for the plan")
    assert "District nurse" in [one["who"] for one in town.ask(lambda session: session.scalars(told).all())]


def test_whoever_was_needed_and_is_not_recorded_as_present_is_asked_about(town: Town, number: str) -> None:
    town.walk_until(number, "invite_to_mdt")
    town.do(number, "invite_to_mdt", needed_roles=["gp_lead", "pharmacist"], invite=None)
    (task,) = [one for one in town.open_tasks(number) if one.key == "record_mdt_decision"]
    desk = town.office.desk(town.who("Tomasz"))
    there = [{"user": str(town.who("Tomasz").id)}, {"user": str(town.who("Siobhan").id)}]
    said = {"present": there, "apologies": None, "decision": "case_manage", "actions": None}
    raw = town.answers(desk.forms.form("F16"), town.case(number), said)
    with pytest.raises(LookAgain) as doubt:
        tasks.complete_task(desk, task.id, raw, checked=())
    assert doubt.value.warnings["present"].startswith(
        "Needed at this meeting, and not among those present: Pharmacist."
    )
