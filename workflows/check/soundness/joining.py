"""For what an inclusive join waits: for every token that can still come."""

from __future__ import annotations

from workflows.check.soundness.net import Join, Net, bits


def look_back(net: Net) -> None:
    """Tell each inclusive join of a net from which places a token can come to each of its ways."""
    joins = {id(move.join): (move.join, move.shape) for move in net.moves if move.join is not None}
    before = _steps_back(net) if joins else {}
    put: dict[str, int] = {}
    for move in net.moves if joins else []:
        put[move.shape] = put.get(move.shape, 0) | move.put
    for join, shape in joins.values():
        own = put[shape]
        around = net.within[net.scope[join.into & -join.into]]
        join.ways = tuple((way, _before(before, way, own, around)) for way in bits(join.into))


def _steps_back(net: Net) -> dict[int, int]:
    """For each place, those from which one move leads to it; who leaves a sub-process leaves all that lies in it."""
    found: dict[int, int] = {}
    for move in net.moves:
        taken = move.take | move.unless | move.clears | (move.join.into if isinstance(move.join, Join) else 0)
        for place in bits(move.put):
            found[place] = found.get(place, 0) | taken
    return found


def _before(back: dict[int, int], way: int, own: int, around: int) -> int:
    """Every place around from which a token can come to this way without passing the join, or leaving it all."""
    found = ahead = way
    while ahead:
        place = ahead & -ahead
        ahead ^= place
        more = 0 if place & own else back.get(place, 0) & around & ~found
        found |= more
        ahead |= more
    return found
