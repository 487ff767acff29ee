"""The views of the inbox, each defined once: its list and its count stand on the very same condition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import Select

from workflows.casework.access import RUNS_THE_CASE, Actor
from workflows.casework.base import UtcDateTime
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, Waiting
from workflows.casework.ladder import AT_DUE
from workflows.casework.staff import Absence, Watch
from workflows.casework.task import Task
from workflows.clock import LONDON, at_london
from workflows.questions import own_work, reach
from workflows.questions.stuck import away_on, doubtful, judged_by_kind, left_behind, stuck
from workflows.storage import doers

NO_DATE = datetime(9999, 12, 1, tzinfo=UTC)  # sorts behind every promise
PRIORITIES = ("emergency", "urgent", "high", "standard", "planned")
# What somebody else owes a case. Endings (a death, a withdrawal) may always come and are not waited for.
AWAITED = {
    "referrer_reply": "the referrer’s answer",
    "mdt_case_decided": "the decision of the meeting",
    "service_update": "news from the service",
    "hospital_discharge": "discharge from hospital",
    "hospital_destination_told": "word of where the person went from hospital",
}
KEPT = 64  # statements of a kind, of those who look most: each takes memory, with the key by which it is known again
Condition = ColumnElement[bool]
# The instants of a glance are told with the question (`Glance.times`): what is asked stays the same from day to day.
NOW, END_OF_TODAY, END_OF_WEEK, END_OF_FORTNIGHT = (
    bindparam(name, type_=UtcDateTime()) for name in ("now", "end_of_today", "end_of_week", "end_of_fortnight")
)


@dataclass(frozen=True)
class Glance:
    """Somebody looks at the inbox at an instant. `nobody_can`: what nobody can do, where it is worked out already."""

    actor: Actor
    now: datetime
    nobody_can: Condition | None = None

    @property
    def today(self) -> date:
        """The day in London."""
        return self.now.astimezone(LONDON).date()

    @property
    def times(self) -> dict[str, datetime]:
        """What every question of the inbox is told of this instant: the ends are those of London days."""
        last_days = {END_OF_TODAY.key: 0, END_OF_WEEK.key: 6 - self.today.weekday(), END_OF_FORTNIGHT.key: 14}
        ends = {key: at_london(self.today + timedelta(days=days + 1), time(0)) for key, days in last_days.items()}
        return {NOW.key: self.now, **ends}


def judged(session: Session, glance: Glance) -> Glance:
    """Work out what nobody can do, for somebody who could hand it on; it is much the longest question of the inbox."""
    if not RUNS_THE_CASE & glance.actor.roles:
        return glance
    in_doubt = doubtful(session, reach.places_run_by(glance.actor), glance.today)
    by_kind = judged_by_kind(session, in_doubt, glance.today)
    away = session.scalars(select(Absence.staff_id).where(away_on(glance.today))).all()
    theirs = and_(Task.assignee_id.in_(away), reach.runs_case_of(glance.actor), left_behind(glance.today))
    left = session.scalars(joined_tasks(Task.id).where(theirs)).all() if away else ()
    return replace(glance, nobody_can=or_(by_kind, Task.id.in_(left)) if left else by_kind)


def overdue() -> Condition:
    """Tasks whose time has passed; a stopped clock never runs out."""
    return and_(Task.paused_at.is_(None), Task.due_at < NOW)


def due_until(end: ColumnElement[datetime]) -> Condition:
    """Tasks that fall due from now on, before `end`; those already overdue are not among them."""
    return and_(Task.paused_at.is_(None), Task.due_at >= NOW, Task.due_at < end)


def _coordinated(actor: Actor) -> Condition:
    return Case.coordinator_id.in_(reach.hands_of(actor))


def _watched(actor: Actor) -> Condition:
    return Case.id.in_(select(Watch.case_id).where(Watch.staff_id == actor.id))


def _with_others(actor: Actor) -> Condition:
    """In somebody else's hands, or in a pool that is not the actor's."""
    hands = reach.hands_of(actor)
    others = or_(Task.assignee_id.not_in(hands), and_(Task.assignee_id.is_(None), ~reach.in_pool_of(actor)))
    return and_(_coordinated(actor), others)


def _waited_for(actor: Actor) -> Condition:
    """What others do in the cases the actor coordinates, and what needs a second person after the actor.

    Each is looked for by itself: a database that is asked for either looks through all tasks that are open.
    """
    others = joined_tasks(Task.id).where(Task.open, _with_others(actor))
    after_them = select(Task.id).where(Task.open, _for_another(actor), reach.in_pool_of(actor))
    return Task.id.in_(union_all(others.correlate(None), after_them.correlate(None)))


@lru_cache(reach.ACTORS)
def _for_another(actor: Actor) -> Condition:
    """Tasks of the pool that somebody else has to do, because the actor did the step before."""
    return and_(Task.not_by.is_not(None), Task.assignee_id.is_(None), doers.needs_another(actor.id))


def _in_hand(actor: Actor) -> Condition:
    """The open tasks in the actor's own hands, and of colleagues they cover."""
    return and_(Task.open, reach.held_by(actor), own_work.may_see(actor))


def _in_pools(actor: Actor) -> Condition:
    """The open tasks in nobody's hands that the actor may do."""
    return and_(own_work.among(own_work.pools(actor)), theirs_to_do(actor))


def _own_work(actor: Actor) -> Condition:
    """The open tasks that the actor may do: what is in their hands and in their pools."""
    return and_(own_work.work_of(actor), theirs_to_do(actor))


