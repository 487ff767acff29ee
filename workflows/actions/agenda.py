"""What a meeting says about something overdue on its agenda. It ends nothing: only doing the task does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from workflows.actions.tasks import must_know_of
from workflows.casework.agenda import AgendaNote, takes_part
from workflows.casework.errors import AnswersRefused, NotAllowed, RuleBroken
from workflows.casework.task import Task
from workflows.clock import london_day
from workflows.desk import Desk, Work
from workflows.storage import cases, runs
from workflows.storage.lateness import agenda_since

LONGEST = 500
NOT_YOURS = "Those who take part in the meetings of the team say what was agreed there."
NOT_THERE = "This does not stand on the agenda any more."
TOO_SOON = "The meeting is still to come. Say what it agreed when it has met."
NOT_YET = "It did not stand on the agenda of that day yet."
NOT_DISCUSSED = "The person may not be discussed by several organisations. Speak with whoever has the task."


@dataclass(frozen=True)
class Said:
    """What was agreed at the meeting of a day: what happens, and until when."""

    met_on: date
    agreed: str
    until: date


def note_discussed(desk: Desk, task_id: UUID, said: Said) -> None:
    """Note what a meeting agreed about something overdue; it stays on the agenda until it is done.

    Raises AnswersRefused where something is missing; RuleBroken for a meeting that is to come, or of which it was not.
    """
    with desk.work() as work:
        task = _held(work, task_id)
        if errors := _faults(said):
            raise AnswersRefused(errors)
        _must_have_been_there(work, task, said.met_on)
        note = AgendaNote(
            case_id=task.case_id, task_id=task.id, met_on=said.met_on, agreed=said.agreed.strip(), until=said.until,
            said_at=work.now, said_by_id=work.actor.id,
        )  # fmt: skip
        work.session.add(note)
        days = {"met_on": said.met_on.isoformat(), "until": said.until.isoformat()}
        note.happened("discussed at the meeting", **task.in_the_trail, why=note.agreed, **days)
        work.commit()


def _held(work: Work, task_id: UUID) -> Task:
    """Hold an open task of a team in whose meetings the actor takes part, and of whose case they may know."""
    found = runs.held_with_task(work.session, task_id, work.actor.id)
    task = found.task
    must_know_of(work, task, found.names_somebody)
    task.must_be_open()
    team_id = task.case.team_id
    if team_id is None or not takes_part(work.actor, task.programme_id, team_id):
        raise NotAllowed(NOT_YOURS)
    return task


def _must_have_been_there(work: Work, task: Task, met_on: date) -> None:
    since = agenda_since(work.session, task.id)
    if since is None:
        raise RuleBroken(NOT_THERE)
    if met_on > work.today:
        raise RuleBroken(TOO_SOON)
    if met_on < london_day(since):
        raise RuleBroken(NOT_YET)
    if cases.undiscussed(work.session, [task.case]):
        raise RuleBroken(NOT_DISCUSSED)


def _faults(said: Said) -> dict[str, str]:
    agreed, errors = said.agreed.strip(), {}
    if not agreed:
        errors["agreed"] = "Say what was agreed, for example who does it instead"
    elif len(agreed) > LONGEST:
        errors["agreed"] = f"Say it in {LONGEST} characters or fewer"
    if said.until < said.met_on:
        errors["until"] = "Enter a day that is not before the meeting"
    return errors
