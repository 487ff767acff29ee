from __future__ import annotations

import threading
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.builders.filled_forms import filled
from tests.builders.walked_case import Town
from workflows.actions import tasks
from workflows.actions.paperwork import Raw
from workflows.casework.access import Actor
from workflows.casework.audit import AuditEntry
from workflows.casework.diagram import CaseRun, JourneyStep
from workflows.casework.document import Document
from workflows.casework.errors import AnswersRefused, CaseworkError, NotAllowed, NotFound, OutOfDate, RuleBroken
from workflows.casework.programme import Programme
from workflows.casework.staff import Membership, StaffMember
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.storage import people
from workflows.storage.lookups import lookups_for


@pytest.fixture
def number(town: Town) -> str:
    return str(town.once(Town.refer))


def triage(town: Town, number: str) -> Task:
    (task,) = [one for one in town.open_tasks(number) if one.key == "triage_referral"]
    return task


def triagers(town: Town) -> list[Desk]:
    desk = town.office.desk()
    with desk.looking() as session:
        staff = session.scalars(
            select(StaffMember)
            .join(Membership)
            .join(Programme, Programme.id == Membership.programme_id)
            .where(Membership.role == "triage", Programme.key == "acm")
            .order_by(StaffMember.name)
        )
        actors = [people.actor_for(session, one, desk.today) for one in staff.unique()]
    return [town.office.desk(actor) for actor in actors]


def answers(town: Town, task: Task, **given: object) -> Raw:
    desk = town.office.desk()
    with desk.looking() as session:
        case = session.get_one(Task, task.id).case
        lookups = lookups_for(session, case.programme, desk.today, case)
    raw: Raw = filled(desk.forms.form(task.form_key), desk.today, lookups, **given)
    return raw


def kept(town: Town, task_id: UUID) -> Task:
    found: Task = town.ask(lambda session: session.scalars(select(Task).where(Task.id == task_id)).one())
    return found


def count(town: Town, noun: type[object], **given: object) -> int:
    found: int = town.ask(lambda session: session.scalar(select(func.count()).select_from(noun).filter_by(**given)))
    return found


def test_completing_keeps_the_form_the_step_and_the_next_task_together(town: Town, number: str) -> None:
    task = triage(town, number)
    done = tasks.complete_task(triagers(town)[0], task.id, answers(town, task, verdict="accept"))
    assert not done.again
    assert kept(town, task.id).status == "completed"
    assert count(town, Document, form_key="F03") == 1
    assert count(town, JourneyStep, key="triage_referral") == 1
    assert [one.key for one in town.open_tasks(number)] != ["triage_referral"]


def test_a_form_posted_twice_is_done_once(town: Town, number: str) -> None:
    task, (desk, *_) = triage(town, number), triagers(town)
    raw = answers(town, task, verdict="accept")
    first = tasks.complete_task(desk, task.id, raw)
    second = tasks.complete_task(desk, task.id, raw)
    assert (first.again, second.again) == (False, True)
    assert count(town, Document, form_key="F03") == 1
    assert count(town, JourneyStep, key="triage_referral") == 1


