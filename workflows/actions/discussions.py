"""What the record of a meeting may not say: a discussion that the person does not want, a decision that leads nowhere.

It is refused where it is signed, so that it holds for the meeting, for one asked for by the button and for a huddle.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused
from workflows.desk import Work
from workflows.duties.meeting_ways import INSTEAD, WAYS, standing
from workflows.storage import cases

MEETING, UNDISCUSSED, MINIMUM = "F16", "no_discussion", "minimum"
NAMED_ONLY = (
    "Where it is shared without the person’s consent only those who are named hear of it: select “Without a discussion "
    "between organisations”"
)


def must_be_agreed(work: Work, case: Case, form_key: str, answers: Mapping[str, Any]) -> None:
    """Refuse a decision out of a discussion that the person did not agree to."""
    if form_key != MEETING or answers.get("held_as") == UNDISCUSSED:
        return
    if case.sharing_scope == MINIMUM:
        raise AnswersRefused({"held_as": NAMED_ONLY})
    consent = cases.consent_in_force(work.session, case.id)
    if (consent is not None and consent.discuss_mdt == "no") or not case.sectors:
        raise AnswersRefused(
            {
                "held_as": "The person does not want to be discussed by several organisations: select “Without a "
                "discussion between organisations”, or record that they agree first"
            }
        )


def must_have_a_way(work: Work, case: Case, form_key: str, answers: Mapping[str, Any]) -> None:
    """Refuse a decision that the case cannot carry out from where it stands, and say what to select instead."""
    if form_key != MEETING or not answers.get("decision"):
        return
    where = standing(work.session, case)
    if answers["decision"] not in WAYS[where]:
        raise AnswersRefused({"decision": INSTEAD[where]})
