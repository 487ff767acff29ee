"""Who may say that somebody is away, and who may cover for whom."""

from __future__ import annotations

from datetime import date

from workflows.casework.access import MANAGERS, Actor, may
from workflows.casework.staff import StaffMember


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


def may_cover(cover: StaffMember, staff: StaffMember, today: date) -> bool:
    """Say whether one can stand in for another: somebody else, with an account, in the same programme today."""
    if cover is staff or not cover.active:
        return False
    theirs = {post.programme_id for post in staff.posts_on(today)}
    return any(post.programme_id in theirs for post in cover.posts_on(today))
