"""Who may see or do what, said in SQL: the twin of `casework.access`, for lists that are never read row by row.

A list must hold exactly what its rows would be allowed one by one; a property test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute

from workflows.casework.access import (
    CARE_ROLES,
    HELD_BACK,
    INTAKE_ROLES,
    KEY_WORKER,
    PROGRAMME_WIDE,
    RUNS_THE_CASE,
    Actor,
    Post,
    key_work_in,
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
    return and_(_reached(actor), ~_shut_out(actor))


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
    asked = and_(Task.open, may_do(actor), _asked(actor))
    in_sight = or_(_reached_as_colleague(actor), and_(_reached(actor), own), asked)
    return and_(in_sight, ~_shut_out(actor), ~alleged.kept_from(actor.id))


@lru_cache(ACTORS)
def may_remember(actor: Actor) -> ColumnElement[bool]:
    """The tasks the actor did, as a condition on `Task` and its `Case`: wherever the case went since, with whomever it
    is shared now. That they did them is theirs to know, the case is not; of whoever left them out there is nothing.
    """
    theirs = _one_of(Task.ended_by_id, [] if actor.id is None else [actor.id])
    return and_(theirs, ~_shut_out(actor), ~alleged.kept_from(actor.id))


@lru_cache(ACTORS)
def may_see_own_work(actor: Actor) -> ColumnElement[bool]:
    """The same as `may_see_task`, of the open tasks that the actor may do, in a few words instead of a page of them.

    Whoever may open a case may be asked to do something in it, so that it is enough to ask for that.
    """
    return and_(may_be_asked(actor), ~alleged.kept_from(actor.id))


@lru_cache(ACTORS)
def may_be_asked(actor: Actor) -> ColumnElement[bool]:
    """The cases of which a task may be put before the actor, as a condition on `Case`."""
    return and_(_asked(actor), ~_shut_out(actor))


def in_pool_of(actor: Actor) -> ColumnElement[bool]:
    """The tasks of the roles the actor holds, in the teams they hold them in, as a condition on `Task`."""
    return or_(false(), *(_holds(post) for post in dict.fromkeys(actor.posts)))


@lru_cache(ACTORS)
def work_of(actor: Actor) -> ColumnElement[bool]:
    """The open tasks that the actor may complete, found where the indexes of open tasks have them.

    It holds what `may_do` holds of open tasks; asked as one question, a database looks through all that are open.
    """
    free = and_(Task.open, Task.assignee_id.is_(None))
    places: dict[tuple[UUID | None, UUID | None], list[Post]] = {}
    for post in dict.fromkeys(actor.posts):
        places.setdefault((post.programme_id, post.team_id), []).append(post)
    heaps = [and_(Task.open, held_by(actor))]
    for (programme_id, team_id), posts in places.items():
        there = and_(free, Task.programme_id == programme_id, or_(*(_of_role(post) for post in posts)))
        heaps += [there] if team_id is None else [and_(there, Task.team_id == team_id)]
        heaps += [] if team_id is None else [and_(there, Task.team_id.is_(None))]
    return Task.id.in_(union_all(*(select(Task.id).where(heap).correlate(None) for heap in heaps)))


def held_by(actor: Actor) -> ColumnElement[bool]:
    """The tasks in the actor's own hands, and those they may do for a colleague on leave, as a condition on `Task`."""
    own = _one_of(Task.assignee_id, [] if actor.id is None else [actor.id])
    if not actor.covers:
        return own
    return or_(own, and_(_one_of(Task.assignee_id, sorted(actor.covers)), or_(in_pool_of(actor), _key_work(actor))))


def _key_work(actor: Actor) -> ColumnElement[bool]:
    here = Task.programme_id.in_(sorted(key_work_in(actor)))
    return and_(_of_role(Post(KEY_WORKER, None, None)), here)


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
    return or_(false(), *heaps_run_by(actor))


def heaps_run_by(actor: Actor) -> list[ColumnElement[bool]]:
    """The same, heap by heap: each of one team, or of none, where the index of open tasks has it."""
    run = {(post.programme_id, post.team_id) for post in actor.posts if post.role in RUNS_THE_CASE}
    whole = {programme_id for programme_id, team_id in run if team_id is None}
    teams = {place for place in run if place[0] not in whole}
    of_none = {(programme_id, None) for programme_id, _ in teams}
    found: list[ColumnElement[bool]] = [Task.programme_id == programme_id for programme_id in sorted(whole, key=str)]
    for programme_id, team_id in sorted(teams | of_none, key=str):
        found.append(and_(Task.programme_id == programme_id, Task.team_id == team_id))
    return found


def shared_with_any(sectors: Iterable[str]) -> ColumnElement[bool]:
    """The cases shared with at least one of these kinds of organisation, as a condition on `Case`."""
    return or_(false(), *(Case.shared_with.contains(f" {sector} ", autoescape=True) for sector in sorted(sectors)))


def _one_of(place: InstrumentedAttribute[UUID | None], wanted: list[UUID]) -> ColumnElement[bool]:
    """Whether somebody (or a team) stands in a place that may be empty; empty is no, so that the opposite is yes."""
    return and_(place.is_not(None), place.in_(wanted))


def _care_posts(actor: Actor) -> list[Post]:
    """The posts that can open a case; the same one held twice (with and without a team) is asked about once."""
    return [post for post in dict.fromkeys(actor.posts) if post.role in CARE_ROLES]


def _reached(actor: Actor) -> ColumnElement[bool]:
    return or_(_receives(actor), *(_reaches(actor, post) for post in _care_posts(actor)))


def _asked(actor: Actor) -> ColumnElement[bool]:
    ways = [and_(Case.programme_id == post.programme_id, _let_in(actor, post)) for post in _care_posts(actor)]
    return or_(_receives(actor), *ways)


def _reached_as_colleague(actor: Actor) -> ColumnElement[bool]:
    posts = [post for post in _care_posts(actor) if post.role not in PARTNER_ROLES]
    return or_(false(), *(_reaches(actor, post) for post in posts))


def _shut_out(actor: Actor) -> ColumnElement[bool]:
    held_back = Case.sharing_scope == HELD_BACK
    if actor.id is None:
        return held_back
    standing = select(Exclusion.case_id).where(Exclusion.staff_id == actor.id, Exclusion.ended_at.is_(None))
    return or_(held_back, Case.id.in_(standing))


def _receives(actor: Actor) -> ColumnElement[bool]:
    programmes = {post.programme_id for post in _care_posts(actor) if post.programme_id is not None}
    if actor.id is None or not programmes:
        return false()
    return and_(Case.programme_id.in_(sorted(programmes)), _named([actor.id], RECEIVES))


def _named(hands: list[UUID], part: str) -> ColumnElement[bool]:
    """The cases that name one of these. Asked once for all cases, not for each: few people are named anywhere."""
    named = select(NamedInOverride.case_id).where(
        NamedInOverride.staff_id.in_(hands), NamedInOverride.part == part, NamedInOverride.ended_at.is_(None)
    )
    return Case.id.in_(named)


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
    return and_(_of_role(post), _in_place(post))


def _of_role(post: Post) -> ColumnElement[bool]:
    among = Task.role.contains(f",{post.role},", autoescape=True)  # a step that several roles may do
    return or_(Task.role == post.role, among)


def _in_place(post: Post) -> ColumnElement[bool]:
    needed = [Task.programme_id == post.programme_id]
    if post.team_id is not None:
        needed.append(or_(Task.team_id.is_(None), Task.team_id == post.team_id))
    return and_(*needed)
