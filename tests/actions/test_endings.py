from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town, walked_to
from webapp.cases.presenters import basis
from workers.rounds import run_everything
from workflows.casework.case import Case
from workflows.casework.consent import Consent
from workflows.casework.diagram import CaseRun, Waiting
from workflows.casework.errors import NotAllowed, RuleBroken
from workflows.casework.notice import Letter, Notice
from workflows.casework.task import Task
from workflows.clock import FixedClock
from workflows.duties.telling import TELL
from workflows.questions.case import case_page
from workflows.questions.case import head as case_head
from workflows.questions.prefill import starting_inputs

MANAGER = "team_manager"


@pytest.fixture
def number(town: Town) -> str:
    """A case in its assessment, with several tasks open."""
    return str(town.once(walked_to, "assess_whole_person"))


def holder_of(town: Town, role: str) -> str:
    from workflows.casework.programme import Programme, Team
    from workflows.casework.staff import Membership, StaffMember

    query = (
        select(StaffMember.name)
        .join(Membership)
        .join(Programme, Programme.id == Membership.programme_id)
        .outerjoin(Team, Team.id == Membership.team_id)
        .where(Membership.role == role, Programme.key == "acm", Team.key == "east")
    )
    found: str = town.ask(lambda session: session.scalars(query.limit(1)).one())
    return found


def picture(town: Town, number: str) -> dict[str, object]:
    """What must come back exactly: tasks with their clocks, what is waited for, the processes, the stage."""

    def look(session: object) -> dict[str, object]:
        case = session.scalars(select(Case).where(Case.number == number)).one()  # type: ignore[attr-defined]
        of_case = {
            noun: session.scalars(select(noun).where(noun.case_id == case.id)).all()  # type: ignore[attr-defined]
            for noun in (Task, Waiting, CaseRun)
        }
        return {
            "stage": case.stage,
            "open": sorted((t.step_id, t.key, str(t.due_at), str(t.assignee_id)) for t in of_case[Task] if t.open),
            "waiting": sorted((w.step_id, w.key, str(w.due_at)) for w in of_case[Waiting]),
            "running": sorted(run.process for run in of_case[CaseRun] if run.status == "running"),
        }

    found: dict[str, object] = town.ask(look)
    return found


def test_a_death_withdraws_every_task_and_timer_at_once(town: Town, number: str) -> None:
    town.press(number, "death", holder_of(town, "care_coordinator"), date="2026-11-15", known_by="Her daughter")
    assert [task.key for task in town.open_tasks(number)] == ["confirm_death"]
    assert picture(town, number)["running"] == ["acm_death"]
    waits = town.ask(lambda session: session.scalars(select(Waiting.key)).all())
    assert not any(key.startswith(("after_", "consent_year")) for key in waits)


def test_a_mistaken_death_is_taken_back_and_everything_stands_as_it_stood(
    town: Town, number: str, clock: FixedClock
) -> None:
    before = picture(town, number)
    town.press(number, "death", holder_of(town, "care_coordinator"), date="2026-11-15", known_by="A neighbour")
    town.do(number, "confirm_death", date="2026-11-15")
    assert town.case(number).person.dead
    clock.advance(timedelta(hours=3))
    town.press(number, "alive", holder_of(town, MANAGER), how_known="She opened the door herself.")
    assert picture(town, number) == before
    assert not town.case(number).person.dead
    town.walk_until(number, "sign_assessment")  # and the case goes on


def test_after_the_programmes_time_the_case_stays_closed_though_the_record_is_put_right(
    town: Town, number: str, clock: FixedClock
) -> None:
    town.press(number, "death", holder_of(town, "care_coordinator"), date="2026-11-15", known_by="The hospital")
    town.do(number, "confirm_death", date="2026-11-15")
    clock.advance(timedelta(hours=25))
    run_everything(town.office)
    while town.open_tasks(number):
        town.do(number, town.open_tasks(number)[0].key)
    assert (town.case(number).stage, town.case(number).closure_reason) == ("closed", "died")
    town.press(number, "alive", holder_of(town, MANAGER), how_known="She opened the door herself.")
    case = town.case(number)
    assert (case.person.dead, case.stage, case.closure_reason) == (False, "closed", "died")
    assert town.open_tasks(number) == []


