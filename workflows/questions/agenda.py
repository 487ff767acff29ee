"""The agenda of a team's meeting, the next, an earlier or a later one: what is on the table, and what is overdue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.casework.access import Actor
from workflows.casework.agenda import in_order, placed, takes_part
from workflows.casework.case import Case
from workflows.casework.errors import NotAllowed, NotFound
from workflows.casework.ladder import AGENDA
from workflows.casework.meeting_days import AHEAD, Sitting, next_sitting, sittings
from workflows.casework.programme import Team
from workflows.casework.task import SAFETY, Task
from workflows.desk import Desk
from workflows.duties.meeting_ways import RECORDING
from workflows.questions import reach
from workflows.questions.agenda_rows import Decided, LeftUndone, Listed, Person, decided, left_undone, listed
from workflows.questions.lateness import in_sight
from workflows.storage.lateness import came_to

NOT_YOURS = "The agenda is for those who take part in the meetings of this team."
Row = TypeVar("Row", Listed, LeftUndone, Decided)


@dataclass(frozen=True)
class TeamMeets:
    """A team at whose meetings its reader takes part. waiting, late: the cases they may see, to be decided and late."""

    id: UUID
    name: str
    programme: str
    sitting: Sitting | None
    waiting: int
    late: int


@dataclass(frozen=True)
class Overdue:
    """Something overdue, and at which past meetings it stood on the agenda and nothing was noted about it."""

    row: LeftUndone
    unsaid: tuple[date, ...]


@dataclass(frozen=True)
class Agenda:
    """One meeting of a team and what is on its table; `sitting` None: no meeting is known.

    next: it is the coming one, today's included. cases: to be decided. late: overdue, brought here by a ladder; of the
    next meeting and of past ones. apart: overdue too, of people whom several organisations may not discuss. decided:
    what was. hidden: cases that are not shared with its reader. huddles: cases decided outside meetings.
    """

    team_id: UUID
    team: str
    team_key: str
    programme_key: str
    sitting: Sitting | None
    next: bool
    past: bool
    earlier: date | None
    later: date | None
    capacity: int
    cases: tuple[Listed, ...]
    late: tuple[Overdue, ...]
    apart: tuple[LeftUndone, ...]
    decided: tuple[Decided, ...]
    hidden: int
    huddles: int

    @property
    def items(self) -> int:
        """How much stands on it in all, what is not shared with its reader included."""
        return len(self.cases) + len(self.late) + self.hidden


def teams_that_meet(desk: Desk) -> list[TeamMeets]:
    """Return the teams at whose meetings the actor takes part, by name, each with its next meeting."""
    with desk.looking() as session:
        teams = session.scalars(select(Team).order_by(Team.name)).unique().all()
        mine = [
            team for team in teams if takes_part(desk.actor, team.programme_id, team.id) and team.counts_on(desk.today)
        ]
        waiting, late = _numbers(session, desk.actor, [team.id for team in mine])
        return [
            TeamMeets(
                team.id, team.name, team.programme.name, next_sitting(team.content, team.calendar, desk.today),
                waiting.get(team.id, 0), late.get(team.id, 0),
            )
            for team in mine
        ]  # fmt: skip


def agenda(desk: Desk, team_id: UUID, wanted: date | None = None) -> Agenda:
    """Return the agenda of a team's meeting on a day; of the next one where none is asked for, or none is that day."""
    with desk.looking() as session:
        team = team_met(session, desk.actor, team_id)
        rows = listed(session, desk, team_id)
        said = {row.sitting.day: row.sitting for row in rows if row.sitting and row.sitting.day >= desk.today}
        coming = sorted({one.day: one for one in (*said.values(), *_coming(team, desk.today))}.values(), key=_at)
        following = coming[0] if coming else None
        sitting = _asked_for(team, coming, wanted, desk.today) or following
        return _agenda(session, desk, team, rows, coming, sitting)


def team_met(session: Session, actor: Actor, team_id: UUID) -> Team:
    """Return a team in whose meetings the actor takes part; raises NotFound or NotAllowed."""
    team = session.get(Team, team_id)
    if team is None:
        raise NotFound("There is no such team.")
    if not takes_part(actor, team.programme_id, team.id):
        raise NotAllowed(NOT_YOURS)
    return team


