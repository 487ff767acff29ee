"""A concern that a referral tells of: raised at once, carried along where the person is with us already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, JourneyStep, Waiting
from workflows.casework.document import Document
from workflows.casework.task import Task
from workflows.desk import PendingStart, Work
from workflows.duties.facts import urgent_now
from workflows.duties.papers import answers, file_paper, yes
from workflows.duties.register import Asking, Variables, duty, under_way
from workflows.storage import cases, runs

CONCERN, ANSWERING = "F22", "acm_urgent"
SAFEGUARDING, FOLLOWING = "F23", "acm_safeguarding"
HUDDLE = ("acm_mdt_decision", "acm_mdt")  # called by a concern, which waits for it
SENDER = ("referrer_name", "referrer_role", "referrer_org", "referrer_relationship")
LONGEST_CONCERN = 2000
ASSESSMENT, SELF_HARM, ABUSE = "F11", "self_harm", ("safeguarding", "domestic_abuse", "exploitation")


@duty("intake.raise_concern")
def raise_concern(asking: Asking) -> Variables:
    """Raise what the referral says is urgent as a concern, once, and say whether one of the case is still open."""
    if not _raised(asking):
        raise_in(asking, asking.case, answers(asking, "F01"), urgent_words(asking))
    return {"concern_open": _open_concern(asking)}


def _raised(asking: Asking) -> bool:
    """Whether this process raised it, or the one before it, from which a referral was opened again."""
    alike = select(CaseRun.id).where(CaseRun.case_id == asking.case.id, CaseRun.process == asking.run.process)
    mine = set(asking.work.session.scalars(alike))
    papers = cases.documents_of(asking.work.session, asking.case.id, CONCERN)
    return any(paper.run_id in mine for paper in papers)


def _open_concern(asking: Asking) -> bool:
    begun = (one for one in asking.work.pending if isinstance(one, PendingStart) and one.case is asking.case)
    running = runs.running(asking.work.session, asking.case.id, ANSWERING)
    return bool(running) or any(one.process == ANSWERING for one in begun)


def urgent_words(asking: Asking) -> list[str]:
    """Return what a referral says is urgent, in the words its sender ticked."""
    labels = {question.id: question.label for question in asking.work.desk.forms.form("F01").definition.questions}
    return [labels[sign] for sign in urgent_now(asking)]


def raise_in(asking: Asking, case: Case, said: Mapping[str, Any], urgent: Sequence[str]) -> None:
    """Begin the urgent process in a case, as its button would, with what a referral says."""
    danger = "yes" if said.get("immediate_danger") is True else "no"
    # Who did not tick it was not asked: only a yes is theirs.
    words = {"what": _in_words(asking, case, said, urgent)} | ({"danger_to_life": danger} if danger == "yes" else {})
    paper = file_paper(asking, case, CONCERN, words, _author(said))
    variables = {"document_id": paper.id.hex, "danger_to_life": danger}
    asking.work.pending.append(PendingStart(case, ANSWERING, variables, asking.work.actor.id))


@duty("intake.raise_safeguarding")
def raise_safeguarding(asking: Asking) -> None:
    """Begin, once, the safeguarding concern that the referral tells of, whatever triage decides about the person."""
    case, session = asking.case, asking.work.session
    begun = select(CaseRun.id).where(CaseRun.case_id == case.id, CaseRun.process == FOLLOWING).limit(1)
    if session.scalar(begun) is None:
        raise_safeguarding_in(asking, case, answers(asking, "F01"))


def raise_safeguarding_in(asking: Asking, case: Case, said: Mapping[str, Any]) -> None:
    """Begin a safeguarding concern in a case where a referral tells of one; whether it is sent, somebody finds out."""
    if not yes(said.get("safeguarding_now")) or under_way(asking.work, case, FOLLOWING):
        return
    words = {"what_happened": _in_words(asking, case, said, [_label(asking, "safeguarding_now")])}
    paper = file_paper(asking, case, SAFEGUARDING, words, _author(said))
    asking.work.pending.append(PendingStart(case, FOLLOWING, {"document_id": paper.id.hex}, asking.work.actor.id))


def raise_corrected(asking: Asking, before: Document, after: Document) -> None:
    """Begin what a correction of the assessment says and it had not said: its step, which begins both, is over."""
    if after.form_key != ASSESSMENT:
        return

    def is_new(*names: str) -> bool:
        said, says = ([paper.answers.get(name) == "yes" for name in names] for paper in (before, after))
        return any(says) and not any(said)

    if is_new(SELF_HARM):
        asking.start_later(ANSWERING, {"danger_to_life": "no", "raised_by": "assessment"})
    if is_new(*ABUSE):
        asking.start_later(FOLLOWING)


def _in_words(asking: Asking, case: Case, said: Mapping[str, Any], signs: Sequence[str]) -> str:
    which = "The referral" if case is asking.case else "A new referral"
    comes_from = f"It comes from {_sender(said, 'referrer_phone')}."
    lines = [f"{which} says: {'; '.join(signs)}.", str(said.get("question") or ""), comes_from]
    return "\n\n".join(line for line in lines if line)[:LONGEST_CONCERN]


def _sender(said: Mapping[str, Any], *more: str) -> str:
    return ", ".join(str(said[name]) for name in (*SENDER, *more) if said.get(name))


def _author(said: Mapping[str, Any]) -> str:
    return str(said.get("referrer_name") or _sender(said, "referrer_phone"))


def _label(asking: Asking, name: str) -> str:
    questions = asking.work.desk.forms.form("F01").definition.questions
    return next(question.label for question in questions if question.id == name)


def bring_along(asking: Asking, other: Case) -> bool:
    """Carry the concerns of this case on in another one of the same person, where they stand; say whether any came.

    What was acknowledged or decided stays so, and a task keeps its holder, its date and what was typed into it.
    """
    case, session = asking.case, asking.work.session
    theirs = select(CaseRun).where(CaseRun.case_id == case.id, CaseRun.process.in_((ANSWERING, *HUDDLE)))
    found = session.scalars(theirs.order_by(CaseRun.id).with_for_update()).all()
    for run in found:
        move(asking.work, run, case, other, _papers_of(asking, run))
    if found:
        case.lower_flag("urgent")
        case.happened("urgent concern carried on in another case", number=other.number)
        other.happened("urgent concern came along", number=case.number)
    if any(run.status == "running" for run in found):
        other.raise_flag("urgent")
    return bool(found)


def move(work: Work, run: CaseRun, before: Case, other: Case, papers: Sequence[Document]) -> None:
    """Give a process, with all that it asked and was told, to another case."""
    session = work.session
    run.case_id = other.id
    run.happened("process moved", process=run.process, from_case=before.number)
    for task in session.scalars(select(Task).where(Task.run_id == run.id)).all():
        task.case = other
        if task.open and task.assignee is None:
            task.team_id = other.team_id
        task.happened("task moved", task=task.name, from_case=before.number)
    waiting = session.scalars(select(Waiting).where(Waiting.run_id == run.id))
    passed = session.scalars(select(JourneyStep).where(JourneyStep.run_id == run.id))
    rows: list[Waiting | JourneyStep] = [*waiting, *passed]
    for row in rows:
        row.case_id = other.id
    for paper in papers:
        paper.move(other.id, cases.next_number(session, other.id, paper.form_key), before.number)
        session.flush()


def _papers_of(asking: Asking, run: CaseRun) -> Sequence[Document]:
    """Return what was written in a process, and the concern itself, which the process before it had filed."""
    mine = select(Document).where(Document.case_id == asking.case.id).order_by(Document.id)
    papers = asking.work.session.scalars(mine).all()
    return [paper for paper in papers if paper.run_id == run.id or paper.form_key == CONCERN]
