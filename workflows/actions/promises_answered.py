"""No case ends over a promise that nobody answered for: the server knows what is open when the form is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused
from workflows.desk import Work
from workflows.duties.open_promises import FORM, ROWS, open_promises


def must_answer_each(work: Work, case: Case, form_key: str, answers: Mapping[str, Any]) -> None:
    """Refuse a list that leaves out something that is open; what is settled meanwhile may stand in it."""
    if form_key != FORM:
        return
    said = {row.get("what") for row in answers.get(ROWS, [])}
    missing = [one.line for one in open_promises(work.session, case) if one.line not in said]
    if missing:
        raise AnswersRefused({ROWS: f"Add a row for what is open as well, in these words: “{'”, “'.join(missing)}”"})
