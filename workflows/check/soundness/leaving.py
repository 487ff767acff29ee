"""By which ways a token leaves a shape: all of them, one of them, or some."""

from __future__ import annotations

from itertools import combinations

from workflows.check.soundness.notation import Node
from workflows.check.soundness.places import Places

# Of a choice among more flows, only one, two and all together are tried.
_MOST_FLOWS = 7


def ways_out(places: Places, node: Node) -> list[int]:
    """The sets of places in which a token can be put when a shape is done; one empty set where no flow leaves it."""
    flows = [places.flow[arrow.key] for arrow in node.out]
    if not flows:
        return [0]
    if node.kind == "exclusiveGateway":
        return flows
    if node.kind in ("inclusiveGateway", "complexGateway"):
        return _some(0, flows, _default(places, node))
    if node.activity:
        return _conditional(places, node)
    return [sum(flows)]


def _conditional(places: Places, node: Node) -> list[int]:
    """Out of a step: every flow without a condition, and any of those with one."""
    default = _default(places, node)
    asked = [places.flow[arrow.key] for arrow in node.out if arrow.conditional]
    always = sum({places.flow[arrow.key] for arrow in node.out} - set(asked) - {default})
    asked = [place for place in asked if place != default]
    if always:
        return [always, *(_some(always, asked, default))] if asked and not default else _some(always, asked, default)
    return _some(0, asked, default)


def _default(places: Places, node: Node) -> int:
    return next((places.flow[arrow.key] for arrow in node.out if arrow.id == node.default and node.default), 0)


def _some(always: int, flows: list[int], default: int) -> list[int]:
    """Every choice of one or more of the flows, and the default alone."""
    free = [place for place in flows if place != default]
    sizes = range(1, len(free) + 1) if len(free) <= _MOST_FLOWS else (1, 2, len(free))
    found = [always | sum(some) for size in sizes for some in combinations(free, size)]
    return [*found, always | default] if default or not found else found
