"""What a draft of the ladders would have done to the tasks of the past months, beside what today's would have done.

It changes nothing. Whom a rung concerned is worked out from today's posts, read once; see `ladder_found.UNKNOWN`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, or_, select, true
from sqlalchemy.orm import Session

from workflows.casework.access import MANAGERS, RUNS_THE_CASE, Actor, may, may_manage
from workflows.casework.case import Case
from workflows.casework.duty_rota import WHERE_NOBODY_IS, DutyDays, named_for
from workflows.casework.errors import NotAllowed, NotFound
from workflows.casework.ladder import COORDINATOR, DUTY, HOLDER, POOL, REVIEW, Clock, Ladder, Rung, ladder_name
from workflows.casework.programme import Programme
from workflows.casework.replay import Past, Replay, Told, must_be_a_time
from workflows.casework.roles import each_of
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.clock import at_london
from workflows.desk import Desk
from workflows.questions import reach
from workflows.questions.ladder_found import Tried, heard, sum_of
from workflows.storage.duty_rota import rota_of
from workflows.storage.posts_now import PostsNow
from workflows.working_time import Calendar

AT_A_TIME = 1000
Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Asked:
    """What is tried: a programme (its key), a draft, and the first and last day (both count) of the tasks."""

    programme: str
    draft: Ladder
    first: date
    last: date


def try_ladder(desk: Desk, asked: Asked, progress: Progress = lambda *_: None) -> Tried:
    """Replay the tasks of a time under a draft and under the ladder of today; `progress(done, all)` is told of it.

    Raises AnswersRefused for a time that is none, NotAllowed and NotFound.
    """
    must_be_a_time(asked.first, asked.last, desk.today)
    with desk.looking() as session:
        programme = _managed(session, desk, asked.programme)
        span = at_london(asked.first, time(0)), at_london(asked.last + timedelta(days=1), time(0))
        replay = Replay({"today": programme.ladder, "draft": asked.draft}, MANAGERS)
        posts, hours = PostsNow(session, programme.id, desk.today), _Hours(programme, desk.clock.now())
        rota = rota_of(session, programme.id, asked.first, asked.last)
        all_tasks = session.scalar(_tasks(programme.id, span).with_only_columns(func.count(Task.id))) or 0
        progress(0, all_tasks)
        for number, row in enumerate(_stream(session, programme.id, span, desk.actor), 1):
            replay.take(_past(row, span, hours), row.number if row.seen else "", _Whom(posts, rota, row))
            if number % AT_A_TIME == 0:
                progress(number, all_tasks)
        progress(all_tasks, all_tasks)
        return _tried(asked, all_tasks, replay, _names(session))


def _managed(session: Session, desk: Desk, key: str) -> Programme:
    found = session.scalar(select(Programme).where(Programme.key == key))
    if found is None:
        raise NotFound(f"There is no programme “{key}”.")
    if not may(desk.actor, "programme.manage") or not may_manage(desk.actor, found.id):
        raise NotAllowed("Only a service manager of the programme tries its reminders.")
    return found


def _tasks(programme_id: UUID, span: tuple[datetime, datetime]) -> Any:
    return select(Task.id).where(
        Task.programme_id == programme_id,
        Task.due_at.is_not(None),
        Task.opened_at < span[1],
        or_(Task.ended_at.is_(None), Task.ended_at >= span[0]),
    )


def _stream(session: Session, programme_id: UUID, span: tuple[datetime, datetime], actor: Actor) -> Iterator[Row[Any]]:
    """Read the tasks. seen: whether whoever asks may open the case; the operator's command names every case."""
    seen = reach.may_see(actor) if actor.id else true()
    query = _tasks(programme_id, span).join(Case, Case.id == Task.case_id)
    columns = (
        Task.opened_at, Task.due_since, Task.due_at, Task.due_unit, Task.ended_at, Task.paused_at, Task.seen_at,
        Task.escalation, Task.role, Task.team_id, Task.assignee_id, Task.ended_by_id, Case.number,
        Case.coordinator_id, Case.team_id.label("case_team_id"),
        Task.properties["ladder"].as_string().label("named"), seen.label("seen"),
    )  # fmt: skip
    return iter(session.execute(query.with_only_columns(*columns).execution_options(yield_per=AT_A_TIME)))


class _Hours:
    """When each team is open, read once; and the instant up to which anything is known."""

    def __init__(self, programme: Programme, now: datetime) -> None:
        self.now, self._usual = now, programme.calendar
        self._of = {team.id: team.calendar for team in programme.teams}

    def of(self, team_id: UUID | None) -> Calendar:
        """Return the hours of a team, or of the programme."""
        return self._of.get(team_id, self._usual) if team_id else self._usual


def _past(row: Row[Any], span: tuple[datetime, datetime], hours: _Hours) -> Past:
    until = min(one for one in (row.ended_at, row.paused_at, span[1], hours.now) if one is not None)
    name = ladder_name(row.escalation, {"ladder": row.named or ""})
    clock = Clock.of(row)
    calendar, review = hours.of(row.case_team_id), row.named == REVIEW
    return Past(name, clock, span[0], until, row.seen_at, calendar, review)


@dataclass(frozen=True)
class _Whom:
    """Whom the rungs of one task concern, roughly as `duties.rungs.concerned` says it."""

    posts: PostsNow
    rota: Sequence[DutyDays]
    row: Row[Any]

    def __call__(self, rung: Rung, day: date) -> Iterable[UUID]:
        found = dict.fromkeys(one for whom in rung.whom for one in self._named(whom, day))
        return found or self._who_hands_on() if rung.whom else ()

    def _named(self, whom: str, day: date) -> Iterable[UUID]:
        row = self.row
        if whom == COORDINATOR:
            return (row.coordinator_id,) if row.coordinator_id else ()
        if whom == HOLDER and (row.assignee_id or row.ended_by_id):
            return (row.assignee_id or row.ended_by_id,)
        if whom in (HOLDER, POOL):
            return self.posts.first(each_of(row.role), row.team_id)
        if whom == DUTY:
            named = [one.staff_id for one in named_for(self.rota, (row.team_id,), day)]
            return named or self.posts.first(WHERE_NOBODY_IS, row.team_id)
        return self.posts.first((whom,), row.team_id)

    def _who_hands_on(self) -> Iterable[UUID]:
        for roles in (MANAGERS, RUNS_THE_CASE):
            held = dict.fromkeys(one for role in sorted(roles) for one in self.posts.holders(role, self.row.team_id))
            if held:
                return held
        return ()


def _names(session: Session) -> dict[UUID, str]:
    return {row.id: row.name for row in session.execute(select(StaffMember.id, StaffMember.name))}


def _tried(asked: Asked, tasks: int, replay: Replay, names: dict[UUID, str]) -> Tried:
    weeks = ((asked.last - asked.first).days + 1) / 7
    today, draft = (replay.told.get(name, Told()) for name in ("today", "draft"))
    counts, most = replay.reviews.counts, replay.reviews.most
    return Tried(
        tasks, asked.first, asked.last, sum_of(today, names, weeks), sum_of(draft, names, weeks),
        counts["earlier"], counts["later"], most("earlier"), most("later"), heard(today, draft, names),
    )  # fmt: skip
