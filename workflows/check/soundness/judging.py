"""The judge: reads a file's flow, plays it through, and proposes mends."""

from __future__ import annotations

from collections.abc import Iterator
from time import process_time

from lxml import etree

from workflows.check.soundness.building import build
from workflows.check.soundness.exploring import Seen, explore
from workflows.check.soundness.findings import Findings
from workflows.check.soundness.groups import groups
from workflows.check.soundness.mending import Known, Mending
from workflows.check.soundness.net import Net
from workflows.check.soundness.notation import Chart
from workflows.check.soundness.reducing import reduce
from workflows.check.soundness.troubles import Trouble
from workflows.check.soundness.verdicts import USUAL, Bounds, Unsound


def judge(root: etree._Element, limits: Bounds = USUAL) -> tuple[Unsound, ...]:
    """Every violation of soundness in a BPMN file, with the shortest play to it; empty where the flow is sound.

    It looks at the flow alone: each choice can go each way, each event can come. It never raises, and beyond its limits
    it says “undecided”.
    """
    chart = Chart(root)
    troubles = list(_troubles(chart, limits, exactly=True))
    return tuple(
        Mending(chart, lambda other: _known(other, limits), process_time() + limits.seconds / 2).mended(troubles)
    )


def _known(root: etree._Element, limits: Bounds) -> Known:
    """What is wrong with a file, in short."""
    return {trouble.known_by for trouble in _troubles(Chart(root), limits, exactly=False)}


def _troubles(chart: Chart, limits: Bounds, *, exactly: bool) -> Iterator[Trouble]:
    ending: set[str] = set()
    until = process_time() + limits.seconds
    for processes in groups(chart):
        net = build(chart, processes, frozenset(chart.processes) - ending)
        seen = look(net, limits.states, until, exactly=exactly)
        ending |= seen.idle | (set() if seen.whole and seen.beyond else set(processes))
        yield from Findings(chart, processes, net, seen).all()


def look(net: Net, states: int, until: float, *, exactly: bool = True) -> Seen:
    """What can happen in a net: seen in the smaller game if all is well, else in the whole one as far as that goes."""
    small = explore(net, reduce(net, until), states, until)
    if small.sound or not exactly:
        return small
    now = process_time()
    exact = explore(net, net.moves, states, now + (until - now) / 2)
    return exact if exact.whole or not small.whole else small
