"""Who is on duty is said by managers and coordinators, one at a time, and what was stays in the record."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests.builders.small_town import SmallTown
from workflows.actions.calendars import Whose
from workflows.actions.duty_rota import NOT_ABLE, Turn, end_duty, name_on_duty, remove_duty
from workflows.assembly import Office
from workflows.casework.audit import AuditEntry
from workflows.casework.duty_rota import DutyDays
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound
from workflows.desk import Desk

EAST, ALL = Whose("acm", "east"), Whose("acm")
MONDAY = date(2026, 11, 16)
SUNDAY = MONDAY + timedelta(days=6)
DAY = timedelta(days=1)


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service, on Monday 16 November at nine."""
    return SmallTown(office)


@pytest.fixture
def keeper(town: SmallTown) -> Desk:
    """The desk of the coordinator of East."""
    return town.desk(town.staff("Ifa", "coordinator east"))


@pytest.fixture
def tess(town: SmallTown) -> UUID:
    return town.staff("Tess", "triage east")


def kept(town: SmallTown) -> list[tuple[date, date]]:
    with town.office.desk().looking() as session:
        found = session.execute(select(DutyDays.first_day, DutyDays.last_day).order_by(DutyDays.first_day))
        return [(first, last) for first, last in found]


def refused(desk: Desk, whose: Whose, turn: Turn) -> dict[str, str]:
    with pytest.raises(AnswersRefused) as problem:
        name_on_duty(desk, whose, turn)
    return problem.value.errors


def test_a_coordinator_names_who_is_on_duty_and_the_trail_says_so(town: SmallTown, keeper: Desk, tess: UUID) -> None:
    name_on_duty(keeper, EAST, Turn(tess, MONDAY, SUNDAY))
    with town.office.desk().looking() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "duty days named")).one()
    told = {"of": "Tess", "programme": "acm", "team": "east", "first_day": "2026-11-16", "last_day": "2026-11-22"}
    assert (entry.actor, entry.case_id, told.items() <= entry.detail.items()) == ("Ifa", None, True)


def test_only_whoever_runs_the_team_or_the_programme_says_it(town: SmallTown, keeper: Desk, tess: UUID) -> None:
    turn = Turn(tess, MONDAY, SUNDAY)
    for post in ("nurse east", "team_manager north", "gp_lead east"):
        with pytest.raises(NotAllowed):
            name_on_duty(town.desk(town.staff(post, post)), EAST, turn)
    with pytest.raises(NotAllowed):
        name_on_duty(keeper, ALL, turn)
    head = town.desk(town.staff("Head", "service_manager"))
    duty = name_on_duty(head, ALL, turn)
    with pytest.raises(NotAllowed):
        remove_duty(keeper, duty)
    with pytest.raises(NotAllowed):
        end_duty(keeper, duty, MONDAY)
    with pytest.raises(NotFound):
        remove_duty(head, uuid4())


def test_two_are_not_on_duty_for_one_team_at_a_time(town: SmallTown, keeper: Desk, tess: UUID) -> None:
    tom = town.staff("Tom", "triage east")
    name_on_duty(keeper, EAST, Turn(tess, MONDAY, SUNDAY))
    errors = refused(keeper, EAST, Turn(tom, SUNDAY, SUNDAY + DAY))
    assert errors["first_day"].startswith("Tess is on duty from 16 November 2026 to 22 November 2026 already.")
    name_on_duty(keeper, EAST, Turn(tom, SUNDAY + DAY, SUNDAY + DAY))
    name_on_duty(town.desk(town.staff("Head", "service_manager")), ALL, Turn(tom, MONDAY, SUNDAY))  # another rota


@pytest.mark.parametrize(
    ("post", "first", "last", "wrong"),
    [
        ("triage east", MONDAY - DAY, MONDAY, {"first_day"}),
        ("triage east", MONDAY + DAY, MONDAY, {"last_day"}),
        ("triage east", MONDAY, MONDAY + timedelta(days=401), {"last_day"}),
        ("triage north", MONDAY, SUNDAY, {"staff"}),
        ("coordinator east", MONDAY, SUNDAY, {"staff"}),
        ("", MONDAY - DAY, MONDAY, {"first_day", "staff"}),
    ],
)
def test_only_days_to_come_and_a_colleague_with_a_clinical_role_there(
    town: SmallTown, keeper: Desk, post: str, first: date, last: date, wrong: set[str]
) -> None:
    somebody = town.staff("Somebody", post) if post else None
    errors = refused(keeper, EAST, Turn(somebody, first, last))
    assert set(errors) == wrong
    assert somebody is None or errors.get("staff", NOT_ABLE) == NOT_ABLE


def test_duty_days_end_earlier_and_the_days_that_are_over_stay(town: SmallTown, keeper: Desk, tess: UUID) -> None:
    town.on_duty(tess, "east", MONDAY - 3 * DAY, days=7)
    with town.office.desk().looking() as session:
        duty = session.scalars(select(DutyDays.id)).one()
    for wrong in (MONDAY - 2 * DAY, MONDAY + 4 * DAY):
        with pytest.raises(AnswersRefused) as problem:
            end_duty(keeper, duty, wrong)
        assert problem.value.errors == {"last_day": "Choose a day from 15 November 2026 to 19 November 2026"}
    assert end_duty(keeper, duty, MONDAY + DAY) == EAST
    assert kept(town) == [(MONDAY - 3 * DAY, MONDAY + DAY)]
    remove_duty(keeper, duty)
    assert kept(town) == [(MONDAY - 3 * DAY, MONDAY - DAY)]


def test_duty_days_that_have_not_begun_are_removed(town: SmallTown, keeper: Desk, tess: UUID) -> None:
    assert remove_duty(keeper, name_on_duty(keeper, EAST, Turn(tess, MONDAY, SUNDAY))) == EAST
    assert kept(town) == []
