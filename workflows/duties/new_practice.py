"""A change of GP practice: the routing table is asked again, and the case goes to the team that looks after it now."""

from __future__ import annotations

from uuid import UUID

from workflows.duties.decisions import decide
from workflows.duties.register import Asking, under_way
from workflows.duties.routes import route_of, taking_over

TRANSFER = "acm_transfer"


def hand_over_if_elsewhere(asking: Asking) -> None:
    """Begin the handover where the person's practice belongs to another team than the case's."""
    case = asking.case
    if case.team_id is None or case.team_id in _routed_again(asking) or under_way(asking.work, case, TRANSFER):
        return
    asking.start_later(TRANSFER)


def _routed_again(asking: Asking) -> set[UUID]:
    """Ask the routing table once more, keep what it says, and return the teams that may have the case."""
    decide(asking, "routing")
    return {team_id for team in route_of(asking).teams for team_id in (team.id, taking_over(team))}
