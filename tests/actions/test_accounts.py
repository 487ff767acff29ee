"""Accounts, posts and leave: who may change them, and what the change does."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from tests.builders.colleagues import administration, desk_of, hire, set_up
from workflows.actions import accounts
from workflows.actions.accounts import NewPost
from workflows.assembly import Office
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound, RuleBroken
from workflows.clock import FixedClock
from workflows.questions import people

FIRST, LAST = date(2026, 11, 23), date(2026, 11, 27)


def test_an_account_needs_a_name_and_an_address(office: Office) -> None:
    with pytest.raises(AnswersRefused) as refused:
        accounts.open_account(administration(office), " ", "not an address")
    assert set(refused.value.errors) == {"name", "email"}


def test_an_address_belongs_to_one_account_however_it_is_written(office: Office) -> None:
    accounts.open_account(administration(office), "Anna Bell", "Anna.Bell@Example.org")
    with pytest.raises(AnswersRefused, match="problem"):
        accounts.open_account(administration(office), "Another", "anna.bell@example.org ")


def test_only_an_administrator_looks_after_accounts(office: Office) -> None:
    manager = desk_of(office, hire(office, "Max Orr", "service_manager"))
    with pytest.raises(NotAllowed):
        accounts.open_account(manager, "Anna Bell", "anna.bell@example.org")
    with pytest.raises(NotAllowed):
        accounts.give_post(manager, uuid4(), NewPost("sysadmin"))
    with pytest.raises(NotAllowed):
        people.everybody(manager)


def test_a_post_counts_from_its_first_to_its_last_day(office: Office, clock: FixedClock) -> None:
    programme = set_up(office)
    staff_id = hire(office, "Anna Bell", password="")
    accounts.give_post(
        administration(office), staff_id, NewPost("nurse", programme.id, valid_from=FIRST, valid_to=LAST)
    )
    held = []
    for day in ("2026-11-22", "2026-11-23", "2026-11-27", "2026-11-28"):
        clock.move_to(clock.now().replace(day=int(day[-2:])))
        held.append("nurse" in desk_of(office, staff_id).actor.roles)
    assert held == [False, True, True, False]


@pytest.mark.parametrize(
    ("post", "question"),
    [
        (NewPost("wizard"), "role"),
        (NewPost("nurse"), "workplace"),
        (NewPost("nurse", uuid4()), "workplace"),
        (NewPost("sysadmin", valid_from=LAST, valid_to=FIRST), "valid_to"),
    ],
)
def test_a_post_that_makes_no_sense_is_refused(office: Office, post: NewPost, question: str) -> None:
    staff_id = hire(office, "Anna Bell", password="")
    with pytest.raises(AnswersRefused) as refused:
        accounts.give_post(administration(office), staff_id, post)
    assert question in refused.value.errors


def test_nobody_holds_the_same_post_twice(office: Office) -> None:
    staff_id = hire(office, "Anna Bell", "nurse", "east", password="")
    programme = set_up(office)
    east = next(team_id for team_id, name in programme.teams if name == "East")
    with pytest.raises(AnswersRefused):
        accounts.give_post(administration(office), staff_id, NewPost("nurse", programme.id, east))


def test_an_ended_post_counts_on_its_last_day_and_not_after(office: Office, clock: FixedClock) -> None:
    staff_id = hire(office, "Anna Bell", "nurse", "east", password="")
    (post,) = people.member_record(administration(office), staff_id).member.posts
    accounts.end_post(administration(office), post.id, date(2026, 11, 16))
    assert desk_of(office, staff_id).actor.roles == {"nurse"}
    clock.move_to(clock.now().replace(day=17))
    assert desk_of(office, staff_id).actor.roles == frozenset()


def test_an_ended_account_can_be_taken_into_use_again(office: Office) -> None:
    staff_id = hire(office, "Anna Bell", "nurse", "east", password="")
    accounts.end_account(administration(office), staff_id)
    assert people.actor_of(office.desk(), staff_id) is None
    accounts.activate_account(administration(office), staff_id)
    assert people.actor_of(office.desk(), staff_id) is not None


def test_an_administrator_cannot_lock_themselves_out(office: Office) -> None:
    staff_id = hire(office, "Robin Marsh", "sysadmin", password="")
    with pytest.raises(RuleBroken):
        accounts.end_account(desk_of(office, staff_id), staff_id)


def test_the_last_administrator_stays_one(office: Office) -> None:
    robin, sam = (hire(office, name, "sysadmin", password="") for name in ("Robin Marsh", "Sam Field"))
    posts = [people.member_record(administration(office), one).member.posts[0].id for one in (robin, sam)]
    accounts.end_post(desk_of(office, robin), posts[1], date(2026, 12, 31))
    for last_day in (date(2026, 11, 16), date(2027, 6, 30)):  # Sam's own post has an end already
        with pytest.raises(AnswersRefused) as refused:
            accounts.end_post(desk_of(office, robin), posts[0], last_day)
        assert "Give somebody else this post first" in refused.value.errors["last_day"]
    with pytest.raises(RuleBroken, match="system administrator"):
        accounts.end_account(desk_of(office, sam), robin)
    accounts.end_account(desk_of(office, robin), sam)


def test_an_administrator_works_for_no_single_team(office: Office) -> None:
    programme = set_up(office)
    staff_id = hire(office, "Anna Bell", password="")
    for post in (NewPost("sysadmin", programme.id), NewPost("sysadmin", programme.id, programme.teams[0][0])):
        with pytest.raises(AnswersRefused) as refused:
            accounts.give_post(administration(office), staff_id, post)
        assert "workplace" in refused.value.errors


def test_whoever_covers_acts_for_the_one_on_leave_on_those_days_only(office: Office, clock: FixedClock) -> None:
    anna, ben = hire(office, "Anna Bell", "nurse", "east"), hire(office, "Ben Carr", "nurse", "east")
    accounts.enter_leave(desk_of(office, anna), anna, FIRST, LAST, ben)
    covers = []
    for day in (22, 23, 27, 28):
        clock.move_to(clock.now().replace(day=day))
        covers.append(anna in desk_of(office, ben).actor.covers)
    assert covers == [False, True, True, False]


def test_leave_is_entered_by_oneself_or_the_manager_of_the_team(office: Office) -> None:
    anna = hire(office, "Anna Bell", "nurse", "east", password="")
    manager = desk_of(office, hire(office, "Max Orr", "team_manager", "east", password=""))
    elsewhere = desk_of(office, hire(office, "Nia Pugh", "team_manager", "north", password=""))
    colleague = desk_of(office, hire(office, "Ben Carr", "nurse", "east", password=""))
    accounts.enter_leave(manager, anna, FIRST, LAST)
    for stranger in (elsewhere, colleague):
        with pytest.raises(NotAllowed):
            accounts.enter_leave(stranger, anna, FIRST, LAST)


def test_a_day_of_leave_is_entered_once(office: Office) -> None:
    anna = hire(office, "Anna Bell", "nurse", "east")
    desk = desk_of(office, anna)
    leave_id = accounts.enter_leave(desk, anna, FIRST, LAST)
    for first, last in ((FIRST, LAST), (LAST, LAST + timedelta(days=3))):
        with pytest.raises(AnswersRefused) as refused:
            accounts.enter_leave(desk, anna, first, last)
        assert refused.value.errors["first_day"].endswith(
            "is entered already. Choose days outside it, or cancel it first"
        )
    accounts.enter_leave(desk, anna, LAST + timedelta(days=1), LAST + timedelta(days=2))
    accounts.cancel_leave(desk, leave_id)
    accounts.enter_leave(desk, anna, FIRST, LAST)


@pytest.mark.parametrize(
    ("first", "last"), [(LAST, FIRST), (date(2026, 11, 2), date(2026, 11, 6)), (FIRST, date(2028, 1, 1))]
)
def test_leave_has_days_that_make_sense(office: Office, first: date, last: date) -> None:
    anna = hire(office, "Anna Bell", "nurse", "east", password="")
    with pytest.raises(AnswersRefused):
        accounts.enter_leave(desk_of(office, anna), anna, first, last)


def test_nobody_covers_for_themselves_or_from_elsewhere(office: Office) -> None:
    anna = hire(office, "Anna Bell", "nurse", "east", password="")
    office_worker = hire(office, "Robin Marsh", "sysadmin", password="")
    for cover in (anna, office_worker):
        with pytest.raises(AnswersRefused):
            accounts.enter_leave(desk_of(office, anna), anna, FIRST, LAST, cover)


@pytest.mark.parametrize("role", ["analyst", "referrer", "process_editor", "coordinator", "caldicott", "vcse_partner"])
def test_nobody_covers_who_could_do_nothing_of_what_is_theirs(office: Office, role: str) -> None:
    anna = hire(office, "Anna Bell", "care_coordinator", "east", password="")
    unfit, fit = hire(office, "Una Fay", role, "east", password=""), hire(office, "Fay Orr", "nurse", "east")
    desk = desk_of(office, anna)
    assert [one for one, _ in people.who_may_cover(desk, anna)] == [fit]
    with pytest.raises(AnswersRefused) as refused:
        accounts.enter_leave(desk, anna, FIRST, LAST, unfit)
    assert refused.value.errors == {"cover": "Choose somebody else, whose role lets them do what is for Anna Bell"}


def test_cancelled_leave_keeps_the_days_that_were_taken(office: Office, clock: FixedClock) -> None:
    anna = hire(office, "Anna Bell", "nurse", "east", password="")
    leave_id = accounts.enter_leave(desk_of(office, anna), anna, FIRST, LAST)
    clock.move_to(clock.now().replace(day=25))
    accounts.cancel_leave(desk_of(office, anna), leave_id)
    assert people.leave_to_come(desk_of(office, anna)) == []
    clock.move_to(clock.now().replace(day=16))
    (kept,) = people.leave_to_come(desk_of(office, anna))
    assert (kept.first_day, kept.last_day) == (FIRST, date(2026, 11, 24))


def test_leave_that_has_not_begun_is_gone_when_cancelled(office: Office) -> None:
    anna = hire(office, "Anna Bell", "nurse", "east", password="")
    leave_id = accounts.enter_leave(desk_of(office, anna), anna, FIRST, LAST)
    accounts.cancel_leave(desk_of(office, anna), leave_id)
    with pytest.raises(NotFound):
        accounts.cancel_leave(desk_of(office, anna), leave_id)
