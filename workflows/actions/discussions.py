"""No discussion between organisations of somebody who does not want one: the record of a meeting says so or is refused.

It is refused where it is signed, so that it holds for the meeting, for one asked for by the button and for a huddle.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused
from workflows.desk import Work
from workflows.storage import cases

MEETING, UNDISCUSSED = "F16", "no_discussion"


def must_be_agreed(work: Work, case: Case, form_key: str, answers: Mapping[str, Any]) -> None:
    """Refuse a decision out of a discussion that the person did not agree to."""
    if form_key != MEETING or answers.get("held_as") == UNDISCUSSED:
        return
    consent = cases.consent_in_force(work.session, case.id)
    if (consent is not None and consent.discuss_mdt == "no") or _with_nobody(case):
        raise AnswersRefused(
            {
                "held_as": "The person does not want to be discussed by several organisations: select “Without a "
                "discussion between organisations”, or record that they agree first"
            }
        )


def _with_nobody(case: Case) -> bool:
    """Whether the person has agreed to share with nobody; sharing without consent names with whom."""
    return not case.sectors and case.sharing_scope != "minimum"
