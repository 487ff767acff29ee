"""Hospital stays, which may come again and again; and the clocks that stand still meanwhile."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from workflows.casework.care import HospitalEpisode
from workflows.casework.task import Task
from workflows.desk import Work
from workflows.duties.outcomes import open_review
from workflows.duties.papers import Answers, merged
from workflows.duties.register import Asking, Variables, duty
from workflows.storage import cases
from workflows.working_time import Remaining, Unit


@duty("hospital.admit")
def admit(asking: Asking) -> Variables:
    """Write the admission down; a discharge that came first is kept with it."""
    said = _stay_form(asking)
    stay = _stay(asking)
    if stay is None and said.get("admitted_at"):
        stay = HospitalEpisode(
            case_id=asking.case.id,
            run_id=asking.run.id,
            admitted_at=datetime.fromisoformat(said["admitted_at"]),
            hospital=str(said.get("hospital", "")),
            planned=str(said.get("planned", "unknown")),
            source=str(said.get("source", "told")),
        )
        stay.happened("admitted to hospital", planned=stay.planned)
        asking.work.session.add(stay)
        asking.work.session.flush()
    return {"admission_recorded": stay is not None, "already_discharged": bool(said.get("discharged_at"))}


def _stay_form(asking: Asking) -> Answers:
    """Return the answers of F24 for this stay: what its own process asked, and what started it."""
    papers = cases.documents_of(asking.work.session, asking.case.id, "F24")
    mine = [paper for paper in papers if paper.run_id == asking.run.id]
    started_with = asking.variables.get("document_id")
    first = [paper for paper in papers if started_with and paper.id.hex == started_with]
    return merged([*first, *mine])


def _stay(asking: Asking) -> HospitalEpisode | None:
    stays = cases.of_case(asking.work.session, HospitalEpisode, asking.case.id)
    return next((stay for stay in stays if stay.run_id == asking.run.id), None)


@duty("hospital.stay")
def stay(asking: Asking) -> Variables:
    """Say whether the person is still in hospital."""
    found = _stay(asking)
    return {"in_hospital": found is not None and found.discharged_at is None}


@duty("hospital.discharge")
def discharge(asking: Asking) -> Variables:
    """Write down that the person left hospital, and where to."""
    said = _stay_form(asking)
    found = _stay(asking)
    destination = str(said.get("destination") or asking.variables.get("destination") or "usual_home")
    told_at = said.get("discharged_at") or asking.variables.get("discharged_at")
    if found is not None and found.discharged_at is None:
        found.discharge(datetime.fromisoformat(str(told_at)) if told_at else asking.work.now, destination)
    return {"destination": destination, "risk_level": asking.case.risk_level}


@duty("hospital.bring_review_forward")
def bring_review_forward(asking: Asking) -> None:
    """Bring the next review forward after a stay in hospital: at most the programme's time from now."""
    latest = asking.work.due(asking.case.programme, "due.review_after_hospital")
    waiting = open_review(asking)
    if waiting is not None and waiting.due_at > latest:
        waiting.due_at = latest
        waiting.happened("review brought forward", due=latest.isoformat())
        asking.case.next_review_at = latest
        asking.case.happened("review brought forward", due=latest.isoformat())
        asking.send_later("review_brought_forward", {"next_review_at": latest.isoformat()})


@duty("clocks.pause")
def pause_clocks(asking: Asking, reason: str) -> None:
    """Stop the person-facing clocks of the case; what is about safety runs on."""
    case = asking.case
    if case.clocks_paused_at is not None:
        return
    case.clocks_paused_at, case.clocks_paused_why = asking.work.now, reason
    case.happened("clocks paused", reason=reason)
    for task in _open_tasks(asking):
        if task.escalation != "S":
            pause_task(asking.work, task)


def pause_task(work: Work, task: Task) -> None:
    """Stop a task's clock and keep what was left."""
    if task.due_at is not None and task.paused_at is None:
        left = task.case.programme.calendar.remaining(work.now, task.due_at, Unit(task.due_unit))
        task.paused_at, task.remaining = work.now, left.amount
        task.happened("clock paused", task=task.name)


@duty("clocks.resume")
def resume_clocks(asking: Asking) -> None:
    """Let the clocks go on with the working time that was left, not with the old dates."""
    case = asking.case
    if case.clocks_paused_at is None:
        return
    case.clocks_paused_at = case.clocks_paused_why = None
    case.happened("clocks resumed")
    for task in _open_tasks(asking):
        if task.paused_at is not None:
            resume_task(asking, task)


def resume_task(asking: Asking, task: Task) -> None:
    """Give a task its new due time and reminder."""
    calendar, unit = asking.case.programme.calendar, Unit(task.due_unit)
    due = calendar.resume(asking.work.now, Remaining(task.remaining or 0, unit))
    rule = asking.case.programme.setting(f"remind.{task.escalation}", asking.work.today)
    task.due_at, task.paused_at, task.remaining = due, None, None
    if task.level == 0:
        task.remind_at = calendar.reminder(asking.work.now, due, rule, unit)
    task.happened("clock resumed", task=task.name, due=due.isoformat())


def _open_tasks(asking: Asking) -> list[Task]:
    query = select(Task).where(Task.case_id == asking.case.id, Task.status == "open")
    return list(asking.work.session.scalars(query))
