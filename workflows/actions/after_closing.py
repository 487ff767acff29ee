"""A death, and the mistake of having recorded one, where no case of the person needs to be open for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from workflows.actions.journey import deliver
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.message import WAITING, Message
from workflows.desk import Work
from workflows.duties.after_closing import asking_of_closed, hold_letters_back, let_letters_go
from workflows.duties.deaths import MISTAKEN
from workflows.duties.telling import tell
from workflows.storage import cases

REVIEWERS = ("safeguarding_lead", "service_manager")  # as after the death of somebody whose case is open


def record_death(work: Work, case: Case, paper: Document) -> None:
    """Record the death with its two facts, when and who told us; nothing that is not sent yet goes out any more."""
    case.person.record_death(date.fromisoformat(paper.answers["date"]))
    case.happened("death confirmed", told_by=paper.answers.get("known_by", ""))
    hold_letters_back(work, case.person_id)
    if paper.answers.get("review_needed") == "yes":
        for who in REVIEWERS:
            tell(asking_of_closed(work, case), "death_review", who)
    _settle_what_told_of_it(work, case)


def _settle_what_told_of_it(work: Work, case: Case) -> None:
    told = select(Message).where(
        Message.type == "person_died", Message.status.in_(WAITING), Message.nhs_number == case.person.nhs_number
    )
    for message in work.session.scalars(told) if case.person.nhs_number else ():
        if message.dob in (None, case.person.dob):
            message.settle(work.actor.name, f"The death is recorded in {case.number}.", work.now)


def take_back(work: Work, case: Case, paper: Document) -> None:
    """Say that the person is alive. The case stays closed; one that the death was ending goes on."""
    case.person.undo_death()
    case.happened("death taken back after closing", known=paper.answers.get("how_known", ""))
    let_letters_go(work, case.person_id)
    for other in cases.other_open_cases(work.session, case):
        deliver(work, other, MISTAKEN, {})


AFTER_CLOSING: dict[str, Callable[[Work, Case, Document], None]] = {"death": record_death, "alive": take_back}
