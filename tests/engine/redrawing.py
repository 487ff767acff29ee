"""Drawing a random diagram anew: one change, as a process editor would make it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from tests.engine.blocks import CALLS, EDGES, Part

NEW = "new"


def redrawn(part: Part, chance: Random) -> Part:
    """The same diagram with one change at one place, or none where the change means nothing there."""
    place = chance.choice(list(part.every()))
    change = chance.choice(_CHANGES)

    def walked(one: Part) -> Part:
        return change(one, chance) if one is place else replace(one, inner=tuple(map(walked, one.inner)))

    return walked(part)


def _joined(kind: str, first: bool = False) -> Callable[[Part, Random], Part]:
    """A new step before, after, beside or instead of what stands there."""

    def change(one: Part, _: Random) -> Part:
        new = Part("user", f"{NEW}_{one.key}")
        return Part(kind, f"{kind}_{one.key}", (new, one) if first else (one, new))

    return change


def _again(one: Part, _: Random) -> Part:
    return Part("loop", f"again_{one.key}", (one,))


def _without(one: Part, _: Random) -> Part:
    return one.inner[0] if one.inner and one.kind not in CALLS else one


def _as_another(one: Part, chance: Random) -> Part:
    kinds = ("both", "some") if len(one.inner) != 2 else ("both", "some", "then", "either")
    return replace(one, kind=chance.choice(kinds)) if one.kind in kinds else one


def _other_way_round(one: Part, _: Random) -> Part:
    return replace(one, inner=one.inner[::-1])


def _with_an_edge(one: Part, chance: Random) -> Part:
    edges = tuple(dict.fromkeys([*one.edges, chance.choice(EDGES)]))
    return replace(one, edges=edges) if one.kind in ("user", *CALLS) else one


def _without_an_edge(one: Part, _: Random) -> Part:
    return replace(one, edges=one.edges[1:])


_CHANGES = (
    _joined("then"), _joined("then", first=True), _joined("both"), _joined("either"), _again, _without, _as_another,
    _other_way_round, _with_an_edge, _without_an_edge,
)  # fmt: skip
