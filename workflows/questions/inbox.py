"""What a practitioner has to do next: tasks by view, with counts that are the same everywhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, false, or_, select, true
from sqlalchemy.orm import Session

from workflows.casework.access import CARE_ROLES, PROGRAMME_WIDE, Actor, Post
from workflows.casework.programme import Team
from workflows.casework.staff import SavedFilter, Watch
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.questions.inbox_counts import count_of, forms_of
from workflows.questions.inbox_counts import counts as counts_at
from workflows.questions.inbox_filters import Filters
from workflows.questions.inbox_order import Keys, behind, first_of, place_of, sorted_by
from workflows.questions.inbox_rows import News, Row, listing, news_in, page_of
from workflows.questions.inbox_search import Looked, look_for, numbers_left
from workflows.questions.inbox_views import (
    BY_KEY,
    EVERYTHING,
    KEPT,
    NO_DATE,
    STUCK,
    VIEWS,
    Condition,
    Glance,
    View,
    heaps_of,
    judged,
    tasks_of,
)
from workflows.storage import people
from workflows.storage.database import along_indexes

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
    others follow behind it. `forms`: those of what was looked for; None: any of the view's.
    """

    view: View
    counts: dict[str, int]
    rows: tuple[Row, ...]
    news: tuple[News, ...]
    found: int
    more: UUID | None
    saved: tuple[Saved, ...]
    forms: frozenset[str] | None = None


@dataclass(frozen=True)
class Choices:
    """What the filters offer: teams the actor looks after, and the forms of a view's tasks."""

    teams: tuple[tuple[UUID, str], ...]
    forms: tuple[tuple[str, str], ...]


def counts(desk: Desk) -> dict[str, int]:
    """Count every view for the actor."""
    with _stepping(desk) as session:
        return counts_at(session, judged(session, _glance(desk)))


def inbox(desk: Desk, view_key: str, filters: Filters = NO_FILTERS, sort: str = "", after: UUID | None = None) -> Inbox:
    """Return a page of a view. `after`: the last row of the page before. An unknown view or sort is the first one."""
    view = BY_KEY.get(view_key, VIEWS[0])
    with _stepping(desk) as session:
        glance = judged(session, _glance(desk))
        numbers = counts_at(session, glance)
        looked = _looked_at(session, view, glance, filters, sort, after)
        rows = _with_leave(session, desk, looked.rows) if view.key == "stuck" else looked.rows
        news = () if filters.active or after else news_in(session, view, glance)
        counted = view.key in numbers and not filters.active
        found = numbers[view.key] if counted else looked.number
        return Inbox(view, numbers, rows, news, found, looked.more, _saved(session, desk.actor), looked.forms)


def new_since(desk: Desk, view_key: str, filters: Filters, since: datetime, had: int) -> int:
    """Count what has come into a view since `since`, when it held `had`.

    Tasks opened since then are new; so is what was handed over or fell due, by as much as there is more now.
    """
    view, glance = BY_KEY.get(view_key, VIEWS[0]), _glance(desk)
    with _stepping(desk) as session:
        opened, number = numbers_left(session, view, glance, filters, since)
        if not filters.active and view is not EVERYTHING:
            number = session.scalar(count_of(view, glance), glance.times) or 0  # with the news that it waits for
        return max(opened, number - had, 0)


def next_task(desk: Desk) -> Row | None:
    """Return the most pressing of the actor's own tasks."""
    return _first(desk, BY_KEY["mine"])


def first_in_pool(desk: Desk) -> Row | None:
    """Return the most pressing task that somebody of the actor's roles could take."""
    return _first(desk, BY_KEY["pool"])


def rows_named(desk: Desk, task_ids: list[UUID]) -> tuple[Row, ...]:
    """Return these tasks as rows, as far as the actor may see them: to ask before a bulk act, and to tell after it."""
    glance = _glance(desk)
    wanted = and_(Task.id.in_(task_ids), tasks_of(EVERYTHING, glance))
    with _stepping(desk) as session:
        query = listing(wanted, sorted_by(EVERYTHING, ""), len(task_ids))
        rows, _ = page_of(session, glance, session.execute(query, glance.times).all(), len(task_ids))
        return _with_leave(session, desk, rows)


