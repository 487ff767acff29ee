"""The exceptions among cases: silence, long stays in hospital, cases open for long, and what could not be delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from workflows.casework.base import UtcDateTime
from workflows.casework.care import HospitalEpisode
from workflows.casework.case import Case
from workflows.casework.diagram import DecisionRecord
from workflows.casework.notice import Notice
from workflows.casework.programme import Programme, Team
from workflows.casework.staff import Membership, StaffMember
from workflows.casework.task import Task
from workflows.due_words import exactly
from workflows.durations import Duration, DurationError
from workflows.questions import reach
from workflows.questions.exception_rows import Asked, Row
from workflows.questions.last_contact import later_of, logged_at, told_at
from workflows.working_time import ENGLAND

INTERVALS, INTERVAL = "review_interval", "review_interval"  # the table, and what it says
USUAL_INTERVAL = "28D"
SPOKEN_WITH = ("consent", "assessment", "mdt", "planning", "active", "step_down")  # stages in which somebody calls
STAY, LONG, VERY_LONG = "wait.long_hospital_stay", "wait.long_stay_alert", "wait.long_stay_decision"
USUALLY = {STAY: "28D", LONG: "26W", VERY_LONG: "52W"}  # where a programme says nothing
ABOUT_STAY, ABOUT_LENGTH = ("decide_long_hospital_stay",), ("explain_long_stay", "decide_long_stay")
TEAM = func.coalesce(Team.name, "")


def silent(asked: Asked) -> Sequence[Row]:
    """Cases that nobody has spoken to for longer than their reviews are apart, while nothing stands still."""
    spoke = (logged_at().label("logged_at"), told_at().label("told_at"), _interval().label("apart"))
    cared_for = (Case.stage.in_(SPOKEN_WITH), Case.clocks_paused_at.is_(None), Case.outbound_stopped.is_(False))
    known = select(Case.id, *spoke).where(Case.closed_at.is_(None), *cared_for, _seen(asked)).subquery()
    last = later_of(known.c.logged_at, known.c.told_at)
    since = func.coalesce(last, Case.accepted_at, Case.opened_at)
    query = _of_cases(since.label("since"), last.label("spoke"), Case.next_review_at).join(known, known.c.id == Case.id)
    found = asked.rows(query.where(since < _latest(asked, known.c.apart)).order_by(TEAM, since, Case.id))
    return [
        _row(one, "No contact since then" if one.spoke else "No contact yet", one.since, _next(asked, one))
        for one in found
    ]


def _next(asked: Asked, one: Any) -> str:
    return f"review due {exactly(one.next_review_at, asked.now)}" if one.next_review_at else ""


def _interval() -> ColumnElement[Any]:
    """What the table said last of a `Case`: how far apart its reviews are."""
    said = select(DecisionRecord.outputs[INTERVAL].as_string())
    of_it = said.where(DecisionRecord.case_id == Case.id, DecisionRecord.table == INTERVALS)
    return of_it.order_by(DecisionRecord.id.desc()).limit(1).correlate(Case).scalar_subquery()


def _latest(asked: Asked, apart: ColumnElement[Any]) -> ColumnElement[Any]:
    """Since when somebody must have spoken to the person, by how far apart the reviews are."""
    said = select(DecisionRecord.outputs[INTERVAL].as_string()).where(DecisionRecord.table == INTERVALS).distinct()
    apart_by = {one: _before(asked.until, one) for one in asked.session.scalars(said) if one}
    usual = literal(_before(asked.until, USUAL_INTERVAL), UtcDateTime())
    known = {one: literal(at, UtcDateTime()) for one, at in apart_by.items()}
    return case(known, value=apart, else_=usual) if known else usual


def _before(instant: datetime, apart: str) -> datetime:
    try:
        return ENGLAND.before(instant, Duration.parse(apart))
    except DurationError:
        return ENGLAND.before(instant, Duration.parse(USUAL_INTERVAL))


def long_stays(asked: Asked) -> Sequence[Row]:
    """Stays in hospital that lasted longer in the period than the programme's limit."""
    in_it = or_(HospitalEpisode.discharged_at.is_(None), HospitalEpisode.discharged_at >= asked.period.begins)
    ended = func.coalesce(HospitalEpisode.discharged_at, literal(asked.until, UtcDateTime()))
    query = _of_cases(HospitalEpisode.admitted_at.label("since"), HospitalEpisode.discharged_at, ended.label("ended"))
    query = query.join(HospitalEpisode, HospitalEpisode.case_id == Case.id)
    limits = _limits(asked, STAY)
    too_long = [
        and_(Case.programme_id == one, HospitalEpisode.admitted_at < _before(asked.until, limit))
        for one, limit in limits.items()
    ]
    wanted = and_(in_it, or_(*too_long), HospitalEpisode.admitted_at < asked.until, _seen(asked))
    found = asked.rows(query.where(wanted).order_by(TEAM, HospitalEpisode.admitted_at, Case.id))
    longest = [one for one in found if one.since < _before(one.ended, limits[one.programme_id])]
    answers = _answers(asked, longest, ABOUT_STAY)
    return [
        _row(one, f"In hospital for {(min(one.ended, asked.until) - one.since).days} days", one.since, answers[one.id])
        for one in longest
    ]


