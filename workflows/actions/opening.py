"""Opening a task from a step of a diagram: whose it is, when it is due, how urgent it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from workflows.casework.agreed_words import agreed_first
from workflows.casework.care import Action
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import RuleBroken
from workflows.casework.programme import Team
from workflows.casework.roles import one_of
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.clock import as_utc
from workflows.desk import Work
from workflows.duties.clocks import clock_pauses, counted_since, pause_task
from workflows.duties.rungs import climbing, set_next_rung
from workflows.duties.standing_in import STANDS_IN
from workflows.engine.expressions import ExpressionRefused, evaluate
from workflows.engine.filling import filled
from workflows.engine.outcome import OpenStep
from workflows.engine.parsing import StepInfo
from workflows.storage import alleged, doers, people
from workflows.working_time import Counted, Duration

CLASSES = frozenset("SABC")
# What a step asks, and how it is watched, when its diagram does not say: a note, no date, the usual class.
PLAIN_FORM, USUAL_CLASS = "F36", "B"


def open_task(work: Work, case: Case, run: CaseRun, step: OpenStep) -> Task:
    """Make the task that a step asks for, with its clock running (or standing still while clocks are paused)."""
    escalation, team_id, assignee = class_of(step), team_of(work, case, step), assignee_of(work, case, run, step)
    due_at, counted = due_of(work, case, step, clock_pauses(escalation, step.properties))
    task = Task(
        case=case,
        run_id=run.id,
        step_id=step.id,
        key=step.key,
        name=step.name,
        process=step.process,
        why=why_asked(work, step),
        form_key=step.properties.get("form", PLAIN_FORM),
        properties=dict(step.properties),
        variables=dict(step.data),
        role=role_of(work, case, step, team_id) if assignee is None else _own_role(step),
        programme_id=case.programme_id,
        team_id=team_id,
        assignee=assignee,
        escalation=escalation,
        opened_at=work.now,
        due_at=due_at,
        level=0,
        repeats=0,
        ladder_number=case.programme.ladder_number,
    )
    task.rest_on(counted, work.now)
    set_next_rung(task, work.now)
    if case.clocks_paused_at is not None and clock_pauses(escalation, step.properties):
        pause_task(work, task)
    task.happened("task opened", task=step.name, key=step.key)
    work.session.add(task)
    return task


def redraw_task(work: Work, case: Case, task: Task, before: StepInfo, step: OpenStep) -> None:
    """Let an open task say what its step says in another release of the diagrams.

    Whose it is, what was typed, by when it was promised and who was reminded stay. Role, team and class are worked out
    anew where the diagram says something else of them than before.
    """
    now: dict[str, Any] = {
        "key": step.key, "name": step.name, "process": step.process, "why": why_asked(work, step),
        "form_key": step.properties.get("form", PLAIN_FORM), "properties": dict(step.properties),
        "not_by": step.properties.get("not_by") or None,
    }  # fmt: skip
    if before.properties.get("team") != step.properties.get("team"):
        now["team_id"] = team_of(work, case, step)
    if (before.role, before.properties.get("also")) != (step.role, step.properties.get("also")):
        pool = now.get("team_id", task.team_id)
        now["role"] = role_of(work, case, step, pool) if task.assignee is None else _own_role(step)
    if before.properties.get("escalation") != step.properties.get("escalation"):
        now["escalation"] = class_of(step)
    climbed = climbing(task)
    task.redraw({name: value for name, value in now.items() if getattr(task, name) != value})
    if climbing(task) != climbed:
        set_next_rung(task, work.now)


def why_asked(work: Work, step: OpenStep) -> str:
    """Return why somebody is asked; at an action first what was agreed, so that two of them are told apart.

    The words are read from the action itself: the engine keeps none of them.
    """
    named = step.data.get("action_id") if step.process == "acm_action" else None
    agreed = work.session.get_one(Action, UUID(str(named))).what if named else ""
    return agreed_first(agreed, step.documentation) if agreed else step.documentation


def team_of(work: Work, case: Case, step: OpenStep) -> UUID | None:
    """Return whose pool the step lies in: the case's team, or the one a decision variable names (a handover)."""
    key = step.data.get(step.properties.get("team", ""))
    if not key:
        return case.team_id
    named = select(Team.id).where(Team.programme_id == case.programme_id, Team.key == str(key))
    return work.session.scalar(named) or case.team_id