def _with_leave(session: Session, desk: Desk, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Say of each holder who is away until when, for whoever hands their tasks on."""
    held = [row.assignee_id for row in rows if row.assignee_id]
    away = people.away_words(session, held, desk.today, covered=False)
    return tuple(replace(row, away=away.get(row.assignee_id, "")) if row.assignee_id else row for row in rows)


def watches(desk: Desk, case_id: UUID) -> bool:
    """Say whether the actor keeps an eye on a case."""
    with _stepping(desk) as session:
        kept = select(Watch.id).where(Watch.staff_id == desk.actor.id, Watch.case_id == case_id)
        return session.scalar(kept) is not None


def choices(desk: Desk, found: Inbox, chosen: Collection[str] = ()) -> Choices:
    """Return what the filters offer the actor beside a page; forms that are `chosen` are among them in any."""
    with _stepping(desk) as session:
        teams = session.execute(_teams_looked_after(desk.actor))
        glance = _glance(desk)
        keys = session.scalars(forms_of(found.view, glance), glance.times) if found.forms is None else found.forms
        offered = {*keys, *(frozenset(chosen) & frozenset(desk.forms.keys()))}
        forms = sorted(((key, desk.forms.form(key).title) for key in offered), key=lambda form: form[1])
        return Choices(tuple((row[0], row[1]) for row in teams), tuple(forms))


@contextmanager
def _stepping(desk: Desk) -> Iterator[Session]:
    """Look along indexes: what is asked of a view is the same from request to request."""
    with desk.looking() as session:
        along_indexes(session)
        yield session


def _glance(desk: Desk) -> Glance:
    return Glance(desk.actor, desk.clock.now())


def _looked_at(session: Session, view: View, glance: Glance, filters: Filters, sort: str, after: UUID | None) -> Looked:
    """Return a page of a view, or of what is looked for in it."""
    if filters.active or view is EVERYTHING:
        return look_for(session, view, glance, filters, (sorted_by(view, sort), after), PAGE)
    if after is None and view is not STUCK:
        query = _first_page(view, glance.actor, sort, PAGE + 1)
    else:
        keys = sorted_by(view, sort)
        query = _page(view, glance, keys, behind(keys, place_of(session, keys, after, glance)), PAGE + 1)
    return Looked(*page_of(session, glance, session.execute(query, glance.times).all(), PAGE))


def _first(desk: Desk, view: View) -> Row | None:
    glance = _glance(desk)
    with _stepping(desk) as session:
        query = _first_page(view, glance.actor, "", 1)
        rows, _more = page_of(session, glance, session.execute(query, glance.times).all(), 1)
        return rows[0] if rows else None


@lru_cache(KEPT)
def _first_page(view: View, actor: Actor, sort: str, number: int) -> Select[Any]:
    return _page(view, Glance(actor, NO_DATE), sorted_by(view, sort), true(), number)


def _page(view: View, glance: Glance, keys: Keys, behind_it: Condition, number: int) -> Select[Any]:
    """So many tasks of a view; of own work what it is sorted by is told by an index, and no other rows are read."""
    if view.own_work:
        wanted = first_of(heaps_of(view, glance.actor), behind_it, keys, number)
    else:
        wanted = tasks_of(view, glance)
    return listing(and_(wanted, behind_it), keys, number)


def _saved(session: Session, actor: Actor) -> tuple[Saved, ...]:
    query = select(SavedFilter).where(SavedFilter.staff_id == actor.id).order_by(SavedFilter.name)
    return tuple(Saved(each.id, each.name, each.query) for each in session.scalars(query))


@lru_cache(KEPT)
def _teams_looked_after(actor: Actor) -> Select[UUID, str]:
    posts = [post for post in dict.fromkeys(actor.posts) if post.role in CARE_ROLES]
    looked_after = or_(false(), *(_teams_of(post) for post in posts))
    return select(Team.id, Team.name).where(looked_after).order_by(Team.name)


def _teams_of(post: Post) -> Any:
    whole = post.role in PROGRAMME_WIDE or post.team_id is None
    return Team.programme_id == post.programme_id if whole else Team.id == post.team_id
