"""Who may see or do what, said in SQL: the twin of `casework.access`, for lists that are never read row by row.

A list must hold exactly what its rows would be allowed one by one; a property test holds the two against each other.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_

from workflows.casework.access import (
    CARE_ROLES,
    HELD_BACK,
    INTAKE_ROLES,
    NOT_CARE_PROFESSIONALS,
    PROGRAMME_WIDE,
    Actor,
    Post,
)
from workflows.casework.case import Case
from workflows.casework.consent import Exclusion
from workflows.casework.task import Task


def may_see(actor: Actor) -> ColumnElement[bool]:
    """The cases the actor may open, as a condition on `Case`."""
    shut_out = _shut_out(actor)
    # The same post held twice (with and without a team) asks the same thing twice; each is asked once.
    ways = [_reaches(post) for post in dict.fromkeys(actor.posts) if post.role in CARE_ROLES]
    reached = or_(false(), *ways)
    return reached if actor.id is None else and_(reached, ~shut_out)


def may_see_task(actor: Actor) -> ColumnElement[bool]:
    """The tasks the actor may look at, as a condition on `Task` and its `Case`.

    Whoever opens a case as a colleague sees all its tasks; a partner organisation sees those that are its own. Whoever
    is asked to do an open task sees it even where the case is another team's.
    """
    colleague = replace(actor, posts=tuple(post for post in actor.posts if post.role not in NOT_CARE_PROFESSIONALS))
    asked = and_(Task.status == "open", may_do(actor), may_be_asked(actor))
    if colleague.posts == actor.posts:
        return or_(may_see(actor), asked)
    own = Task.ended_by_id == actor.id if actor.id is not None else false()
    return or_(may_see(colleague), and_(may_see(actor), or_(may_do(actor), own)), asked)


def may_be_asked(actor: Actor) -> ColumnElement[bool]:
    """The cases of which a task may be put before the actor, as a condition on `Case`."""
    needed = [Case.sharing_scope != HELD_BACK]
    if not actor.roles - NOT_CARE_PROFESSIONALS:
        needed.append(Case.partners_in_scope.is_(True))
    return and_(*needed) if actor.id is None else and_(*needed, ~_shut_out(actor))


def _shut_out(actor: Actor) -> ColumnElement[bool]:
    return exists().where(Exclusion.case_id == Case.id, Exclusion.staff_id == actor.id, Exclusion.ended_at.is_(None))


def in_pool_of(actor: Actor) -> ColumnElement[bool]:
    """The tasks of the roles the actor holds, in the teams they hold them in, as a condition on `Task`."""
    return or_(false(), *(_holds(post) for post in dict.fromkeys(actor.posts)))


def held_by(actor: Actor) -> ColumnElement[bool]:
    """The tasks in the actor's own hands or in those of a colleague they cover, as a condition on `Task`."""
    return Task.assignee_id.in_(hands_of(actor))


def may_do(actor: Actor) -> ColumnElement[bool]:
    """The tasks the actor may complete, as a condition on `Task`."""
    return or_(held_by(actor), and_(Task.assignee_id.is_(None), in_pool_of(actor)))


def hands_of(actor: Actor) -> list[UUID]:
    """The actor and the colleagues on leave whose tasks come to them."""
    own = [] if actor.id is None else [actor.id]
    return [*own, *sorted(actor.covers)]


def _reaches(post: Post) -> ColumnElement[bool]:
    needed = [Case.programme_id == post.programme_id, Case.sharing_scope != HELD_BACK]
    if post.role in NOT_CARE_PROFESSIONALS:
        needed.append(Case.partners_in_scope.is_(True))
    if post.role not in PROGRAMME_WIDE:
        needed.append(_in_team(post))
    return and_(*needed)


def _in_team(post: Post) -> ColumnElement[bool]:
    theirs = Case.team_id.is_not(None) if post.team_id is None else Case.team_id == post.team_id
    return or_(theirs, Case.team_id.is_(None)) if post.role in INTAKE_ROLES else theirs


def _holds(post: Post) -> ColumnElement[bool]:
    needed = [Task.role == post.role, Task.programme_id == post.programme_id]
    if post.team_id is not None:
        needed.append(or_(Task.team_id.is_(None), Task.team_id == post.team_id))
    return and_(*needed)
