"""Whoever writes down how far a case is shared may shut themselves out of it: they are told before, and afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from workflows.actions.paperwork import Occasion
from workflows.casework import access
from workflows.casework.case import Case
from workflows.casework.errors import LookAgain
from workflows.casework.roles import in_a_sentence
from workflows.casework.task import Task
from workflows.desk import Work
from workflows.storage import cases

# By form that says how far a case is shared: the questions that may have said it, the first answered one counts.
SAY_HOW_FAR = {"F05": ("share_with", "choice"), "F21": ("consent_still_valid",)}
EXCLUSIONS = "exclusions"


@dataclass(frozen=True)
class Sight:
    """Whether the actor sees a case before they act, and what they fill in. Asked of a few forms only."""

    work: Work
    case: Case
    form_key: str
    before: bool

    @classmethod
    def of(cls, work: Work, case: Case, form_key: str) -> Sight:
        """Look before the act."""
        return cls(work, case, form_key, form_key in SAY_HOW_FAR and _sees(work, case))

    def lost(self, answers: Mapping[str, Any], occasion: Occasion) -> str:
        """Return, after the act, whose the case is for whoever sees it no more; empty for everybody else.

        Raises LookAgain where its writer could look again and was not told.
        """
        if not self.before:
            return ""
        self.work.session.flush()
        if _sees(self.work, self.case):
            return ""
        whose = _whose_it_is(self.work, self.case)
        warning = {
            _said_in(self.work, self.form_key, answers): "You will not see this case any more: after this it is not "
            f"shared with you. What comes next in it is for {whose}, and only they can put it right"
        }
        if occasion.unseen(warning):
            raise LookAgain(warning)
        return whose


def _sees(work: Work, case: Case) -> bool:
    circle = cases.circle_of(work.session, case)
    return access.may_see_case(work.actor, case.programme_id, case.team_id, circle)


def _said_in(work: Work, form_key: str, answers: Mapping[str, Any]) -> str:
    """Name the input that shuts its writer out: their own account among those left out, or with whom to share."""
    for index, row in enumerate(answers.get(EXCLUSIONS) or []):
        if work.actor.id is not None and row.get("user") == str(work.actor.id):
            return f"{EXCLUSIONS}.{index}.user"
    asked = SAY_HOW_FAR[form_key]
    return next((name for name in asked if answers.get(name)), asked[-1])


def _whose_it_is(work: Work, case: Case) -> str:
    """Say in whose hands a case is: its care coordinator’s, otherwise those who have what is due in it first."""
    if case.coordinator is not None and case.coordinator_id != work.actor.id:
        return f"{case.coordinator.name}, its care coordinator"
    due = select(Task).where(Task.case_id == case.id, Task.open).order_by(Task.due_sort, Task.id).limit(1)
    first = work.session.scalar(due)
    if first is None:
        return "those who run the cases of its team"
    if first.assignee is not None and first.assignee_id != work.actor.id:
        return first.assignee.name
    return f"the {in_a_sentence(first.role, case.programme.role_names)}"
