"""What a practitioner has to do next: tasks by view, with counts that are the same everywhere."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from workflows.casework.access import CARE_ROLES, PROGRAMME_WIDE, Actor, Post
from workflows.casework.programme import Team
from workflows.casework.staff import SavedFilter, Watch
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.questions.inbox_filters import Filters
from workflows.questions.inbox_order import sorted_by
from workflows.questions.inbox_rows import News, Row, news_in, number_of, page_of
from workflows.questions.inbox_views import (
    BY_KEY,
    TODAY,
    VIEWS,
    Glance,
    View,
    count_of,
    counts_of_own_work,
    forms_of,
    heaps_of,
    judged,
    narrowed,
    tasks_of,
)
from workflows.storage import people

PAGE = 25
NO_FILTERS = Filters()
SORTS = {"urgency": "What is most pressing", "due": "Due date", "opened": "Longest open", "person": "Person’s name"}


@dataclass(frozen=True)
class Saved:
    """A filter somebody gave a name; `query` as it stands in the address."""

    id: UUID
    name: str
    query: str


@dataclass(frozen=True)
class Inbox:
    """One page of one view.

    `counts` by view; `found`: how many tasks and awaited news the filters leave; `more`: the last row shown, when
    others follow behind it.
    """

    view: View
    counts: dict[str, int]
    rows: tuple[Row, ...]
    news: tuple[News, ...]
    found: int
    more: UUID | None
    saved: tuple[Saved, ...]


@dataclass(frozen=True)
class Choices:
    """What the filters offer: teams the actor looks after, and the forms of a view's tasks."""

    teams: tuple[tuple[UUID, str], ...]
    forms: tuple[tuple[str, str], ...]


def counts(desk: Desk) -> dict[str, int]:
    """Count every view for the actor."""
    with desk.looking() as session:
        return _counts(session, judged(session, _glance(desk)))


def inbox(desk: Desk, view_key: str, filters: Filters = NO_FILTERS, sort: str = "", after: UUID | None = None) -> Inbox:
    """Return a page of a view. `after`: the last row of the page before. An unknown view or sort is the first one."""
    view = BY_KEY.get(view_key, VIEWS[0])
    with desk.looking() as session:
        glance = judged(session, _glance(desk))
        wanted = _wanted(view, glance, filters)
        listed = heaps_of(view, glance) if view.own_work and not filters.active else wanted
        rows, more = page_of(session, glance, listed, sorted_by(view, sort, glance), after, PAGE)
        rows = _with_leave(session, desk, rows) if view.key == "stuck" else rows
        news = () if filters.active or after else news_in(session, view, glance)
        numbers = _counts(session, glance)
        counted = view.key in numbers and not filters.active
        found = numbers[view.key] if counted else number_of(session, wanted)
        return Inbox(view, numbers, rows, news, found, more, _saved(session, desk.actor))


def new_since(desk: Desk, view_key: str, filters: Filters, since: datetime, had: int) -> int:
    """Count what has come into a view since `since`, when it held `had`.

    Tasks opened since then are new; so is what was handed over or fell due, by as much as there is more now.
    """
    view, glance = BY_KEY.get(view_key, VIEWS[0]), _glance(desk)
    wanted = _wanted(view, glance, filters)
    with desk.looking() as session:
        opened = number_of(session, and_(wanted, Task.opened_at > since))
        counted = number_of(session, wanted) if filters.active else session.scalar(count_of(view, glance))
        return max(opened, (counted or 0) - had, 0)


def next_task(desk: Desk) -> Row | None:
    """Return the most pressing of the actor's own tasks."""
    return _first(desk, BY_KEY["mine"])


def first_in_pool(desk: Desk) -> Row | None:
    """Return the most pressing task that somebody of the actor's roles could take."""
    return _first(desk, BY_KEY["pool"])


def rows_named(desk: Desk, task_ids: list[UUID]) -> tuple[Row, ...]:
    """Return these tasks as rows, as far as the actor may see them: to ask before a bulk act, and to tell after it."""
    glance = _glance(desk)
    wanted = and_(Task.id.in_(task_ids), tasks_of(BY_KEY["all"], glance))
    with desk.looking() as session:
        rows, _ = page_of(session, glance, wanted, sorted_by(BY_KEY["all"], "", glance), None, len(task_ids))
        return _with_leave(session, desk, rows)


def _with_leave(session: Session, desk: Desk, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Say of each holder who is away until when, for whoever hands their tasks on."""
    held = [row.assignee_id for row in rows if row.assignee_id]
    away = people.away_words(session, held, desk.today, covered=False)
    return tuple(replace(row, away=away.get(row.assignee_id, "")) if row.assignee_id else row for row in rows)


def watches(desk: Desk, case_id: UUID) -> bool:
    """Say whether the actor keeps an eye on a case."""
    with desk.looking() as session:
        kept = select(Watch.id).where(Watch.staff_id == desk.actor.id, Watch.case_id == case_id)
        return session.scalar(kept) is not None


def choices(desk: Desk, view: View, chosen: Collection[str] = ()) -> Choices:
    """Return what the filters offer the actor in a view; forms that are `chosen` are among them in any."""
    with desk.looking() as session:
        teams = session.execute(select(Team.id, Team.name).where(_looked_after(desk.actor)).order_by(Team.name))
        keys = session.scalars(forms_of(view, _glance(desk)))
        offered = {*keys, *(frozenset(chosen) & frozenset(desk.forms.keys()))}
        forms = sorted(((key, desk.forms.form(key).title) for key in offered), key=lambda form: form[1])
        return Choices(tuple((row[0], row[1]) for row in teams), tuple(forms))


def _glance(desk: Desk) -> Glance:
    return Glance(desk.actor, desk.clock.now())


def _wanted(view: View, glance: Glance, filters: Filters) -> ColumnElement[bool]:
    return narrowed(view, glance, filters.condition(glance)) if filters.active else tasks_of(view, glance)


def _first(desk: Desk, view: View) -> Row | None:
    glance = _glance(desk)
    with desk.looking() as session:
        rows, _more = page_of(session, glance, heaps_of(view, glance), sorted_by(view, "", glance), None, 1)
        return rows[0] if rows else None


def _counts(session: Session, glance: Glance) -> dict[str, int]:
    own = [view for view in (*VIEWS, TODAY) if view.own_work]
    others = [view for view in VIEWS if not view.own_work and view.is_for(glance.actor)]
    counted = counts_of_own_work(own, glance).subquery()
    found = session.execute(select(*counted.c, *(count_of(view, glance).scalar_subquery() for view in others))).one()
    told = {view.key: number for view, number in zip((*own, *others), found, strict=True)}
    return {view.key: told.get(view.key, 0) for view in (*VIEWS, TODAY)}


def _saved(session: Session, actor: Actor) -> tuple[Saved, ...]:
    query = select(SavedFilter).where(SavedFilter.staff_id == actor.id).order_by(SavedFilter.name)
    return tuple(Saved(each.id, each.name, each.query) for each in session.scalars(query))


def _looked_after(actor: Actor) -> ColumnElement[bool]:
    posts = [post for post in dict.fromkeys(actor.posts) if post.role in CARE_ROLES]
    return or_(false(), *(_teams_of(post) for post in posts))


def _teams_of(post: Post) -> Any:
    whole = post.role in PROGRAMME_WIDE or post.team_id is None
    return Team.programme_id == post.programme_id if whole else Team.id == post.team_id
