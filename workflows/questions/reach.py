"""Who may see or do what, said in SQL: the twin of `casework.access`, for lists that are never read row by row.

A list must hold exactly what its rows would be allowed one by one; a property test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from workflows.casework.access import (
    CARE_ROLES,
    HELD_BACK,
    INTAKE_ROLES,
    PROGRAMME_WIDE,
    RUNS_THE_CASE,
    Actor,
    Post,
)
from workflows.casework.case import Case
from workflows.casework.consent import ASKED, RECEIVES, Exclusion, NamedInOverride
from workflows.casework.sectors import PARTNER_ROLES
from workflows.casework.task import Task
from workflows.storage import alleged

ACTORS = 256  # of whom the conditions are kept: every list asks them anew, and they change with the actor alone


@lru_cache(ACTORS)
def may_see(actor: Actor) -> ColumnElement[bool]:
    """The cases the actor may open, as a condition on `Case`."""
    reached = or_(_receives(actor), *(_reaches(actor, post) for post in _care_posts(actor)))
    return and_(reached, ~_shut_out(actor))


@lru_cache(ACTORS)
def works_on(actor: Actor) -> ColumnElement[bool]:
    """The cases the actor sees as a colleague does, the whole of each, as a condition on `Case`."""
    return and_(_reached_as_colleague(actor), ~_shut_out(actor))


@lru_cache(ACTORS)
def may_see_task(actor: Actor) -> ColumnElement[bool]:
    """The tasks the actor may look at, as a condition on `Task` and its `Case`.

    Whoever opens a case as a colleague sees all its tasks; whoever is shown a part of it sees those that are their own.
    Whoever is asked to do an open task sees it even where the case is another team's. Whom a safeguarding concern
    names sees nothing of what follows it.
    """
    own = or_(may_do(actor), _one_of(Task.ended_by_id, [] if actor.id is None else [actor.id]))
    asked = and_(Task.status == "open", may_do(actor), may_be_asked(actor))
    return and_(or_(works_on(actor), and_(may_see(actor), own), asked), ~alleged.kept_from(actor.id))


@lru_cache(ACTORS)
def may_be_asked(actor: Actor) -> ColumnElement[bool]:
    """The cases of which a task may be put before the actor, as a condition on `Case`."""
    ways = [and_(Case.programme_id == post.programme_id, _let_in(actor, post)) for post in _care_posts(actor)]
    return and_(or_(_receives(actor), *ways), ~_shut_out(actor))


def in_pool_of(actor: Actor) -> ColumnElement[bool]:
    """The tasks of the roles the actor holds, in the teams they hold them in, as a condition on `Task`."""
    return or_(false(), *(_holds(post) for post in dict.fromkeys(actor.posts)))


def held_by(actor: Actor) -> ColumnElement[bool]:
    """The tasks in the actor's own hands or in those of a colleague they cover, as a condition on `Task`."""
    return _one_of(Task.assignee_id, hands_of(actor))


@lru_cache(ACTORS)
def may_do(actor: Actor) -> ColumnElement[bool]:
    """The tasks the actor may complete, as a condition on `Task`."""
    return or_(held_by(actor), and_(Task.assignee_id.is_(None), in_pool_of(actor)))


def hands_of(actor: Actor) -> list[UUID]:
    """The actor and the colleagues on leave whose tasks come to them."""
    own = [] if actor.id is None else [actor.id]
    return [*own, *sorted(actor.covers)]


def runs_case_of(actor: Actor) -> ColumnElement[bool]:
    """The tasks of cases that the actor runs, and may hand on when nobody else can, as a condition on `Task`."""
    return or_(false(), *(_in_place(post) for post in dict.fromkeys(actor.posts) if post.role in RUNS_THE_CASE))


def shared_with_any(sectors: Iterable[str]) -> ColumnElement[bool]:
    """The cases shared with at least one of these kinds of organisation, as a condition on `Case`."""
    return or_(false(), *(Case.shared_with.contains(f" {sector} ", autoescape=True) for sector in sorted(sectors)))


def _one_of(place: InstrumentedAttribute[UUID | None], wanted: list[UUID]) -> ColumnElement[bool]:
    """Whether somebody (or a team) stands in a place that may be empty; empty is no, so that the opposite is yes."""
    return and_(place.is_not(None), place.in_(wanted))


def _care_posts(actor: Actor) -> list[Post]:
    """The posts that can open a case; the same one held twice (with and without a team) is asked about once."""
    return [post for post in dict.fromkeys(actor.posts) if post.role in CARE_ROLES]


def _reached_as_colleague(actor: Actor) -> ColumnElement[bool]:
    posts = [post for post in _care_posts(actor) if post.role not in PARTNER_ROLES]
    return or_(false(), *(_reaches(actor, post) for post in posts))


def _shut_out(actor: Actor) -> ColumnElement[bool]:
    held_back = Case.sharing_scope == HELD_BACK
    if actor.id is None:
        return held_back
    standing = and_(Exclusion.case_id == Case.id, Exclusion.staff_id == actor.id, Exclusion.ended_at.is_(None))
    return or_(held_back, exists().where(standing))


def _receives(actor: Actor) -> ColumnElement[bool]:
    programmes = {post.programme_id for post in _care_posts(actor) if post.programme_id is not None}
    if actor.id is None or not programmes:
        return false()
    return and_(Case.programme_id.in_(sorted(programmes)), _named([actor.id], RECEIVES))


def _named(hands: list[UUID], part: str) -> ColumnElement[bool]:
    return exists().where(
        NamedInOverride.case_id == Case.id,
        NamedInOverride.staff_id.in_(hands),
        NamedInOverride.part == part,
        NamedInOverride.ended_at.is_(None),
    )


def _reaches(actor: Actor, post: Post) -> ColumnElement[bool]:
    needed = [Case.programme_id == post.programme_id, _let_in(actor, post)]
    if post.role not in PROGRAMME_WIDE:
        needed.append(_in_team(post))
    return and_(*needed)


def _let_in(actor: Actor, post: Post) -> ColumnElement[bool]:
    if post.role in RUNS_THE_CASE:
        return true()
    agreed = shared_with_any(actor.sectors(post.role))
    if post.role in PARTNER_ROLES:
        return agreed
    hands = hands_of(actor)
    return or_(agreed, _one_of(Case.coordinator_id, hands), _named(hands, ASKED))


def _in_team(post: Post) -> ColumnElement[bool]:
    theirs = Case.team_id.is_not(None) if post.team_id is None else _one_of(Case.team_id, [post.team_id])
    return or_(theirs, Case.team_id.is_(None)) if post.role in INTAKE_ROLES else theirs


def _holds(post: Post) -> ColumnElement[bool]:
    among = Task.role.contains(f",{post.role},", autoescape=True)  # a step that several roles may do
    return and_(or_(Task.role == post.role, among), _in_place(post))


def _in_place(post: Post) -> ColumnElement[bool]:
    needed = [Task.programme_id == post.programme_id]
    if post.team_id is not None:
        needed.append(or_(Task.team_id.is_(None), Task.team_id == post.team_id))
    return and_(*needed)
