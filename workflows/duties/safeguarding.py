"""Safeguarding concerns: opened, and closed one by one."""

from __future__ import annotations

from workflows.casework.care import SafeguardingConcern
from workflows.casework.document import Document
from workflows.casework.safeguarding import SENT
from workflows.duties.papers import newest
from workflows.duties.register import Asking, Variables, duty
from workflows.storage import cases


@duty("safeguarding.open")
def open_concern(asking: Asking) -> Variables:
    """Mark the case as having an open safeguarding concern; say whether the concern itself is written down and sent."""
    mine = _concern(asking)
    if mine is None:
        paper = newest(asking, "F23")
        mine = SafeguardingConcern(
            case_id=asking.case.id,
            run_id=asking.run.id,
            document_id=paper.id if paper else None,
            opened_at=asking.work.now,
        )
        mine.happened("safeguarding concern opened")
        asking.work.session.add(mine)
    asking.case.raise_flag("safeguarding_open")
    papers = cases.documents_of(asking.work.session, asking.case.id, "F23")
    started_with = asking.variables.get("document_id")
    mine_said = [one for one in papers if one.run_id == asking.run.id or one.id.hex == started_with]
    return {"concern_recorded": any(_sent(asking, one) for one in mine_said)}


@duty("safeguarding.close")
def close_concern(asking: Asking) -> None:
    """Close this concern; the flag comes down with the last one."""
    mine = _concern(asking)
    if mine is not None and mine.closed_at is None:
        mine.close(asking.work.now)
    open_ones = [c for c in cases.of_case(asking.work.session, SafeguardingConcern, asking.case.id) if not c.closed_at]
    if not open_ones:
        asking.case.lower_flag("safeguarding_open")


def _sent(asking: Asking, paper: Document) -> bool:
    """Whether a concern is with the local authority: silence is no yes, a message may say nothing of it.

    The first version did not ask: it was filled in when the concern was sent.
    """
    form = asking.work.desk.forms.form(paper.form_key, paper.form_version)
    asks = any(question.id == "sent" for question in form.definition.questions)
    return not asks or paper.answers.get("sent") == SENT


def _concern(asking: Asking) -> SafeguardingConcern | None:
    found = cases.of_case(asking.work.session, SafeguardingConcern, asking.case.id)
    return next((one for one in found if one.run_id == asking.run.id), None)
