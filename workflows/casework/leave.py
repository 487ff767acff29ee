"""Who may say that somebody is away, and who may cover for whom."""

from __future__ import annotations

from datetime import date

from workflows.casework.access import CARE_ROLES, FOR_A_KEY_WORKER, MANAGERS, MAY_COORDINATE, Actor, may
from workflows.casework.staff import Membership, StaffMember


def may_enter_leave(actor: Actor, staff: StaffMember, today: date) -> bool:
    """Say whether the actor may enter leave: for themselves, for their team as its manager, or for all accounts."""
    if actor.id == staff.id or may(actor, "staff.manage"):
        return True
    return any(
        post.programme_id == held.programme_id and (post.team_id is None or post.team_id == held.team_id)
        for post in actor.posts
        if post.role in MANAGERS
        for held in staff.posts_on(today)
    )


def may_cover(cover: StaffMember, staff: StaffMember, first_day: date, last_day: date) -> bool:
    """Say whether one can stand in for another: with an account, and able to do something of theirs on all these days.

    Whoever could do none of it would only have it named after them: it would lie in nobody’s hands.
    """
    if cover is staff or not cover.active:
        return False
    able = [post for post in cover.posts_on(first_day) if post.counts_on(last_day)]
    return any(_does_some_of(own, theirs) for theirs in staff.posts_on(first_day) for own in able)


def _does_some_of(own: Membership, theirs: Membership) -> bool:
    """Whether what is for the holder of one post may be done by that of another; see `access.may_stand_in`."""
    key_work = theirs.role in MAY_COORDINATE and own.role in FOR_A_KEY_WORKER
    same = own.role == theirs.role and own.role in CARE_ROLES
    return own.programme_id == theirs.programme_id and (key_work or same)
