"""After a wrong join is taken back: the referral is open again, and what had come with it goes back to it.

What only a person can judge (details taken over, what was done because of it) is asked of whoever looks after the case
that it had come into.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from sqlalchemy import select

from workflows.casework.audit import AuditEntry
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.document import Attachment, Document
from workflows.casework.person import IdentityJoin
from workflows.casework.referral import Referral
from workflows.casework.task import Task
from workflows.desk import PendingStart, Work
from workflows.duties.concerns import ANSWERING, CONCERN, HUDDLE, move
from workflows.duties.ending_runs import cancel_run
from workflows.duties.overtaken import overtake
from workflows.duties.register import Asking
from workflows.storage import cases, runs

MAIN, READING, LISTED, LOOKING = "acm_case", "acm_new_information", "acm_nomination", "acm_separated"
NEWS, DUPLICATE, URGENT = "F37", "duplicate", "urgent"
WHY = "the referral is about somebody else"


def open_again(work: Work, case: Case, join: IdentityJoin) -> bool:
    """Open a referral again that had become part of another person's case; False where it has a case of its own."""
    _return_nomination(work, case, join)
    other = _joined_into(work, case)
    if other is None and case.closure_reason != DUPLICATE:
        return False
    if other is not None:
        _bring_back(work, cases.held(work.session, other.id), case)
    for run in runs.running(work.session, case.id, MAIN):
        _cancel(work, case, run)
    if not case.open:
        case.reopen("referred", work.now)
    case.happened("referral open again")
    overtake(work.session, case.id, "open again")
    for referral in work.session.scalars(select(Referral).where(Referral.case_id == case.id)):
        referral.status = "sent"
        referral.happened("referral open again", reference=referral.reference)
    work.pending.append(PendingStart(case, MAIN, {"source": case.source}))
    return True


def _joined_into(work: Work, case: Case) -> Case | None:
    """Return the case in which the referral became new information."""
    mine = select(CaseRun.id).where(CaseRun.case_id == case.id)
    news = select(Document.case_id).where(
        Document.form_key == NEWS, Document.run_id.in_(mine), Document.case_id != case.id
    )
    return work.session.scalar(select(Case).where(Case.id.in_(news)))


def _bring_back(work: Work, other: Case, case: Case) -> None:
    """Take out of the other case what had come with the referral, and let somebody look what it had led to there."""
    papers = _papers_that_came(work, other, case)
    for run in _begun_by(work, other, papers, READING):
        _cancel(work, other, run)
    for concern in (paper for paper in papers if paper.form_key == CONCERN):
        _bring_concern_back(work, other, case, concern)
    for paper in papers:
        if paper.case_id == other.id:
            paper.move(case.id, cases.next_number(work.session, case.id, paper.form_key), other.number)
            work.session.flush()
    _bring_files_back(work, other, case)
    other.happened("what came by mistake went back", number=case.number)
    if other.open:
        work.pending.append(PendingStart(other, LOOKING, {}))


def _papers_that_came(work: Work, other: Case, case: Case) -> list[Document]:
    """The papers in the other case that the referral's own process wrote, or that had moved there from its case."""
    mine = set(work.session.scalars(select(CaseRun.id).where(CaseRun.case_id == case.id)))
    moved = select(AuditEntry.detail).where(AuditEntry.case_id == other.id, AuditEntry.act == "document moved")
    came = {
        (told["form"], told["number"]) for told in work.session.scalars(moved) if told.get("from_case") == case.number
    }
    papers = cases.documents_of(work.session, other.id)
    return [paper for paper in papers if paper.run_id in mine or (paper.form_key, paper.number) in came]


def _begun_by(work: Work, case: Case, papers: Sequence[Document], process: str) -> list[CaseRun]:
    """The processes of a kind that began with one of these papers."""
    named = {paper.id.hex for paper in papers}
    asked = select(Task).join(CaseRun, CaseRun.id == Task.run_id)
    tasks = work.session.scalars(asked.where(CaseRun.case_id == case.id, CaseRun.process == process))
    found = {task.run_id for task in tasks if task.variables.get("document_id") in named}
    query = select(CaseRun).where(CaseRun.id.in_(found)).order_by(CaseRun.id).with_for_update()
    return list(work.session.scalars(query))


def _bring_concern_back(work: Work, other: Case, case: Case, concern: Document) -> None:
    """Carry a concern on where it belongs. One that waits for a huddle about the other person is answered anew."""
    begun = _begun_by(work, other, [concern], ANSWERING)
    waiting = {
        run.id for run in runs.waiting_for(work.session, other.id, "mdt_case_decided") if run.process == ANSWERING
    }
    for run in begun:
        if run.status == "running" and run.id in waiting:
            _cancel(work, other, run)
            _call_off_huddles(work, other, waiting - {run.id})
        move(work, run, other, case, _written_in(work, other, run, concern))
    if concern.case_id == other.id:
        concern.move(case.id, cases.next_number(work.session, case.id, CONCERN), other.number)
        work.session.flush()
    if any(run.status == "running" for run in begun):
        case.raise_flag(URGENT)
    elif not any(run.status == "finished" for run in begun):  # nobody has answered it
        danger = str(concern.answers.get("danger_to_life", "no"))
        work.pending.append(
            PendingStart(case, ANSWERING, {"document_id": concern.id.hex, "danger_to_life": danger}, work.actor.id)
        )
    if not runs.running(work.session, other.id, ANSWERING):
        other.lower_flag(URGENT)


def _written_in(work: Work, other: Case, run: CaseRun, concern: Document) -> list[Document]:
    papers = cases.documents_of(work.session, other.id)
    return [paper for paper in papers if paper.run_id == run.id or paper is concern]


def _call_off_huddles(work: Work, other: Case, still_waiting: Collection[object]) -> None:
    """Call off a huddle that nothing of the other case waits for; what is listed for a meeting stays listed."""
    if still_waiting:
        return
    for process in HUDDLE:
        for run in runs.running(work.session, other.id, process):
            task = work.session.scalar(select(Task).where(Task.run_id == run.id).limit(1))
            if task is None or task.variables.get("huddle"):
                _cancel(work, other, run)


def _bring_files_back(work: Work, other: Case, case: Case) -> None:
    said = json.dumps([paper.answers for paper in cases.documents_of(work.session, case.id)])
    for file in work.session.scalars(select(Attachment).where(Attachment.case_id == other.id)):
        if str(file.id) in said or file.id.hex in said:
            file.case_id = case.id
            file.happened("file attached", size=file.size, type=file.media_type)


def _return_nomination(work: Work, case: Case, join: IdentityJoin) -> None:
    """Put somebody back on the list whose nomination was closed because a referral seemed to be about them."""
    listed = select(Case).where(
        Case.person_id == join.known_id, Case.programme_id == case.programme_id, Case.id != case.id,
        Case.closure_reason == DUPLICATE, Case.closed_at == join.joined_at,
    )  # fmt: skip
    for nominated in work.session.scalars(listed.order_by(Case.id)).all():
        if any(entry.stage == "identified" for entry in nominated.stages):
            cases.held(work.session, nominated.id).reopen("identified", work.now)
            work.pending.append(PendingStart(nominated, LISTED, {"source": nominated.source}))


def _cancel(work: Work, case: Case, run: CaseRun) -> None:
    cancel_run(Asking(work, case, run, {}), run, WHY)
    run.before_ending = None  # no ending cut it off: nothing to take back
