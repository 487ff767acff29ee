"""Trying a button out before it is pressed: the same checks, and nothing is kept."""

from __future__ import annotations

from collections.abc import Collection

from workflows.actions.buttons import BY_KEY
from workflows.actions.joining import must_be_joinable
from workflows.actions.paperwork import Occasion, Raw, read_form
from workflows.actions.tasks import must_see
from workflows.casework.errors import NotFound
from workflows.desk import Desk
from workflows.storage import cases

CHECKED_FIRST = {"same_person": must_be_joinable}


def rehearse(desk: Desk, case_number: str, key: str, raw: Raw, checked: Collection[str] | None = None) -> None:
    """Check a button's form as pressing it would, with its refusals and warnings. Nothing is ever committed."""
    button = BY_KEY.get(key)
    if button is None:
        raise NotFound("There is no such button.")
    with desk.work() as work:
        case = cases.by_number(work.session, case_number)
        must_see(work, case)
        answers = read_form(
            work, desk.forms.form(button.form), raw, case.programme, Occasion(case, button.sections, checked=checked)
        )
        if key in CHECKED_FIRST:
            CHECKED_FIRST[key](work, case, answers)
