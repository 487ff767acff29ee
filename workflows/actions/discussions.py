"""What the record of a meeting may not say: a discussion that the person does not want, one colleague counted twice, a
decision that leads nowhere.

It is refused where it is signed, so that it holds for the meeting, for one asked for by the button and for a huddle.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused
from workflows.casework.staff import StaffMember
from workflows.desk import Work
from workflows.duties.meeting_ways import INSTEAD, standing, ways_from
from workflows.storage import cases

MEETING, UNDISCUSSED, MINIMUM = "F16", "no_discussion", "minimum"
NAMED_ONLY = (
    "Where it is shared without the person’s consent only those who are named hear of it: select “Without a discussion "
    "between organisations”"
)
TWICE = "This colleague stands above already: enter each once, and whoever else was there"


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
    if answers["decision"] not in ways_from(work.session, case):
        raise AnswersRefused({"decision": INSTEAD[standing(work.session, case)]})


def must_name_each_once(work: Work, form_key: str, answers: Mapping[str, Any]) -> None:
    """Refuse to count one colleague twice, by account or by name: of a huddle, two decide."""
    if form_key != MEETING:
        return
    seen: set[str] = set()
    for place, row in enumerate(answers.get("present") or ()):
        name, question = _name(work, row)
        if name in seen:
            raise AnswersRefused({f"present.{place}.{question}": TWICE})
        seen.add(name)


def _name(work: Work, row: Mapping[str, Any]) -> tuple[str, str]:
    """Return by which name somebody stands in the record, and the question that says so."""
    staff = work.session.get(StaffMember, UUID(str(row["user"]))) if row.get("user") else None
    name, question = (staff.name, "user") if staff else (str(row.get("name") or ""), "name")
    return " ".join(name.split()).casefold(), question