def role_of(work: Work, case: Case, step: OpenStep, team_id: UUID | None) -> str:
    """Return whose pool the step lies in: that of its own role and of the others that may do it.

    A step of the care coordinators or the triage clinicians that none of them may know of goes to whoever stands in
    for them too: somebody who withdraws before a care coordinator is named must still be spoken with.
    """
    own, stand_in = _own_role(step), STANDS_IN.get(step.role)
    if stand_in is None:
        return own
    pool = people.holders(work.session, own, case.programme_id, team_id, work.today)
    known = doers.may_be_asked(work.session, pool, case, work.today)
    return own if known else _own_role(step, stand_in)


def _own_role(step: OpenStep, too: str = "") -> str:
    return one_of(step.role, f"{step.properties.get('also', '')},{too}")


def due_of(work: Work, case: Case, step: OpenStep, pauses: bool) -> tuple[datetime | None, Counted | None]:
    """Return when a step is due, and how that was counted.

    It is an instant the diagram worked out (`…_counted` beside it says how, where nobody named it), or a programme
    setting counted from a moment: from now, or from the one in the decision variable that the step names with
    `due_from`. What was promised at an earlier moment does not become later because a step before this one took its
    time. Where somebody said when (`due_at` names that decision variable), it is due then.
    """
    said = step.properties.get("due_at", "")
    rule = said if isinstance(step.data.get(said), str) else _rule(step)
    if not rule:
        return None, None
    worked_out = step.data.get(rule)
    if isinstance(worked_out, str):
        how = step.data.get(f"{rule}_counted")
        return as_utc(datetime.fromisoformat(worked_out)), Counted.read(how) if isinstance(how, str) else None
    duration = Duration.parse(case.programme.setting(rule, work.today))
    since = step.data.get(step.properties.get("due_from", ""))
    began = as_utc(datetime.fromisoformat(since)) if isinstance(since, str) else work.now
    counted = counted_since(work, case, duration, began) if pauses else Counted.promised(began, duration)
    return case.calendar.counted(counted), counted


def _rule(step: OpenStep) -> str:
    """The due rule of a step, with what was decided put in."""
    try:
        return filled(step.properties.get("due", ""), step.data)
    except ExpressionRefused as refused:
        raise RuleBroken(f"The step “{step.name}” has no due time: {refused}") from refused


def class_of(step: OpenStep) -> str:
    """Return the escalation class of a step: a letter, or an expression that gives one."""
    rule = step.properties.get("escalation", USUAL_CLASS).strip()
    try:
        found = rule if rule in CLASSES else evaluate(rule, step.data)
    except ExpressionRefused as refused:
        raise RuleBroken(f"The step “{step.name}” has no escalation class: {refused}") from refused
    if not isinstance(found, str) or found not in CLASSES:
        raise RuleBroken(f"The step “{step.name}” has no escalation class S, A, B or C.")
    return found


def assignee_of(work: Work, case: Case, run: CaseRun, step: OpenStep) -> StaffMember | None:
    """Return who the step is for; None puts it into the pool.

    Somebody on leave is covered, or the pool is asked; so it is where their account or their posts here have ended,
    where the step is kept from them, and where they did the step that a second person has to look at.
    """
    rule = step.properties.get("assign", "")
    staff_id = {"coordinator": case.coordinator_id, "requester": run.requester_id}.get(rule) or _id(step.data.get(rule))
    staff = work.session.get(StaffMember, staff_id) if staff_id is not None else None
    if staff is None or not staff.works_in(case.programme_id, work.today):
        return None
    who = doers.in_hand_of(work.session, staff, case, step.role, work.today)
    return None if who is None or _is_not_for(work, case, step, who) else who


def _is_not_for(work: Work, case: Case, step: OpenStep, staff: StaffMember) -> bool:
    first = doers.last_done(work.session, case.id, step.properties.get("not_by"))
    if first is not None and first.ended_by_id == staff.id:
        return True
    kept = alleged.follows_it(step.properties.get("form"), step.key)
    return kept and alleged.named_in(work.session, case.id, staff.id)


def _id(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
