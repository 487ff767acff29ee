"""A withdrawal of consent that was recorded by mistake is taken back: the case goes on, and so does sharing."""

from __future__ import annotations

from sqlalchemy import select

from workflows.casework.case import Case
from workflows.casework.diagram import JourneyStep
from workflows.casework.errors import RuleBroken
from workflows.desk import Work
from workflows.duties.consent import share_as_before
from workflows.duties.overtaken import overtake
from workflows.duties.register import Asking, Variables, duty
from workflows.duties.restoring import go_on
from workflows.storage import runs

MISTAKEN = "withdrawal_mistaken"
# Steps with which the journey itself comes to its end: nobody would ask for a review, or for consent, after them.
ENDED_WITH_IT = ("begin_withdrawal_at_review", "begin_withdrawal_at_anniversary")
SAID_IN_THE_JOURNEY = (
    "The refusal stands in the record of the conversation that the case itself asked for, and its journey ended with "
    "it. Confirm the withdrawal; a new referral opens a new episode."
)
CUT_OFF_TWICE = (
    "Another ending came upon this withdrawal, and what it cut off stays ended. Confirm the withdrawal; a new referral "
    "opens a new episode."
)


@duty("endings.restore_consent")
def restore_consent(asking: Asking) -> Variables:
    """Take a mistaken withdrawal back: sharing is as it was, the case and all its processes go on where they stood.

    What was to tell others of the withdrawal, and was not sent yet, stays here.
    """
    share_as_before(asking)
    go_on(asking, "withdrawn")
    overtake(asking.work.session, asking.case.id, "consent stands")
    return {"restored": True}


def must_leave_something_to_go_on(work: Work, case: Case) -> None:
    """Refuse to take a withdrawal back that the journey itself ended with, or upon which another ending has come."""
    said = (JourneyStep.case_id == case.id, JourneyStep.key.in_(ENDED_WITH_IT))
    if work.session.scalar(select(JourneyStep.id).where(*said).limit(1)) is not None:
        raise RuleBroken(SAID_IN_THE_JOURNEY)
    if not runs.cut_off(work.session, case.id):
        raise RuleBroken(CUT_OFF_TWICE)
