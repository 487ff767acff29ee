"""A case goes to another team than its own, and to one of the programme: otherwise nothing would be handed over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused, RuleBroken
from workflows.desk import Work
from workflows.duties.new_practice import TRANSFER
from workflows.duties.register import under_way

HANDOVER, TEAM = "F27", "team"
BUTTON = "transfer"
BETWEEN_TEAMS = frozenset({BUTTON, "prepare_transfer"})  # the button, and the step that asks the same


def must_change_hands(work: Work, case: Case, form_key: str, answers: Mapping[str, Any], asked_by: str) -> None:
    """Refuse a handover between teams that names none, or the team the case is with.

    `asked_by`: the step of a diagram or the button of the case. Which team it is with is known and not asked.
    """
    if form_key != HANDOVER:
        return
    if asked_by == BUTTON and under_way(work, case, TRANSFER):
        raise RuleBroken("A handover to another team is under way already. See “Open now” in the case.")
    if asked_by in BETWEEN_TEAMS and answers.get("kind") != TEAM:
        told = "Here the case goes to another team of the programme. Select “Another neighbourhood team”, or go back"
        raise AnswersRefused({"kind": f"{told} and use “Moved out of the area”"})
    if case.team is not None and answers.get("to_team") == case.team.key:
        raise AnswersRefused({"to_team": f"The case is with {case.team.name} already: select another team"})
