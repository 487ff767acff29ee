"""A referrer whom the sharing does not reach gets the short answer: whoever decides or checks it is told before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, select

from workflows.casework.case import Case
from workflows.casework.notice import Letter
from workflows.desk import Work
from workflows.duties.referrers import somebody_referred
from workflows.duties.short_answer import NO_FURTHER, referrer_may_know

RECORD, CHECK = "F16", "F32"
ADVICE = "advice_to_referrer"
SHORT = "The referrer is told only that the team discussed the person, because this case is not shared with them"
UNHEARD = f"{SHORT}. Your advice reaches them once the person agrees to that: say who asks the person, and by when"
AS_WRITTEN = f"{SHORT}. If they have to act on what was decided, ask the person first whether they may know"


def told_in_short(work: Work, case: Case | None, form_key: str, answers: Mapping[str, Any]) -> dict[str, str]:
    """Return by question what a referrer does not hear as things stand: the advice they are given, or a checked letter.

    A letter that waits is written anew with all of it once the person agrees.
    """
    if case is None or form_key not in {RECORD, CHECK}:
        return {}
    if form_key == CHECK:
        return {"letter_read": AS_WRITTEN} if _short_draft(work, case) else {}
    advised = answers.get("decision") == ADVICE and somebody_referred(work.session, case)
    return {"decision": UNHEARD} if advised and not referrer_may_know(work.session, case) else {}


def _short_draft(work: Work, case: Case) -> bool:
    theirs = (Letter.case_id == case.id, Letter.recipient == "referrer", Letter.status == "draft")
    return bool(work.session.scalar(select(exists().where(*theirs, Letter.text.contains(NO_FURTHER)))))
