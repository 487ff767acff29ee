"""Looking for tasks: first what the words mean, each by itself, and then the tasks, by their indexes.

A word means cases (by number or by the person's name), names of tasks, and colleagues who hold tasks. Every word has to
mean a task. What is found, listed and counted is among what the actor may see, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, Select, and_, func, or_, select, true, union, union_all
from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.person import Person
from workflows.casework.programme import Programme
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.questions import own_work, reach
from workflows.questions.finding import has_nhs_number, nhs_number_in
from workflows.questions.inbox_filters import Filters
from workflows.questions.inbox_order import Keys, asks_tasks_only, behind, in_order, place_of
from workflows.questions.inbox_rows import Row, listing, page_of
from workflows.questions.inbox_views import EVERYTHING, Condition, Glance, View, heaps_of, joined_tasks, narrowed
from workflows.storage import alleged

Ways = list[Condition]  # in which a word may mean a task


@dataclass(frozen=True)
class Looked:
    """A page of what was looked for. `number`: all of it; `forms`: of its tasks, whichever forms were chosen."""

    rows: tuple[Row, ...]
    more: UUID | None
    number: int = 0
    forms: frozenset[str] | None = None  # None: they were not asked for


def look_for(
    session: Session, view: View, glance: Glance, filters: Filters, order: tuple[Keys, UUID | None], size: int
) -> Looked:
    """Return a page of the tasks of a view that the filters leave, with their number. `order`: its keys, and the row
    after which the page begins (None: from the first).
    """
    keys, after = order
    found = _found(session, view, glance, filters, keys)
    of_forms = [found.c.form_key.in_(filters.forms)] if filters.forms else []
    each = select(found.c.form_key).distinct().subquery()
    told = (
        select(func.count()).select_from(found).where(*of_forms).scalar_subquery().label("found"),
        select(func.aggregate_strings(each.c.form_key, " ")).scalar_subquery().label("forms"),
    )
    sorted_by: Keys = [(found.c[f"key_{depth}"], down) for depth, (_, down) in enumerate(keys)]
    behind_it = behind(sorted_by, place_of(session, keys, after, glance))
    page = select(found.c.id).where(*of_forms, behind_it).order_by(*in_order(sorted_by)).limit(size + 1)
    query = listing(Task.id.in_(page), keys, size + 1).add_columns(*told)
    listed = session.execute(query, glance.times).all()
    number, forms = listed[0][-2:] if listed else session.execute(select(*told), glance.times).one()
    return Looked(*page_of(session, glance, listed, size), number, frozenset((forms or "").split()))


def numbers_left(session: Session, view: View, glance: Glance, filters: Filters, since: datetime) -> tuple[int, int]:
    """Count the tasks of a view that the filters leave: those opened since then, and all."""
    found = _found(session, view, glance, filters, [(Task.opened_at.expression, False)])
    of_forms = [found.c.form_key.in_(filters.forms)] if filters.forms else []
    opened = func.count().filter(found.c.key_0 > since)
    new, number = session.execute(select(opened, func.count()).where(*of_forms), glance.times).one()
    return new, number


def _found(session: Session, view: View, glance: Glance, filters: Filters, keys: Keys) -> CTE:
    """What is looked for, whatever its form: each task with its form, and what it is sorted by."""
    sorted_by = (column.label(f"key_{depth}") for depth, (column, _down) in enumerate(keys))
    columns = (Task.id, Task.form_key, *sorted_by)
    meant = _meant(session, view, filters)
    walks = [walk.where(*filters.asked()) for walk in _walks(view, glance, meant, columns, keys)]
    return (union(*walks) if len(walks) > 1 else walks[0]).cte("found")


def _walks(view: View, glance: Glance, meant: list[Ways], columns: Sequence[Any], keys: Keys) -> list[Select[Any]]:
    """The tasks of a view that every word means, each walk by an index: what is in one may be in another, too."""
    every = [or_(*ways) for ways in meant]
    # Asked of each task of a heap: SQLite would read all tasks of the cases that are meant, for each heap anew.
    of_each = [one.is_(true()) for one in every]
    tasks, with_cases = select(*columns).select_from(Task), joined_tasks(*columns)
    if not asks_tasks_only(keys):
        with_cases = with_cases.join(Person, Person.id == Case.person_id)
        tasks = with_cases
    if view.own_work:
        return [tasks.where(heap, *of_each) for heap in heaps_of(view, glance.actor)]
    if view is not EVERYTHING:
        return [with_cases.where(narrowed(view, glance, and_(true(), *every)))]
    own = [tasks.where(heap, own_work.may_see(glance.actor), *of_each) for heap in own_work.everything(glance.actor)]
    as_colleague = and_(Task.open, reach.works_on(glance.actor), ~alleged.kept_from(glance.actor.id))
    first, others = (meant[0], every[1:]) if meant else ([true()], [])
    return [*(with_cases.where(as_colleague, way, *others) for way in first), *own]


def _meant(session: Session, view: View, filters: Filters) -> list[Ways]:
    """What each word means, the one that means least first: by it the others are found."""
    if number := nhs_number_in(filters.words):
        known = select(Person.id).where(has_nhs_number(number))
        return [[Task.case_id.in_(select(Case.id).where(Case.person_id.in_(known)))]]
    words = filters.searched()
    called = session.scalars(_names_of_open_tasks()).all() if words and not view.newest_first else ()
    colleagues = session.scalars(_colleagues(words)).all() if words else ()
    every = []
    for word in words:
        ways: Ways = [Task.case_id.in_(select(_cases(word).c.id))]
        if _among(colleagues, word):  # so that whoever runs a team finds what lies with one
            ways.append(Task.assignee_id.in_(_colleagues([word], StaffMember.id)))
        if view.newest_first:  # what is done may be called as nothing open is
            ways.append(_holds(word, Task.name))
        elif named := _among(called, word):
            ways.append(Task.name.in_(named))
        every.append(ways)
    return sorted(every, key=len)


def _among(names: Iterable[str], word: str) -> list[str]:
    return [name for name in names if word.casefold() in name.casefold()]


def _cases(word: str) -> CTE:
    named = Person.family_name + " " + Person.given_name + " " + Person.preferred_name  # no word goes across a space
    by_person = Case.person_id.in_(select(Person.id).where(_holds(word, named)))
    return union_all(select(Case.id).where(by_person), select(Case.id).where(_by_number(word))).cte()


def _by_number(word: str) -> Condition:
    """A case number is the key of its programme and a count, as in ACM-000017: names are part of few keys, if any."""
    if "-" in word or word.isdigit():
        return Case.number.in_(select(Case.number).where(_holds(word, Case.number)))
    return Case.programme_id.in_(select(Programme.id).where(_holds(word, Programme.key)))


def _colleagues(words: Sequence[str], column: Any = StaffMember.name) -> Select[Any]:
    return select(column).where(or_(*(_holds(word, StaffMember.name) for word in words)))


def _holds(word: str, place: Any) -> Condition:
    """Whether a place holds a word, however it is written."""
    # SQLite folds only the letters of English: names like Özlem are looked for in each spelling.
    spellings = {word, word.lower(), word.upper(), word.capitalize()} if not word.isascii() else {word}
    return or_(*(place.icontains(each, autoescape=True) for each in sorted(spellings)))


@lru_cache(1)
def _names_of_open_tasks() -> Select[str]:
    """What open tasks are called: as many names as steps, found by stepping from name to name."""
    first = select(func.min(Task.name)).where(Task.open)
    found = select(first.scalar_subquery().label("name")).cte("names", recursive=True)
    following = select(func.min(Task.name)).where(Task.open, Task.name > found.c.name).correlate(found)
    found = found.union_all(select(following.scalar_subquery()).where(found.c.name.is_not(None)))
    return select(found.c.name).where(found.c.name.is_not(None))
