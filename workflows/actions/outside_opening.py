"""Putting down as rows what a diagram asks of other systems, as an act has left it."""

from __future__ import annotations

from typing import Any

from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.outside import TRIES, OutsideTask
from workflows.desk import Work
from workflows.engine.outcome import Outcome, OutsideJob
from workflows.engine.shapes import listed
from workflows.storage import runs


def match_outside(work: Work, case: Case, run: CaseRun, outcome: Outcome) -> None:
    """Open what is newly asked, withdraw what is no longer asked, ask again what was withdrawn by mistake."""
    asked = {job.id: job for job in outcome.outside}
    if not asked and not outcome.was_outside:
        return
    for known in runs.held_outside(work.session, run.id, asked):
        if known.step_id not in asked:
            known.cancel("the case moved on", work.now)
            continue
        known.renew(_drawn(asked.pop(known.step_id)))
        if known.status == "cancelled":
            known.reopen(work.now)
    for job in asked.values():
        work.session.add(_opened(work, case, run, job))


def _opened(work: Work, case: Case, run: CaseRun, job: OutsideJob) -> OutsideTask:
    """Only what the diagram names is told to the other system; without a word about it that is nothing."""
    told = {name: job.data.get(name) for name in listed(job.properties.get("reads", ""))}
    drawn = _drawn(job)
    opened = OutsideTask(
        case_id=case.id, run_id=run.id, step_id=job.id, told=told, opened_at=work.now, free_at=work.now,
        tries_left=drawn["tries"], **drawn,
    )  # fmt: skip
    opened.happened("outside task opened", task=job.name, topic=job.topic)
    return opened


def _drawn(job: OutsideJob) -> dict[str, Any]:
    """What its diagram says of it, by column."""
    tries = int(job.properties.get("tries", "").strip() or TRIES)
    decides = listed(job.properties.get("decides", ""))
    return {
        "key": job.key, "name": job.name, "process": job.process, "topic": job.topic, "decides": decides,
        "tries": tries,
    }  # fmt: skip
