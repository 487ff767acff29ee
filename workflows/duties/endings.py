"""Endings that interrupt everything at once: death, withdrawal, moving away, entered in error."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from workflows.casework.ending import CLOSED_AS, PROCESSES, why_ending
from workflows.casework.errors import SetUpWrong
from workflows.casework.notice import Letter, Notice
from workflows.duties.consent import stop_sharing
from workflows.duties.correspondence import let_letters_back
from workflows.duties.ending_runs import end_other_runs, take_up_again
from workflows.duties.left_open import leave_open, open_concerns, take_back
from workflows.duties.papers import newest
from workflows.duties.register import Asking, Variables, duty
from workflows.duties.wording import template_of


@duty("endings.begin")
def begin(asking: Asking, kind: str) -> None:
    """Stop what must stop at once, end every companion, and start the ending's own small process."""
    if kind not in PROCESSES:
        raise SetUpWrong(f"There is no ending “{kind}”.")
    concerns = open_concerns(asking)
    end_other_runs(asking, why_ending(kind))
    leave_open(asking, kind, concerns)
    asking.run.before_ending = asking.run.state
    asking.run.happened("process cut off by an ending", kind=kind, process=asking.run.process)
    if kind in {"died", "withdrawn", "error"}:
        _suppress_outbound(asking, kind)
    if kind == "withdrawn":
        stop_sharing(asking)
    if kind == "error":
        asking.case.raise_flag("entered_in_error")
    asking.case.next_review_at = None
    asking.case.happened("ending begun", kind=kind)
    asking.start_later(PROCESSES[kind], {"stage_before": asking.case.stage, "closure_reason": CLOSED_AS[kind]})


def _suppress_outbound(asking: Asking, kind: str) -> None:
    why = why_ending(kind)
    asking.case.stop_outbound()
    waiting = select(Notice).where(
        Notice.case_id == asking.case.id, Notice.status == "waiting", Notice.staff_id.is_(None)
    )
    for notice in asking.work.session.scalars(waiting):
        notice.suppressed(why)
    letters = select(Letter).where(Letter.case_id == asking.case.id, Letter.status.in_(("draft", "ready", "held")))
    for letter in asking.work.session.scalars(letters):
        if letter.audience == "person" or (kind == "died" and not template_of(letter).after_death):
            letter.status, letter.withheld_why = "withheld", why
            letter.happened("letter withheld", template=letter.template, to=letter.recipient, why=why)


@duty("endings.confirm_death")
def confirm_death(asking: Asking) -> None:
    """Record the death with its two facts: when, and who told us."""
    paper = newest(asking, "F26")
    said = paper.answers if paper else {}
    asking.case.person.record_death(date.fromisoformat(said["date"]) if said.get("date") else asking.work.today)
    asking.case.happened("death confirmed", told_by=said.get("known_by", ""))


@duty("endings.restore")
def restore(asking: Asking) -> Variables:
    """Take a mistaken ending back: the person is alive, the case and all its processes go on where they stood."""
    if asking.case.person.dead:
        asking.case.person.undo_death()
    stage = str(asking.variables.get("stage_before") or "active")
    asking.case.reopen("consent" if stage == "closed" else stage, asking.work.now)
    take_up_again(asking)
    take_back(asking)
    let_letters_back(asking, why_ending("died"))
    return {"restored": True}
