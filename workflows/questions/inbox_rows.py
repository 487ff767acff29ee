"""The rows of the inbox: a page of tasks in one statement, however many there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from workflows.casework.access import Actor, holds_role
from workflows.casework.agreed_words import named_by_it
from workflows.casework.calendars import NOTHING_OF_ITS_OWN, Content, calendar_of
from workflows.casework.case import Case
from workflows.casework.diagram import Waiting
from workflows.casework.ladder import Ladder, Rung
from workflows.casework.person import Person
from workflows.casework.programme import Programme, Team, ladder_in
from workflows.casework.roles import in_a_sentence, names_in
from workflows.casework.staff import StaffMember
from workflows.casework.task import Draft, Task
from workflows.due_words import pause_words
from workflows.questions import reach
from workflows.questions.concern import ANSWER, Raised, raised_about
from workflows.questions.inbox_order import Keys, in_order
from workflows.questions.inbox_views import (
    AWAITED,
    Condition,
    Glance,
    View,
    joined_news,
    joined_tasks,
    news_of,
)
from workflows.questions.next_rung import next_rung
from workflows.working_time import Calendar

MOST_NEWS = 100
Whose = tuple[UUID, UUID | None]  # the programme and the team of a case
ELSEWHERE, UNSHARED = "elsewhere", "unshared"
OF_TASK = len("task:") + 36  # how long the name of a task's draft is, before the window it was typed in

_HOLDER = aliased(StaffMember)
_CASE_TEAM = aliased(Team)  # that of the case; a task may lie in the pool of another
_PLAIN = (
    Task.id, Task.name, Task.why, Task.form_key, Task.role, Task.escalation, Task.level, Task.opened_at, Task.due_at,
    Task.remind_at, Task.paused_at, Task.ended_at, Task.assignee_id, Case.priority,
    Case.number.label("case_number"), Case.risk_level.label("risk"),
    func.coalesce(Team.name, "").label("team"), func.coalesce(_HOLDER.name, "").label("assignee"),
)  # fmt: skip
_WORKED_OUT = (
    Task.referrer_asked_at, Case.clocks_paused_why,
    Task.status, Task.properties, Task.seen_at, Task.programme_id, Task.team_id, Task.case_id, Task.variables,
    Task.not_by, Task.due_since, Task.due_unit,
    Case.team_id.label("case_team_id"), _CASE_TEAM.content.label("team_content"),
    Person.given_name, Person.family_name, Person.dob,
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A task as the list shows it: what, about whom, why, whose, by when."""

    id: UUID
    name: str
    why: str
    form_key: str
    role: str
    escalation: str
    level: int
    opened_at: datetime
    due_at: datetime | None
    remind_at: datetime | None
    paused_at: datetime | None
    paused_why: str
    overdue: bool
    ended_at: datetime | None
    case_number: str
    initials: str
    age: int | None
    team: str
    priority: str
    risk: str
    assignee_id: UUID | None
    assignee: str
    mine: bool
    covered: bool  # it is a colleague's, whom the actor covers
    claimable: bool
    draft_at: datetime | None  # when the actor last typed something into its form
    calendar: Calendar
    whose: str  # the roles it is for, in the words of its programme, within a sentence
    concern: Raised | None = None  # what an urgent task is about
    barred: str = ""  # the first of two steps that the actor did: somebody else has to do this one
    opens_case: bool = True  # no: only the task is theirs, the case is another team's
    next_rung: Rung | None = None  # of its ladder: it comes at `remind_at`
    away: str = ""  # where it is told: until when its holder is on leave
    withheld: str = ""  # why a task they did says nothing of its case any more: it is ELSEWHERE, or UNSHARED

    @property
    def what(self) -> str:
        """What it is called where its reason is not shown: two agreed actions are told apart."""
        return named_by_it(self.name, self.why)


@dataclass(frozen=True)
class News:
    """Something a case waits for from outside."""

    case_number: str
    initials: str
    age: int | None
    team: str
    awaited: str
    since: datetime


def listing(wanted: Condition, keys: Keys, number: int) -> Select[Any]:
    """Ask for the first so many of the tasks that are wanted, with all that their rows say."""
    return (
        joined_tasks(*_PLAIN, *_WORKED_OUT)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(Team, Team.id == Task.team_id)
        .outerjoin(_CASE_TEAM, _CASE_TEAM.id == Case.team_id)
        .outerjoin(_HOLDER, _HOLDER.id == Task.assignee_id)
        .where(wanted)
        .order_by(*in_order(keys))
        .limit(number)
    )


def page_of(session: Session, glance: Glance, found: Sequence[Any], size: int) -> tuple[tuple[Row, ...], UUID | None]:
    """Return the rows of a page out of what a `listing` found, and the last one if more follow."""
    drafts = _drafts(session, glance.actor, [each.id for each in found[:size]])
    houses = _houses(session, found[:size])
    raised = raised_about(session, [(each.id, each.case_id, each.variables) for each in found[:size] if _urgent(each)])
    closed = _closed_to(session, glance.actor, found[:size])
    barred = _barred(session, glance.actor, found[:size])
    rows = tuple(
        _row(each, glance, drafts.get(each.id), houses[_whose(each)], raised.get(each.id), barred.get(each.id, ""))
        for each in found[:size]
    )
    rows = tuple(_as_open(row, each, glance.actor, closed) for row, each in zip(rows, found, strict=False))
    return rows, rows[-1].id if len(found) > size else None


