"""What a team needs on paper when the system is down: today's tasks, meetings, and how to reach those at highest risk.

Of whom it is silent, and why, stands in `downtime_readers`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from workflows.casework.access import HELD_BACK
from workflows.casework.agreed_words import named_by_it
from workflows.casework.case import Case
from workflows.casework.invited import from_elsewhere
from workflows.casework.notice import Letter
from workflows.casework.programme import Programme
from workflows.casework.roles import in_a_sentence
from workflows.casework.staff import StaffMember
from workflows.casework.task import SAFETY, Task
from workflows.clock import at_london, london_day
from workflows.desk import Desk
from workflows.duties.contact_wishes import to_heed_before_ringing
from workflows.duties.correspondence import INVITATION
from workflows.questions.downtime_contacts import Reach, reach_of
from workflows.questions.downtime_readers import OpenTo, Place, team_manager_of
from workflows.questions.meetings import Meeting, meetings
from workflows.questions.whom_to_call import Emergency, emergency_of
from workflows.storage import people

HIGHEST_RISK = ("very_high", "palliative")
TOLD = ("ready", "held", "sent")  # invitations that somebody tells or has told by phone or post


@dataclass(frozen=True)
class PaperTask:
    """A task to be done today. holder: who has it, empty for a pool; whose: the roles it is for. dob: None, not known.

    name: with what was agreed, where that is what is to be done. late: its time had passed when this was written.
    ask_first: whom to ask before anybody rings, as the person said how they may be reached; no phone stands here then.
    """

    case_number: str
    name: str
    due_at: datetime
    late: bool
    holder: str
    away: str
    whose: str
    person: str
    dob: date | None
    phone: str
    ask_first: str
    safety: bool


@dataclass(frozen=True)
class PaperMeeting:
    """A meeting of today about somebody, and who is to be there."""

    case_number: str
    person: str
    at: datetime
    where: str
    who: tuple[str, ...]


@dataclass(frozen=True)
class Pack:
    """What one team has on paper. left_out: how many tasks, meetings and people are not on it."""

    place: Place
    at: datetime
    tasks: tuple[PaperTask, ...]
    meetings: tuple[PaperMeeting, ...]
    contacts: tuple[Reach, ...]
    left_out: dict[str, int]
    emergency: tuple[Emergency, ...]

    @property
    def numbers(self) -> frozenset[str]:
        """The cases that are told of."""
        told: tuple[PaperTask | PaperMeeting | Reach, ...] = (*self.tasks, *self.meetings, *self.contacts)
        return frozenset(one.case_number for one in told)


def places(desk: Desk) -> list[Place]:
    """Return the teams that are at work today, by programme, and for each programme what lies with no team."""
    found: list[Place] = []
    with desk.looking() as session:
        for programme in session.scalars(select(Programme).order_by(Programme.name)):
            here = (programme.id, programme.key, programme.name)
            teams = sorted((one for one in programme.teams if one.counts_on(desk.today)), key=lambda one: one.name)
            found += [Place(*here, one.id, one.key, one.name) for one in teams]
            found.append(Place(*here, None, "no-team-yet", "No team yet"))
    return found


def pack_of(desk: Desk, place: Place) -> Pack:
    """Return what belongs on the paper of one team today."""
    with desk.looking() as session:
        at_desk = desk.for_actor(team_manager_of(place))
        open_to = OpenTo(session, place, desk.today)
        tasks, meets, risky = _tasks(session, desk, place), _meetings(session, desk, place), _at_risk(session, place)
        asked = {one.case_id for one in tasks} | {one.id for one in (*meets.values(), *risky)}
        if asked:  # of a team with nothing to do today nobody is asked who could read of it
            open_to.look_up(asked)
        told = [one for one in tasks if open_to.task(one)]
        met = [(one, case) for one, case in meets.items() if open_to.case(case)]
        reached = [one for one in risky if open_to.whole(one)]
        left = {"tasks": len(tasks) - len(told), "meetings": len(meets) - len(met), "people": len(risky) - len(reached)}
        return Pack(
            place=place,
            at=desk.clock.now(),
            tasks=_on_paper(session, desk, told),
            meetings=tuple(_met(session, one, case) for one, case in met),
            contacts=tuple(reach_of(session, at_desk, one) for one in reached),
            left_out=left,
            emergency=emergency_of(session.get_one(Programme, place.programme_id).content),
        )


def _of(place: Place) -> ColumnElement[bool]:
    """The open cases of a place; those of a list that is being taken in do not exist yet."""
    team = Case.team_id.is_(None) if place.team_id is None else Case.team_id == place.team_id
    return and_(
        Case.programme_id == place.programme_id, team, Case.closed_at.is_(None), Case.sharing_scope != HELD_BACK
    )


def _tasks(session: Session, desk: Desk, place: Place) -> list[Task]:
    end_of_day = at_london(desk.today + timedelta(days=1), time(0))
    asked = func.coalesce(Task.team_id, Case.team_id)
    here = asked.is_(None) if place.team_id is None else asked == place.team_id
    query = select(Task).join(Case, Case.id == Task.case_id)
    query = query.where(Task.open, Task.paused_at.is_(None), Task.due_at < end_of_day, here)
    query = query.where(Task.programme_id == place.programme_id, Case.sharing_scope != HELD_BACK)
    return list(session.scalars(query.order_by(Task.due_at, Task.id)).unique())


def _meetings(session: Session, desk: Desk, place: Place) -> dict[Meeting, Case]:
    today = [one for one in meetings(session, _of(place)) if london_day(one.at) == desk.today]
    return {one: session.get_one(Case, one.case_id) for one in today}


def _at_risk(session: Session, place: Place) -> list[Case]:
    query = select(Case).where(_of(place), Case.risk_level.in_(HIGHEST_RISK)).order_by(Case.number)
    return [case for case in session.scalars(query).unique() if not case.person.dead]


def _on_paper(session: Session, desk: Desk, tasks: Iterable[Task]) -> tuple[PaperTask, ...]:
    found = list(tasks)
    away = people.away_words(session, [one.assignee_id for one in found if one.assignee_id], desk.today)
    heed = to_heed_before_ringing(session, {one.case_id for one in found})
    return tuple(
        _task(
            one,
            desk.clock.now(),
            away.get(one.assignee_id, "") if one.assignee_id else "",
            _whom_to_ask(session, one.case) if one.case_id in heed else "",
        )
        for one in found
    )


def _whom_to_ask(session: Session, case: Case) -> str:
    named = session.get(StaffMember, case.coordinator_id) if case.coordinator_id else None
    return named.name if named else "the care coordinators"


def _task(task: Task, now: datetime, away: str, ask_first: str) -> PaperTask:
    person, due = task.case.person, task.due_at or now
    return PaperTask(
        case_number=task.case.number,
        name=named_by_it(task.name, task.why),
        due_at=due,
        late=due < now,
        holder=task.assignee.name if task.assignee else "",
        away=away,
        whose=in_a_sentence(task.role, task.case.programme.role_names),
        person=person.name,
        dob=person.dob,
        phone=_phone(task.case) if not ask_first or not task.case.may_be_rung else "",
        ask_first=ask_first if task.case.may_be_rung else "",
        safety=task.escalation == SAFETY,
    )


def _phone(case: Case) -> str:
    if case.person.dead:
        return "has died"
    return str(case.person.details.get("phone") or "not known") if case.may_be_rung else "nobody rings them now"


def _met(session: Session, meeting: Meeting, case: Case) -> PaperMeeting:
    who = session.scalars(select(StaffMember.name).where(StaffMember.id.in_(meeting.there)).order_by(StaffMember.name))
    asked = (Letter.case_id == case.id, Letter.template == INVITATION, Letter.written_at >= meeting.asked_at)
    by_hand = session.scalars(select(Letter.recipient).where(*asked, Letter.status.in_(TOLD)).order_by(Letter.id))
    others = (_named(one) for one in by_hand)
    return PaperMeeting(case.number, case.person.name, meeting.at, meeting.where, (*who, *others))


def _named(recipient: str) -> str:
    known = from_elsewhere(recipient)
    return known.words if known else f"the {recipient.replace('_', ' ')}"