def _agenda(
    session: Session, desk: Desk, team: Team, rows: Sequence[Listed], coming: Sequence[Sitting], sitting: Sitting | None
) -> Agenda:
    today, day = desk.today, sitting.day if sitting else None
    past = day is not None and day < today
    following = not coming or sitting == coming[0]
    late = left_undone(session, desk, team.id, day if past else None) if past or following else []
    done = decided(session, desk, team.id, day) if day is not None and day <= today else []
    cases = _on_table(team, rows, coming, day, today)
    before = _held(team, today)
    people = [row.of for row in cases] + [row.of for row in late] + [row.of for row in done]
    return Agenda(
        team_id=team.id,
        team=team.name,
        team_key=team.key,
        programme_key=team.programme.key,
        sitting=sitting,
        next=following,
        past=past,
        earlier=max((one.day for one in before if day is None or one.day < day), default=None),
        later=min((one.day for one in coming if day is not None and one.day > day), default=None),
        capacity=_capacity(team, today),
        cases=_seen(cases),
        late=tuple(Overdue(row, _unsaid(row, before, day)) for row in _seen(late) if not row.of.apart),
        apart=tuple(row for row in _seen(late) if row.of.apart),
        decided=_seen(done),
        hidden=len({one.case_id for one in people if _only_counted(one)}),
        huddles=sum(row.of.seen for row in rows if _outside(row)),
    )


def _on_table(
    team: Team, rows: Iterable[Listed], coming: Sequence[Sitting], day: date | None, today: date
) -> list[Listed]:
    """The cases of one meeting, in order; of a past one those that still wait although people were invited to it."""
    theirs = {row.waits.case_id: row for row in rows if not _outside(row)}
    days = placed((row.waits for row in theirs.values()), [one.day for one in coming], _capacity(team, today))
    last = coming[-1].day if coming else None  # where nothing has room

    def meets(row: Listed) -> date | None:
        return row.waits.day if day and day < today else days.get(row.waits.case_id, last)

    ordered = (theirs[one.case_id] for one in in_order(row.waits for row in theirs.values()))
    return [row for row in ordered if meets(row) == day]


def _outside(row: Listed) -> bool:
    """Whether a case is decided without a meeting: in a huddle, or because it may not be discussed."""
    return row.huddle or row.of.apart


def _seen(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(row for row in rows if row.of.seen)


def _only_counted(of: Person) -> bool:
    return of.counted and not of.seen


def _unsaid(row: LeftUndone, held: Iterable[Sitting], day: date | None) -> tuple[date, ...]:
    """The meetings before this one on whose agenda something stood, and nothing was noted about it."""
    noted = {one.met_on for one in row.agreed}
    days = (one.day for one in held if one.at >= row.since)
    return tuple(one for one in days if one not in noted and (day is None or one < day))


def _asked_for(team: Team, coming: Sequence[Sitting], wanted: date | None, today: date) -> Sitting | None:
    """The meeting of a day, if there is one; of those that are past only the days that the team keeps are known."""
    if wanted is None:
        return None
    if wanted >= today:
        return next((one for one in coming if one.day == wanted), None)
    return next(iter(sittings(team.content, team.calendar, wanted, wanted)), None)


def _coming(team: Team, today: date) -> tuple[Sitting, ...]:
    return sittings(team.content, team.calendar, today, today + AHEAD)


def _held(team: Team, today: date) -> tuple[Sitting, ...]:
    """The meetings that the team has had, the first first."""
    return sittings(team.content, team.calendar, today - AHEAD, today - timedelta(days=1))


def _capacity(team: Team, today: date) -> int:
    return team.programme.number("agenda_capacity", today)


def _at(one: Sitting) -> date:
    return one.day


def _numbers(session: Session, actor: Actor, teams: Sequence[UUID]) -> tuple[Mapping[UUID, int], Mapping[UUID, int]]:
    """By team: how many cases wait for a meeting, and how many overdue steps stand on its agenda; as far as seen."""
    counted = select(Case.team_id, func.count()).join(Task, Task.case_id == Case.id).group_by(Case.team_id)
    here = (Task.open, Case.team_id.in_(teams))
    waiting = counted.where(*here, Task.process == RECORDING, Task.escalation != SAFETY, reach.works_on(actor))
    late = counted.where(*here, came_to(AGENDA), in_sight(actor))
    return _by_team(session, waiting), _by_team(session, late)


def _by_team(session: Session, counted: Any) -> Mapping[UUID, int]:
    return {team_id: number for team_id, number in session.execute(counted) if team_id is not None}
