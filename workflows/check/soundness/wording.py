"""What a violation is called to people: steps by their names, shapes without one by where they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from workflows.check.soundness.notation import Chart, Node

_KINDS: Final = {
    "exclusiveGateway": "the choice",
    "parallelGateway": "the parallel gateway",
    "inclusiveGateway": "the inclusive gateway",
    "complexGateway": "the complex gateway",
    "eventBasedGateway": "the gateway that waits for events",
    "startEvent": "the start",
    "endEvent": "the end",
    "boundaryEvent": "the event on the edge",
}
_MOST_NAMED: Final = 6


class Words:
    """The words for the shapes of one chart."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart

    def shape(self, key: str) -> str:
        """A shape by its name, or by what it is and what comes before it."""
        node = self._chart.nodes[key]
        if node.name:
            return f"“{node.name}”"
        kind = _KINDS.get(node.kind, "the event" if node.kind.endswith("Event") else "the step without a name")
        before = [self._chart.nodes[arrow.source].name for arrow in node.into]
        after = [self._chart.nodes[arrow.target].name for arrow in node.out]
        if any(before):
            return f"{kind} after {_listed(_quoted(before))}"
        return f"{kind} before {_listed(_quoted(after))}" if any(after) else f"{kind} ({node.id})"

    def shapes(self, keys: Iterable[str]) -> str:
        """Several shapes, each once."""
        return _listed([self.shape(key) for key in dict.fromkeys(keys)])

    def process(self, key: str) -> str:
        """A process by its name."""
        name = self._chart.processes[key].get("name", "")
        return f"“{name}”" if name else "this process"

    def standstill(self, node: Node, full: Sequence[str], empty: Sequence[str]) -> str:
        """Why nothing moves at a shape. full, empty: from which shapes it has a token, and from which none can come."""
        here = _start(self.shape(node.key))
        if node.kind.endswith("Gateway") and empty:
            has = f" has what comes from {self.shapes(full)} and" if full else ""
            return f"{here}{has} waits for ever for {self.shapes(empty)}: from there nothing comes."
        if self._chart.process_called(node):
            called = self.process(self._chart.process_called(node))
            return f"{here} never comes back: {called}, which it calls, cannot end."
        senders = [source for source, target in self._chart.messages if target == node.key and source]
        if senders:
            sent = self.shapes(senders)
            return f"{here} waits for ever for the message from {sent}, which does not come."
        return f"A case can stand still at {self.shape(node.key)}: nothing leads on from there."

    def meeting(self, source: str, target: str, split: str, merge: str) -> str:
        """Two tokens on one flow: where the branches begin and where they run into each other."""
        way = f"between {self.shape(source)} and {self.shape(target)}"
        if split and split != merge:
            return (
                f"What {self.shape(split)} sends off side by side comes together at {self.shape(merge)} without "
                f"waiting for each other: two tokens can be {way} at once, and what follows is done twice."
            )
        return f"Two tokens can be {way} at once: {self.shape(merge)} can be passed again before the first has gone on."

    def dead_step(self, key: str, connected: bool, stands: Sequence[str]) -> str:
        """Why nobody comes to a shape. stands: where every case stands still before."""
        here = _start(self.shape(key))
        if not connected:
            return f"{here} is never reached: no way leads to it from the start."
        if stands:
            return f"{here} is never reached, because every case stands still before it, at {self.shapes(stands)}."
        return f"{here} is never reached, whatever is chosen before it."

    def no_end(self, process: str, stands: Sequence[str], ends: bool) -> str:
        """Why no case of a process ends. ends: whether an end is drawn."""
        whose = self.process(process)
        if not ends:
            return f"No case of {whose} can end: every way leads back, and none to an end."
        if stands:
            return f"No case of {whose} comes to an end: every one stands still before, at {self.shapes(stands)}."
        return f"No case of {whose} comes to an end, whatever is chosen."

    def livelock(self, keys: Sequence[str]) -> str:
        """Which steps come again and again."""
        steps = [key for key in keys if self._chart.nodes[key].activity] or list(keys)
        named = self.shapes(steps[:_MOST_NAMED]) + (" and more" if len(steps) > _MOST_NAMED else "")
        return f"A case that comes here goes round for ever ({named}): no way leads to an end."

    def undecided(self, processes: Sequence[str], positions: int) -> str:
        """How far the judge looked."""
        whose = _listed([self.process(process) for process in processes])
        return (
            f"Not decided: {positions:,} positions of {whose} were looked at and there are more. "
            "What was found until there is told; there may be more to find."
        )


def _start(words: str) -> str:
    return words[:1].upper() + words[1:]


def _quoted(names: Iterable[str]) -> list[str]:
    return [f"“{name}”" for name in dict.fromkeys(names) if name]


def _listed(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
