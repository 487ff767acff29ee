"""Letters that wait and are no longer needed: the register says by what each is overtaken. They are never sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.notice import UNTIL_AGREED, Letter
from workflows.clock import london_day
from workflows.desk import Work
from workflows.duties.told_since import is_the_answer
from workflows.duties.wording import template_for, template_of

# What overtakes a letter, and the reason its case shows.
WHY: Mapping[str, str] = {
    "contact": "we have spoken with the person since",
    "decided": "the meeting has decided",
    "review": "the review has taken place",
    "reply": "the referrer has answered",
    "accepted": "the referral has been taken up",
    "home": "the person has left hospital",
    "kept": "the person has left hospital, and the case goes on",
    "again": "the person was admitted again",
    "open again": "the referral is about somebody else",
    "closed": "the case is closed",
    "moved": "the person has moved out of the area",
    "taken up again": "the work has been taken up again",
    "consent stands": "the withdrawal was a mistake",
    "newer": "a newer letter takes its place",
    "day": "the day it names is over",
    # A letter to the same recipient that tells as much of what has become of the case, or more.
    "L08": "the discharge letter tells how the work ended",
    "L08p": "the discharge letter tells how the work ended",
    "L11": "the handover letter tells where the case has gone",
}
STILL_TO_GO = ("ready", "held")
STILL_TO_CHECK = "draft"
NOBODY_CHECKS = "closed"  # after this no task asks anybody to check a draft
MOVED = "moved"  # after this nobody is invited any more, and no service here is to know a plan


def overtake(session: Session, case_id: UUID, event: str) -> None:
    """Retire the letters of a case that this event overtakes, drafts too: whoever was to check one is not asked now."""
    for letter in _waiting(session, case_id, STILL_TO_CHECK):
        unchecked = letter.status == STILL_TO_CHECK and event == NOBODY_CHECKS
        if unchecked or event in template_of(letter).overtaken_by:
            letter.overtaken(WHY[event])


def make_way(session: Session, newer: Letter) -> None:
    """Retire what waits for the same recipient and is told by a newer letter that is ready now."""
    if newer.status == "ready":
        _retire(session, newer, _waiting(session, newer.case_id))


def spare_the_check(session: Session, newer: Letter) -> None:
    """Retire what waits to be checked for the same recipient and is told by a newer letter: one is read, not both."""
    drafts = (one for one in _waiting(session, newer.case_id, STILL_TO_CHECK) if one.status == STILL_TO_CHECK)
    _retire(session, newer, drafts)


def _retire(session: Session, newer: Letter, waiting: Iterable[Letter]) -> None:
    key = template_for(newer.template, newer.recipient)
    for letter in waiting:
        if letter is newer or letter.recipient != newer.recipient:
            continue
        event = "newer" if letter.template == newer.template else key
        if event in template_of(letter).overtaken_by and not is_the_answer(session, letter):
            letter.overtaken(WHY[event])


def retire_past(work: Work) -> None:
    """Retire every letter that names a day which is over: nobody is asked to come yesterday."""
    query = select(Letter, Case).join(Case, Case.id == Letter.case_id).where(Letter.status == "ready")
    named = query.where(Letter.template.in_(("L06", "L07"))).order_by(Letter.id).with_for_update(of=Letter)
    for letter, case in work.session.execute(named).all():
        day = _day_named(work, letter, case)
        if "day" in template_of(letter).overtaken_by and day is not None and day < work.today:
            letter.overtaken(WHY["day"])


def _day_named(work: Work, letter: Letter, case: Case) -> date | None:
    """The day a letter speaks of: by when the plan is looked at again, or by when the person may answer."""
    if letter.template == "L06":
        return london_day(case.next_review_at) if case.next_review_at else None
    return london_day(work.due(case, "wait.no_contact_letter", letter.written_at))


def _waiting(session: Session, case_id: UUID, *too: str) -> list[Letter]:
    """The letters that may still go: also those held back only until the person agrees."""
    agrees = and_(Letter.status == "withheld", Letter.withheld_why.in_(UNTIL_AGREED))
    here = (Letter.case_id == case_id, or_(Letter.status.in_((*STILL_TO_GO, *too)), agrees))
    query = select(Letter).where(*here).order_by(Letter.id)
    return list(session.scalars(query))