def open_for_long(asked: Asked) -> Sequence[Row]:
    """Cases that were open in the period for longer than the alert, or than the time a manager decides after."""
    alert, decision = _limits(asked, LONG), _limits(asked, VERY_LONG)
    open_in_it = or_(Case.closed_at.is_(None), Case.closed_at >= asked.period.begins)
    too_long = [
        and_(Case.programme_id == one, Case.opened_at < _before(asked.until, limit)) for one, limit in alert.items()
    ]
    wanted = and_(open_in_it, Case.stage != "identified", or_(*too_long), _seen(asked))
    query = _of_cases(Case.opened_at.label("since")).where(wanted)
    found = asked.rows(query.order_by(TEAM, Case.opened_at, Case.id))
    answers = _answers(asked, found, ABOUT_LENGTH)
    rows = []
    for one in found:
        very = one.since < _before(asked.until, decision[one.programme_id])
        weeks = Duration.parse((decision if very else alert)[one.programme_id]).words
        rows.append(_row(one, f"Open for more than {weeks}", one.since, answers[one.id]))
    return rows


def undelivered(asked: Asked) -> Sequence[Row]:
    """Emails that could not be delivered and that nobody has sent again, as things stand now."""
    team, number = TEAM.label("team"), func.coalesce(Case.number, "").label("number")
    query = (
        select(Notice.kind, Notice.made_at, Notice.attempts)
        .add_columns(team, number, StaffMember.name)
        .outerjoin(Case, Case.id == Notice.case_id)
        .outerjoin(Team, Team.id == Case.team_id)
        .outerjoin(StaffMember, StaffMember.id == Notice.staff_id)
        .where(Notice.status == "failed", Notice.made_at < asked.until, or_(_seen(asked), _of_colleagues(asked)))
        .order_by(TEAM, Notice.made_at, Notice.id)
    )
    return [
        Row(one.team, one.number, one.kind, one.made_at, one.name or "somebody outside", f"tried {one.attempts} times")
        for one in asked.rows(query)
    ]


def _of_colleagues(asked: Asked) -> ColumnElement[bool]:
    """Emails about no case to those who work where whoever asks looks after the cases."""
    ways = [
        and_(Membership.programme_id == place[0], *([Membership.team_id == place[1]] if place[1:] else []))
        for place in reach.places_run_by(asked.desk.actor)
    ]
    works_there = exists().where(Membership.staff_id == Notice.staff_id, or_(*ways))
    return and_(Notice.case_id.is_(None), works_there)


def _seen(asked: Asked) -> ColumnElement[bool]:
    return reach.works_on(asked.desk.actor)


def _of_cases(*columns: Any) -> Select[Any]:
    return (
        select(Case.id, Case.programme_id, Case.number, TEAM.label("team"), StaffMember.name.label("coordinator"))
        .add_columns(*columns)
        .select_from(Case)
        .outerjoin(Team, Team.id == Case.team_id)
        .outerjoin(StaffMember, StaffMember.id == Case.coordinator_id)
    )


def _row(one: Any, what: str, since: datetime, done: str) -> Row:
    return Row(one.team, one.number, what, since, one.coordinator or "no care coordinator yet", done)


def _limits(asked: Asked, key: str) -> Mapping[UUID, str]:
    """What each programme says of a length of time."""
    programmes = asked.session.scalars(select(Programme)).all()
    return {one.id: one.limits(asked.desk.today).get(key.replace(".", "_"), USUALLY[key]) for one in programmes}


def _answers(asked: Asked, found: Sequence[Any], keys: Sequence[str]) -> Mapping[UUID, str]:
    """What was done about it, by case: the step that asks about it is done, or waits for somebody."""
    words = dict.fromkeys((one.id for one in found), "")
    for case_id, ended_at, doer, due_at in _steps(asked.session, words, keys):
        due = f", due {exactly(due_at, asked.now)}" if due_at else ""
        done = f"looked at {exactly(ended_at, asked.now)} by {doer}" if ended_at else f"somebody is asked about it{due}"
        words[case_id] = done
    return words


def _steps(session: Session, cases: Mapping[UUID, str], keys: Sequence[str]) -> Sequence[Any]:
    query = (
        select(Task.case_id, Task.ended_at, StaffMember.name, Task.due_at)
        .outerjoin(StaffMember, StaffMember.id == Task.ended_by_id)
        .where(Task.case_id.in_(list(cases)), Task.key.in_(keys), Task.status != "cancelled")
    )
    return session.execute(query.order_by(Task.id)).all() if cases else ()
