"""Putting moves together that nothing can come between, so that large diagrams have few positions.

What is put together keeps its soundness: a token goes on at once where nothing can hold it; branches that begin and end
together count as one; choices that lead to the same count once; a round that leads back to where it began is left out.
Each move that results remembers which moves of the diagram are played for it, and which it speaks for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from time import process_time

from workflows.check.soundness.blocks import close_inclusive_blocks, empty_activities
from workflows.check.soundness.net import Move, Net, bits
from workflows.check.soundness.small_net import SmallNet, joined


def reduce(net: Net, until: float = float("inf")) -> list[Move]:
    """The moves of a smaller game with the same end, standstills and meetings.

    Whatever has been put together counts, so it may stop at any time. until: of the processor's clock, in seconds.
    """
    small = SmallNet(net)
    while True:
        _settle(small, until)
        if process_time() > until or not (close_inclusive_blocks(small) or empty_activities(small)):
            return list(small.moves.values())


def _settle(small: SmallNet, until: float) -> None:
    """Apply the rules that look at one place, until none applies."""
    while process_time() < until and (place := small.next_place()):
        _forget_doubles(small, place)
        if not (_never_filled(small, place) or _merged(small, place) or _ended(small, place)):
            _passed_on(small, place)


def _never_filled(small: SmallNet, place: int) -> bool:
    """No token ever comes here: what takes one from here is never done."""
    if small.putters(place) or place & small.net.start or not place & small.net.tokens:
        return False
    for move in list(small.takers(place)):
        if not move.join:
            small.remove(move)
    return False


def _forget_doubles(small: SmallNet, place: int) -> None:
    """Of moves with the same effect keep one; leave out rounds that lead back to here, if another way leads on."""
    kept: dict[tuple[object, ...], Move] = {}
    for move in list(small.takers(place)):
        key = (move.take, move.put, move.unless, move.clears, move.among, move.sends, id(move.join) if move.join else 0)
        if key in kept:
            small.speak_for(kept[key], move)
        else:
            kept[key] = move
    rounds = [move for move in kept.values() if move.plain and move.take == move.put == place]
    onward = [move for move in kept.values() if move.plain and move.take == place and move.put != place]
    if onward:
        for move in rounds:
            small.speak_for(onward[0], move)


def _merged(small: SmallNet, place: int) -> bool:
    """Places that are filled together and emptied together by one join count as one."""
    takers = small.takers(place)
    if len(takers) != 1 or place & small.fixed:
        return False
    join = next(iter(takers))
    if not join.plain or join.take == place:
        return False
    putters = small.putters(place)
    for other in bits(join.take & ~place & ~small.fixed):
        same = len(small.takers(other)) == 1 and small.net.scope[other] == small.net.scope[place]
        if same and set(map(id, small.putters(other))) == set(map(id, putters)):
            small.change(join, replace(join, take=join.take & ~other))
            for move in list(putters):
                small.change(move, replace(move, put=move.put & ~other))
            small.drop(other)
            small.ahead |= place
            return True
    return False


def _passed_on(small: SmallNet, place: int) -> bool:
    """A token here can go on at once, by one way or by a choice: whoever puts it here puts it there."""
    takers, putters = list(small.takers(place)), list(small.putters(place))
    if place & small.fixed or not takers or not putters or not small.goes_on(place, takers):
        return False
    if len(takers) > 1 and not (len(putters) == 1 and putters[0].put == place and putters[0].plain):
        return False
    if any(
        place & (move.take | (move.join.into if move.join else 0)) or _meets(move, place, takers) for move in putters
    ):
        return False
    made = [(move, joined(move, place, taker)) for move in putters for taker in takers]
    for move in (*takers, *putters):
        small.remove(move)
    for _, new in made:
        small.add(new)
    small.drop(place)
    return True


def _meets(move: Move, place: int, takers: Iterable[Move]) -> bool:
    """Whether a second token would be put where this move puts one: that must stay to be seen."""
    return any(move.put & ~place & taker.put for taker in takers)


def _ended(small: SmallNet, place: int) -> bool:
    """A token that only ends here need not wait for it, if nobody can put a second one meanwhile."""
    takers, putters = list(small.takers(place)), list(small.putters(place))
    if len(takers) != 1 or len(putters) != 1 or place & (small.fixed | small.watched):
        return False
    end, source = takers[0], putters[0]
    if not end.plain or end.take != place or end.put or small.signature(place) or place & source.take:
        return False
    if not source.unless & place and _twice(small, source, place):
        return False
    small.remove(end)
    small.change(source, joined(source, place, end))
    small.drop(place)
    return True


def _twice(small: SmallNet, source: Move, place: int) -> bool:
    """Whether a move may be made again that could not have been made at once: then two may lie where it puts them."""
    if source.join:
        return True
    if any(small.signature(taken) or small.in_turn(taken) for taken in bits(source.take)):
        return small.comes_back(source) or source.put == place
    return source.put != place and small.comes_back(source)
