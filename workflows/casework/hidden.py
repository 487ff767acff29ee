"""Why somebody does not get to see a case: there is none for them, or it is not shared as far as that."""

from __future__ import annotations

from workflows.casework.access import Actor, Circle, unshared_with
from workflows.casework.case import Case
from workflows.casework.errors import CaseworkError, NotFound, NotShared
from workflows.casework.sectors import SECTOR_NAMES, in_order

NO_SUCH_CASE = "There is no such case, or it is not yours to see."
NO_SUCH_TASK = "There is no such task, or it is not yours to see."
WHOM_TO_ASK = "If somebody’s safety depends on it, ask the GP lead or the Caldicott lead."


def why_hidden(actor: Actor, case: Case, circle: Circle) -> CaseworkError:
    """Return the refusal for a case that the actor may not see.

    A colleague of its team is told in a sentence how far it is shared, never whose it is. To everybody else, and to
    whoever the person excluded, there is no such case.
    """
    if not unshared_with(actor, case.programme_id, case.team_id, circle):
        return NotFound(NO_SUCH_CASE)
    return NotShared(f"{_limits(case)} {WHOM_TO_ASK}")


def _limits(case: Case) -> str:
    if case.sharing_scope == "minimum":
        return "This case is open only to those who look after it and to those named in a decision about it."
    if not case.sectors:
        return "The person has not agreed to share with anybody besides those who look after the case."
    if case.sharing_scope in {"none", "care_professionals"}:
        return "Until the person has agreed to more, this case is shared with care professionals only."
    return f"The person agreed to share with {spoken(case.sectors)} only."


def spoken(sectors: frozenset[str]) -> str:
    """Name kinds of organisation within a sentence."""
    names = [_within(SECTOR_NAMES[sector]) for sector in in_order(sectors)]
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1] if names else "") if part)


def _within(name: str) -> str:
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
