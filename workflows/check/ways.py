"""Every way in which a handful of names can stand to each other, one of each kind, and whether these are all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Final

from workflows.check.mentions import Mention
from workflows.check.regions import About, Region, regions

MOST_TOGETHER: Final = 4  # names compared with each other, of which every order is tried
_STRIDE: Final = 7_368_787  # a prime: goes through what is too much to try in steps that meet everything in turn


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which names stand: what each is, and how far that is from what people think of first."""

    facts: Mapping[str, object]
    rank: int


def together(mentions: Iterable[Mention], abouts: Mapping[str, About]) -> bool:
    """Let names that are compared with each other be tried at the same places; returns whether every order is."""
    groups: dict[str, set[str]] = {}
    for mention in mentions:
        joined = set().union(*(groups.get(name, {name}) for name in mention.names))
        groups |= dict.fromkeys(joined, joined)
    for group in {id(group): group for group in groups.values()}.values():
        if len(group) > 1:
            _share([abouts[name] for name in sorted(group)])
    return all(len(group) <= 2 or _in_any_order(group, abouts) for group in groups.values())


def _in_any_order(group: set[str], abouts: Mapping[str, About]) -> bool:
    """Whether there are as many values to try as names; of yes and no there are two."""
    return len(group) <= MOST_TOGETHER and not all(abouts[name].alone or abouts[name].truth for name in group)


def _share(abouts: Sequence[About]) -> None:
    kinds = set().union(*(about.bounds for about in abouts))
    bounds = {kind: set().union(*(about.bounds.get(kind, ()) for about in abouts)) for kind in kinds}
    texts = set().union(*(about.texts for about in abouts))
    text, truth = any(about.text for about in abouts), any(about.truth for about in abouts)
    for about in abouts:
        about.bounds = {kind: set(places) for kind, places in bounds.items()}
        about.texts, about.text, about.truth = set(texts), text, truth
        about.width = min(len(abouts), MOST_TOGETHER)


def every_way(parts: Mapping[str, Sequence[Region]], most: int) -> tuple[Iterator[Way], bool]:
    """Go through the combinations of these parts; with whether that is each of them, or only so many."""
    names, held = list(parts), list(parts.values())
    total = prod(map(len, held))
    if total <= most:
        return (_way(names, chosen) for chosen in product(*held)), True
    return (_way(names, _nth(held, number * _STRIDE % total)) for number in range(most)), False


def _way(names: Sequence[str], chosen: Sequence[Region]) -> Way:
    facts = {name: one.value for name, one in zip(names, chosen, strict=True)}
    return Way(facts, sum(one.rank for one in chosen))


def _nth(held: Sequence[Sequence[Region]], number: int) -> list[Region]:
    chosen = []
    for of in held:
        number, place = divmod(number, len(of))
        chosen.append(of[place])
    return chosen


def as_data(facts: Mapping[str, object]) -> dict[str, object]:
    """Facts by their names as the engine is given them: carer.strain is a part of carer."""
    data: dict[str, Any] = {}
    for name, value in facts.items():
        *whole, last = name.split(".")
        inside = data
        for part in whole:
            inside = inside.setdefault(part, {})
        inside[last] = value
    return data


def tangled(names: Iterable[str]) -> bool:
    """Whether a name is read by itself as well as in its parts, so that it cannot be chosen freely."""
    known = set(names)
    return any(
        ".".join(parts[:size]) in known for parts in (n.split(".") for n in known) for size in range(1, len(parts))
    )


__all__ = ["Way", "as_data", "every_way", "regions", "tangled", "together"]
