"""The duty rota week by week, what a draft of the ladders would have told by it, and whose duty days want another."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.small_town import SmallTown
from workflows.assembly import Office
from workflows.casework.ladder_table import standard
from workflows.casework.staff import Membership, StaffMember
from workflows.questions.duty_rota import OnDuty, Stretch, duty_rota, duty_to_hand_on
from workflows.questions.first_to_read import first_to_read
from workflows.questions.ladder_tried import Asked, try_ladder

MONDAY = date(2026, 11, 16)
DAY = timedelta(days=1)
NOBODY = OnDuty()


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service with somebody who reads its rota, on Monday 16 November at nine."""
    town = SmallTown(office)
    town.staff("Rea", "nurse north")
    return town


@pytest.fixture
def tess(town: SmallTown) -> UUID:
    return town.staff("Tess", "triage east")


def leaves(town: SmallTown, staff_id: UUID, last: date) -> None:
    session = town.session()
    session.query(Membership).filter_by(staff_id=staff_id).update({"valid_to": last})
    session.commit()
    session.close()


def this_week(town: SmallTown, team: str | None = "east") -> tuple[Stretch, ...]:
    with town.office.desk().looking() as session:
        reader = session.scalars(select(StaffMember.id).where(StaffMember.name == "Rea")).one()
    found = duty_rota(town.desk(reader), "acm", team, MONDAY)
    assert [one.monday for one in found.weeks] == [MONDAY + number * 7 * DAY for number in range(4)]
    return found.weeks[0].stretches


def test_a_week_says_who_is_on_duty_on_which_days_and_where_nobody_is(town: SmallTown, tess: UUID) -> None:
    town.on_duty(tess, "east", MONDAY + DAY, days=2)
    tess_on_duty = OnDuty("Tess", "Tess")
    assert this_week(town) == (
        Stretch(MONDAY, MONDAY, NOBODY, NOBODY),
        Stretch(MONDAY + DAY, MONDAY + 2 * DAY, tess_on_duty, NOBODY),
        Stretch(MONDAY + 3 * DAY, MONDAY + 6 * DAY, NOBODY, NOBODY),
    )
    assert this_week(town, None) == (Stretch(MONDAY, MONDAY + 6 * DAY, NOBODY, NOBODY),)


def test_leave_and_the_rota_of_the_programme_are_told_beside_it(town: SmallTown, tess: UUID) -> None:
    tom = town.staff("Tom", "triage east")
    town.on_duty(tess, "east", MONDAY, days=7)
    town.on_leave(tess, tom)  # until Friday
    assert this_week(town)[0] == Stretch(MONDAY, MONDAY + 4 * DAY, OnDuty("Tess", "Tom", away=True), NOBODY)
    town.on_leave(tom)
    town.on_duty(town.staff("Pru", "pharmacist north"), "", MONDAY)
    nobody_here = OnDuty("Tess", "", away=True)
    assert this_week(town)[0] == Stretch(MONDAY, MONDAY, nobody_here, OnDuty("Pru", "Pru"))


def test_what_is_left_of_somebody_who_has_gone_is_to_be_handed_on_by_whoever_keeps_the_rota(
    town: SmallTown, tess: UUID
) -> None:
    town.on_duty(tess, "east", MONDAY, days=7)
    keeper, elsewhere = (town.staff(f"Ifa {team}", f"coordinator {team}") for team in ("east", "north"))
    assert duty_to_hand_on(town.desk(keeper)) == ()
    leaves(town, tess, MONDAY + 2 * DAY)
    assert [(one.name, one.team) for one in duty_to_hand_on(town.desk(keeper))] == [("Tess", "East")]
    assert duty_to_hand_on(town.desk(elsewhere)) == duty_to_hand_on(town.desk(tess)) == ()


def test_whoever_is_on_duty_reads_it_first(town: SmallTown, tess: UUID) -> None:
    town.on_duty(tess, "east", MONDAY - DAY)
    assert first_to_read(town.desk(tess)).on_duty == 0
    town.on_duty(tess, "east", MONDAY)
    assert first_to_read(town.desk(tess)).on_duty == 1


def test_a_draft_is_tried_with_who_was_on_duty_then_and_with_the_triage_clinicians_where_nobody_was(
    town: SmallTown, tess: UUID
) -> None:
    tom, head = town.staff("Tom", "triage east"), town.staff("Head", "service_manager")
    case = town.case()
    for due in ("-9d", "-6d"):
        since, due_at = town.at(due), town.at(due)
        assert since is not None
        assert due_at is not None
        town.task(
            case, role="nurse", escalation="S", due=due, due_unit="H", opened_at=since - timedelta(hours=30),
            ended_at=due_at + timedelta(hours=1), status="completed",
        )  # fmt: skip
    town.on_duty(tom, "east", MONDAY - 6 * DAY)
    found = try_ladder(town.desk(head), Asked("acm", standard(), MONDAY - 13 * DAY, MONDAY))
    heard = {one.name: one.today for one in found.heard}
    assert heard["Tom"] == heard["Tess"] + 1
