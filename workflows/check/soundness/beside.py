"""What goes on beside a step: branches begun by events on its edge that do not stop it."""

from __future__ import annotations

from collections.abc import Iterable

from workflows.check.soundness.net import Move, Net, bits


def one_at_a_time(net: Net, events: Iterable[str]) -> None:
    """Let such an event come only when no branch is under way that ends where its own would.

    A second reminder beside the first harms nobody; what matters is how one of them goes.
    """
    shapes = set(events)
    if not shapes:
        return
    others = [move for move in net.moves if move.shape not in shapes]
    main = reached_from(others, net.start)
    mine = [move for move in net.moves if move.shape in shapes]
    sides = [reached_from(others, move.put & ~move.take) & ~main & net.tokens for move in mine]
    for move, side in zip(mine, sides, strict=True):
        move.unless |= _all_touching(side, sides)


def _all_touching(side: int, sides: list[int]) -> int:
    """A branch with all that it runs into, and all that those run into."""
    whole = 0
    while whole != side:
        whole = side
        for other in sides:
            side |= other if other & side else 0
    return whole


def reached_from(moves: list[Move], start: int) -> int:
    """Every place to which a token can come from these, if no join had to wait."""
    by_place: dict[int, list[Move]] = {}
    for move in moves:
        for place in bits(move.take | (move.join.into if move.join else 0)):
            by_place.setdefault(place, []).append(move)
    reached, ahead = start, list(bits(start))
    while ahead:
        for move in by_place.get(ahead.pop(), []):
            new = move.put & ~reached
            reached |= new
            ahead.extend(bits(new))
    return reached
