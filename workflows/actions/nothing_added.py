"""A profession’s part of the plan that says what the plan said before: whoever sends it is asked if that is meant."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from forms import Form
from workflows.casework.case import Case
from workflows.desk import Work
from workflows.duties.papers import merged
from workflows.storage import cases

PLAN, CONTRIBUTION = "F18", {"support", "contingency"}  # the parts that each profession is asked for
NOTHING = "You have added nothing to the plan: no support of yours, and no word on what to do if things go wrong"


def nothing_added(
    work: Work, case: Case | None, form: Form, answers: Mapping[str, Any], sections: Collection[str] | None
) -> dict[str, str]:
    """Return what is unusual about a contribution to the plan that changes nothing in it."""
    if case is None or form.key != PLAN or set(sections or ()) != CONTRIBUTION:
        return {}
    plan = merged(cases.documents_of(work.session, case.id, PLAN))
    return {} if form.changed(plan, answers, sections) else {"support": NOTHING}