def test_only_a_manager_takes_a_death_back(town: Town, number: str) -> None:
    town.press(number, "death", holder_of(town, "care_coordinator"), date="2026-11-15", known_by="The hospital")
    with pytest.raises(NotAllowed):
        town.press(number, "alive", holder_of(town, "nurse"), how_known="I think so.")


@pytest.mark.parametrize(
    ("step", "waits"), [("first_contact", ("L02", "ready")), ("check_outcome_letters", ("L04p", "draft"))]
)
def test_letters_held_back_by_a_mistaken_death_wait_again_as_they_were(
    town: Town, step: str, waits: tuple[str, str]
) -> None:
    number = str(town.once(walked_to, step))
    query = select(Letter.template, Letter.recipient, Letter.status, Letter.withheld_why).order_by(Letter.id)
    before = town.ask(lambda session: session.execute(query).all())
    assert waits in {(one.template, one.status) for one in before}
    town.press(number, "death", holder_of(town, "care_coordinator"), date="2026-11-15", known_by="A neighbour")
    town.press(number, "alive", holder_of(town, MANAGER), how_known="She opened the door herself.")
    assert town.ask(lambda session: session.execute(query).all()) == before


def test_without_a_death_there_is_nothing_to_take_back(town: Town, number: str) -> None:
    with pytest.raises(RuleBroken, match="No death"):
        town.press(number, "alive", holder_of(town, MANAGER), how_known="Of course.")


def test_while_a_case_ends_nothing_new_begins(town: Town, number: str) -> None:
    town.press(number, "death", holder_of(town, "care_coordinator"), date="2026-11-15", known_by="The hospital")
    with pytest.raises(RuleBroken, match="coming to its end"):
        town.press(number, "mdt", holder_of(town, "care_coordinator"))


def test_nothing_more_goes_to_somebody_who_has_died(town: Town, number: str) -> None:
    town.press(number, "death", holder_of(town, "care_coordinator"), date="2026-11-15", known_by="Her son")
    letters = town.ask(lambda session: session.scalars(select(Letter)).all())
    assert [one.template for one in letters if one.audience == "person" and one.status in {"draft", "ready"}] == []
    waiting = town.ask(lambda session: session.scalars(select(Notice).where(Notice.status == "waiting")).all())
    assert [notice.address for notice in waiting if notice.staff_id is None] == []


def test_a_withdrawal_stops_sharing_before_the_paperwork(town: Town, number: str) -> None:
    assert town.case(number).sharing_scope == "full"
    town.press(number, "withdrawal", holder_of(town, "care_coordinator"))
    assert town.case(number).sharing_scope == "none"
    assert [task.key for task in town.open_tasks(number)] == ["confirm_withdrawal"]
    assert town.ask(lambda session: session.scalars(select(Letter.id).where(Letter.route == TELL)).all()) == []
    task = town.open_tasks(number)[0]
    known = starting_inputs_of(town, task)
    assert known["withdrawn_what"] == ["Example answer: What exactly does the person withdraw from?"]
    assert "explained" not in known  # whoever confirms it says so


def starting_inputs_of(town: Town, task: Task) -> dict[str, list[str]]:
    desk = town.office.desk(town.who(holder_of(town, MANAGER)))
    with desk.looking() as session:
        return starting_inputs(desk, session, session.get_one(Task, task.id), desk.forms.form(task.form_key))


def test_the_page_of_a_case_says_that_the_person_withdrew_and_since_when(
    town: Town, number: str, clock: FixedClock
) -> None:
    desk = town.office.desk(town.who(holder_of(town, MANAGER)))
    clock.advance(timedelta(hours=1))
    since = clock.now()
    assert case_page(desk, number).sharing.withdrawn_at is None
    town.press(number, "withdrawal", holder_of(town, "care_coordinator"))
    page = case_page(desk, number)
    assert basis(page.sharing) == "The person withdrew on 16 November 2026."
    assert {one.table: one.until for one in page.decisions if one.until} == {"consent_basis": since}


def sharing(town: Town, number: str) -> tuple[object, ...]:
    """How far the case is shared, and on what basis."""
    case = town.case(number)
    query = select(Consent.may_proceed, Consent.ended_at).where(Consent.case_id == case.id)
    basis = town.ask(lambda session: session.execute(query).all())
    return case.sharing_scope, case.shared_with, case.outbound_stopped, basis


