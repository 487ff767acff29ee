"""Who covers is here on all those days and able to; it is known ahead, and changed when something comes up."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.colleagues import administration, desk_of, hire, set_up
from tests.builders.moments import london
from workflows.actions import accounts, cover
from workflows.assembly import Office
from workflows.casework.errors import AnswersRefused, NotAllowed, RuleBroken
from workflows.casework.notice import Notice
from workflows.clock import FixedClock
from workflows.questions import people

FIRST, LAST = date(2026, 11, 23), date(2026, 11, 27)
DAY = timedelta(days=1)


@pytest.fixture
def anna(office: Office) -> UUID:
    return hire(office, "Anna Bell", "nurse", "east")


@pytest.fixture
def ben(office: Office) -> UUID:
    return hire(office, "Ben Carr", "nurse", "east")


def covers(office: Office, who: UUID) -> frozenset[UUID]:
    return desk_of(office, who).actor.covers


def test_nobody_covers_who_is_away_on_some_of_these_days(office: Office, anna: UUID, ben: UUID) -> None:
    accounts.enter_leave(desk_of(office, ben), ben, LAST, LAST + DAY)
    with pytest.raises(AnswersRefused) as refused:
        accounts.enter_leave(desk_of(office, anna), anna, FIRST, LAST, ben)
    told = (
        "Ben Carr is away too, from 27 November 2026 to 28 November 2026. Choose somebody who is here on all these days"
    )
    assert refused.value.errors == {"cover": told}


def test_two_colleagues_cover_for_each_other_one_after_the_other_and_not_at_once(
    office: Office, anna: UUID, ben: UUID
) -> None:
    accounts.enter_leave(desk_of(office, anna), anna, FIRST, LAST, ben)
    with pytest.raises(AnswersRefused):
        accounts.enter_leave(desk_of(office, ben), ben, LAST, LAST + DAY, anna)
    accounts.enter_leave(desk_of(office, ben), ben, LAST + DAY, LAST + 2 * DAY, anna)


def test_nobody_covers_whose_post_ends_before(office: Office, anna: UUID) -> None:
    going = hire(office, "Cara Dunn")
    programme = set_up(office)
    post = accounts.NewPost("nurse", programme.id, valid_to=LAST - DAY)
    accounts.give_post(administration(office), going, post)
    with pytest.raises(AnswersRefused):
        accounts.enter_leave(desk_of(office, anna), anna, FIRST, LAST, going)
    accounts.enter_leave(desk_of(office, anna), anna, FIRST, LAST - DAY, going)


@pytest.mark.both_databases
def test_leave_of_somebody_who_covers_is_entered_and_whom_it_leaves_alone_is_told(
    office: Office, anna: UUID, ben: UUID
) -> None:
    accounts.enter_leave(desk_of(office, anna), anna, FIRST, LAST, ben)
    assert [one.name for one in people.covered_by_me(desk_of(office, ben))] == ["Anna Bell"]
    accounts.enter_leave(desk_of(office, ben), ben, LAST, LAST + DAY)
    (alone,) = people.left_uncovered(desk_of(office, ben), ben, LAST, LAST + DAY)
    assert (alone.name, alone.cover, alone.nobody_why) == ("Anna Bell", "Ben Carr", "away too until 28 November 2026")
    (seen,) = people.leave_to_come(desk_of(office, anna))
    assert seen.nobody_why == alone.nobody_why


def test_a_cover_whose_account_has_ended_is_said_to_cover_nothing(office: Office, anna: UUID, ben: UUID) -> None:
    accounts.enter_leave(desk_of(office, anna), anna, FIRST, LAST, ben)
    accounts.end_account(administration(office), ben)
    (seen,) = people.leave_to_come(desk_of(office, anna))
    assert seen.nobody_why == "Ben Carr’s account has ended"


def test_another_cover_takes_over_at_once(office: Office, clock: FixedClock, anna: UUID, ben: UUID) -> None:
    cara = hire(office, "Cara Dunn", "nurse", "east")
    leave = accounts.enter_leave(desk_of(office, anna), anna, FIRST, LAST, ben)
    clock.move_to(clock.now().replace(day=25))
    cover.change_cover(desk_of(office, anna), leave, cara)
    assert (covers(office, ben), covers(office, cara)) == (frozenset(), frozenset({anna}))
    cover.change_cover(desk_of(office, anna), leave, None)
    assert covers(office, cara) == frozenset()


def test_cover_is_changed_by_whoever_may_enter_the_leave_until_it_is_over(
    office: Office, clock: FixedClock, anna: UUID, ben: UUID
) -> None:
    leave = accounts.enter_leave(desk_of(office, anna), anna, FIRST, LAST, ben)
    with pytest.raises(NotAllowed):
        cover.change_cover(desk_of(office, ben), leave, None)
    clock.move_to(clock.now().replace(day=28))
    with pytest.raises(RuleBroken, match="is over"):
        cover.change_cover(desk_of(office, anna), leave, None)


def test_whoever_covers_is_told_once_and_ahead(office: Office, anna: UUID, ben: UUID) -> None:
    leave = accounts.enter_leave(desk_of(office, anna), anna, FIRST, LAST, ben)
    cover.change_cover(desk_of(office, anna), leave, None)
    cover.change_cover(desk_of(office, anna), leave, ben)
    with office.desk().looking() as session:
        (told,) = session.scalars(select(Notice)).all()
        assert (told.staff_id, told.kind) == (ben, "cover_named")
        assert told.words["when"] == "23 November 2026 to 27 November 2026"


@pytest.mark.parametrize(
    ("at", "covered"),
    [
        ("2027-06-13 23:59", False), ("2027-06-14 00:00", True),
        ("2027-06-18 23:59", True), ("2027-06-19 00:00", False),
    ],
)  # fmt: skip
def test_cover_begins_and_ends_at_midnight_in_london_in_summer_too(
    office: Office, clock: FixedClock, anna: UUID, ben: UUID, at: str, covered: bool
) -> None:
    accounts.enter_leave(desk_of(office, anna), anna, date(2027, 6, 14), date(2027, 6, 18), ben)
    clock.move_to(london(at))
    assert (anna in covers(office, ben)) is covered
