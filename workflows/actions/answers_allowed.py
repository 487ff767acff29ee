"""What a form may not say in this case, though each answer is sound: for a task and for a button of the case alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.actions.consent_days import must_still_count
from workflows.actions.discussions import must_be_agreed, must_have_a_way, must_name_each_once
from workflows.actions.handing_over import must_change_hands
from workflows.actions.home_visits import must_be_safe
from workflows.actions.onward_sharing import must_be_within_consent
from workflows.actions.promises_answered import must_answer_each
from workflows.actions.supervising import must_be_cases_of_theirs
from workflows.casework.case import Case
from workflows.desk import Work


def must_be_allowed(work: Work, case: Case, form_key: str, answers: Mapping[str, Any], asked_by: str) -> None:
    """Raise AnswersRefused, with a message at its question, for what safety or consent forbids, or the case makes moot.

    `asked_by`: the step of a diagram or the button of the case that asked.
    """
    must_be_safe(work, case, form_key, answers)
    must_be_agreed(work, case, form_key, answers)
    must_name_each_once(work, form_key, answers)
    must_have_a_way(work, case, form_key, answers)
    must_still_count(work, case, form_key, answers)
    must_be_within_consent(work, case, form_key, answers)
    must_change_hands(work, case, form_key, answers, asked_by)
    must_answer_each(work, case, form_key, answers)
    must_be_cases_of_theirs(work, form_key, answers)
