"""What a death means for the letters of the person: nothing that is not sent yet goes out any more."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.ending import CLOSED_AS, PROCESSES, why_ending
from workflows.casework.notice import Letter
from workflows.desk import Work
from workflows.duties.correspondence import WAITS, let_letters_back
from workflows.duties.register import Asking, on_behalf, under_way
from workflows.duties.wording import template_of
from workflows.storage import cases

UNSENT = ("draft", "ready", WAITS)


def hold_letters_back(work: Work, person_id: UUID) -> None:
    """Hold back, from the moment a death is reported, what lies unsent in the cases of the person, open or closed."""
    cases.hold_all_of(work.session, person_id)  # somebody may be sending one of these letters
    why = why_ending("died")
    for case in _cases_of(work, person_id):
        unsent = select(Letter).where(Letter.case_id == case.id, Letter.status.in_(UNSENT))
        for letter in work.session.scalars(unsent):
            if letter.audience == "person" or not template_of(letter).after_death:
                letter.status, letter.withheld_why = "withheld", why
                letter.happened("letter withheld", template=letter.template, to=letter.recipient, why=why)


def let_letters_go(work: Work, person_id: UUID) -> None:
    """Take that back where the report was a mistake; a case that is ending, or closed, over it stays as it is."""
    cases.hold_all_of(work.session, person_id)
    for case in _cases_of(work, person_id):
        if case.closure_reason != CLOSED_AS["died"] and not under_way(work, case, PROCESSES["died"]):
            let_letters_back(_asking_of(work, case), why_ending("died"))


def _cases_of(work: Work, person_id: UUID) -> list[Case]:
    return [
        *cases.closed_cases_of_person(work.session, person_id),
        *cases.open_cases_of_person(work.session, person_id),
    ]


def _asking_of(work: Work, case: Case) -> Asking:
    return on_behalf(work, case) if case.open else asking_of_closed(work, case)


def asking_of_closed(work: Work, case: Case) -> Asking:
    """Ask as the case's first process would: none of a closed case is running."""
    first = select(CaseRun).where(CaseRun.case_id == case.id).order_by(CaseRun.id)
    return Asking(work, case, work.session.scalars(first).first() or CaseRun(case_id=case.id), {})
