"""A stay in hospital: what is offered while it lasts, and what its end makes needless."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town, walked_to
from tests.builders.ways_in import COORDINATOR, a_message
from webapp.cases.presenters import offered
from webapp.tasks.presenters import what_happens_next
from workers.rounds import run_everything
from workflows.actions.buttons import BY_KEY, buttons_for
from workflows.actions.messages import receive
from workflows.actions.programmes import change_setting
from workflows.casework.care import HospitalEpisode
from workflows.casework.case import Case
from workflows.casework.errors import RuleBroken
from workflows.casework.notice import Letter, Notice
from workflows.clock import FixedClock
from workflows.questions.case import head
from workflows.questions.task_page import afterwards

ADMITTED = {"hospital": "North", "planned": "emergency", "admitted_at": "2026-11-16T08:00"}
HOME = {"destination": "usual_home", "discharged_at": "2026-11-16T09:00"}


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


@pytest.fixture
def number(town: Town) -> str:
    """A case that waits for the first contact."""
    return str(town.once(walked_to, "first_contact"))


def first_offered(town: Town, number: str) -> list[str]:
    """The acts that a nurse finds on the case, without those that are folded away."""
    nurse = town.who("Siobhan")
    found = head(town.office.desk(nurse), number)
    return [button.key for button in offered(buttons_for(nurse, case_open=True), found)][:5]


def ward_letters(town: Town, number: str) -> list[tuple[str, str | None]]:
    query = select(Letter.status, Letter.withheld_why).join(Case).where(Case.number == number, Letter.template == "L09")
    return [tuple(row) for row in town.ask(lambda session: session.execute(query).all())]


def test_while_somebody_is_in_hospital_their_way_out_is_offered_first(town: Town, number: str) -> None:
    assert first_offered(town, number) == ["contact", "action", "urgent", "safeguarding", "hospital"]
    with pytest.raises(RuleBroken, match="No stay in hospital stands open here"):
        town.press(number, "home", "Ifeoma", **HOME)
    town.press(number, "hospital", "Ifeoma", **ADMITTED)
    assert first_offered(town, number) == ["contact", "action", "urgent", "safeguarding", "home"]
    assert offered([BY_KEY["hospital"]], head(town.office.desk(town.who("Siobhan")), number))  # folded, not gone
    town.press(number, "home", "Ifeoma", **HOME)
    assert first_offered(town, number)[-1] == "hospital"


@pytest.mark.both_databases
def test_a_task_whose_clock_stands_still_is_announced_without_a_date_and_after_those_that_run(
    town: Town, number: str
) -> None:
    desk = town.office.desk(town.who("Siobhan"))
    town.press(number, "hospital", "Ifeoma", **ADMITTED)
    assert what_happens_next(afterwards(desk, number), desk.clock.now()).startswith("Next in this case: “Check the l")
    while running := [task for task in town.open_tasks(number) if task.paused_at is None]:
        town.do(number, running[0].key)
    told = what_happens_next(afterwards(desk, number), desk.clock.now())
    assert told.endswith(", its clock stands still.")
    assert "due" not in told


def test_an_admission_told_twice_by_the_button_is_one_stay(town: Town, number: str) -> None:
    town.press(number, "hospital", "Ifeoma", **ADMITTED)
    town.press(number, "hospital", "Siobhan", **ADMITTED | {"admitted_at": "2026-11-16T09:00"})
    assert len(town.ask(lambda session: session.scalars(select(HospitalEpisode.id)).all())) == 1


def test_how_long_two_notices_may_lie_apart_is_counted_in_the_unit_of_the_programme(town: Town, number: str) -> None:
    change_setting(town.office.desk(town.who("Shabana")), "acm", "hospital_merge", "2D")
    for day in ("2026-11-14", "2026-11-16"):
        town.press(number, "hospital", "Ifeoma", **ADMITTED | {"admitted_at": f"{day}T08:00"})
    assert len(town.ask(lambda session: session.scalars(select(HospitalEpisode.id)).all())) == 1


def stays(town: Town) -> list[tuple[str, str | None]]:
    query = select(HospitalEpisode).order_by(HospitalEpisode.admitted_at)
    return town.ask(lambda session: [(one.hospital, one.destination) for one in session.scalars(query)])


def test_one_stay_is_open_at_a_time_and_the_way_out_ends_the_stay_it_belongs_to(town: Town, number: str) -> None:
    first = ADMITTED | {"admitted_at": "2026-11-12T08:00"}
    town.press(number, "hospital", "Ifeoma", **first)
    town.press(number, "hospital", "Siobhan", **ADMITTED | {"hospital": "South"})
    assert stays(town) == [("North", "admitted_again"), ("South", None)]
    assert ward_letters(town, number) == [("overtaken", "the person was admitted again"), ("draft", None)]
    assert town.ask(lambda session: session.scalars(select(Notice).where(Notice.kind == "admitted_again")).all())
    town.press(number, "hospital", "Siobhan", **first)  # told of late: no third stay before the one that is open
    town.press(number, "home", "Ifeoma", **HOME | {"discharged_at": "2026-11-13T09:00", "destination": "care_home"})
    assert stays(town) == [("North", "care_home"), ("South", None)]
    assert town.case(number).in_hospital
    with pytest.raises(RuleBroken, match="admitted to hospital after that time"):
        town.press(number, "home", "Ifeoma", **HOME | {"discharged_at": "2026-11-15T09:00"})
    town.press(number, "home", "Ifeoma", **HOME)
    assert stays(town) == [("North", "care_home"), ("South", "usual_home")]
    assert [task.key for task in town.open_tasks(number)].count("contact_after_hospital") == 1
    assert not town.case(number).in_hospital


def told(town: Town, hour: int, **payload: str) -> None:
    desk = town.office.desk(town.who(COORDINATOR))
    at = datetime(2026, 11, 16, hour, tzinfo=UTC)
    done = receive(desk, a_message("hospital_discharge", occurred_at=at, payload=payload))
    assert done.status == "delivered", done.parked_why


def test_where_somebody_went_is_not_known_until_somebody_says_it(town: Town, number: str) -> None:
    town.press(number, "hospital", "Ifeoma", **ADMITTED)
    told(town, 9)
    assert stays(town) == [("North", "unknown")]
    open_now = {task.key: task for task in town.open_tasks(number)}
    assert open_now["contact_after_hospital"].escalation == "S"
    assert open_now["find_where_to"].assignee_id == town.case(number).coordinator_id
    assert not town.case(number).in_hospital
    town.do(number, "find_where_to", went_to="unknown", asked_whom="the ward")
    town.do(number, "find_where_to", went_to="care_home", went_to_detail="Elm House")
    assert stays(town) == [("North", "care_home")]
    assert {"contact_after_hospital", "hand_over_to_care_home"} <= {task.key for task in town.open_tasks(number)}
    told(town, 9)  # once more, and it still does not say where to
    assert stays(town) == [("North", "care_home")]


@pytest.mark.parametrize(("told_again", "asked"), [("care home", "hand_over_to_care_home"), ("died", "confirm_death")])
def test_a_second_message_may_say_where_somebody_went(town: Town, number: str, told_again: str, asked: str) -> None:
    town.press(number, "hospital", "Ifeoma", **ADMITTED)
    told(town, 9, destination="Not known")
    told(town, 9, destination=told_again)
    assert stays(town) == [("North", told_again.replace(" ", "_"))]
    keys = {task.key for task in town.open_tasks(number)}
    assert asked in keys
    assert "find_where_to" not in keys


@pytest.mark.both_databases
@pytest.mark.parametrize("by_message", [True, False])
def test_what_a_weekly_check_heard_may_be_told_before_somebody_has_recorded_it(
    town: Town, number: str, clock: FixedClock, by_message: bool
) -> None:
    town.press(number, "hospital", "Ifeoma", **ADMITTED)
    clock.advance(timedelta(days=8))
    run_everything(town.office)
    town.do(number, "check_hospital_stay", still_in_hospital="no")
    assert "record_discharge" in {task.key for task in town.open_tasks(number)}
    if by_message:
        told(town, 9, destination="care home")
    else:
        town.press(number, "home", "Ifeoma", **ADMITTED | HOME | {"destination": "care_home"})
    assert stays(town) == [("North", "care_home")]
    keys = {task.key for task in town.open_tasks(number)}
    assert "record_discharge" not in keys
    assert {"contact_after_hospital", "hand_over_to_care_home"} <= keys


def test_a_colleague_may_record_the_way_out_before_it_is_known_where_to(town: Town, number: str) -> None:
    town.press(number, "hospital", "Ifeoma", **ADMITTED)
    town.press(number, "home", "Ifeoma", **HOME | {"destination": "unknown"})
    assert {"contact_after_hospital", "find_where_to"} <= {task.key for task in town.open_tasks(number)}
    assert stays(town) == [("North", "unknown")]


def test_a_letter_to_the_ward_that_nobody_checked_is_not_needed_when_the_stay_is_over(town: Town, number: str) -> None:
    town.press(number, "hospital", "Ifeoma", **ADMITTED)
    assert ward_letters(town, number) == [("draft", None)]
    town.press(number, "home", "Ifeoma", **HOME)
    assert "check_ward_letter" not in {task.key for task in town.open_tasks(number)}
    assert ward_letters(town, number) == [("overtaken", "the person has left hospital")]


def test_nor_may_it_go_when_consent_is_withdrawn_before(town: Town, number: str) -> None:
    town.press(number, "hospital", "Ifeoma", **ADMITTED)
    town.press(number, "withdrawal", "Siobhan")
    town.do(number, "confirm_withdrawal")
    assert not town.case(number).open
    assert ward_letters(town, number) == [("withheld", "the case is ending: consent was withdrawn")]


def test_what_follows_a_safeguarding_concern_runs_on_while_the_person_is_in_hospital(town: Town, number: str) -> None:
    town.press(number, "safeguarding", "Siobhan")
    before = {task.key: task.due_at for task in town.open_tasks(number)}
    town.press(number, "hospital", "Ifeoma", **ADMITTED)
    during = {task.key: task for task in town.open_tasks(number)}
    assert during["first_contact"].paused_at
    assert (during["track_safeguarding"].paused_at, during["track_safeguarding"].due_at) == (
        None, before["track_safeguarding"],
    )  # fmt: skip