@lru_cache(reach.ACTORS)
def theirs_to_do(actor: Actor) -> Condition:
    """Which of the open tasks that the actor may do are put before them."""
    return and_(own_work.may_see(actor), ~_for_another(actor))


@lru_cache(reach.ACTORS)
def heaps_of(view: View, actor: Actor) -> tuple[Condition, ...]:
    """The tasks of a view of own work, heap by heap: each is found, counted and sorted by an index alone."""
    lying = own_work.everything
    if view.among in (_in_hand, _in_pools):
        lying = own_work.held if view.among is _in_hand else own_work.pools
    return tuple(and_(heap, theirs_to_do(actor), view.tasks(actor)) for heap in lying(actor))


def _open(which: Callable[[Actor], Condition]) -> Callable[[Actor], Condition]:
    return lambda actor: and_(Task.open, which(actor))


@dataclass(frozen=True)
class View:
    """One way of looking at tasks: those of the tasks `among` which it looks. Own work is counted in one walk.

    `news_of`: the cases whose awaited news belongs to the view as well. `roles`: for nobody else is there anything in
    it; None: for everybody.
    """

    key: str
    name: str
    tasks: Callable[[Actor], Condition]
    news_of: Callable[[Actor], Condition] | None = None
    newest_first: bool = False
    among: Callable[[Actor], Condition] = reach.may_see_task
    roles: frozenset[str] | None = None

    @property
    def own_work(self) -> bool:
        """Whether it holds nothing but what the actor may do."""
        return self.among in (_in_hand, _in_pools, _own_work)

    def is_for(self, actor: Actor) -> bool:
        """Whether there can be anything in it for the actor; what cannot is not looked for."""
        return self.roles is None or bool(self.roles & actor.roles)


STUCK = View("stuck", "To hand on", _open(reach.runs_case_of), roles=RUNS_THE_CASE)
VIEWS: tuple[View, ...] = (
    View("mine", "My tasks", reach.held_by, among=_in_hand),
    View("pool", "Pool", lambda _actor: Task.assignee_id.is_(None), among=_in_pools),
    View("waiting", "I’m waiting for", _open(_waited_for), _coordinated),
    View("overdue", "Overdue", lambda _actor: overdue(), among=_own_work),
    View("week", "Due this week", lambda _actor: due_until(END_OF_WEEK), among=_own_work),
    STUCK,
    View("watching", "Watching", _open(_watched), _watched),
    View("done", "Done", lambda _actor: Task.status == "completed", newest_first=True, among=reach.may_remember),
)
TODAY = View("today", "Due today", lambda _actor: due_until(END_OF_TODAY), among=_own_work)
EVERYTHING = View("all", "Everywhere I may look", _open(lambda _actor: Task.id.is_not(None)))
BY_KEY = {view.key: view for view in (*VIEWS, TODAY, EVERYTHING)}


def tasks_of(view: View, glance: Glance) -> Condition:
    """The tasks of a view that the actor may see; both the list and its count ask for exactly this."""
    kept = _tasks_of(view, glance.actor)
    return and_(kept, _nobody_can(glance)) if view is STUCK else kept


@lru_cache(reach.ACTORS)
def _tasks_of(view: View, actor: Actor) -> Condition:
    return and_(view.tasks(actor), view.among(actor))


def _nobody_can(glance: Glance) -> Condition:
    """What nobody can do who is here and may know of the case; for whoever runs it to hand on. It changes by itself."""
    if glance.nobody_can is not None:
        return glance.nobody_can
    return or_(stuck(glance.today), left_behind(glance.today))


def narrowed(view: View, glance: Glance, by: Condition) -> Condition:
    """Those of them that a filter leaves: only of cases that the actor may see, or it would tell of the others."""
    told = tasks_of(view, glance)
    return and_(told, reach.may_see_task(glance.actor), by) if view.newest_first else and_(told, by)


@lru_cache(reach.ACTORS)
def news_of(view: View, actor: Actor) -> Condition:
    """What the cases of a view wait for from outside, on `Waiting` joined with its process and case."""
    if view.news_of is None:
        return Waiting.id.is_(None)
    owed = (CaseRun.status == "running", Waiting.message.in_(AWAITED))
    return and_(view.news_of(actor), reach.works_on(actor), *owed)


def joined_tasks(*columns: Any) -> Select[Any]:
    """Select over tasks with their case."""
    return select(*columns).select_from(Task).join(Case, Case.id == Task.case_id)


def joined_news(*columns: Any) -> Select[Any]:
    """Select over awaited events with their process and case."""
    return (
        select(*columns)
        .select_from(Waiting)
        .join(CaseRun, CaseRun.id == Waiting.run_id)
        .join(Case, Case.id == Waiting.case_id)
    )


def promised() -> ColumnElement[datetime]:
    """When a task is due, for sorting: without a date, or with its clock stopped, behind all others."""
    no_date = literal(NO_DATE, UtcDateTime())
    return case((Task.paused_at.is_not(None), no_date), else_=func.coalesce(Task.due_at, no_date))


def rung() -> ColumnElement[int]:
    """How far a task has climbed the ladder of reminders; an overdue one at least to the rung of its due time."""
    return case((and_(overdue(), Task.level < AT_DUE), AT_DUE), else_=Task.level)


def priority_rank() -> ColumnElement[int]:
    """The case's priority as a number, the most pressing first."""
    ranks = {name: rank for rank, name in enumerate(PRIORITIES)}
    return case(ranks, value=Task.case_priority, else_=len(PRIORITIES))
