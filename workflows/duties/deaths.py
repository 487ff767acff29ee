"""A death that was reported: confirmed, or taken back as a mistake; either holds for all cases of the person."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from workflows.casework.case import Case
from workflows.casework.ending import CLOSED_AS, PROCESSES
from workflows.desk import PendingMessage
from workflows.duties.after_closing import let_letters_go
from workflows.duties.endings import end_every_case
from workflows.duties.hospital import follow_who_is_alive
from workflows.duties.left_open import open_concerns
from workflows.duties.news import join_into
from workflows.duties.papers import newest
from workflows.duties.register import Asking, Variables, duty, on_behalf, under_way
from workflows.duties.restoring import go_on
from workflows.duties.telling import tell
from workflows.storage import cases

MISTAKEN = "death_mistaken"
COMES_ALONG = frozenset({"acm_urgent"})  # joined cases bring an urgent concern with them


@duty("endings.confirm_death")
def confirm_death(asking: Asking) -> None:
    """Record the death with its two facts: when, and who told us. What was opened since it was reported ends, too."""
    paper = newest(asking, "F26")
    said = paper.answers if paper else {}
    asking.case.person.record_death(date.fromisoformat(said["date"]) if said.get("date") else asking.work.today)
    asking.case.happened("death confirmed", told_by=said.get("known_by", ""))
    end_every_case(asking)


@duty("endings.restore")
def restore(asking: Asking) -> Variables:
    """Take a mistaken ending back: the person is alive, the case and all its processes go on where they stood."""
    if asking.case.person.dead:
        asking.case.person.undo_death()
    go_on(asking, "died")
    follow_who_is_alive(asking)
    let_letters_go(asking.work, asking.case.person_id)
    _restore_the_others(asking)
    _join_what_came_meanwhile(asking)
    return {"restored": True}


def _restore_the_others(asking: Asking) -> None:
    """Take the death back in each case that it was ending; where one has closed over it, its people are told."""
    for other in cases.other_open_cases(asking.work.session, asking.case):
        if under_way(asking.work, other, PROCESSES["died"]):
            asking.work.pending.append(PendingMessage(other, MISTAKEN, {}))
    closed = select(Case).where(Case.person_id == asking.case.person_id, Case.closure_reason == CLOSED_AS["died"])
    for other in asking.work.session.scalars(closed.where(Case.closed_at.is_not(None))):
        other.happened("closed over a mistaken death")
        for who in ("coordinator", "team_manager"):
            tell(asking, "closed_by_mistake", who, about=other)


def _join_what_came_meanwhile(asking: Asking) -> None:
    """Bring home a referral that came while nobody was expected to be alive: one open case a person and programme.

    Where a safeguarding concern is open in it the two stay apart, so that nothing of that is lost.
    """
    case, session = asking.case, asking.work.session
    found = cases.open_case_of(session, case.person_id, case.programme_id, besides=case.id)
    if found is None:
        return
    meanwhile = on_behalf(asking.work, cases.held(session, found.id))
    if set(open_concerns(meanwhile)) - COMES_ALONG:
        tell(asking, "two_open_cases", "team_manager")
    else:
        join_into(meanwhile, case)
