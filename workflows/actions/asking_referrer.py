"""Waiting for the referrer at a task: its clock stops until they answer, twice at most and for some days each time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from workflows.actions.putting_off import held_to_say
from workflows.casework.asked_referrer import AskedReferrer
from workflows.casework.errors import AnswersRefused, RuleBroken
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.desk import Desk, Work
from workflows.duties.clocks import pause_task, resume_task
from workflows.duties.outgoing import Told, put_out
from workflows.duties.referrer_questions import dates_of, question_of, why_not_wait
from workflows.duties.rungs import who_hands_on, whose_it_is
from workflows.storage import runs

LONGEST = 500
STILL_SILENT, GOES_ON = "referrer_still_silent", "referrer_silent"  # the notices
UNDONE_WITHIN = timedelta(days=2)  # a completed step that is taken back, or a mistaken ending, brings the wait back


def ask_referrer(desk: Desk, task_id: UUID, what: str) -> None:
    """Let a task wait for what the referrer was asked: its clock stops, and keeps what is left.

    Raises AnswersRefused without a question, RuleBroken where the clock does not stop for that (any more).
    """
    with desk.work() as work:
        task = held_to_say(work, task_id)
        _must_say("what", what, "Write what you asked the referrer, for example the name of the pharmacy")
        if why := why_not_wait(work.session, task, work.now):
            raise RuleBroken(why)
        question = AskedReferrer.begin(task, what.strip(), work.actor.name, work.now)
        pause_task(work, task)
        question.next_at = min(dates_of(question, task.case, work.today))
        work.session.add(question)
        work.commit()


def referrer_answered(desk: Desk, task_id: UUID, came: str) -> None:
    """Let the clock of a task go on, because the referrer has answered or nobody waits for them any more.

    Raises AnswersRefused where nothing is said of it, RuleBroken where the task does not wait.
    """
    with desk.work() as work:
        task = held_to_say(work, task_id)
        _must_say("came", came, "Write what they said, or why you wait no longer")
        question = question_of(work.session, task)
        if question is None:
            raise RuleBroken("This task does not wait for the referrer any more.")
        question.answered(task, came.strip(), work.actor.name, work.now)
        resume_task(work, task)
        work.commit()


def questions_to_look_after(desk: Desk, limit: int) -> Sequence[UUID]:
    """Return at most so many questions whose time has come, the longest past first."""
    due = select(AskedReferrer.id).where(AskedReferrer.next_at <= desk.clock.now())
    with desk.looking() as session:
        return session.scalars(due.order_by(AskedReferrer.next_at, AskedReferrer.id).limit(limit)).all()


def look_after(desk: Desk, question_id: UUID) -> None:
    """Remind of a question that nobody answered, or let the clock go on without an answer. Twice is once."""
    with desk.work() as work:
        question = work.session.get_one(AskedReferrer, question_id)
        task = runs.held_with_task(work.session, question.task_id).task
        work.session.refresh(question, with_for_update=True)
        if question.next_at is None or question.next_at > work.now:
            return
        if not task.open:
            over_for_good = task.ended_at is None or work.now > task.ended_at + UNDONE_WITHIN
            question.next_at = None if over_for_good else work.now + UNDONE_WITHIN
        elif task.referrer_asked_at != question.asked_at:  # it became urgent, and waits for nobody
            question.end(work.now)
        else:
            _still_unanswered(work, task, question)
        work.commit()


def _still_unanswered(work: Work, task: Task, question: AskedReferrer) -> None:
    """The times are those of the calendar as it is now: where it changed, the worker comes back."""
    reminded, over = dates_of(question, task.case, work.today)
    if over <= work.now:
        question.unanswered(task, work.now)
        resume_task(work, task)
        _tell(work, task, GOES_ON, question, (*whose_it_is(work, task), *who_hands_on(work, task)))
        return
    question.next_at = over
    if reminded > work.now:
        question.next_at = min(reminded, over)
    elif question.reminded_at is None:
        question.reminded_at = work.now
        _tell(work, task, STILL_SILENT, question, whose_it_is(work, task))


def _tell(work: Work, task: Task, kind: str, question: AskedReferrer, people: Sequence[StaffMember]) -> None:
    for staff in dict.fromkeys(people):
        once = f"{kind}:{staff.id.hex}:{question.id.hex}"
        put_out(work, Told(kind, once, {"case_number": task.case.number}, task.case_id, task.id), staff)


def _must_say(name: str, said: str, how: str) -> None:
    if not said.strip():
        raise AnswersRefused({name: how})
    if len(said.strip()) > LONGEST:
        raise AnswersRefused({name: f"Say it in {LONGEST} characters or fewer"})
