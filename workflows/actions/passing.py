"""Handing a caseload on: its holder says of each case what only they know and to whom; a manager carries it out."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from workflows.actions.companions import press
from workflows.actions.incidents import leaving_out_what_fails
from workflows.actions.tasks import ItemResult, must_work_on
from workflows.casework.access import MANAGERS, holds_role
from workflows.casework.care import Action
from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused, CaseworkError, NotAllowed, NotFound
from workflows.casework.passing import LONGEST_NOTE, PassingNote, may_prepare
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.desk import Desk, Work
from workflows.duties.hand_overs import hand_over
from workflows.duties.outcomes import CLOSED_ACTIONS
from workflows.duties.passing_notes import hand
from workflows.storage import cases, doers
from workflows.storage.lookups import lookups_for

ALLOCATION, COORDINATOR = "F09", "care_coordinator"
BUTTON = "coordinator"
NO_SUCH_NOTE = "There is no such hand-over, or it is not yours."


@dataclass(frozen=True)
class Written:
    """What is said of one case: the note, and to whom it is to go (None: nobody is chosen yet)."""

    text: str
    to_id: UUID | None


def write_note(desk: Desk, staff_id: UUID, number: str, written: Written) -> None:
    """Keep what goes with a case when somebody hands it on; the same again changes nothing. Nothing is handed yet."""
    with desk.work() as work:
        staff = _whose(work, staff_id)
        case = cases.held(work.session, cases.by_number(work.session, number).id)
        must_work_on(work, case, "case")
        if not _is_theirs(work, case, staff):
            raise NotFound("This case is not theirs any more: there is nothing to hand on.")
        to = _receiver(work, case, staff, written)
        note = _open_note(work, case, staff)
        if (note.text, note.to_id) != (written.text.strip(), written.to_id):
            note.write(written.text.strip(), to, work.now)
            work.commit()


def hand_on_all(desk: Desk, staff_id: UUID) -> tuple[ItemResult, ...]:
    """Hand on every case for which somebody is chosen, each by itself, with a result for each."""
    with desk.work() as work:
        _whose(work, staff_id)
        ready = (PassingNote.from_id == staff_id, PassingNote.handed_at.is_(None), PassingNote.to_id.is_not(None))
        query = select(PassingNote.id, Case.number, Case.id).join(Case, Case.id == PassingNote.case_id).where(*ready)
        found = work.session.execute(query.order_by(Case.number)).all()
    return tuple(_one(desk, note_id, number) for note_id, number, _case_id in found)


def _one(desk: Desk, note_id: UUID, number: str) -> ItemResult:
    try:
        hand_on(desk, note_id)
    except CaseworkError as refusal:
        return ItemResult(note_id, "Hand-over", number, str(refusal))
    return ItemResult(note_id, "Hand-over", number, None)


@leaving_out_what_fails
def hand_on(desk: Desk, note_id: UUID) -> None:
    """Hand one case on: its care coordinator, the open tasks and the agreed actions of whoever had it.

    A task that the receiver may not do goes to its pool, as does the second of two steps whose first they did.
    """
    with desk.work() as work:
        note = work.session.get(PassingNote, note_id)
        if note is None or note.to_id is None or note.handed_at is not None:
            raise NotFound(NO_SUCH_NOTE)
        case = cases.held(work.session, note.case_id)
        must_work_on(work, case, "case")
        if not any(holds_role(work.actor, role, case.programme_id, case.team_id) for role in sorted(MANAGERS)):
            raise NotAllowed("A manager of the team hands cases on.")
        staff, to = (work.session.get_one(StaffMember, one) for one in (note.from_id, note.to_id))
        _receiver(work, case, staff, Written(note.text, to.id))
        why = f"{staff.name} hands their caseload on"
        if case.coordinator_id == staff.id:
            press(desk.within(work), case.number, BUTTON, {"coordinator": [str(to.id)], "reason": [why]})
        _hand_work(work, case, staff, to, why)
        if note.handed_at is None:
            hand(work, note, to)
        work.commit()


def confirm_read(desk: Desk, note_id: UUID) -> None:
    """Note that its receiver has read what goes with a case. Twice is once."""
    with desk.work() as work:
        note = work.session.get(PassingNote, note_id)
        if note is None or note.handed_at is None or note.to_id != work.actor.id:
            raise NotFound(NO_SUCH_NOTE)
        if note.read_at is None:
            note.read(work.actor.name, work.now)
            work.commit()


def _hand_work(work: Work, case: Case, staff: StaffMember, to: StaffMember, why: str) -> None:
    theirs = select(Task).where(Task.case_id == case.id, Task.open, Task.assignee_id == staff.id)
    for task in work.session.scalars(theirs.order_by(Task.id)).all():
        able = to in doers.could_take(work.session, task, work.today)
        hand_over(work, task, to if able else None, why)
    for action in cases.of_case(work.session, Action, case.id):
        if action.owner_id == staff.id and action.status not in CLOSED_ACTIONS:
            action.hand_to(to)


def _whose(work: Work, staff_id: UUID) -> StaffMember:
    staff = work.session.get(StaffMember, staff_id)
    if staff is None or not may_prepare(work.actor, staff):
        raise NotFound("There is no such caseload, or it is not yours to hand on.")
    return staff


def _is_theirs(work: Work, case: Case, staff: StaffMember) -> bool:
    held = select(Task.id).where(Task.case_id == case.id, Task.open, Task.assignee_id == staff.id)
    return case.open and (case.coordinator_id == staff.id or work.session.scalar(held.limit(1)) is not None)


def _receiver(work: Work, case: Case, staff: StaffMember, written: Written) -> StaffMember | None:
    """Return to whom the case is to go: somebody who may coordinate it; raises AnswersRefused."""
    if len(written.text) > LONGEST_NOTE:
        raise AnswersRefused({"text": f"The note must be {LONGEST_NOTE:,} characters or fewer"})
    if written.to_id is None:
        return None
    form = work.desk.forms.form(ALLOCATION)
    able = lookups_for(work.session, case.programme, work.today, case, form)[COORDINATOR]
    if written.to_id == staff.id or str(written.to_id) not in {choice.value for choice in able}:
        raise AnswersRefused({"to": "Choose a colleague who may coordinate this case"})
    return work.session.get(StaffMember, written.to_id)


def _open_note(work: Work, case: Case, staff: StaffMember) -> PassingNote:
    """Return the note that is being prepared, begun now where there is none."""
    mine = (PassingNote.case_id == case.id, PassingNote.from_id == staff.id, PassingNote.handed_at.is_(None))
    found = work.session.scalar(select(PassingNote).where(*mine))
    if found is None:
        found = PassingNote(case_id=case.id, from_id=staff.id, text="", written_at=work.now)
        work.session.add(found)
    return found
