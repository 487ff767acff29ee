"""What staff do with tasks: claim, give back, hand over, complete."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete

from forms import Form
from workflows.actions.advice import must_own_up
from workflows.actions.answers_allowed import must_be_allowed
from workflows.actions.completions import Typed, kept_for_taking_back
from workflows.actions.incidents import leaving_out_what_fails
from workflows.actions.journey import follow_up, go_on
from workflows.actions.next_tasks import TaskDone, done
from workflows.actions.out_of_sight import Sight
from workflows.actions.paperwork import Occasion, Origin, Raw, hand_in
from workflows.actions.supervising import file_decisions
from workflows.actions.together import read_together, taken_away
from workflows.actions.told_answers import as_typed
from workflows.actions.told_twice import must_repeat
from workflows.casework import access
from workflows.casework.case import Case
from workflows.casework.errors import CaseworkError, NotAllowed, NotFound, NotShared, WentElsewhere
from workflows.casework.hidden import NO_SUCH_TASK
from workflows.casework.roles import in_a_sentence
from workflows.casework.safeguarding import must_be_sent
from workflows.casework.signing import must_be_signed_by
from workflows.casework.staff import StaffMember
from workflows.casework.task import Draft, Task
from workflows.desk import Desk, Work
from workflows.duties import Asking
from workflows.duties.hand_overs import hand_over, remind_anew
from workflows.duties.medicines import hand_out_findings
from workflows.duties.plans import review_by_the_end
from workflows.duties.rungs import set_next_rung
from workflows.storage import alleged, cases, doers, runs
from workflows.storage.gone_elsewhere import why_hidden_now


@dataclass(frozen=True)
class ItemResult:
    """What became of one item of a bulk act."""

    task_id: UUID
    name: str
    case_number: str  # empty where the actor may not know of the task
    problem: str | None


_FORGET = delete(Draft).where(Draft.staff_id == bindparam("me"), Draft.about == bindparam("about"))


def draft_key(task_id: UUID) -> str:
    """Name the draft of a task's form."""
    return f"task:{task_id}"


def claim_task(desk: Desk, task_id: UUID) -> None:
    """Take a task from the pool. Somebody faster is named in the refusal."""
    with desk.work() as work:
        task = _held_task(work, task_id)
        _must_be_mine_to_do(work, task)
        task.claim(_me(work))
        set_next_rung(task, work.now)
        work.commit()


def release_task(desk: Desk, task_id: UUID) -> None:
    """Give a task back to the pool."""
    with desk.work() as work:
        task = _held_task(work, task_id)
        task.release(_me(work))
        remind_anew(work, task)
        work.commit()


def reassign_task(desk: Desk, task_id: UUID, to: UUID | None, why: str) -> None:
    """Hand a task to a colleague who may do it, or to the pool (`to` None), with a reason."""
    with desk.work() as work:
        task = _held_task(work, task_id)
        stuck = doers.to_hand_on(work.session, task, work.today)
        if not access.may_reassign(work.actor, task.programme_id, task.team_id, task.assignee_id, stuck):
            raise NotAllowed(
                "Only the person who holds a task, a coordinator or a manager of the team can hand it over."
            )
        colleague = work.session.get(StaffMember, to) if to else None
        if to is not None and colleague is None:
            raise NotFound("There is no such colleague.")
        if colleague is not None:
            _must_be_able(work, task, colleague)
        hand_over(work, task, colleague, why)
        work.commit()


def claim_many(desk: Desk, task_ids: Iterable[UUID]) -> tuple[ItemResult, ...]:
    """Claim several tasks, each by itself, with a result per item."""
    return tuple(_one_of_many(desk, task_id, lambda one: claim_task(desk, one)) for task_id in task_ids)


def reassign_many(desk: Desk, task_ids: Iterable[UUID], to: UUID | None, why: str) -> tuple[ItemResult, ...]:
    """Hand over several tasks, each by itself, with a result per item."""
    return tuple(_one_of_many(desk, task_id, lambda one: reassign_task(desk, one, to, why)) for task_id in task_ids)


