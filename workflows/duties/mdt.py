"""The table: the case is listed, the decision recorded and carried out."""

from __future__ import annotations

from datetime import datetime
from itertools import takewhile
from uuid import UUID

from sqlalchemy import select

from workflows.casework.staff import StaffMember
from workflows.casework.task import SAFETY, Task
from workflows.duties.clocks import counted_since
from workflows.duties.coordinators import take_on
from workflows.duties.ending_runs import cancel_run
from workflows.duties.meeting_ways import (
    ANSWERING,
    ENDS_PLANNING,
    LEAVING,
    LETS_GO,
    MEETING,
    PLANNING,
    PLANNING_ENDED,
    RECORDING,
    TAKEN_UP_AGAIN,
    standing,
)
from workflows.duties.overtaken import overtake
from workflows.duties.papers import Answers, newest
from workflows.duties.plans import review_as_the_meeting_said, take_back
from workflows.duties.register import Asking, Variables, duty
from workflows.duties.rungs import set_next_rung
from workflows.duties.telling import tell
from workflows.storage import cases, runs
from workflows.working_time import Counted, Duration

PUT_OFF = "defer_more_info"
PROMISED = "promised"  # so a meeting says that it is the huddle which the acceptance of an urgent referral promised
BELOW_QUORUM = frozenset({"advice_to_referrer", PUT_OFF, "urgent_now"})  # what is urgent waits for no quorum


@duty("mdt.list_on_agenda")
def list_on_agenda(asking: Asking) -> Variables:
    """Put the case on the agenda of the next suitable meeting: the chair is asked for the decision.

    One meeting decides and tells it once. Asked for beside a case that is listed already, it goes to that meeting; what
    was asked for beside the case gives way when the case comes to the meeting itself. A huddle that an urgent referral
    was promised, and that decided nothing, is called again.
    """
    by = asking.variables.get("mdt_by")
    longest = Duration.parse(_longest_wait(asking))
    comes_back = not _is_length(by)
    latest = _since_accepted(asking, longest if comes_back else Duration.parse(str(by)), comes_back)
    again = bool(asking.variables.get(PROMISED))
    if again:
        latest = _ask_for_a_huddle(asking)
    else:
        _ask_the_chair(asking, latest, huddle=False)
    discuss = discussion_agreed(asking)
    if _gives_way(asking):
        asking.case.happened("listed already")
    elif discuss == "no":
        asking.case.happened("listed without a discussion")
    elif not again:
        asking.case.happened("listed for the meeting")
    late = _since_accepted(asking, longest, comes_back)
    return {"mdt_by": latest.isoformat(), "mdt_late_at": late.isoformat(), "discuss_mdt": discuss}


def _gives_way(asking: Asking) -> bool:
    """Let one process of the case wait for the meeting, its own before others; say whether this one gave way."""
    waiting = runs.waiting_for(asking.work.session, asking.case.id, "mdt_case_decided")
    others = [run for run in waiting if run is not asking.run and run.process != ANSWERING]
    beside = asking.run.process == MEETING
    for run in [asking.run] if beside and others else [run for run in others if run.process == MEETING]:
        cancel_run(asking, run, "one meeting decides about the case")
        run.before_ending = None  # no ending cut it off: nothing to take back
    return beside and bool(others)


def discussion_agreed(asking: Asking) -> str:
    """Return whether the person agreed that several organisations discuss them: yes, no or unknown."""
    if asking.case.sharing_scope == "minimum":  # only those who are named hear of it
        return "no"
    consent = cases.consent_in_force(asking.work.session, asking.case.id)
    return consent.discuss_mdt if consent else "unknown"


@duty("mdt.promise")
def promise(asking: Asking) -> Variables:
    """Note the day by which the meeting decides about whoever is accepted, however long what comes before takes."""
    longest = Duration.parse(_longest_wait(asking))
    return {"mdt_late_at": _since_accepted(asking, longest, comes_back=False).isoformat()}


def _since_accepted(asking: Asking, length: Duration, comes_back: bool) -> datetime:
    """Count a time for the meeting from acceptance; for a case that comes back to the table, from today.

    Where what was promised is over already, the next meeting that can be had decides.
    """
    work, case = asking.work, asking.case
    promised = counted_since(work, case, length, case.accepted_at or work.now)
    if case.calendar.counted(promised) <= work.now:
        soonest = Duration.parse(case.programme.setting("wait.mdt_high", work.today))
        again = [Counted.promised(work.now, one) for one in ([length] if comes_back else [length, soonest])]
        promised = min(again, key=case.calendar.counted)
    return work.wait_for(case, promised)


def _ask_the_chair(asking: Asking, decide_by: datetime, huddle: bool) -> None:
    """Ask for the decision, once: the chair has as long as the rule says, which is when the manager hears of it."""
    if not runs.running(asking.work.session, asking.case.id, RECORDING):
        asking.start_later(RECORDING, {"huddle": huddle, "decision_due_at": decide_by.isoformat()})


def _is_length(value: object) -> bool:
    return isinstance(value, str) and value[:1].isdigit() and value[4:5] != "-"


def _longest_wait(asking: Asking) -> str:
    return asking.case.programme.setting("wait.mdt_decision", asking.work.today)


@duty("mdt.call_huddle")
def call_huddle(asking: Asking) -> None:
    """Call a virtual huddle: two professionals including the GP lead decide outside the meeting.

    Its outcome is told like that of a meeting: when the case itself does not wait for a decision, a process beside it
    does, and sends the letters.
    """
    _call(asking, {})


