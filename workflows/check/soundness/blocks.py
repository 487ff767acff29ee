"""Blocks that close as a whole: an inclusive split with its join, and a step that holds nothing of its own any more."""

from __future__ import annotations

from dataclasses import replace

from workflows.check.soundness.net import Move, bits
from workflows.check.soundness.small_net import SmallNet


def close_inclusive_blocks(small: SmallNet) -> bool:
    """Where all ways into an inclusive join come from one place, the block between them is one move."""
    closed = False
    joins = {id(move.join): move for move in small.moves.values() if move.join}
    for key in joins:
        moves = [move for move in small.moves.values() if move.join and id(move.join) == key]
        closed = _closed(small, moves) or closed
    return closed


def _closed(small: SmallNet, joins: list[Move]) -> bool:
    join = joins[0].join
    into = join.into & ~small.gone if join else 0
    putters = list({id(move): move for place in bits(into) for move in small.putters(place)}.values())
    if not putters or len({move.take for move in putters}) != 1 or putters[0].take.bit_count() != 1:
        return False
    if any(not move.plain or move.put & ~into for move in putters) or putters[0].take & into:
        return False
    if into & small.net.start or _waits_for_itself(small, joins, putters[0].take):
        return False
    covers = tuple(move.covers for move in (*putters, *joins))
    made = []
    for move in joins:
        parts = (putters[0].parts, move.parts)
        made.append(replace(move, join=None, take=putters[0].take, parts=parts, covers=covers))
    small.closed(joins[0])
    for move in (*putters, *joins):
        small.remove(move)
    for place in bits(into):
        small.drop(place)
    for move in made:
        small.add(move)
    small.everywhere()
    return True


def _waits_for_itself(small: SmallNet, joins: list[Move], split: int) -> bool:
    """Whether a token before the block may wait for one that comes out of it: then the join may wait for ever."""
    behind = small.beyond(sum({place for move in joins for place in bits(move.put)}))
    if not behind & split:
        return False
    takers = (move for place in bits(behind) for move in small.takers(place))
    return any(move not in joins and (not move.plain or move.take.bit_count() > 1) for move in takers)


def empty_activities(small: SmallNet) -> bool:
    """A step that is only busy, and looks after nothing inside or beside it, is like any other place."""
    changed = False
    for place, scope in list(small.net.scope.items()):
        if place & small.gone or not place & small.net.tokens or not scope:
            continue
        changed = _relaxed(small, place) or changed
    return changed


def _relaxed(small: SmallNet, busy: int) -> bool:
    """Forget what a step keeps for the events on its edge, once these only come and go."""
    idle = [move for move in small.takers(busy) if move.take & busy and move.put == busy and move.take != busy]
    for move in idle:
        if not _only_comes_and_goes(small, move, busy):
            continue
        armed = move.take & ~busy
        entering = list(small.putters(armed))
        small.remove(move)
        for one in entering:
            small.change(one, replace(one, put=one.put & ~armed, covers=(one.covers, move.covers)))
        small.drop(armed)
        return True
    return _unguarded(small, busy)


def _only_comes_and_goes(small: SmallNet, move: Move, busy: int) -> bool:
    armed = move.take & ~busy
    alone = armed.bit_count() == 1 and len(small.takers(armed)) == 1 and not armed & small.net.tokens
    return alone and not (move.unless or move.clears or move.among or move.sends or move.join)


def _unguarded(small: SmallNet, busy: int) -> bool:
    """Entering waits for the step to be free only while it has something inside."""
    entering = [move for move in small.putters(busy) if move.unless == busy and move.put == busy]
    takers = small.takers(busy)
    if (
        not entering
        or len(entering) != len(small.putters(busy))
        or not takers
        or not all(move.plain and move.put for move in takers)
    ):
        return False
    for move in entering:
        small.change(move, replace(move, unless=0))
    return True
