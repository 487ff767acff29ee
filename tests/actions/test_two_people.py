"""A step that a second person has to look at never comes to whoever did the first, whichever way it changes hands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.colleagues import administration
from tests.builders.walked_case import Town
from workers.jobs import pass_on
from workflows.actions import accounts, by_hand, programmes, tasks
from workflows.actions.opening import redraw_task
from workflows.casework.access import Actor
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import CaseworkError, NotAllowed
from workflows.casework.intervention import MOVE, RESTART
from workflows.casework.programme import Programme, Team
from workflows.casework.signing import signature
from workflows.casework.staff import Membership
from workflows.casework.task import Task
from workflows.duties.rungs import whose_it_is
from workflows.engine.outcome import OpenStep
from workflows.engine.parsing import StepInfo
from workflows.questions.inbox import inbox
from workflows.questions.task_page import who_could_do_any
from workflows.storage import doers

SOMEBODY_ELSE = "Somebody else has to do this"
ASKED, APPROVES = "Zielinski", "Rao"
FIRST, LAST = date(2026, 11, 16), date(2026, 12, 4)


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def post(town: Town, name: str, role: str, team: str = "east") -> None:
    """Give somebody a role in a team."""
    programme_id = town.ask(lambda s: s.scalars(select(Programme.id)).one())
    place = town.ask(lambda s: s.scalars(select(Team.id).where(Team.key == team)).one())
    accounts.give_post(administration(town.office), staff_id(town, name), accounts.NewPost(role, programme_id, place))


def staff_id(town: Town, name: str) -> UUID:
    found = town.who(name).id
    assert found is not None
    return found


def in_talk(town: Town) -> str:
    """Serious harm is feared, and the GP lead, who is a key worker too, may ask to share without consent."""
    number = town.refer(consent_stage="no_not_asked", not_asked_reason="She had gone.")
    town.walk_until(number, "record_consent")
    town.do(number, "record_consent", choice="refused", serious_harm="yes")
    post(town, ASKED, "care_coordinator")
    post(town, APPROVES, "gp_lead")
    return number


def asked(town: Town) -> str:
    """The GP lead has asked; it lies in the pool of those who approve."""
    number = in_talk(town)
    request = the(town, number, "request_override")
    complete(town, number, request, town.who(ASKED))
    return number


def the(town: Town, number: str, key: str) -> Task:
    return next(one for one in town.open_tasks(number) if one.key == key)


def complete(town: Town, number: str, task: Task, actor: Actor, **said: Any) -> None:
    form = town.office.desk().forms.form(task.form_key)
    raw = town.answers(form, town.case(number), {**signature(actor, task.key), **said}, task.run_id)
    tasks.complete_task(town.office.desk(actor), task.id, raw)


def on_leave(town: Town, who: str, cover: str) -> None:
    actor = town.who(who)
    accounts.enter_leave(town.office.desk(actor), staff_id(town, who), FIRST, LAST, staff_id(town, cover))


# Each way by which the approval may come to whoever asked: what is tried, by what it is told here.


def claims(town: Town, number: str, task: Task) -> None:
    tasks.claim_task(town.office.desk(town.who(ASKED)), task.id)


def claims_several(town: Town, number: str, task: Task) -> None:
    refused(tasks.claim_many(town.office.desk(town.who(ASKED)), [task.id]))


def is_handed_it(town: Town, number: str, task: Task) -> None:
    tasks.reassign_task(town.office.desk(town.who("Adaeze")), task.id, staff_id(town, ASKED), "Knows the family")


def is_handed_several(town: Town, number: str, task: Task) -> None:
    manager = town.office.desk(town.who("Adaeze"))
    refused(tasks.reassign_many(manager, [task.id], staff_id(town, ASKED), "Knows the family"))


def completes_it_from_the_pool(town: Town, number: str, task: Task) -> None:
    complete(town, number, task, town.who(ASKED), approval="approved", expires_at="2026-11-20")


def completes_it_by_another_system(town: Town, number: str, task: Task) -> None:
    actor = replace(town.who(ASKED), scopes=frozenset({"tasks"}))
    tasks.complete_as_told(town.office.desk(actor), task.id, {"approval": "approved"})


def covers_for_whoever_took_it(town: Town, number: str, task: Task) -> None:
    tasks.claim_task(town.office.desk(town.who(APPROVES)), task.id)
    on_leave(town, APPROVES, cover=ASKED)
    assert staff_id(town, APPROVES) in town.who(ASKED).covers
    completes_it_from_the_pool(town, number, task)


def has_another_role_by_now(town: Town, number: str, task: Task) -> None:
    theirs = select(Membership.id).where(Membership.staff_id == staff_id(town, ASKED))
    for held in town.ask(lambda s: s.scalars(theirs).all()):
        accounts.end_post(administration(town.office), held, date(2026, 11, 15))
    post(town, ASKED, "caldicott")
    claims(town, number, task)


def finds_it_in_the_pool_of_somebody_who_left(town: Town, number: str, task: Task) -> None:
    tasks.claim_task(town.office.desk(town.who(APPROVES)), task.id)
    accounts.end_account(administration(town.office), staff_id(town, APPROVES))
    assert pass_on.work(town.office) == (1, 0)
    claims(town, number, task)


def is_asked_anew_by_an_operator(town: Town, number: str, task: Task) -> None:
    lay_a_hand(town, "Shabana", RESTART, "approve_override")
    claims(town, number, the(town, number, "approve_override"))


WAYS: tuple[Callable[[Town, str, Task], None], ...] = (
    claims, claims_several, is_handed_it, is_handed_several, completes_it_from_the_pool,
    completes_it_by_another_system, covers_for_whoever_took_it, has_another_role_by_now,
    finds_it_in_the_pool_of_somebody_who_left, is_asked_anew_by_an_operator,
)  # fmt: skip


def refused(results: tuple[tasks.ItemResult, ...]) -> None:
    """Raise what a bulk act says of its one item."""
    raise NotAllowed(results[0].problem or "nothing was refused")


def lay_a_hand(town: Town, who: str, kind: str, key: str, to: str = "") -> None:
    operator = town.office.desk(town.who(who))
    run_id = town.ask(lambda s: s.scalars(select(CaseRun.id).where(CaseRun.process == "acm_case")).one())
    stands = by_hand.standing(operator, run_id)
    token = next(one.id for one in stands.tokens if one.key == key)
    by_hand.carry_out(operator, run_id, by_hand.Hand(kind, token, to), "Asked on the phone", stands.version)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_whoever_asked_to_share_without_consent_never_approves_it(town: Town, way: Callable[..., None]) -> None:
    number = town.once(asked)
    with pytest.raises(CaseworkError, match=SOMEBODY_ELSE):
        way(town, number, the(town, number, "approve_override"))
    task = the(town, number, "approve_override")
    assert task.assignee_id != staff_id(town, ASKED)
    with town.office.desk().work() as work:
        reminded = whose_it_is(work, work.session.get_one(Task, task.id))
        assert staff_id(town, ASKED) not in [one.id for one in reminded]


@pytest.mark.both_databases
def test_they_are_not_offered_it_either_and_another_one_approves(town: Town) -> None:
    number = town.once(asked)
    task = the(town, number, "approve_override")
    offered = [one for one, _ in who_could_do_any(town.office.desk(town.who("Adaeze")), [task.id])]
    assert staff_id(town, ASKED) not in offered
    assert staff_id(town, APPROVES) in offered
    assert task.id not in [row.id for row in inbox(town.office.desk(town.who(ASKED)), "pool").rows]
    complete(town, number, task, town.who(APPROVES), approval="approved", expires_at="2026-11-20")


def test_nor_do_they_let_it_go_on_when_it_is_looked_at_again(town: Town) -> None:
    number = town.once(asked)
    complete(
        town, number, the(town, number, "approve_override"), town.who(APPROVES),
        approval="approved", expires_at="2026-11-20",
    )  # fmt: skip
    post(town, ASKED, "caldicott")
    with pytest.raises(CaseworkError, match=SOMEBODY_ELSE):
        claims(town, number, the(town, number, "review_override"))


def test_a_team_that_takes_the_people_of_another_has_both_looks_done_by_two_people(town: Town) -> None:
    known = town.refer(family_name="Twin", dob="1950-05-05", given_name="Anna")
    programmes.suspend_team(town.office.desk(town.who("Shabana")), "acm", "east", "west")
    post(town, "Pugh", "team_manager", "west")  # who looks a second time, too
    unnumbered = {"nhs_available": "no", "nhs_number": None, "nhs_number_reason": "Not on the letter"}
    number = town.refer(family_name="Twin", dob="1950-05-05", given_name="Berta", **unnumbered)
    look = the(town, number, "check_identity")
    assert reminded(town, look) == ["Gareth Pugh"]  # of the team that covers
    complete(town, number, look, town.who("Pugh"), decision="same", matched_record=known)
    again = the(town, number, "check_identity_again")
    assert reminded(town, again) == ["Callum Fraser"]
    with pytest.raises(CaseworkError, match=SOMEBODY_ELSE):
        tasks.claim_task(town.office.desk(town.who("Pugh")), again.id)
    tasks.claim_task(town.office.desk(town.who("Fraser")), again.id)


def reminded(town: Town, task: Task) -> list[str]:
    """Whose a task is today."""
    with town.office.desk().work() as work:
        return [one.name for one in whose_it_is(work, work.session.get_one(Task, task.id))]


@pytest.mark.parametrize("cover", ["", ASKED])
def test_a_new_coordinator_or_their_cover_gets_no_step_whose_first_they_did(town: Town, cover: str) -> None:
    number = town.once(asked)
    task = the(town, number, "approve_override")
    with town.office.desk().work() as work:  # as if a diagram gave the second look to the care coordinator
        drawn = work.session.get_one(Task, task.id)
        drawn.properties = {**drawn.properties, "assign": "coordinator"}
        drawn.happened("task redrawn", task=drawn.name)
        work.commit()
    named = "Farah" if cover else ASKED
    if cover:
        on_leave(town, "Farah", cover)
    town.press(number, "coordinator", "Adaeze", coordinator=str(staff_id(town, named)))
    assert the(town, number, "approve_override").assignee_id is None


def test_a_newer_drawing_that_wants_a_second_person_is_heeded_in_cases_that_move_to_it(town: Town) -> None:
    number = town.once(asked)
    task = the(town, number, "approve_override")
    with town.office.desk().work() as work:
        old = work.session.get_one(Task, task.id)
        info = StepInfo(old.key, old.name, "gp_lead", old.properties, old.why, old.process)
        bare = {name: said for name, said in old.properties.items() if name != "not_by"}
        for drawn in (bare, dict(old.properties)):
            step = OpenStep(old.step_id, old.key, old.name, "gp_lead", old.process, drawn, {}, old.why)
            redraw_task(work, old.case, old, info, step)
            assert doers.has_to_be_another(work.session, old, staff_id(town, ASKED)) is ("not_by" in drawn)
            work.session.flush()


def test_whoever_lets_the_case_pass_the_first_step_by_hand_stands_for_having_done_it(town: Town) -> None:
    number = town.once(in_talk)
    lay_a_hand(town, "Shabana", MOVE, "request_override", "approve_override")
    post(town, "Shabana", "gp_lead")
    task = the(town, number, "approve_override")
    assert task.id not in [row.id for row in inbox(town.office.desk(town.who("Shabana")), "pool").rows]
    with pytest.raises(CaseworkError, match=SOMEBODY_ELSE):
        tasks.claim_task(town.office.desk(town.who("Shabana")), task.id)
