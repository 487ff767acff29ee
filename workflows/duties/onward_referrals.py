"""Referrals to other services: asked for, followed until the outcome is known, and not left behind when a case ends."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from workflows.casework.diagram import CaseRun
from workflows.casework.document import Document
from workflows.desk import PendingStart
from workflows.duties.register import Asking, Variables, duty
from workflows.storage import cases, runs

PROCESS = "acm_service_referral"
FINISHED_SERVICE = frozenset({"declined", "completed", "lost"})
# Somebody has said yes or no: from here on the person is with the service, or known not to be.
ANSWERED = FINISHED_SERVICE | {"accepted", "started"}


@duty("services.refer")
def refer(asking: Asking) -> None:
    """Ask the care coordinator to refer the person to the service that the meeting chose."""
    asked = asking.case.coordinator_id or asking.work.actor.id
    asking.work.pending.append(PendingStart(asking.case, PROCESS, {}, asked))


@duty("services.refresh")
def refresh_service(asking: Asking) -> Variables:
    """Say how the referral to another service stands, from its newest form or message.

    What a message ends is not over: a person sees to somebody who was turned down or lost, and asks for the outcome.
    """
    papers = _papers(asking.work.session, asking.run)
    told = asking.variables.get("service_update_status")
    status = str(told or (papers[-1].answers.get("status", "sent") if papers else "sent"))
    ends = status in FINISHED_SERVICE
    unsettled = ends and bool(told) and not (status == "completed" and papers and papers[-1].answers.get("outcome"))
    return {
        "service_status": status,
        "service_finished": ends and not unsettled,
        "service_to_settle": unsettled,
        "service_update_status": None,
    }


def unanswered_referrals(asking: Asking) -> int:
    """Count the referrals that no service has taken on or turned down yet: a case does not end over them."""
    return len(unanswered(asking.work.session, asking.case.id))


def unanswered(session: Session, case_id: UUID) -> list[CaseRun]:
    """Return the referrals that no service has taken on or turned down yet, oldest first."""
    waiting = []
    for run in runs.running(session, case_id, PROCESS):
        told = [paper.answers["status"] for paper in _papers(session, run) if "status" in paper.answers]
        if not told or told[-1] not in ANSWERED:
            waiting.append(run)
    return waiting


def service_named(session: Session, run: CaseRun) -> str | None:
    """Return the key of the service that a referral asks; none while nobody has sent it."""
    named = [paper.answers["service"] for paper in _papers(session, run) if paper.answers.get("service")]
    return str(named[-1]) if named else None


def is_of(session: Session, run: CaseRun, named: str) -> bool:
    """Say whether a referral is the one of a document, by its id: written in its process, or what began it."""
    return named.replace("-", "") in {paper.id.hex for paper in _papers(session, run)}


def _papers(session: Session, run: CaseRun) -> list[Document]:
    """Return what was written of a referral, oldest first: in its process, or at the button that began it."""
    papers = cases.documents_of(session, run.case_id, "F20b")
    begun = run.started_at
    return [one for one in papers if one.run_id == run.id or (one.run_id is None and one.completed_at == begun)]
