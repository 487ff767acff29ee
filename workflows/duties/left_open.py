"""What must not be lost when a case ends: a concern about somebody's safety, a safety task, news nobody has read."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select

from forms.days import long_date
from workflows.casework.care import SafeguardingConcern
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.task import SAFETY, Task
from workflows.clock import london_day
from workflows.desk import PendingDates, PendingMessage, Work
from workflows.duties.ending_runs import cancel_run
from workflows.duties.register import Asking, Variables, duty
from workflows.storage import cases, runs

LEFT_OPEN = "acm_left_open"
SETTLED = "concern_settled"  # the message for which closing waits
# Steps besides those of safety that are not dropped: a referral nobody read, a care home team that knows nothing.
KEPT = ("look_at_new_information", "hand_over_to_care_home")
# Safety steps of use only while somebody works with the person: nobody visits, or coordinates, after the end.
END_WITH_THE_WORK = ("assess_visit_risk", "name_another_coordinator")
# What looks after a concern, or only reads what came: each is asked about, or kept, for itself.
ASKED_FOR_THEMSELVES = ("acm_urgent", "acm_safeguarding", "acm_left_open", "acm_new_information")
HUDDLE = "acm_mdt_decision"  # asked about with the urgent concern that called it
STAY = "acm_hospital"
KINDS = {"acm_urgent": "urgent", "acm_safeguarding": "safeguarding"}
FLAGS = {"urgent": "urgent", "safeguarding": "safeguarding_open"}  # the mark that each kind of concern leaves
# Endings after which somebody says what becomes of a concern; one in a case entered in error is about somebody else.
ASKED_AFTER = frozenset({"died", "withdrawn", "moved", "error"})
LIVES_ON = frozenset({"withdrawn", "moved"})  # endings after which the person needs what keeps them safe as before
STEPS, CUT_OFF = "safety", "cut_off"  # safety steps besides the concerns, and which they were
REFUSALS = {
    "acm_urgent": "An urgent concern in this case waits for its answer. Answer it before the case is closed.",
    "acm_safeguarding": "A safeguarding concern in this case is open. The safeguarding lead closes it first, or says "
    "who follows it from now on.",
    LEFT_OPEN: "A concern that was open is not settled. Say what becomes of it before the case is closed.",
}


@duty("case.concerns")
def concerns(asking: Asking) -> Variables:
    """Say whether a concern is still open; whoever follows a safeguarding concern is asked again at once."""
    found = open_concerns(asking)
    if "acm_safeguarding" in found:
        asking.work.pending.append(PendingDates(asking.case, {"chase_safeguarding": asking.work.now}))
    return {"concern_open": bool(found) or _safety_or_news(asking)}


def let_close(work: Work, case: Case) -> None:
    """Tell a closing that waits, once nothing is left that would be lost with the case."""
    for run in runs.waiting_for(work.session, case.id, SETTLED):
        asking = Asking(work, case, run, {})
        if not (open_concerns(asking) or _safety_or_news(asking)):
            work.pending.append(PendingMessage(case, SETTLED, {}))


def _safety_or_news(asking: Asking) -> bool:
    """Whether the case has a safety task, one that is kept, or a stay in hospital beside what asks."""
    stays = runs.running(asking.work.session, asking.case.id, STAY)
    if "in_hospital" in asking.case.flags and any(one.id != asking.run.id for one in stays):
        return True  # whoever comes home is called: that is promised to everybody in hospital
    kept = or_(Task.key.in_(KEPT), (Task.escalation == SAFETY) & Task.key.not_in(END_WITH_THE_WORK))
    query = select(Task.id).where(Task.case_id == asking.case.id, Task.open, kept)
    return asking.work.session.scalar(query.limit(1)) is not None


def open_concerns(asking: Asking) -> list[str]:
    """Return the processes that look after a concern in this case and have not ended."""
    running = {run.process for run in runs.running(asking.work.session, asking.case.id)}
    return [process for process in REFUSALS if process in running]


def cut_off_by(asking: Asking, kind: str) -> list[Variables]:
    """Say what an ending is about to cut off that somebody has to be asked about; each begins a process of its own."""
    if kind not in ASKED_AFTER:
        return []
    found = [{"concern": KINDS[process]} for process in open_concerns(asking) if process in KINDS]
    steps = _safety_steps(asking) if kind in LIVES_ON else []
    for asked in _open_of(asking, LEFT_OPEN):  # by an ending before this one, which nobody has answered
        steps += asked.variables.get(CUT_OFF, []) if kind in LIVES_ON else []
        if asked.variables["concern"] != STEPS:
            found.append({"concern": asked.variables["concern"]})
    return [*found, *([{"concern": STEPS, CUT_OFF: steps}] if steps else [])]


def _safety_steps(asking: Asking) -> list[str]:
    """Tell each safety step that is open, and by when it was to be done."""
    query = select(Task).join(CaseRun, CaseRun.id == Task.run_id).order_by(Task.due_sort, Task.id)
    here = (Task.case_id == asking.case.id, Task.open, Task.escalation == SAFETY)
    called = (HUDDLE,) if "acm_urgent" in open_concerns(asking) else ()
    theirs = (Task.key.not_in(END_WITH_THE_WORK), CaseRun.process.not_in((*ASKED_FOR_THEMSELVES, *called)))
    return [_told(task) for task in asking.work.session.scalars(query.where(*here, *theirs))]


def _told(task: Task) -> str:
    return f"{task.name}, due {long_date(london_day(task.due_at))}" if task.due_at else task.name


def _open_of(asking: Asking, process: str) -> Sequence[Task]:
    query = select(Task).join(CaseRun, CaseRun.id == Task.run_id).order_by(Task.id)
    here = (Task.case_id == asking.case.id, Task.open, CaseRun.process == process)
    return asking.work.session.scalars(query.where(*here)).all()


@duty("case.settle_concern")
def settle_concern(asking: Asking, kind: str) -> None:
    """Note that what was left open (urgent, safeguarding, safety) is settled or followed by somebody else.

    A concern raised since the ending is another one: it stays open, and so does the mark on the case.
    """
    followed = _followed(asking, kind)
    if kind == "safeguarding":
        for one in cases.of_case(asking.work.session, SafeguardingConcern, asking.case.id):
            if one.closed_at is None and one.run_id not in followed:
                one.close(asking.work.now)
    if kind in FLAGS and not followed:
        asking.case.lower_flag(FLAGS[kind])


def _followed(asking: Asking, kind: str) -> set[UUID]:
    """Return the processes that look after concerns of a kind and have not ended."""
    found = runs.running(asking.work.session, asking.case.id)
    return {run.id for run in found if KINDS.get(run.process) == kind}


def ask_no_more(asking: Asking) -> None:
    """Take back the questions of an ending that was a mistake, before what it cut off is taken up again."""
    for run in runs.running(asking.work.session, asking.case.id, LEFT_OPEN):
        cancel_run(asking, run, "the case goes on")
        run.before_ending = None  # it belongs to the ending that is taken back


def follow_again(asking: Asking) -> None:
    """Mark the case again with each concern that is followed as before an ending that was a mistake."""
    for process, kind in KINDS.items():
        if runs.running(asking.work.session, asking.case.id, process):
            asking.case.raise_flag(FLAGS[kind])
