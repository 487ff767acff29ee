"""How far a referral is, for whoever holds its reference and code: steps and questions, never anything clinical."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from forms import Choice
from workflows.actions.referral_codes import opened
from workflows.actions.referral_drafts import kept_until
from workflows.casework.case import Case
from workflows.casework.diagram import Waiting
from workflows.casework.programme import Programme
from workflows.casework.referral import Referral
from workflows.desk import Desk, Work
from workflows.duties.left_out import referrer_left_out
from workflows.duties.short_answer import NOT_FOLLOWED, referrer_may_follow
from workflows.storage import cases, files


@dataclass(frozen=True)
class KeptDraft:
    """A draft as it was saved, and until when it is kept. `status`: draft, sent or repeated."""

    reference: str
    programme_key: str
    status: str
    raw: Mapping[str, list[str]]
    form_version: int
    saved_at: datetime
    kept_until: datetime
    files: Sequence[Choice]  # chosen in it: id, name and size


@dataclass(frozen=True)
class Progress:
    """How far a referral is, as far as its referrer may know.

    `questions`: what the team asks the referrer now, when it waits for an answer.
    """

    reference: str
    programme_key: str
    status: str
    sent_at: datetime | None
    stage: str
    accepted_at: datetime | None
    closed_at: datetime | None
    closure_reason: str
    questions: tuple[str, ...] | None
    short: bool = False  # how far the case is, is not theirs to know: see `duties.short_answer`


def kept_draft(desk: Desk, reference: str, code: str) -> KeptDraft:
    """Return a referrer's draft; NotFound unless reference and code belong together."""
    with desk.work() as work:
        referral = opened(work, reference, code)
        programme = work.session.get_one(Programme, referral.programme_id)
        return KeptDraft(
            referral.reference, programme.key, referral.status, referral.raw, referral.form_version,
            referral.saved_at, kept_until(desk, programme, referral.saved_at),
            files.named(work.session, files.of_referral(referral.id)),
        )  # fmt: skip


def progress(desk: Desk, reference: str, code: str) -> Progress:
    """Return how far a referral is; NotFound unless reference and code belong together."""
    with desk.work() as work:
        referral = opened(work, reference, code)
        case = work.session.get(Case, referral.case_id) if referral.case_id else None
        if case is not None and referrer_left_out(work.session, case):
            return replace(
                _progress(work, referral, None), status="sent", stage="referred"
            )  # and what became of it no more
        found = _progress(work, referral, case)
        follows = case is None or referrer_may_follow(work.session, case)
        return found if follows else replace(found, **NOT_FOLLOWED)


def _progress(work: Work, referral: Referral, case: Case | None) -> Progress:
    return Progress(
        reference=referral.reference,
        programme_key=work.session.get_one(Programme, referral.programme_id).key,
        status=referral.status,
        sent_at=referral.sent_at,
        stage=case.stage if case else "",
        accepted_at=case.accepted_at if case else None,
        closed_at=case.closed_at if case else None,
        closure_reason=(case.closure_reason or "") if case else "",
        questions=_questions(work, case) if case else None,
    )


def _questions(work: Work, case: Case) -> tuple[str, ...] | None:
    waits = select(Waiting.id).where(Waiting.case_id == case.id, Waiting.message == "referrer_reply").limit(1)
    if not case.open or work.session.scalar(waits) is None:
        return None
    asked = [p for p in cases.documents_of(work.session, case.id, "F02") if "ask" in (p.sections or ())]
    return _in_words(work, asked[-1].answers) if asked else ()


def _in_words(work: Work, answers: Mapping[str, Any]) -> tuple[str, ...]:
    questions = {question.id: question for question in work.desk.forms.form("F02").definition.questions}
    labels = {choice.value: choice.label for choice in questions["standard_questions"].choices}
    standard = [labels[value] for value in answers.get("standard_questions", ()) if value in labels]
    own = [str(row["question"]) for row in answers.get("questions", ()) if row.get("question")]
    note = [str(answers["ask_note"])] if answers.get("ask_note") else []
    return (*standard, *own, *note)
