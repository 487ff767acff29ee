"""What became of a referral about somebody with an open case, as far as its referrer may know."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.access import Actor, may_be_asked, may_see_case
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.document import Document
from workflows.casework.referral import Referral
from workflows.duties.short_answer import referrer_may_follow
from workflows.storage import cases

NEWS = "F37"


@dataclass(frozen=True)
class Joined:
    """The open case a referral became new information in.

    `known`: the referrer may know that the person is with us; `number`: the case, for those who may open it.
    """

    known: bool
    number: str


def joined(session: Session, actor: Actor, referral: Referral, other: Case | None) -> Joined | None:
    """Return what may be said of the open case that a referral joined; None when it joined none."""
    if other is None:
        return None
    circle = cases.circle_of(session, other)
    seen = may_see_case(actor, other.programme_id, other.team_id, circle)
    known = referral.status == "added" or may_be_asked(actor, other.programme_id, circle)
    return Joined(known, other.number if seen else "")


def kept_from(session: Session, actor: Actor, *followed: Case | None) -> bool:
    """Say whether the person keeps what became of a referral from its referrer, who is to see nothing of their case."""
    return any(actor.id in cases.circle_of(session, case).excluded for case in followed if case is not None)


def followed(session: Session, actor: Actor, case: Case) -> bool:
    """Say whether whoever referred the person may see how far their case is: as its colleague, or by the sharing."""
    seen = may_see_case(actor, case.programme_id, case.team_id, cases.circle_of(session, case))
    return seen or referrer_may_follow(session, case)


def case_joined(session: Session, case: Case) -> Case | None:
    """Return the open case that a referral joined; None when it made, or makes, a case of its own."""
    of_case = select(CaseRun.id).where(CaseRun.case_id == case.id)
    elsewhere = (Document.run_id.in_(of_case), Document.case_id != case.id)
    news = select(Document.case_id).where(Document.form_key == NEWS, *elsewhere).limit(1)
    return session.scalar(select(Case).where(Case.id.in_(news)))
