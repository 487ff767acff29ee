"""Referrals to other services: asked for, followed until the outcome is known, and not left behind when a case ends."""

from __future__ import annotations

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
    """Say how the referral to another service stands, from its newest form or message."""
    papers = [p for p in cases.documents_of(asking.work.session, asking.case.id, "F20b") if p.run_id == asking.run.id]
    started_with = asking.variables.get("document_id")
    papers = papers or [
        p for p in cases.documents_of(asking.work.session, asking.case.id, "F20b") if p.id.hex == started_with
    ]
    told = asking.variables.get("service_update_status")
    status = str(told or (papers[-1].answers.get("status", "sent") if papers else "sent"))
    return {"service_status": status, "service_finished": status in FINISHED_SERVICE, "service_update_status": None}


def unanswered_referrals(asking: Asking) -> int:
    """Count the referrals that no service has taken on or turned down yet: a case does not end over them."""
    papers = cases.documents_of(asking.work.session, asking.case.id, "F20b")
    waiting = 0
    for run in runs.running(asking.work.session, asking.case.id, PROCESS):
        told = [
            paper.answers["status"]
            for paper in papers
            if paper.run_id in (run.id, None) and paper.completed_at >= run.started_at and "status" in paper.answers
        ]
        waiting += not told or told[-1] not in ANSWERED
    return waiting
