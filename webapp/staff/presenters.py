"""Choices of the staff pages, and what was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from workflows.actions.accounts import NewPost
from workflows.casework.errors import AnswersRefused
from workflows.casework.roles import ROLE_NAMES
from workflows.casework.sectors import SECTOR_NAMES
from workflows.questions.programmes import ProgrammeSummary

EVERYWHERE = "everywhere"


def role_choices() -> list[tuple[str, str]]:
    """Return the roles by name."""
    return sorted(ROLE_NAMES.items(), key=lambda choice: choice[1])


def organisation_choices() -> list[tuple[str, str]]:
    """Return the kinds of organisation somebody may work for; with whom a case is shared is said in these."""
    return [choice for choice in SECTOR_NAMES.items() if choice[0] != "other"]


def workplaces(programmes: Sequence[ProgrammeSummary]) -> list[tuple[str, str]]:
    """Return where a post can be: a team, a whole programme, or (for administrators) the system itself."""
    choices = []
    for programme in programmes:
        choices += [(f"{programme.id}:{team_id}", f"{programme.name}: {name}") for team_id, name in programme.teams]
        choices.append((f"{programme.id}:", f"{programme.name}: whole programme"))
    return [*choices, (EVERYWHERE, "The system itself (administrators only)")]


def posting(typed: Mapping[str, str], days: tuple[date | None, date | None]) -> NewPost:
    """Return the post that was typed in."""
    programme, _, team = typed.get("workplace", "").partition(":")
    if not programme:
        raise AnswersRefused({"workplace": "Choose where the post is"})
    try:
        programme_id = None if programme == EVERYWHERE else UUID(programme)
        team_id = UUID(team) if team else None
    except ValueError as wrong:
        raise AnswersRefused({"workplace": "Choose where the post is"}) from wrong
    return NewPost(typed.get("role", ""), programme_id, team_id, *days)
