"""Endings that interrupt everything at once: death, withdrawal, moving away, entered in error."""

from __future__ import annotations

from sqlalchemy import select

from workflows.casework.ending import CLOSED_AS, PROCESSES, why_ending
from workflows.casework.errors import SetUpWrong
from workflows.casework.notice import Letter, Notice
from workflows.duties.after_closing import hold_letters_back
from workflows.duties.consent import as_shared_before, stop_sharing
from workflows.duties.ending_runs import cancel_run, end_other_runs, leave_ended
from workflows.duties.left_open import LEFT_OPEN, cut_off_by
from workflows.duties.open_promises import WAS_OPEN, under_way_with_others
from workflows.duties.overtaken import MOVED, overtake
from workflows.duties.register import Asking, duty, on_behalf, under_way
from workflows.duties.telling import IN_HAND, had_in_hand
from workflows.duties.wording import template_of
from workflows.storage import cases

SILENCED = frozenset({"died", "withdrawn", "error"})  # endings after which nothing goes out any more
# Unless the person died: what a second referral tells of somebody is still read, as its referrer was promised.
STILL_READ = frozenset({"acm_new_information"})


@duty("endings.begin")
def begin(asking: Asking, kind: str) -> None:
    """Stop what must stop at once, end every companion, and start the ending's own small process."""
    if kind not in PROCESSES:
        raise SetUpWrong(f"There is no ending “{kind}”.")
    left_open = cut_off_by(asking, kind)
    shared = as_shared_before(asking) if kind == "withdrawn" else {}
    told = {IN_HAND: had_in_hand(asking), WAS_OPEN: under_way_with_others(asking.work.session, asking.case)}
    leave_ended(asking)
    end_other_runs(asking, why_ending(kind), keep=() if kind == "died" else STILL_READ)
    for one in left_open:
        asking.start_later(LEFT_OPEN, one)
    asking.run.before_ending = asking.run.state
    asking.run.happened("process cut off by an ending", kind=kind, process=asking.run.process)
    if kind in SILENCED:
        _suppress_outbound(asking, kind)
    if kind == "withdrawn":
        stop_sharing(asking)
    if kind == "moved":
        overtake(asking.work.session, asking.case.id, MOVED)
    if kind == "error":
        asking.case.raise_flag("entered_in_error")
    asking.case.next_review_at = None
    asking.case.happened("ending begun", kind=kind)
    begun_with = {"stage_before": asking.case.stage, "closure_reason": CLOSED_AS[kind]}
    asking.start_later(PROCESSES[kind], begun_with | told | shared)
    if kind == "died":
        end_every_case(asking)


def end_from_where_it_stands(asking: Asking, kind: str) -> None:
    """End a case in which nobody waits for its ending: one that is only nominated, or ending already."""
    begin(asking, kind)
    cancel_run(asking, asking.run, "the case is ending")


def end_every_case(asking: Asking) -> None:
    """Let a death end each open case of the person, whatever the programme it was told in."""
    for other in cases.other_open_cases(asking.work.session, asking.case):
        if not under_way(asking.work, other, PROCESSES["died"]):
            end_from_where_it_stands(on_behalf(asking.work, other), "died")


def _suppress_outbound(asking: Asking, kind: str) -> None:
    why = why_ending(kind)
    asking.case.stop_outbound()
    if kind == "died":
        hold_letters_back(asking.work, asking.case.person_id)
    waiting = select(Notice).where(
        Notice.case_id == asking.case.id, Notice.status == "waiting", Notice.staff_id.is_(None)
    )
    for notice in asking.work.session.scalars(waiting):
        notice.suppressed(why)
    letters = select(Letter).where(Letter.case_id == asking.case.id, Letter.status.in_(("draft", "ready", "held")))
    for letter in asking.work.session.scalars(letters):
        if kind != "died" or letter.audience == "person" or not template_of(letter).after_death:
            letter.status, letter.withheld_why = "withheld", why
            letter.happened("letter withheld", template=letter.template, to=letter.recipient, why=why)
