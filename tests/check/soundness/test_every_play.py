"""The judge against the simplest player there is: small diagrams at random, every play of each."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.check.soundness.by_hand import Game, Judged
from tests.check.soundness.flows import drawn
from workflows.check.soundness.building import build
from workflows.check.soundness.exploring import Seen, explore
from workflows.check.soundness.notation import Chart
from workflows.check.soundness.plays import can_be_played, covered
from workflows.check.soundness.plays import drawn as played
from workflows.check.soundness.reducing import reduce

KINDS = ("and", "xor", "or", "task")
Drawn = tuple[dict[str, str], list[tuple[str, str]]]


@st.composite
def tangles(draw: st.DrawFn) -> Drawn:
    """A few shapes with flows between any of them."""
    names = [f"{draw(st.sampled_from(KINDS))}{number}" for number in range(draw(st.integers(2, 6)))]
    ends = st.tuples(st.sampled_from(names), st.sampled_from([*names, "end"]))
    flows = draw(st.lists(ends, min_size=len(names), max_size=2 * len(names), unique=True))
    return _kinds([*names, "end"]), [("start", names[0]), *flows]


@st.composite
def blocks(draw: st.DrawFn) -> Drawn:
    """Blocks within blocks, most of them closed as they were opened, some not."""
    flows: list[tuple[str, str]] = []
    names: list[str] = []

    def named(kind: str) -> str:
        names.append(f"{kind}{len(names)}")
        return names[-1]

    def block(depth: int) -> tuple[str, str]:
        if not depth or draw(st.integers(0, 3)) == 0:
            step = named("task")
            return step, step
        opens = draw(st.sampled_from(KINDS[:3]))
        closes = opens if draw(st.integers(0, 4)) else draw(st.sampled_from(KINDS))
        first, last = named(opens), named(closes)
        for _ in range(2):
            begin, finish = block(depth - 1)
            back = draw(st.integers(0, 5)) == 0
            flows.extend([(last, begin), (finish, first)] if back else [(first, begin)])
            if not back and draw(st.integers(0, 7)):
                flows.append((finish, last))
        return first, last

    begin, finish = block(3)
    flows.extend([("start", begin), (finish, "end")])
    return _kinds([*names, "end"]), list(dict.fromkeys(flows))


def _kinds(names: list[str]) -> dict[str, str]:
    return {"start": "start"} | {name: name.rstrip("0123456789") for name in names}


def _judged(seen: Seen) -> Judged:
    reached = {shape for move in covered(seen.fired.values()) for shape in (move.shape, *move.also)}
    return Judged(bool(seen.dead), bool(seen.met), seen.endless is not None, "p" in seen.idle, reached)


def _comparable(judged: Judged) -> Judged:
    """Behind a meeting of tokens the players go on differently: what they see there does not count."""
    return Judged(meeting=True) if judged.meeting else judged


@settings(max_examples=250, deadline=None)
@given(st.one_of(tangles(), blocks()))
def test_the_smaller_game_and_the_whole_one_say_what_playing_by_hand_says(diagram: Drawn) -> None:
    kinds, flows = diagram
    root = drawn("\n".join(f"{source} > {target}" for source, target in flows))
    net = build(Chart(root), ["p"])
    by_hand = _comparable(Game(kinds, flows).judge(most=3_000))
    whole = explore(net, net.moves, 100_000, float("inf"))
    small = explore(net, reduce(net), 100_000, float("inf"))

    if by_hand.whole:
        assert _comparable(_judged(whole)) == by_hand
    assert _comparable(_judged(small)) == _comparable(_judged(whole))
    assert all(can_be_played(net, played(small.way_to(position))) for position in small.dead)
