"""What a review of the medicines recommends reaches the person's GP: as a letter, and as an action in the team."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from workflows.casework.care import Action
from workflows.casework.case import Case
from workflows.casework.notice import Letter, Notice
from workflows.casework.task import Task
from workflows.questions.known import known_for

TO_THE_GP = {
    "outcome": "recommend_to_gp",
    "changes": "Stop amitriptyline.\n\nCheck the potassium in two weeks.",
    "person_agrees": "partly",
    "meds_count": 12,
    "high_risk": ["opioid"],
}
FALLS = {"medicine": "Amitriptyline", "issue": "Drowsy in the morning", "action": "Stop over four weeks"}


def reviewed(town: Town, **said: Any) -> str:
    """A case whose medicines have been reviewed."""
    number = town.refer(frailty_factors=["polypharmacy"])
    town.walk_until(number, "review_medicines")
    town.do(number, "review_medicines", **said)
    return number


def recommendations(town: Town, number: str) -> list[Letter]:
    query = select(Letter).join(Case, Case.id == Letter.case_id).where(Case.number == number, Letter.template == "L15")
    found: list[Letter] = town.ask(lambda session: session.scalars(query).all())
    return found


def test_recommendations_go_to_the_practice_as_a_letter_and_to_the_gp_of_the_team_as_an_action(town: Town) -> None:
    number = reviewed(town, **TO_THE_GP, problems=[FALLS])
    (letter,) = recommendations(town, number)
    assert (letter.recipient, letter.status, letter.withheld_why) == ("gp", "ready", None)
    assert letter.send_by is not None
    for said in (
        "Stop amitriptyline.\n\nCheck the potassium in two weeks.",
        "• Amitriptyline: Stop over four weeks (Drowsy in the morning)",
        "How many regular medicines? 12",
        "Opioid",
        "The person agreed with a part of this.",
        "16 November 2026",
        "Rajesh Patel",
    ):
        assert said in letter.text, said
    (action,) = town.ask(lambda s: s.scalars(select(Action)).all())
    assert action.owner.name == "Dr Tomasz Zielinski"
    assert "Stop amitriptyline. Check the potassium in two weeks." in action.what
    (task,) = [task for task in town.open_tasks(number) if task.key == "do_action"]
    agreed = known_for(town.office.desk(town.who("Zielinski")), task.id).action
    assert agreed is not None
    assert agreed.agreed_in is not None
    assert (agreed.owner, agreed.agreed_in.title) == (action.owner.name, "Medication review")


def test_what_is_asked_of_the_gp_lead_of_a_team_goes_to_that_of_the_next_with_the_case(town: Town) -> None:
    number = reviewed(town, **TO_THE_GP)
    town.press(number, "transfer", by="Nwosu", kind="team", to_team="west")
    town.do(number, "release_case", released="yes")
    town.do(number, "accept_case", accepted="yes")
    (task,) = [task for task in town.open_tasks(number) if task.key == "do_action"]
    holds = [post.role for post in town.ask(lambda s: s.get(Task, task.id).assignee.posts) if post.team.key == "west"]
    assert "gp_lead" in holds
    (action,) = town.ask(lambda s: s.scalars(select(Action)).all())
    assert action.owner_id == task.assignee_id


def test_recommendations_stay_here_where_the_practice_is_not_to_know(town: Town) -> None:
    number = town.refer(frailty_factors=["polypharmacy"], consent_stage="no_not_asked", not_asked_reason="Gone.")
    town.walk_until(number, "record_consent")
    town.do(number, "record_consent", choice="given", share_with=["community_health", "hospital"])
    town.walk_until(number, "review_medicines")
    town.do(number, "review_medicines", **TO_THE_GP)
    (letter,) = recommendations(town, number)
    assert (letter.status, letter.withheld_why) == ("withheld", "outside what the person agreed to share")


def test_what_a_prescriber_changed_is_told_to_the_practice_and_to_the_care_coordinator(town: Town) -> None:
    number = reviewed(town, outcome="changed_by_prescriber", changes="Stopped amitriptyline.")
    (letter,) = recommendations(town, number)
    assert (letter.recipient, letter.status) == ("gp", "ready")
    assert "What a prescriber has changed\n\nStopped amitriptyline." in letter.text
    assert "bring your record and the repeat prescriptions in line" in letter.text
    assert "recommend" not in letter.text.lower()
    told = select(Notice.staff_id).where(Notice.kind == "medicines_changed")
    assert town.ask(lambda session: session.scalars(told).all()) == [town.case(number).coordinator_id]
    assert town.ask(lambda session: session.scalars(select(Action)).all()) == []


@pytest.mark.both_databases
def test_a_review_that_recommends_nothing_writes_to_nobody(town: Town) -> None:
    number = reviewed(town, outcome="no_change")
    assert recommendations(town, number) == []
    assert town.ask(lambda s: s.scalars(select(Action)).all()) == []