def news_in(session: Session, view: View, glance: Glance) -> tuple[News, ...]:
    """Return what the cases of a view wait for from outside, longest first."""
    if view.news_of is None:
        return ()
    team = func.coalesce(Team.name, "")
    query = (
        joined_news(
            Case.number, Person.given_name, Person.family_name, Person.dob, team, Waiting.message, Waiting.since
        )
        .join(Person, Person.id == Case.person_id)
        .outerjoin(Team, Team.id == Case.team_id)
        .where(news_of(view, glance.actor))
        .order_by(Waiting.since, Waiting.id)
        .limit(MOST_NEWS)
    )
    return tuple(
        News(number, *_initials_and_age(given, family, dob, glance.today), team_name, AWAITED[message], since)
        for number, given, family, dob, team_name, message, since in session.execute(query)
    )


def _drafts(session: Session, actor: Actor, tasks: Sequence[UUID]) -> dict[UUID, datetime]:
    """When the actor last typed into each task's form; nobody learns of a colleague's draft."""
    about = {f"task:{task_id}": task_id for task_id in tasks}
    task = func.substr(Draft.about, 1, OF_TASK)
    query = select(task, func.max(Draft.saved_at)).where(Draft.staff_id == actor.id, task.in_(about)).group_by(task)
    return {about[key]: saved_at for key, saved_at in session.execute(query)} if about else {}


class _House(NamedTuple):
    calendar: Calendar
    roles: Mapping[str, str]
    ladder: Ladder


def _houses(session: Session, found: Sequence[Any]) -> dict[Whose, _House]:
    """When the team of each case, or else its programme, is open, what that calls the roles, and its ladders."""
    contents = {one.id: one.content for one in session.execute(select(Programme.id, Programme.content))}
    own = {_whose(each): each.team_content or NOTHING_OF_ITS_OWN for each in found}
    return {whose: _house(contents[whose[0]], content) for whose, content in own.items()}


def _house(programme: Content, team: Content) -> _House:
    return _House(calendar_of(programme, team), names_in(programme), ladder_in(programme))


def _whose(found: Any) -> Whose:
    return found.programme_id, found.case_team_id


def _barred(session: Session, actor: Actor, found: Sequence[Any]) -> dict[UUID, str]:
    """Of the second of two steps, by task: the first one, where the actor did it. Few pages hold any."""
    second = {each.id: (each.case_id, each.not_by) for each in found if _needs_another(each)}
    if not second:
        return {}
    here = Task.case_id.in_({case for case, _key in second.values()})
    done = (here, Task.status != "open", Task.ended_by_id.is_not(None))
    firsts = select(Task.case_id, Task.key, Task.name, Task.ended_by_id).where(
        *done, Task.key.in_({key for _case, key in second.values()})
    )
    last = {(one.case_id, one.key): one for one in session.execute(firsts.order_by(Task.ended_at))}
    return {
        task_id: last[first].name
        for task_id, first in second.items()
        if first in last and last[first].ended_by_id == actor.id
    }


def _needs_another(found: Any) -> bool:
    return found.status == "open" and bool(found.not_by)


def _closed_to(session: Session, actor: Actor, found: Sequence[Any]) -> set[UUID]:
    """Which of the cases the actor may not open though a task of them is or was theirs: they are another team's.

    What was done may be of a case of their own team that is not shared with them any more.
    """
    asked = {each.case_id for each in found if each.status != "open" or not _of_own_team(actor, each)}
    return (
        asked - set(session.scalars(select(Case.id).where(Case.id.in_(asked), reach.may_see(actor))))
        if asked
        else asked
    )


def _as_open(row: Row, found: Any, actor: Actor, closed: Collection[UUID]) -> Row:
    """Say of a case that the actor may not open no more than they need for the task; once it is done, nothing."""
    if found.case_id not in closed:
        return row
    if found.status == "open":
        return replace(row, opens_case=False)
    withheld = UNSHARED if _of_own_team(actor, found) else ELSEWHERE
    row = replace(row, opens_case=False, withheld=withheld)
    return replace(row, why="", initials="", age=None, team="", priority="", risk="", paused_why="")


def _of_own_team(actor: Actor, found: Any) -> bool:
    posts = [post for post in actor.posts if post.programme_id == found.programme_id]
    return any(post.team_id is None or post.team_id == found.case_team_id for post in posts)


def _urgent(found: Any) -> bool:
    return bool(found.form_key == ANSWER and found.status == "open")


def _row(
    found: Any,
    glance: Glance,
    draft_at: datetime | None,
    house: _House,
    concern: Raised | None,
    barred: str,
) -> Row:
    actor, holder = glance.actor, found.assignee_id
    initials, age = _initials_and_age(found.given_name, found.family_name, found.dob, glance.today)
    is_open = found.status == "open"
    in_pool = is_open and holder is None and holds_role(actor, found.role, found.programme_id, found.team_id)
    late = is_open and found.paused_at is None and found.due_at is not None and found.due_at < glance.now
    return Row(
        **{column.key: getattr(found, column.key) for column in _PLAIN},
        paused_why=pause_words(found.clocks_paused_why or "", found.referrer_asked_at is not None),
        overdue=late,
        initials=initials,
        age=age,
        mine=holder is not None and holder == actor.id,
        covered=holder in actor.covers,
        claimable=in_pool and not barred,
        draft_at=draft_at,
        calendar=house.calendar,
        whose=in_a_sentence(found.role, house.roles),
        next_rung=next_rung(found, house.ladder, house.calendar, late) if is_open else None,
        concern=concern,
        barred=barred,
    )


def _initials_and_age(given: str, family: str, dob: date | None, today: date) -> tuple[str, int | None]:
    person = Person(given_name=given, family_name=family, dob=dob)  # only to ask it: it joins no session
    return person.initials, person.age(today)
