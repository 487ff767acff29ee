"""The open tasks that somebody may do, told by the indexes of open tasks alone: a large service has thousands of them.

They lie in heaps: what is in somebody's hands, and the pool of each role in each team. No task lies in two, and each
heap is one stretch of an index that holds what is asked of its tasks: neither tasks nor cases are read to count them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select, union_all

from workflows.casework.access import Actor
from workflows.casework.task import Task
from workflows.questions import kinds, reach
from workflows.storage import alleged

Condition = ColumnElement[bool]
NOBODY = ""  # who holds what lies in a pool, as a kind says it


def work_of(actor: Actor) -> Condition:
    """The open tasks that the actor may complete, as a condition on `Task`: what `reach.may_do` holds of open tasks.

    But for pools of cases that are held back: of those nobody may know.
    """
    return among(everything(actor))


def everything(actor: Actor) -> tuple[Condition, ...]:
    """All of it, heap by heap."""
    return (*held(actor), *pools(actor))


def among(heaps: Iterable[Condition]) -> Condition:
    """The tasks in any of these heaps. Each is looked for by itself; of either, a database looks through all."""
    return Task.id.in_(union_all(*(select(Task.id).where(heap).correlate(None) for heap in heaps)))


@lru_cache(reach.ACTORS)
def may_see(actor: Actor) -> Condition:
    """The same as `reach.may_see_task`, of the open tasks that the actor may do, said of `Task` alone.

    Whoever may open a case may be asked to do something in it, so that it is enough to ask for that. What is kept from
    them by name is little, and found by itself.
    """
    if actor.id is None:
        return reach.may_be_asked_to(actor)
    kept = union_all(reach.tasks_shut_to(actor), alleged.tasks_kept_from(actor.id))
    return and_(reach.may_be_asked_to(actor), Task.id.not_in(kept))


@lru_cache(reach.ACTORS)
def held(actor: Actor) -> tuple[Condition, ...]:
    """What is in the actor's hands, and in those of colleagues on leave whom they cover."""
    own = and_(Task.open, Task.assignee_id == actor.id) if actor.id else false()
    covered = sorted(actor.covers - {actor.id})
    return (own, and_(Task.open, Task.assignee_id.in_(covered), reach.held_by(actor))) if covered else (own,)


@lru_cache(reach.ACTORS)
def pools(actor: Actor) -> tuple[Condition, ...]:
    """What nobody holds of the actor's roles, where they hold them."""
    roles: dict[UUID, dict[UUID | None, set[str]]] = {}
    for post in actor.posts:
        if post.programme_id is not None:
            roles.setdefault(post.programme_id, {}).setdefault(post.team_id, set()).add(post.role)
    heaps = [heap for programme_id, held_in in roles.items() for heap in _pools_in(programme_id, held_in)]
    return tuple(and_(Task.open, heap) for heap in heaps) or (false(),)


def _pools_in(programme_id: UUID, roles: dict[UUID | None, set[str]]) -> Iterable[Condition]:
    """The pools in one programme: of roles held in all of it, and of the others in each team, and with no team."""
    everywhere = roles.pop(None, set())
    if everywhere:
        ways = [_kind_has(f"/{role}//") for role in sorted(everywhere)]
        several = and_(Task.assignee_id.is_(None), _for_any(everywhere))
        yield and_(kinds.within(programme_id), or_(*ways, several))
    with_no_team = set().union(*roles.values())
    for team_id, held_there in ({**roles, None: with_no_team}).items():
        here = sorted(held_there - everywhere)
        yield from (kinds.within(programme_id, team_id, role, NOBODY) for role in here)
        if here:
            nobodys = and_(kinds.of_several_roles(programme_id, team_id), Task.assignee_id.is_(None))
            yield and_(nobodys, _for_any(here), ~_for_any(everywhere))


def _for_any(roles: Iterable[str]) -> Condition:
    return or_(false(), *(_kind_has(f",{role},") for role in sorted(roles)))


def _kind_has(words: str) -> Condition:
    return Task.kind.contains(words, autoescape=True)
