"""Finding staff, their posts and their cover."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflows.casework.access import Actor, Post
from workflows.casework.staff import Absence, Membership, StaffMember


def actor_for(session: Session, staff: StaffMember, today: date) -> Actor:
    """Return the member of staff as an actor with today's posts and the colleagues they cover for."""
    posts = tuple(Post(post.role, post.programme_id, post.team_id) for post in staff.posts_on(today))
    covers = session.scalars(
        select(Absence.staff_id).where(
            Absence.cover_id == staff.id, Absence.first_day <= today, Absence.last_day >= today
        )
    )
    return Actor(staff.id, staff.name, posts, None, frozenset(covers))


def cover_for(session: Session, staff_id: UUID, today: date) -> StaffMember | None:
    """Return who covers for somebody on leave today; None when they are here or nobody covers."""
    return session.scalar(
        select(StaffMember)
        .join(Absence, Absence.cover_id == StaffMember.id)
        .where(Absence.staff_id == staff_id, Absence.first_day <= today, Absence.last_day >= today)
        .limit(1)
    )


def absent(session: Session, staff_id: UUID, today: date) -> bool:
    """Say whether somebody is on leave today."""
    query = select(Absence.id).where(
        Absence.staff_id == staff_id, Absence.first_day <= today, Absence.last_day >= today
    )
    return session.scalar(query.limit(1)) is not None


def holders(
    session: Session, role: str, programme_id: UUID, team_id: UUID | None, today: date
) -> Sequence[StaffMember]:
    """Return who holds a role today in a team (or in the whole programme), by name."""
    query = (
        select(StaffMember)
        .join(Membership)
        .where(
            Membership.role == role,
            Membership.programme_id == programme_id,
            or_(Membership.valid_from.is_(None), Membership.valid_from <= today),
            or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
            StaffMember.active.is_(True),
        )
        .order_by(StaffMember.name)
        .distinct()
    )
    if team_id is not None:
        query = query.where(or_(Membership.team_id.is_(None), Membership.team_id == team_id))
    return session.scalars(query).unique().all()


def by_email(session: Session, email: str) -> StaffMember | None:
    """Return the account with this address, however it is written."""
    return session.scalar(select(StaffMember).where(StaffMember.email == email.strip().lower()))
