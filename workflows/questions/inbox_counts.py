"""How many tasks each view of the inbox holds, and of which forms: asked of all of them, told by indexes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Select, cast, false, func, select, union, union_all
from sqlalchemy.orm import Session

from workflows.casework.access import Actor
from workflows.casework.task import Task
from workflows.questions import own_work, reach
from workflows.questions.inbox_views import (
    KEPT,
    NO_DATE,
    STUCK,
    TODAY,
    VIEWS,
    Glance,
    View,
    heaps_of,
    joined_news,
    joined_tasks,
    news_of,
    tasks_of,
    theirs_to_do,
)


def count_of(view: View, glance: Glance) -> Select[Any]:
    """Count a view: its tasks, and the news it waits for."""
    counted = joined_tasks(func.count()) if view.among is reach.may_see_task else select(func.count()).select_from(Task)
    tasks = counted.where(tasks_of(view, glance)).scalar_subquery()
    if view.news_of is None:
        return select(tasks)
    return select(tasks + joined_news(func.count()).where(news_of(view, glance.actor)).scalar_subquery())


def counts(session: Session, glance: Glance) -> dict[str, int]:
    """Count every view. What nobody can do is counted by itself, where there is any."""
    told = dict(session.execute(_counted(glance.actor), glance.times).one()._mapping)
    if STUCK.is_for(glance.actor) and glance.nobody_can is not false():
        told[STUCK.key] = session.scalar(count_of(STUCK, glance), glance.times) or 0
    return {view.key: told.get(view.key, 0) for view in (*VIEWS, TODAY)}


@lru_cache(KEPT)
def _counted(actor: Actor) -> Select[Any]:
    views, always = (*VIEWS, TODAY), Glance(actor, NO_DATE)
    own = counts_of_own_work([view for view in views if view.own_work], actor).subquery()
    others = [view for view in views if not view.own_work and view is not STUCK]
    return select(*own.c, *(count_of(view, always).scalar_subquery().label(view.key) for view in others))


def counts_of_own_work(views: Sequence[View], actor: Actor) -> Select[*tuple[int, ...]]:
    """Count several views of own work in one walk through it, heap by heap."""
    numbers = [func.count().filter(view.tasks(actor)).label(view.key) for view in views]
    heaps = own_work.everything(actor)
    counted = union_all(*(select(*numbers).where(heap, theirs_to_do(actor)) for heap in heaps)).subquery()
    return select(*[cast(func.sum(counted.c[view.key]), Integer).label(view.key) for view in views])


def forms_of(view: View, glance: Glance) -> Select[str]:
    """The forms of a view's tasks."""
    if not view.own_work:
        return joined_tasks(Task.form_key).where(tasks_of(view, glance)).distinct()
    return _forms_of_own_work(view, glance.actor)


@lru_cache(KEPT)
def _forms_of_own_work(view: View, actor: Actor) -> Select[str]:
    return select(union(*(select(Task.form_key).where(heap) for heap in heaps_of(view, actor))).subquery().c[0])