@pytest.mark.both_databases
@pytest.mark.parametrize("confirmed", [False, True])
def test_a_mistaken_withdrawal_is_taken_back_and_everything_stands_and_is_shared_as_before(
    town: Town, number: str, clock: FixedClock, confirmed: bool
) -> None:
    letters = select(Letter.template, Letter.recipient, Letter.status, Letter.withheld_why).order_by(Letter.id)
    if confirmed:
        town.press(number, "safeguarding", by="Siobhan")
    shared, before = sharing(town, number), picture(town, number)
    waiting = town.ask(lambda session: session.execute(letters).all())
    assert shared[0] == "full"
    town.press(number, "withdrawal", holder_of(town, "care_coordinator"))
    if confirmed:  # and closing waits for what becomes of the concern
        town.do(number, "confirm_withdrawal")
    clock.advance(timedelta(hours=30))
    reason = "It was written into the wrong case."
    town.press(number, "not_withdrawn", holder_of(town, MANAGER), how_known=reason)
    assert picture(town, number) == before
    assert sharing(town, number) == shared
    after = town.ask(lambda session: session.execute(letters).all())
    assert after[: len(waiting)] == waiting
    told = [(one.template, one.status) for one in after[len(waiting) :]]
    assert told == ([("L10", "overtaken")] if confirmed else [])  # what told of the withdrawal
    town.walk_until(number, "sign_assessment")


def test_only_a_manager_takes_a_withdrawal_back_and_only_while_one_is_under_way(town: Town, number: str) -> None:
    reason = "It was written into the wrong case."
    with pytest.raises(RuleBroken, match="No withdrawal"):
        town.press(number, "not_withdrawn", holder_of(town, MANAGER), how_known=reason)
    town.press(number, "withdrawal", holder_of(town, "care_coordinator"))
    with pytest.raises(NotAllowed):
        town.press(number, "not_withdrawn", holder_of(town, "care_coordinator"), how_known=reason)
    town.press(number, "death", holder_of(town, MANAGER))
    town.press(number, "alive", holder_of(town, MANAGER))
    with pytest.raises(RuleBroken, match="stays ended"):  # what the death had come upon
        town.press(number, "not_withdrawn", holder_of(town, MANAGER), how_known=reason)


def test_a_refusal_recorded_by_mistake_is_talked_about_again_before_anything_is_shared(town: Town, number: str) -> None:
    before = {task.key for task in town.open_tasks(number)}
    town.press(number, "consent", holder_of(town, "care_coordinator"), choice="refused", serious_harm="no")
    assert [task.key for task in town.open_tasks(number)] == ["confirm_withdrawal"]
    town.press(number, "not_withdrawn", holder_of(town, MANAGER), how_known="It was written into the wrong case.")
    assert {task.key for task in town.open_tasks(number)} == before | {"record_consent"}
    assert town.case(number).sharing_scope == "none"
    town.do(number, "record_consent", choice="given", capacity_doubt="no")
    assert town.case(number).sharing_scope == "full"
    assert {task.key for task in town.open_tasks(number)} == before


def test_who_moves_away_is_not_invited_any_more(town: Town) -> None:
    number = str(town.once(walked_to, "first_contact"))
    query = select(Letter.status, Letter.withheld_why).where(Letter.template == "L02")
    assert town.ask(lambda session: session.execute(query).all()) == [("ready", None)]
    town.press(number, "moved", holder_of(town, "care_coordinator"))
    why = "the person has moved out of the area"
    assert town.ask(lambda session: session.execute(query).all()) == [("overtaken", why)]


def test_the_person_gets_a_letter_that_confirms_the_withdrawal(town: Town, number: str) -> None:
    town.press(number, "withdrawal", holder_of(town, "care_coordinator"))
    while town.open_tasks(number):
        town.do(number, town.open_tasks(number)[0].key)
    assert town.case(number).closure_reason == "consent_withdrawn"
    letters = town.ask(lambda session: session.scalars(select(Letter).where(Letter.template == "L10")).all())
    assert [letter.status for letter in letters] == ["ready"]


def test_a_death_that_was_only_reported_stands_above_everything(town: Town, number: str) -> None:
    town.press(number, "death", holder_of(town, "care_coordinator"), date="2026-11-15", known_by="Her daughter")
    desk = town.office.desk(town.who(holder_of(town, "nurse")))
    first = case_head(desk, number).strip.alerts[0]
    assert (first.text, first.grave) == ("A death was reported and is not yet confirmed", True)
