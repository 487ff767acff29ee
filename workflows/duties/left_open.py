"""What must not be lost when a case ends: a concern about somebody's safety, a safety task, news nobody has read."""

from __future__ import annotations

from sqlalchemy import or_, select

from workflows.casework.care import SafeguardingConcern
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.task import Task
from workflows.desk import PendingDates, PendingMessage, Work
from workflows.duties.ending_runs import cancel_run
from workflows.duties.register import Asking, Variables, duty
from workflows.storage import cases, runs

LEFT_OPEN = "acm_left_open"
SETTLED = "concern_settled"  # the message for which closing waits
UNREAD = "look_at_new_information"
# Safety tasks that are steps of the way which the closing ends, or of no use once nobody coordinates the case.
OF_THE_WAY = ("acm_case", "acm_reallocation")
STAY = "acm_hospital"
KINDS = {"acm_urgent": "urgent", "acm_safeguarding": "safeguarding"}
FLAGS = {"urgent": "urgent", "safeguarding": "safeguarding_open"}  # the mark that each kind of concern leaves
ASKED_AFTER = frozenset({"died", "withdrawn", "moved"})  # endings after which somebody says what becomes of a concern
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
    """Whether a companion of the case has a safety task, a referral that nobody read, or a stay in hospital."""
    stays = runs.running(asking.work.session, asking.case.id, STAY)
    if "in_hospital" in asking.case.flags and any(one.id != asking.run.id for one in stays):
        return True  # whoever comes home is called: that is promised to everybody in hospital
    here = (Task.case_id == asking.case.id, Task.open, Task.run_id != asking.run.id)
    kept = or_(Task.key == UNREAD, (Task.escalation == "S") & CaseRun.process.not_in(OF_THE_WAY))
    query = select(Task.id).join(CaseRun, CaseRun.id == Task.run_id).where(*here, kept)
    return asking.work.session.scalar(query.limit(1)) is not None


def open_concerns(asking: Asking) -> list[str]:
    """Return the processes that look after a concern in this case and have not ended."""
    running = {run.process for run in runs.running(asking.work.session, asking.case.id)}
    return [process for process in REFUSALS if process in running]


def leave_open(asking: Asking, kind: str, found: list[str]) -> None:
    """Ask what becomes of each concern that an ending cut off, before the case is closed."""
    for process in found:
        if kind in ASKED_AFTER and process in KINDS:
            asking.start_later(LEFT_OPEN, {"concern": KINDS[process]})


@duty("case.settle_concern")
def settle_concern(asking: Asking, kind: str) -> None:
    """Note that the concerns of a kind (urgent or safeguarding) are settled or followed by somebody else."""
    if kind == "safeguarding":
        for one in cases.of_case(asking.work.session, SafeguardingConcern, asking.case.id):
            if one.closed_at is None:
                one.close(asking.work.now)
    asking.case.lower_flag(FLAGS[kind])


def take_back(asking: Asking) -> None:
    """Let a concern be followed as before an ending that was a mistake: nobody asks what becomes of it."""
    for run in runs.running(asking.work.session, asking.case.id, LEFT_OPEN):
        cancel_run(asking, run, "the case goes on")
        run.before_ending = None  # it belongs to the ending that is taken back
    for process, kind in KINDS.items():
        if runs.running(asking.work.session, asking.case.id, process):
            asking.case.raise_flag(FLAGS[kind])