def _one_of_many(desk: Desk, task_id: UUID, act: Any) -> ItemResult:
    with desk.looking() as session:
        named = (task.name, task.case.number) if (task := session.get(Task, task_id)) else ("Task", "")
    try:
        act(task_id)
    except (NotFound, NotShared) as hidden:  # what it is called is not theirs to know either
        return ItemResult(task_id, "Task", "", str(hidden))
    except CaseworkError as refusal:
        return ItemResult(task_id, *named, str(refusal))
    return ItemResult(task_id, *named, None)


def complete_task(
    desk: Desk, task_id: UUID, raw: Raw, checked: Collection[str] | None = None, draft: str = ""
) -> TaskDone:
    """Complete a task with its form: keep the document, let the diagram go on, all in one transaction.

    Raises AnswersRefused with messages by question; OutOfDate when somebody else was faster. The same form sent twice
    by the same person is answered as done. What colleagues filed in the same form since its page was opened is joined
    in. `checked` holds the warnings that somebody has seen: others raise LookAgain. None: nobody is there to
    look again, as when another system sends the form. `draft` names the draft that is complete now, where its writer
    has several windows; the others stay.
    """
    return _complete(desk, task_id, lambda form: raw, checked, draft)


def complete_as_told(desk: Desk, task_id: UUID, answers: Mapping[str, Any]) -> TaskDone:
    """Complete a task with answers that another system tells by the names of the questions; see `complete_task`.

    Raises OutOfDate also for other answers than those with which the same actor completed it before.
    """
    told = _complete(desk, task_id, lambda form: as_typed(form, answers), None)
    if told.again:
        must_repeat(desk, task_id, answers)
    return told


@leaving_out_what_fails
def _complete(
    desk: Desk, task_id: UUID, typed: Callable[[Form], Raw], checked: Collection[str] | None, draft: str = ""
) -> TaskDone:
    with desk.work() as work:
        about = draft or draft_key(task_id)
        held = _held(work, task_id, about)
        task, run, case = held.task, held.run, held.task.case
        if task.status == "completed" and task.ended_by_id == work.actor.id:
            return done(work, held, again=True)
        task.must_be_open()
        _must_be_mine_to_do(work, task)
        form = desk.forms.form(task.form_key)
        raw = typed(form)
        occasion = Occasion(case, task.sections, began=run.started_at, checked=checked)
        answers, colleagues = read_together(work, case, form, raw, occasion)
        _must_be_right(work, task, form, answers)
        runs.note_awaited(work.session, held)
        sight = Sight.of(work, case, form.key)
        with kept_for_taking_back(work, task, _my_id(work), Typed(raw, about)) as step:
            task.complete(_my_id(work), work.now)
            filed = answers | taken_away(work, case, form, raw, occasion, answers)
            hand_in(work, case, form, filed, Origin(task.run_id, task.id, task.sections, number=held.papers + 1))
            hand_out_findings(Asking(work, case, run, {}), form.key, answers)
            review_by_the_end(Asking(work, case, run, {}), form.key)
            go_on(work, case, run, lambda running: running.complete(task.step_id, decisions_of(task, answers)))
            file_decisions(work, form, answers)
            follow_up(work)
        gone_to = sight.lost(answers, occasion)
        if held.drafted:
            work.session.execute(_FORGET, {"me": work.actor.id, "about": about})
        told = done(work, held, again=False)
        work.commit()
        return replace(
            told,
            colleagues=colleagues,
            reversible=step.reversible and not gone_to,
            held_up=desk.names_left_out,
            gone_to=gone_to,
        )


def _must_be_right(work: Work, task: Task, form: Form, answers: Mapping[str, Any]) -> None:
    """Refuse what the form may not say here: by whom it is signed, against which advice, in which case."""
    must_be_signed_by(work.actor, task.key, answers)
    must_be_sent(task.key, answers)
    must_own_up(work, task.run_id, form.key, answers)
    must_be_allowed(work, task.case, form.key, answers, task.key)