def _call(asking: Asking, why: Variables) -> None:
    _ask_for_a_huddle(asking)
    waiting = runs.waiting_for(asking.work.session, asking.case.id, "mdt_case_decided")
    # Another concern waits for a huddle too, and writes no letters.
    if all(run.process == ANSWERING for run in waiting):
        late = _since_accepted(asking, Duration.parse(_longest_wait(asking)), comes_back=True)
        asking.start_later(MEETING, {"huddle": True, "mdt_late_at": late.isoformat(), **why})


def _ask_for_a_huddle(asking: Asking) -> datetime:
    """Ask the chair for the decision of a huddle and tell who calls it; return by when it decides."""
    decide_by = asking.work.due(asking.case, "due.record_mdt_decision")
    if not _pull_forward(asking):
        _ask_the_chair(asking, decide_by, huddle=True)
    tell(asking, "huddle", "gp_lead")
    tell(asking, "huddle", "coordinator")
    asking.case.happened("virtual huddle called")
    return decide_by


@duty("mdt.call_promised_huddle")
def call_promised_huddle(asking: Asking) -> None:
    """Call the huddle that an urgent referral was promised, unless one has decided about its concern already."""
    if newest(asking, "F16") is None:
        _call(asking, {PROMISED: True})


def _pull_forward(asking: Asking) -> bool:
    """Let the chair sign what is listed already as a huddle, at once and as a matter of safety; False: not listed."""
    work, case = asking.work, asking.case
    listed = runs.running(work.session, case.id, RECORDING)
    query = select(Task).where(Task.run_id.in_([run.id for run in listed]), Task.open)
    for task in work.session.scalars(query):
        promised = Duration.parse(case.programme.setting("due.record_mdt_decision", work.today))
        counted = Counted.promised(work.now, promised)
        task.pull_forward(case.calendar.counted(counted), counted, SAFETY)
        set_next_rung(task, work.now)
    return bool(listed)


@duty("mdt.huddle_decided")
def huddle_decided(asking: Asking) -> Variables:
    """Say whether a huddle took on what was urgent; one that only put it off, or was too few, did not."""
    paper = newest(asking, "F16")
    return {"taken_on": "no" if paper is None or _decision(paper.answers) == PUT_OFF else "yes"}


@duty("mdt.record_decision")
def record_decision(asking: Asking) -> Variables:
    """Record what the table decided; below quorum it can only advise, and the case is listed again.

    The process in which the chair signs records it. The one that waited for it takes the decision over and records
    nothing: one decision stands once in the timeline.
    """
    paper = newest(asking, "F16")
    said: Answers = paper.answers if paper else {}
    decision = _decision(said)
    if asking.run.process == RECORDING:
        _put_on_record(asking, said, decision)
    times = _deferrals(asking, decision)
    return {
        "mdt_decision": decision,
        "deferrals": times,
        "deferred_too_often": times >= asking.case.programme.number("deferral_limit", asking.work.today),
    }


def _put_on_record(asking: Asking, said: Answers, decision: str) -> None:
    if decision != said.get("decision", PUT_OFF):
        asking.case.happened("below quorum: advice only, listed again", decision=said["decision"])
    chosen = said.get("coordinator")
    staff = asking.work.session.get(StaffMember, UUID(chosen)) if chosen else None
    if staff is not None and asking.case.coordinator_id != staff.id:
        take_on(asking, staff)
    asking.case.happened("meeting decided", decision=decision)
    overtake(asking.work.session, asking.case.id, "decided")
    if decision == "case_manage" and standing(asking.work.session, asking.case) == LEAVING:
        take_back(asking)
        asking.send_later(TAKEN_UP_AGAIN)
    elif decision in ENDS_PLANNING and standing(asking.work.session, asking.case) == PLANNING:
        asking.send_later(PLANNING_ENDED, {"mdt_decision": decision})
    elif asking.case.stage == "active" and decision in LETS_GO:  # decided outside a review: the review comes at once
        asking.send_later("review_brought_forward", {"next_review_at": asking.work.now.isoformat()})
    elif asking.case.stage == "active" and said.get("next_review"):
        review_as_the_meeting_said(asking, str(said["next_review"]))


def _decision(said: Answers) -> str:
    """Return what counts as decided: below quorum the table can only advise, and the case is listed again."""
    decision = str(said.get("decision", PUT_OFF))
    return decision if _quorate(said) or decision in BELOW_QUORUM else PUT_OFF


def _quorate(said: Answers) -> bool:
    """Whether enough people were there, as the form reckoned it on the day by the programme's quorum."""
    if said.get("held_as") in {"huddle", "no_discussion"}:
        return len(said.get("present", [])) >= 2
    return said.get("quorate") == "Yes"


def _deferrals(asking: Asking, decision: str) -> int:
    """Count how often in a row the case was put off."""
    if decision != PUT_OFF:
        return 0
    papers = reversed(cases.documents_of(asking.work.session, asking.case.id, "F16"))
    return len(list(takewhile(lambda paper: put_off(paper.answers), papers)))


def put_off(said: Answers) -> bool:
    """Say whether what a meeting wrote down put the case off: it says so, or too few were there."""
    return not _quorate(said) or said.get("decision") == PUT_OFF
