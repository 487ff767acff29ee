"""Choosing by which ways one is told of what comes to a rung, within what the ladders allow."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from workflows.casework.access import may
from workflows.casework.errors import AnswersRefused, NotAllowed
from workflows.casework.staff import StaffMember
from workflows.casework.ways import TEXT, WAYS, mobile_number
from workflows.desk import Desk

NONE_AT_ONCE = "Keep at least one way by which you hear at once of what is about safety"


@dataclass(frozen=True)
class Wish:
    """What somebody ticked and typed: ways at once, ways in the morning, their mobile number."""

    at_once: Collection[str]
    daily: Collection[str]
    mobile: str = ""


def choose_ways(desk: Desk, wish: Wish) -> None:
    """Let the actor be told by these ways from now on. Raises AnswersRefused with a sentence for each input."""
    if desk.actor.scopes is not None or not may(desk.actor, "inbox"):
        raise NotAllowed("Only somebody who works with cases is told of them.")
    at_once, daily = (tuple(way for way in WAYS if way in chosen) for chosen in (wish.at_once, wish.daily))
    errors = {} if at_once else {"at_once": NONE_AT_ONCE}
    try:
        mobile = mobile_number(wish.mobile, made_up=desk.settings.demonstration)
    except AnswersRefused as refused:
        mobile, errors = "", errors | refused.errors
    if TEXT in (*at_once, *daily) and not mobile:
        errors.setdefault("mobile", "Enter the mobile number to which your text messages go")
    if errors:
        raise AnswersRefused(errors)
    with desk.work() as work:
        staff = work.session.get_one(StaffMember, desk.actor.id, with_for_update=True)
        staff.be_told(at_once, daily, mobile)
        work.commit()
