"""Which change would mend a violation: tried on a copy, and proposed only if it mends and spoils nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from time import process_time

from lxml import etree

from workflows.check.fixes import Change, apply, free_id
from workflows.check.soundness.notation import Chart, Node
from workflows.check.soundness.troubles import Trouble
from workflows.check.soundness.verdicts import Unsound
from workflows.check.soundness.wording import Words
from workflows.engine.outcome import Fix

Known = set[tuple[str, str]]
_MOST_NAMED = 6
_A = {
    "parallelGateway": "a parallel gateway",
    "inclusiveGateway": "an inclusive gateway",
    "exclusiveGateway": "an exclusive gateway",
}


class Mending:
    """Mends for the violations of one file. judged: what is wrong with another file, by rule and element."""

    def __init__(self, chart: Chart, judged: Callable[[etree._Element], Known], until: float) -> None:
        self._chart, self._judged, self._until = chart, judged, until
        self._words = Words(chart)
        self._ids = {node.id for node in chart.nodes.values()} | {one.get("id", "") for one in chart.root.iter()}

    def mended(self, troubles: list[Trouble]) -> list[Unsound]:
        """The violations, each with a mend where one was found; what mends one may mend another as well."""
        before = self._judged(self._chart.root) if troubles else set()
        found: dict[tuple[str, str], Fix] = {}
        tried: dict[str, Known | None] = {}
        for trouble in troubles:
            if trouble.known_by in found or trouble.known_by not in before or process_time() > self._until:
                continue
            for fix in self._proposals(trouble):
                if process_time() > self._until:
                    break
                if fix.words not in tried:
                    tried[fix.words] = self._after(fix)
                after = tried[fix.words]
                if after is not None and trouble.known_by not in after and after <= before:
                    found |= {known: fix for known in before - after if known not in found}
                    break
        return [replace(trouble.unsound, fix=found.get(trouble.known_by)) for trouble in troubles]

    def _after(self, fix: Fix) -> Known | None:
        try:
            return self._judged(etree.fromstring(apply(self._chart.root, fix)))
        except (etree.XMLSyntaxError, KeyError):
            return None

    def _proposals(self, trouble: Trouble) -> Iterator[Fix]:
        node = self._chart.nodes.get(trouble.shape)
        if node is None or node.key != node.id:
            return
        if trouble.lost:
            yield from self._without(node, trouble.flows)
        elif trouble.unsound.rule == "deadlock":
            yield from self._let_pass(node, trouble.flows)
        elif trouble.unsound.rule == "unsynchronised":
            yield from self._let_wait(node, trouble.flows)

    def _let_pass(self, node: Node, flows: tuple[str, ...]) -> Iterator[Fix]:
        """A join waits for ever: it need not wait, or not for all; or what comes again comes in behind it."""
        if not node.kind.endswith("Gateway"):
            return
        yield self._turned(node, "exclusiveGateway")
        late = [arrow.key for arrow in node.into if arrow.key not in flows]
        if len(node.out) == 1 and late:
            behind = self._chart.nodes[node.out[0].target]
            yield from self._joined(behind, [node.out[0].key, *late], "exclusiveGateway")
        if node.kind != "inclusiveGateway":
            yield self._turned(node, "inclusiveGateway")

    def _let_wait(self, node: Node, flows: tuple[str, ...]) -> Iterator[Fix]:
        """Branches meet without a join: turn the gateway where they meet into one, or draw one before the step."""
        into = [arrow.key for arrow in node.into]
        if len(into) < 2:
            return
        for kind in ("parallelGateway", "inclusiveGateway"):
            if node.kind.endswith("Gateway"):
                yield self._turned(node, kind)
            else:
                yield from self._joined(node, into, kind)
            if 1 < len(set(flows)) < len(into):
                yield from self._joined(node, list(dict.fromkeys(flows)), kind)

    def _turned(self, node: Node, kind: str) -> Fix:
        words = f"Turn {self._words.shape(node.key)} into {_A[kind]}."
        return Fix(words, ({"do": "turn", "shape": node.id, "into": kind},))

    def _joined(self, node: Node, flows: list[str], kind: str) -> Iterator[Fix]:
        arrows = {arrow.key: arrow for arrow in self._chart.arrows}
        if node.key != node.id or any(arrows[flow].id != flow for flow in flows):
            return
        join, onward = free_id(self._ids, f"{node.id}_join"), free_id(self._ids, f"{node.id}_joined")
        changes: list[Change] = [{"do": "add", "shape": join, "kind": kind, "before": node.id}]
        changes += [{"do": "point", "flow": flow, "to": join} for flow in flows]
        changes.append({"do": "connect", "flow": onward, "from": join, "to": node.id})
        sources = self._words.shapes(arrows[flow].source for flow in flows)
        what = "that waits for" if kind != "exclusiveGateway" else "for what comes from"
        yield Fix(f"Draw {_A[kind]} before {self._words.shape(node.key)} {what} {sources}.", tuple(changes))

    def _without(self, node: Node, others: tuple[str, ...]) -> Iterator[Fix]:
        """What nobody can come to is taken out, with all that hangs on it."""
        nodes = [one for key in others if (one := self._chart.nodes[key]).key == one.id]
        if len(nodes) == len(others) < len(self._chart.of(node.scope)):
            named = self._words.shapes(one.key for one in nodes[:_MOST_NAMED])
            more = f" and {len(nodes) - _MOST_NAMED} more" if len(nodes) > _MOST_NAMED else ""
            words = f"Take out {named}{more}: no case comes there."
            yield Fix(words, tuple({"do": "remove", "shape": one.id} for one in nodes))