def decisions_of(task: Task, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers that become decision variables (the step's `decides`: "verdict, priority as urgency")."""
    found = {}
    for declared in str(task.properties.get("decides", "")).split(","):
        answer, _, variable = declared.strip().partition(" as ")
        if answer:
            found[variable.strip() or answer] = answers.get(answer)
    return found


def must_see(work: Work, case: Case) -> None:
    """Refuse a case that the actor may not see: as if it did not exist, or saying that it is not shared with them."""
    circle = cases.circle_of(work.session, case)
    if not access.may_see_case(work.actor, case.programme_id, case.team_id, circle):
        raise why_hidden_now(work.session, work.actor, case, circle)


def must_work_on(work: Work, case: Case, what: str) -> None:
    """Refuse somebody who is shown a part of the case only: a partner organisation, or a named recipient."""
    must_see(work, case)
    if not access.works_on_case(work.actor, case.programme_id, case.team_id, cases.circle_of(work.session, case)):
        raise NotFound(f"There is no such {what}, or it is not yours to see.")


def _held_task(work: Work, task_id: UUID) -> Task:
    """Return a task that the actor may do or see, held for this act."""
    return _held(work, task_id).task


def _held(work: Work, task_id: UUID, draft: str | None = None) -> runs.HeldTask:
    """Hold the task's case, its process, and the task: what two people do to it happens one after the other.

    Whoever a task is for may do it, even where the case itself is another team's (an action's owner, a team that takes
    a case over); never somebody the person excluded. Once it is over such a person is told what became of it.
    """
    found = runs.held_with_task(work.session, task_id, work.actor.id, draft)
    must_know_of(work, found.task, found.names_somebody)
    return found


def must_know_of(work: Work, task: Task, names_somebody: bool = True) -> None:
    """Refuse whoever may neither do the task nor know of its case: as if there were no such task, or saying why."""
    theirs = access.may_do_task(work.actor, task.role, task.programme_id, task.team_id, task.assignee_id)
    case, circle = task.case, cases.circle_of(work.session, task.case, names_somebody)
    if not (theirs and access.may_be_asked(work.actor, case.programme_id, circle)):
        _must_see_its_case(work, case)
    if alleged.is_kept_from(work.session, task, work.actor.id):
        raise NotFound(NO_SUCH_TASK)


def _must_see_its_case(work: Work, case: Case) -> None:
    try:
        must_see(work, case)
    except WentElsewhere:
        raise
    except NotFound as hidden:  # the same words as for a task that does not exist
        raise NotFound(NO_SUCH_TASK) from hidden


def _me(work: Work) -> StaffMember:
    return work.session.get_one(StaffMember, _my_id(work))


def _my_id(work: Work) -> UUID:
    if work.actor.id is None:
        raise NotAllowed("Only a member of staff can do a task.")
    return work.actor.id


def _must_be_mine_to_do(work: Work, task: Task) -> None:
    if task.open and not access.may_do_task(work.actor, task.role, task.programme_id, task.team_id, task.assignee_id):
        holder = f"{task.assignee.name} has it now" if task.assignee else f"it is for the role “{_for_whom(task)}”"
        raise NotAllowed(f"This task is not yours to do: {holder}.")
    _must_be_somebody_else(work, task, work.actor.id)


def _for_whom(task: Task) -> str:
    return in_a_sentence(task.role, task.case.programme.role_names)


def _must_be_able(work: Work, task: Task, colleague: StaffMember) -> None:
    _must_be_somebody_else(work, task, colleague.id)
    if colleague not in doers.could_take(work.session, task, work.today):
        raise NotAllowed(
            f"{colleague.name} cannot be given this task: it is for the role “{_for_whom(task)}”, and for "
            "those who may know of this case."
        )


def _must_be_somebody_else(work: Work, task: Task, staff_id: UUID | None) -> None:
    """Two-person steps: whoever did the first may not do the second."""
    first = doers.did_the_first(work.session, task)
    if first is not None and first.ended_by_id == staff_id:
        raise NotAllowed(f"Somebody else has to do this: the same person may not also have done “{first.name}”.")
