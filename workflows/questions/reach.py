"""Who may see or do what, said in SQL: the twin of `casework.access`, for lists that are never read row by row.

A list must hold exactly what its rows would be allowed one by one; a property test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, literal_column, or_, select, true, union_all
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
from workflows.questions.kinds import Place, within
from workflows.storage import alleged


@dataclass(frozen=True)
class Seat:
    """Where a condition reads what decides who may know of a case: from the case, or from one of its open tasks."""

    case_id: InstrumentedAttribute[UUID]
    shared_with: ColumnElement[Any]
    in_programme: Callable[[UUID | None], ColumnElement[bool]]
    carried: Callable[[list[UUID]], ColumnElement[bool]]


OF_CASE = Seat(
    Case.id,
    Case.shared_with.expression,
    lambda programme_id: Case.programme_id == programme_id,
    lambda hands: _one_of(Case.coordinator_id, hands),
)
OF_TASK = Seat(
    Task.case_id,
    Task.kind.expression,  # which ends with those it is shared with
    lambda programme_id: Task.programme_id == programme_id,
    lambda hands: Task.case_id.in_(select(Case.id).where(Case.coordinator_id.in_(hands))),
)
HELD = Case.sharing_scope == literal_column(f"'{HELD_BACK}'")  # spelled out for the index of those few
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
def unshared_with(actor: Actor) -> ColumnElement[bool]:
    """The cases, of teams that are the actor's, that only the limits of sharing keep from them, as a condition on
    `Case`: they are counted, never shown. Of whoever left the actor out there is not even a number.
    """
    return and_(~_reached_as_colleague(actor), ~_shut_out(actor))


@lru_cache(ACTORS)
def may_see_task(actor: Actor) -> ColumnElement[bool]:
    """The tasks the actor may look at, as a condition on `Task` and its `Case`.

    Whoever opens a case as a colleague sees all its tasks; whoever is shown a part of it sees those that are their own.
    Whoever is asked to do an open task sees it even where the case is another team's. Whom a safeguarding concern
    names sees nothing of what follows it.
    """
    own = or_(may_do(actor), _one_of(Task.ended_by_id, [] if actor.id is None else [actor.id]))
    asked = and_(Task.open, may_do(actor), _asked(actor, OF_CASE))
    in_sight = or_(_reached_as_colleague(actor), and_(_reached(actor), own), asked)
    return and_(in_sight, ~_shut_out(actor), ~alleged.kept_from(actor.id))


@lru_cache(ACTORS)
def may_remember(actor: Actor) -> ColumnElement[bool]:
    """The tasks the actor did, as a condition on `Task` alone: wherever the case went since, with whomever it
    is shared now. That they did them is theirs to know, the case is not; of whoever left them out there is nothing.
    """
    if actor.id is None:
        return false()
    closed = union_all(select(Case.id).where(HELD), _standing_exclusions(actor))
    return and_(Task.ended_by_id == actor.id, Task.case_id.not_in(closed), ~alleged.kept_from(actor.id, Task.case_id))


@lru_cache(ACTORS)
def may_be_asked(actor: Actor) -> ColumnElement[bool]:
    """The cases of which a task may be put before the actor, as a condition on `Case`."""
    return and_(_asked(actor, OF_CASE), ~_shut_out(actor))


def may_be_asked_to(actor: Actor) -> ColumnElement[bool]:
    """The same said of `Task` alone, but for `tasks_shut_to` them: lists of thousands read no case to count them."""
    return and_(Task.kind != "", _asked(actor, OF_TASK))  # what is held back is of no kind


def tasks_shut_to(actor: Actor) -> Select[UUID]:
    """The open tasks of cases whose person does not want the actor to see them."""
    return select(Task.id).where(Task.open, Task.case_id.in_(_standing_exclusions(actor)))


def in_pool_of(actor: Actor) -> ColumnElement[bool]:
    """The tasks of the roles the actor holds, in the teams they hold them in, as a condition on `Task`."""
    return or_(false(), *(_holds(post) for post in dict.fromkeys(actor.posts)))


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
    return or_(false(), *(within(*place) for place in places_run_by(actor)))


def places_run_by(actor: Actor) -> list[Place]:
    """The same, place by place: a programme, or a team of one, and what lies with no team there."""
    run = {(post.programme_id, post.team_id) for post in actor.posts if post.role in RUNS_THE_CASE}
    whole = {programme_id for programme_id, team_id in run if team_id is None}
    teams = {place for place in run if place[0] not in whole}
    of_none = {(programme_id, None) for programme_id, _ in teams}
    return [*((programme_id,) for programme_id in sorted(whole, key=str)), *sorted(teams | of_none, key=str)]


def shared_with_any(sectors: Iterable[str], place: ColumnElement[Any] | None = None) -> ColumnElement[bool]:
    """The cases shared with at least one of these kinds of organisation, as a condition on `Case` (or on `place`)."""
    said = Case.shared_with if place is None else place
    return or_(false(), *(said.contains(f" {sector} ", autoescape=True) for sector in sorted(sectors)))


def _one_of(place: InstrumentedAttribute[UUID | None], wanted: list[UUID]) -> ColumnElement[bool]:
    """Whether somebody (or a team) stands in a place that may be empty; empty is no, so that the opposite is yes."""
    return and_(place.is_not(None), place.in_(wanted))


def _care_posts(actor: Actor) -> list[Post]:
    """The posts that can open a case; the same one held twice (with and without a team) is asked about once."""
    return [post for post in dict.fromkeys(actor.posts) if post.role in CARE_ROLES]


def _reached(actor: Actor) -> ColumnElement[bool]:
    return or_(_receives(actor, OF_CASE), *(_reaches(actor, post) for post in _care_posts(actor)))


def _asked(actor: Actor, seat: Seat) -> ColumnElement[bool]:
    posts = _care_posts(actor)
    running = {post.programme_id for post in posts if post.role in RUNS_THE_CASE}
    others = {(post.role, post.programme_id): post for post in posts if post.programme_id not in running}
    ways = [seat.in_programme(programme_id) for programme_id in sorted(running, key=str)]
    ways += [and_(seat.in_programme(post.programme_id), _let_in(actor, post, seat)) for post in others.values()]
    return or_(*ways, _receives(actor, seat))


def _reached_as_colleague(actor: Actor) -> ColumnElement[bool]:
    posts = [post for post in _care_posts(actor) if post.role not in PARTNER_ROLES]
    return or_(false(), *(_reaches(actor, post) for post in posts))


def _shut_out(actor: Actor) -> ColumnElement[bool]:
    if actor.id is None:
        return HELD
    return or_(HELD, Case.id.in_(_standing_exclusions(actor)))


def _standing_exclusions(actor: Actor) -> Select[UUID]:
    return select(Exclusion.case_id).where(Exclusion.staff_id == actor.id, Exclusion.ended_at.is_(None))


def _receives(actor: Actor, seat: Seat) -> ColumnElement[bool]:
    programmes = {post.programme_id for post in _care_posts(actor) if post.programme_id is not None}
    if actor.id is None or not programmes:
        return false()
    here = or_(*(seat.in_programme(programme_id) for programme_id in sorted(programmes)))
    return and_(here, _named(seat, [actor.id], RECEIVES))


def _named(seat: Seat, hands: list[UUID], part: str) -> ColumnElement[bool]:
    """The cases that name one of these. Asked once for all cases, not for each: few people are named anywhere."""
    named = select(NamedInOverride.case_id).where(
        NamedInOverride.staff_id.in_(hands), NamedInOverride.part == part, NamedInOverride.ended_at.is_(None)
    )
    return seat.case_id.in_(named)


def _reaches(actor: Actor, post: Post) -> ColumnElement[bool]:
    needed = [Case.programme_id == post.programme_id, _let_in(actor, post, OF_CASE)]
    if post.role not in PROGRAMME_WIDE:
        needed.append(_in_team(post))
    return and_(*needed)


def _let_in(actor: Actor, post: Post, seat: Seat) -> ColumnElement[bool]:
    if post.role in RUNS_THE_CASE:
        return true()
    agreed = shared_with_any(actor.sectors(post.role), seat.shared_with)
    if post.role in PARTNER_ROLES:
        return agreed
    hands = hands_of(actor)
    return or_(agreed, seat.carried(hands), _named(seat, hands, ASKED))


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
