"""A part of the assessment that says what the referral said, and no more: whoever sends it is asked if it is theirs.

Its page begins with what the referral counts, so that nobody types it twice; nobody has looked at it for that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from forms import Form
from workflows.casework.case import Case
from workflows.desk import Work
from workflows.duties.papers import merged
from workflows.storage import cases

ASSESSMENT, REFERRAL = "F11", "F01"
TAKEN_OVER = {"conditions": "ltcs", "meds_count": "meds_count"}  # an answer of the assessment by that of the referral


def only_taken_over(
    work: Work, case: Case | None, form: Form, answers: Mapping[str, Any], sections: Collection[str] | None
) -> dict[str, str]:
    """Return what is unusual about a part in which nothing stands but the referral's words, at who filled it in."""
    if case is None or form.key != ASSESSMENT:
        return {}
    referral = merged(cases.documents_of(work.session, case.id, REFERRAL))
    carried = {name: referral.get(source) for name, source in TAKEN_OVER.items()}
    own = {name: said for name, said in answers.items() if name not in carried or said != carried[name]}
    return {
        section.filled_in_by[0]: f"Under “{section.title}” stands only what the referral said. It will read as yours"
        for section in form.sections
        if section.key in (sections or {section.key}) and section.untouched(own) and not section.untouched(answers)
    }