def test_when_two_people_complete_one_task_at_once_one_does_it_and_the_other_is_told_who(
    town: Town, number: str
) -> None:
    task, desks = triage(town, number), triagers(town)[:2]
    raw = answers(town, task, verdict="accept")
    ready, outcomes = threading.Barrier(2), []

    def complete(desk: Desk) -> None:
        ready.wait()
        try:
            outcomes.append(tasks.complete_task(desk, task.id, raw))
        except CaseworkError as refusal:
            outcomes.append(refusal)

    threads = [threading.Thread(target=complete, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (refused,) = [one for one in outcomes if isinstance(one, CaseworkError)]
    assert isinstance(refused, OutOfDate)
    assert "already completed" in str(refused)
    assert count(town, Document, form_key="F03") == 1
    assert count(town, JourneyStep, key="triage_referral") == 1


def test_wrong_answers_change_nothing_and_are_told_by_question(town: Town, number: str) -> None:
    task = triage(town, number)
    with pytest.raises(AnswersRefused) as refused:
        tasks.complete_task(triagers(town)[0], task.id, {"verdict": ["accept"]})
    assert "priority" in refused.value.errors
    assert kept(town, task.id).open
    assert count(town, Document, form_key="F03") == 0


def test_when_a_duty_fails_nothing_of_the_act_is_kept(town: Town, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    task, before = triage(town, number), count(town, JourneyStep)

    def fail(*_: object) -> None:
        raise RuleBroken("the register of practices is being rebuilt")

    monkeypatch.setattr("workflows.actions.journey.perform", fail)
    with pytest.raises(RuleBroken, match="rebuilt"):
        tasks.complete_task(triagers(town)[0], task.id, answers(town, task, verdict="accept"))
    assert kept(town, task.id).open
    assert (count(town, Document, form_key="F03"), count(town, JourneyStep)) == (0, before)
    assert count(town, CaseRun, status="running") == 1


def test_whoever_claims_second_is_told_who_was_faster(town: Town, number: str) -> None:
    task, (first, second, *_) = triage(town, number), triagers(town)
    tasks.claim_task(first, task.id)
    with pytest.raises(NotAllowed, match=first.actor.name):
        tasks.claim_task(second, task.id)


def test_only_the_holder_gives_a_task_back(town: Town, number: str) -> None:
    task, (first, second, *_) = triage(town, number), triagers(town)
    tasks.claim_task(first, task.id)
    with pytest.raises(RuleBroken):
        tasks.release_task(second, task.id)
    tasks.release_task(first, task.id)
    assert kept(town, task.id).assignee_id is None


def test_a_task_of_another_role_is_not_done(town: Town, number: str) -> None:
    task = triage(town, number)
    with pytest.raises((NotAllowed, NotFound)):
        tasks.complete_task(town.office.desk(Actor(None, "nobody")), task.id, {})


def test_handing_over_needs_a_reason_and_somebody_able(town: Town, number: str) -> None:
    task, (first, second, *_) = triage(town, number), triagers(town)
    tasks.claim_task(first, task.id)
    with pytest.raises(RuleBroken, match="why"):
        tasks.reassign_task(first, task.id, second.actor.id, " ")
    tasks.reassign_task(first, task.id, second.actor.id, "on a visit all day")
    assert kept(town, task.id).assignee_id == second.actor.id


def test_a_bulk_act_tells_what_became_of_each_item(town: Town) -> None:
    numbers = [town.refer(nhs_number="999 000 0018"), town.refer(nhs_number="999 000 1383")]
    one, other = (triage(town, number) for number in numbers)
    first, second, *_ = triagers(town)
    tasks.claim_task(first, one.id)
    results = tasks.claim_many(second, [one.id, other.id])
    assert [(result.case_number, bool(result.problem)) for result in results] == list(
        zip(numbers, (True, False), strict=True)
    )
    assert first.actor.name in str(results[0].problem)


def test_a_task_about_an_action_says_what_was_agreed(town: Town, number: str) -> None:
    town.do(number, "triage_referral")
    town.press(number, "action", "Siobhan", what="Ask for a pendant alarm", owner=str(town.who("Siobhan").id))
    (task,) = [one for one in town.open_tasks(number) if one.key == "do_action"]
    assert task.why.startswith("“Ask for a pendant alarm”. ")


def test_an_action_is_given_to_nobody_who_cannot_open_the_case(town: Town, number: str) -> None:
    town.do(number, "triage_referral")
    owen = town.who("Owen")  # of another team
    with pytest.raises(AnswersRefused) as refused:
        town.press(number, "action", "Siobhan", what="Ring the council", owner=str(owen.id))
    told = {"owner": "Owen Hughes cannot open this case. Select who will do it from the list"}
    assert refused.value.errors == told


def test_a_task_is_opened_in_the_trail_of_its_case(town: Town) -> None:
    number = town.refer()
    opened = town.ask(lambda session: session.scalars(select(AuditEntry).where(AuditEntry.act == "task opened")).all())
    assert {entry.case_id for entry in opened} == {town.case(number).id}
