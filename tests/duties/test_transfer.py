"""Handing a case to another team, and to another care coordinator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.builders.walked_case import Town, walked_to
from workflows.actions.next_tasks import TaskDone
from workflows.actions.tasks import claim_task, complete_task
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound, RuleBroken
from workflows.casework.hidden import NO_SUCH_CASE
from workflows.casework.signing import signature
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.duties.rungs import whose_it_is
from workflows.questions.case import head
from workflows.questions.case_form import case_form
from workflows.questions.handover import handover_for
from workflows.questions.known import known_for
from workflows.questions.task_form import task_form
from workflows.questions.task_page import task_page

EAST, WEST = "Nwosu", "Fraser"  # the managers of the two teams


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def asked(town: Town, number: str, key: str) -> Task:
    """The open task of a step."""
    return next(task for task in town.open_tasks(number) if task.key == key)


def answer(town: Town, number: str, key: str, by: str, **said: Any) -> TaskDone:
    """Let this member of staff complete the open task of a step."""
    task, actor = asked(town, number, key), town.who(by)
    form = town.office.desk().forms.form(task.form_key)
    raw = town.answers(form, town.case(number), {**signature(actor, key), **said}, task.run_id)
    return complete_task(town.office.desk(actor), task.id, raw)


def handed_over(town: Town, number: str) -> None:
    """Hand a case to the west team by the button; both managers agree."""
    town.press(number, "transfer", by=EAST, kind="team", to_team="west")
    answer(town, number, "release_case", EAST, released="yes")
    answer(town, number, "accept_case", WEST, accepted="yes")


def referred_urgently(town: Town) -> str:
    """Refer somebody whose case is urgent, and walk it until a care coordinator is asked for."""
    number = town.refer()
    reason = {"changed_advice": "yes", "override_reason": "She is on her own now."}
    town.walk_until(number, "triage_referral")
    town.do(number, "triage_referral", priority="urgent", **reason)
    town.walk_until(number, "allocate_coordinator")
    return number


def test_the_manager_of_the_team_named_with_the_button_accepts_the_case(town: Town) -> None:
    number = str(town.once(walked_to, "assess_whole_person"))
    handed_over(town, number)
    team = town.case(number).team
    assert team is not None
    assert team.key == "west"


def test_whoever_had_the_case_until_the_handover_is_told_where_it_went_and_nobody_else_is(town: Town) -> None:
    number = str(town.once(walked_to, "assess_whole_person"))
    task = asked(town, number, "assess_whole_person")
    handed_over(town, number)
    town.shut_out(number, "Marta")  # who is of East as well

    def told(name: str, look: Callable[[Desk], Any]) -> str:
        with pytest.raises(NotFound) as hidden:
            look(town.office.desk(town.who(name)))
        return str(hidden.value)

    went = "The West team has this case since 16 November 2026. Turn to its MDT coordinator, west@example.org."
    for page in (lambda desk: head(desk, number), lambda desk: task_page(desk, task.id)):
        assert told("Zielinski", page) == went
    for name in (
        "Boateng",
        "Brennan",
        "Marta",
    ):
        assert told(name, lambda desk: head(desk, number)) == NO_SUCH_CASE


def test_a_case_is_not_handed_to_the_team_it_is_with_nor_by_this_button_elsewhere(town: Town) -> None:
    number = str(town.once(walked_to, "assess_whole_person"))
    for said, question in (({"to_team": "east"}, "to_team"), ({"kind": "new_area"}, "kind")):
        with pytest.raises(AnswersRefused) as refused:
            town.press(number, "transfer", by=EAST, **{"kind": "team", "to_team": "west", **said})
        assert list(refused.value.errors) == [question]


def test_the_team_a_case_is_with_is_not_offered_as_the_one_it_goes_to(town: Town) -> None:
    number, desk = str(town.once(walked_to, "assess_whole_person")), town.office.desk(town.who(EAST))
    town.press(number, "transfer", by=EAST, kind="team", to_team="west")
    release = asked(town, number, "release_case").id
    for found in (case_form(desk, number, "F27", ""), task_form(desk, release)):
        offered = {team.value for team in found.lookups["team"]}
        assert "east" not in offered
        assert "west" in offered


def test_a_case_is_handed_over_once_at_a_time(town: Town) -> None:
    number = str(town.once(walked_to, "assess_whole_person"))
    town.press(number, "transfer", by=EAST, kind="team", to_team="west")
    with pytest.raises(RuleBroken, match="under way already"):
        town.press(number, "transfer", by=EAST, kind="team", to_team="north")


def test_between_two_teams_of_one_manager_the_service_manager_takes_the_case_on_and_is_told(town: Town) -> None:
    number = str(town.once(walked_to, "assess_whole_person"))
    town.press(number, "transfer", by=EAST, kind="team", to_team="north")
    assert answer(town, number, "release_case", EAST, released="yes").next_task_id is None  # it is not theirs to do
    with town.office.desk().work() as work:
        task = work.session.get_one(Task, asked(town, number, "accept_case").id)
        assert [staff.name for staff in whose_it_is(work, task)] == ["Shabana Malik"]
    answer(town, number, "accept_case", "Shabana", accepted="yes")
    team = town.case(number).team
    assert team is not None
    assert team.key == "north"


def test_the_handover_begins_with_what_stands_in_the_case(town: Town) -> None:
    number = str(town.once(walked_to, "first_contact"))
    siobhan = town.who("Siobhan")
    town.press(number, "action", by=EAST, what="Fit a key safe", owner=str(siobhan.id), due="2026-12-01")
    risk = {"category": "falls", "risk": "May fall at night", "likelihood": 4, "impact": 3, "controls": "A lamp"}
    town.do(number, "assess_visit_risk", risks=[risk], visit_rule="two_staff", visit_reason="A dog.")
    begun = case_form(town.office.desk(town.who(EAST)), number, "F27", "").raw
    assert begun["kind"] == ["team"]
    assert begun["open_actions"] == ["Fit a key safe: Siobhan Kelly, by 1 December 2026, promised to the person"]
    assert begun["risks"] == ["Falls: May fall at night. In check: A lamp\nVisits: Two staff together"]


def test_the_handover_names_who_is_to_do_what_now_and_by_the_day_of_their_task(town: Town) -> None:
    number = str(town.once(walked_to, "first_contact"))
    marta = town.who("Marta")
    town.press(number, "action", by=EAST, what="Ring the sister", owner=str(marta.id), due="2026-12-01")
    left_out = {"exclusions": [{"name": "Marta", "user": str(marta.id)}]}
    town.press(number, "consent", by="Zielinski", choice="partial", limits="Not Marta", **left_out)
    with town.office.desk().work() as work:
        task = work.session.get_one(Task, asked(town, number, "do_action").id)
        task.due_at = datetime(2026, 12, 3, 17, tzinfo=UTC)
        task.happened("task due later")
        work.commit()
    begun = case_form(town.office.desk(town.who(EAST)), number, "F27", "").raw
    assert begun["open_actions"] == ["Ring the sister: nobody named, by 3 December 2026, promised to the person"]


def test_both_managers_see_what_goes_with_the_case_and_the_new_one_no_more_than_that(town: Town) -> None:
    number = str(town.once(walked_to, "assess_whole_person"))
    town.press(number, "action", by=EAST, what="Fit a key safe", owner=str(town.who("Siobhan").id))
    town.press(number, "urgent", by=EAST)
    town.press(number, "transfer", by=EAST, kind="team", to_team="west", risks="The stairs are steep")
    for step, manager in (("release_case", EAST), ("accept_case", WEST)):
        desk, task = town.office.desk(town.who(manager)), asked(town, number, step)
        seen = handover_for(desk, task.id)
        assert seen is not None
        assert [(one.what, one.owner) for one in seen.actions] == [("Fit a key safe", "Siobhan Kelly")]
        assert "assess_whole_person" in [one.key for one in seen.tasks]
        assert step not in [one.key for one in seen.tasks]
        assert "Urgent concern open" in [one.text for one in seen.flags]
        assert (seen.team, seen.coordinator != "") == ("East", True)
        assert "GP practice" in seen.shared_with
        typed = [row.text for paper in known_for(desk, task.id).earlier for one in paper.sections for row in one.rows]
        assert "The stairs are steep" in typed, "what the giver wrote, also where the button began it"
        if step == "release_case":
            answer(town, number, step, EAST, released="yes")


def test_the_new_team_names_its_own_care_coordinator_who_gets_the_tasks(town: Town) -> None:
    number = str(town.once(walked_to, "assess_whole_person"))
    before = town.case(number).coordinator_id
    handed_over(town, number)
    assert town.case(number).coordinator_id is None
    assert asked(town, number, "assess_whole_person").assignee_id is None
    answer(town, number, "name_another_coordinator", WEST)
    after = town.case(number).coordinator_id
    assert after not in (None, before)
    assert asked(town, number, "assess_whole_person").assignee_id == after


def test_whoever_works_for_the_whole_programme_keeps_what_they_had_begun(town: Town) -> None:
    number = str(town.once(walked_to, "review_medicines"))
    rajesh, siobhan = town.who("Rajesh"), town.who("Siobhan")
    claim_task(town.office.desk(rajesh), asked(town, number, "review_medicines").id)
    for owner in (rajesh, siobhan):
        town.press(number, "action", by=EAST, owner=str(owner.id), what=f"Something for {owner.name}")
    handed_over(town, number)
    assert asked(town, number, "review_medicines").assignee_id == rajesh.id
    actions = [task for task in town.open_tasks(number) if task.key == "do_action"]
    assert {task.assignee_id for task in actions} == {rajesh.id, None}, "who cannot open the case gives it back"


def test_a_care_coordinator_whom_the_person_leaves_out_is_followed_by_another(town: Town) -> None:
    number = str(town.once(walked_to, "assess_whole_person"))
    coordinator = town.case(number).coordinator_id
    left_out = {"exclusions": [{"name": "My cousin", "user": str(coordinator)}]}
    town.press(number, "consent", by="Zielinski", choice="partial", limits="Not my cousin", **left_out)
    assert town.case(number).coordinator_id is None
    assert coordinator not in [task.assignee_id for task in town.open_tasks(number)]
    assert asked(town, number, "name_another_coordinator").role == ",team_manager,coordinator,"


def test_an_urgent_case_is_given_another_care_coordinator_as_soon_as_its_first(town: Town) -> None:
    number = str(town.once(referred_urgently))
    first = asked(town, number, "allocate_coordinator")
    town.walk_until(number, "assess_whole_person")
    coordinator = town.case(number).coordinator_id
    left_out = {"exclusions": [{"name": "My cousin", "user": str(coordinator)}]}
    town.press(number, "consent", by="Zielinski", choice="partial", limits="Not my cousin", **left_out)
    again = asked(town, number, "name_another_coordinator")
    assert (again.escalation, again.due_at) == (first.escalation, first.due_at)
    assert again.escalation == "S"


def test_a_manager_names_another_care_coordinator_with_the_button(town: Town) -> None:
    number = str(town.once(walked_to, "assess_whole_person"))
    siobhan = town.who("Siobhan").id
    assert town.case(number).coordinator_id != siobhan
    with pytest.raises(NotAllowed):
        town.press(number, "coordinator", by="Siobhan", coordinator=str(siobhan))
    offered = case_form(town.office.desk(town.who(EAST)), number, "F09", "").lookups["care_coordinator"]
    assert all("case" in choice.label for choice in offered), "how many each carries stands beside the name"
    town.press(number, "coordinator", by=EAST, coordinator=str(siobhan))
    assert town.case(number).coordinator_id == siobhan
    assert asked(town, number, "assess_whole_person").assignee_id == siobhan
