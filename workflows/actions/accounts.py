"""Accounts of staff: opening and ending them, their posts, their leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from forms.days import long_date
from workflows.actions.calendar_feed import end_feeds_of
from workflows.actions.cover import leave_between, tell_cover, why_not_cover
from workflows.casework.access import ROLES, may
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound, RuleBroken
from workflows.casework.leave import may_enter_leave
from workflows.casework.programme import Programme, Team
from workflows.casework.sectors import SECTOR_NAMES
from workflows.casework.staff import EMAIL_ADDRESS, Absence, Membership, StaffMember
from workflows.desk import Desk, Work
from workflows.storage import people

ADMINISTRATOR = "sysadmin"
NOBODY_LEFT = (
    "Nobody else is system administrator without an end: no account could be opened any more. "
    "Give somebody else this post first"
)
DAY = timedelta(days=1)
LONGEST_LEAVE = timedelta(days=400)


@dataclass(frozen=True)
class NewPost:
    """A role to be given: where it counts, and from when to when (both days included; None: open)."""

    role: str
    programme_id: UUID | None = None
    team_id: UUID | None = None
    valid_from: date | None = None
    valid_to: date | None = None


def open_account(desk: Desk, name: str, email: str, profession: str = "") -> UUID:
    """Open an account without posts or password; the person chooses the password by a link sent to them."""
    _must_manage(desk)
    name, email, profession = name.strip(), email.strip().lower(), profession.strip()
    errors = {}
    if not name:
        errors["name"] = "Enter the person's name"
    if not EMAIL_ADDRESS.fullmatch(email):
        errors["email"] = "Enter an email address, for example name@example.org"
    with desk.work() as work:
        if not errors and people.by_email(work.session, email) is not None:
            errors["email"] = "There is an account with this email address already"
        if errors:
            raise AnswersRefused(errors)
        staff = StaffMember(name=name, email=email, profession=profession)
        staff.happened("account opened", name=name)
        work.session.add(staff)
        work.commit()
        return staff.id


def end_account(desk: Desk, staff_id: UUID) -> None:
    """End an account at once: every session of it ends too. What the person did stays under their name."""
    _must_manage(desk)
    if staff_id == desk.actor.id:
        raise RuleBroken("You cannot end your own account. Ask another administrator.")
    with desk.work() as work:
        staff = _member(work, staff_id)
        if staff.active:
            if not _others_administer(work, staff, work.today):
                raise RuleBroken(NOBODY_LEFT)
            staff.active = False
            staff.session_stamp += 1
            staff.mobile = ""  # nobody needs it any more
            staff.happened("account ended", name=staff.name)
            end_feeds_of(work, staff.id)
        work.commit()


def activate_account(desk: Desk, staff_id: UUID) -> None:
    """Take an ended account into use again."""
    _must_manage(desk)
    with desk.work() as work:
        staff = _member(work, staff_id)
        if not staff.active:
            staff.active = True
            staff.happened("account activated", name=staff.name)
        work.commit()


def put_under(desk: Desk, staff_id: UUID, sector: str) -> None:
    """Say for which kind of organisation somebody works where their posts do not; empty: what their posts say."""
    _must_manage(desk)
    if sector and sector not in SECTOR_NAMES:
        raise AnswersRefused({"works_for": "Choose the kind of organisation"})
    with desk.work() as work:
        staff = _member(work, staff_id)
        if staff.works_for != sector:
            staff.work_for(sector)
            work.commit()


def give_post(desk: Desk, staff_id: UUID, post: NewPost) -> UUID:
    """Give somebody a role, in a team or across a programme, with dates."""
    _must_manage(desk)
    with desk.work() as work:
        staff = _member(work, staff_id)
        _check_post(work, staff, post)
        held = Membership(
            staff=staff,
            role=post.role,
            programme_id=post.programme_id,
            team_id=post.team_id,
            valid_from=post.valid_from,
            valid_to=post.valid_to,
        )
        held.happened("post given", to=staff.name, role=post.role)
        work.session.add(held)
        work.commit()
        return held.id


def end_post(desk: Desk, post_id: UUID, last_day: date) -> None:
    """Say on which day somebody holds a role for the last time; the post stays in the record."""
    _must_manage(desk)
    with desk.work() as work:
        held = work.session.get(Membership, post_id)
        if held is None:
            raise NotFound("There is no such post.")
        if held.valid_from is not None and last_day < held.valid_from - timedelta(days=1):
            raise AnswersRefused({"last_day": "The last day must not be before the first"})
        shorter = held.valid_to is None or last_day < held.valid_to
        if held.role == ADMINISTRATOR and shorter and not _others_administer(work, held.staff, last_day, held):
            raise AnswersRefused({"last_day": NOBODY_LEFT})
        held.valid_to = last_day
        held.happened("post ended", of=held.staff.name, role=held.role)
        work.commit()


def _others_administer(work: Work, staff: StaffMember, until: date, post: Membership | None = None) -> bool:
    """Whether accounts can be opened when somebody (or one `post` of theirs) stops: by an administrator without an end.

    True as well for somebody who is none, and where there is none now that could be lost.
    """
    query = select(Membership).join(Membership.staff).where(
        Membership.role == ADMINISTRATOR, Membership.valid_to.is_(None), StaffMember.active
    )  # fmt: skip
    # Held, so that two administrators who end each other's post at the same time do so one after the other.
    lasting = [one for one in work.session.scalars(query.with_for_update(of=Membership)) if one.counts_on(until + DAY)]
    ending = [one for one in lasting if (one is post if post else one.staff is staff)]
    return not ending or len(lasting) > len(ending)


def enter_leave(desk: Desk, staff_id: UUID, first_day: date, last_day: date, cover_id: UUID | None = None) -> UUID:
    """Say that somebody is away on these days (both included), and who covers; their tasks go there meanwhile."""
    with desk.work() as work:
        staff = _member(work, staff_id)
        if not may_enter_leave(work.actor, staff, work.today):
            raise NotAllowed("Leave is entered by the person, or by the manager of their team.")
        _check_leave(work, staff, first_day, last_day, cover_id)
        leave = Absence(staff_id=staff.id, cover_id=cover_id, first_day=first_day, last_day=last_day)
        leave.happened("leave entered", of=staff.name)
        work.session.add(leave)
        work.session.flush()
        tell_cover(work, leave)
        work.commit()
        return leave.id


def cancel_leave(desk: Desk, leave_id: UUID) -> None:
    """Take leave back; leave that has begun ends yesterday, so that the record keeps the days that were taken."""
    with desk.work() as work:
        leave = work.session.get(Absence, leave_id)
        if leave is None:
            raise NotFound("There is no such leave.")
        staff = _member(work, leave.staff_id)
        if not may_enter_leave(work.actor, staff, work.today):
            raise NotAllowed("Leave is cancelled by the person, or by the manager of their team.")
        leave.happened("leave cancelled", of=staff.name)
        if leave.first_day < work.today:
            leave.last_day = min(leave.last_day, work.today - timedelta(days=1))
        else:
            work.session.delete(leave)
        work.commit()


def _must_manage(desk: Desk) -> None:
    if not may(desk.actor, "staff.manage"):
        raise NotAllowed("Only a system administrator looks after accounts.")


def _member(work: Work, staff_id: UUID) -> StaffMember:
    staff = work.session.get(StaffMember, staff_id)
    if staff is None:
        raise NotFound("There is no such account.")
    return staff


def _check_post(work: Work, staff: StaffMember, post: NewPost) -> None:
    errors = {}
    if post.role not in ROLES:
        errors["role"] = "Choose a role"
    if wrong := _wrong_workplace(work, post):
        errors["workplace"] = wrong
    if post.valid_from and post.valid_to and post.valid_to < post.valid_from:
        errors["valid_to"] = "The last day must not be before the first"
    if any(_same(held, post) for held in staff.posts_on(work.today)):
        errors["role"] = f"{staff.name} holds this post already"
    if errors:
        raise AnswersRefused(errors)


def _wrong_workplace(work: Work, post: NewPost) -> str:
    if post.role == ADMINISTRATOR:
        elsewhere = post.programme_id or post.team_id
        return "A system administrator works for the system itself and opens everybody’s accounts" if elsewhere else ""
    if post.programme_id is None:
        return "Choose the programme; only a system administrator works without one"
    if work.session.get(Programme, post.programme_id) is None:
        return "Choose a programme from the list"
    team = work.session.get(Team, post.team_id) if post.team_id else None
    if post.team_id is not None and (team is None or team.programme_id != post.programme_id):
        return "Choose a team of this programme"
    return ""


def _same(held: Membership, post: NewPost) -> bool:
    return (held.role, held.programme_id, held.team_id) == (post.role, post.programme_id, post.team_id)


def _check_leave(work: Work, staff: StaffMember, first_day: date, last_day: date, cover_id: UUID | None) -> None:
    errors = {}
    if last_day < first_day:
        errors["last_day"] = "The last day must not be before the first"
    elif last_day < work.today:
        errors["last_day"] = "This leave is over already"
    elif last_day - first_day > LONGEST_LEAVE:
        errors["last_day"] = "For longer than a year, end the post or the account instead"
    elif taken := leave_between(work, staff.id, first_day, last_day):
        errors["first_day"] = (
            f"Leave from {long_date(taken.first_day)} to {long_date(taken.last_day)} is entered already. "
            "Choose days outside it, or cancel it first"
        )
    if not errors and (why_not := why_not_cover(work, staff, cover_id, first_day, last_day)):
        errors["cover"] = why_not
    if errors:
        raise AnswersRefused(errors)
