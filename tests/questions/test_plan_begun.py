"""A plan begins with what the meeting agreed: who does what by when, and when it is looked at again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from tests.builders.walked_case import Town
from workers.rounds import run_everything
from workflows.casework.care import Action
from workflows.casework.document import Document
from workflows.casework.notice import Letter
from workflows.casework.task import Task
from workflows.clock import FixedClock
from workflows.questions.prefill import starting_inputs

MEETING = "The team’s meeting, 16 November 2026"


def begun_with(town: Town, number: str, key: str) -> dict[str, list[str]]:
    """What the form of the open step of this key begins with."""
    task = next(one for one in town.open_tasks(number) if one.key == key)
    desk = town.office.desk(town.who("Farah"))
    with desk.looking() as session:
        return starting_inputs(desk, session, session.get_one(Task, task.id), desk.forms.form(task.form_key))


def agreed(town: Town, what: str, by: str, told: str = "yes") -> dict[str, Any]:
    return {"what": what, "owner": str(town.who("Siobhan").id), "due": by, "tell_person": told}


def actions(town: Town) -> list[str]:
    return list(town.ask(lambda session: session.scalars(select(Action.what).order_by(Action.id)).all()))


def after_the_meeting(town: Town, **said: Any) -> str:
    number = town.refer()
    town.walk_until(number, "record_mdt_decision")
    frame, pills = agreed(town, "Fit a frame", "2026-11-27"), agreed(town, "Order a pill box", "2026-11-30")
    ring = agreed(town, "Ring the safeguarding lead", "2026-12-01", told="no")
    town.do(number, "record_mdt_decision", decision="case_manage", actions=[frame, pills, ring], **said)
    return number


def test_a_plan_begins_with_the_actions_that_are_open_and_the_review_of_the_meeting(town: Town) -> None:
    number = after_the_meeting(town, next_review="2026-12-18")
    frame = next(task for task in town.open_tasks(number) if task.key == "do_action")  # the first that is due
    town.do(number, "do_action", status="done")
    assert frame.id not in {task.id for task in town.open_tasks(number)}
    town.walk_until(number, "draft_plan")
    begun = begun_with(town, number, "draft_plan")
    assert {name: value for name, value in begun.items() if name.startswith("actions.")} == {
        "actions.count": ["1"],
        "actions.0.what": ["Order a pill box"],
        "actions.0.who": ["Siobhan Kelly"],
        "actions.0.by_when[day]": ["30"],
        "actions.0.by_when[month]": ["11"],
        "actions.0.by_when[year]": ["2026"],
        "actions.0.agreed_at": [MEETING],
    }
    assert [begun[f"next_review[{part}]"] for part in ("day", "month", "year")] == [["18"], ["12"], ["2026"]]
    assert begun["next_review_agreed_at"] == [MEETING]


def test_what_a_plan_takes_over_becomes_no_second_task_and_stands_in_its_copies(town: Town) -> None:
    number = after_the_meeting(town)
    before = actions(town)
    untold = {"what": "Ring the safeguarding lead", "who": "Siobhan Kelly"}  # carried over from an older plan
    row = {"what": "Order a pill box", "who": "Siobhan Kelly", "by_when": "2026-11-30", "agreed_at": MEETING}
    town.walk_until(number, "draft_plan")
    while writing := [task.key for task in town.open_tasks(number) if task.form_key == "F18"]:
        town.do(number, writing[0], actions=[row, untold])
    town.do(number, "agree_plan")
    assert actions(town) == before == ["Fit a frame", "Order a pill box", "Ring the safeguarding lead"]
    copies = select(Letter.text).where(Letter.template.in_(("L05", "L05p")))
    texts = town.ask(lambda session: session.scalars(copies).all())
    assert len(texts) == 3
    assert sorted("safeguarding lead" in text for text in texts) == [False, True, True]  # not in the person’s own
    assert all("• Order a pill box (Siobhan Kelly, by 30 November 2026)" in text for text in texts)


def test_a_plan_made_anew_takes_over_only_what_was_agreed_since(delivering: Town, clock: FixedClock) -> None:
    number = "ACM-000001"
    clock.move_to(datetime(2027, 1, 5, 10, tzinfo=UTC))
    run_everything(delivering.office)
    delivering.do(number, "review_person", risk_changed="same")
    delivering.do(number, "decide_after_review", decision="change_plan", next_review="2027-02-20")
    plan = delivering.ask(lambda s: s.scalars(select(Document).where(Document.form_key == "F18")).all())[-1]
    begun = begun_with(delivering, number, "draft_plan")
    assert begun["actions.count"] == [str(len(plan.answers["actions"]))]
    assert begun["next_review[day]"] == ["20"]
    assert begun["next_review_agreed_at"] == ["The review, 5 January 2027"]
