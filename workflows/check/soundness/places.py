"""Where tokens can lie: a place for each flow, and for each shape that keeps one while it is busy."""

from __future__ import annotations

from collections.abc import Iterable

from workflows.check.soundness.net import Net
from workflows.check.soundness.notation import CATCHING, Arrow, Chart, Node

SPONTANEOUS = ""


class Places:
    """The places of some processes of a chart, by what they are for."""

    def __init__(self, chart: Chart, processes: Iterable[str]) -> None:
        self.chart = chart
        self.net = Net()
        self.scopes: list[str] = []
        self.at: dict[str, int] = {}
        self.flow: dict[str, int] = {}
        self.busy: dict[str, int] = {}
        self.armed: dict[str, int] = {}
        self.set_aside = self.net.aside = _compensating(chart)
        for process in processes:
            self._scope(process)
        self.messages = self._channels()
        for scope in reversed(self.scopes):
            self._sum_up(scope)

    def nodes(self) -> Iterable[Node]:
        """The nodes that take part in the game."""
        return (node for scope in self.scopes for node in self.chart.of(scope) if node.key not in self.set_aside)

    def new(self, name: str, scope: str, *, token: bool = True) -> int:
        """A new place. token: whether it holds tokens, or only remembers something."""
        bit = 1 << len(self.net.names)
        self.net.names.append(name)
        self.net.scope[bit] = scope
        if token:
            self.net.tokens |= bit
        return bit

    def into(self, node: Node) -> list[int]:
        """The places from which a token comes to a node."""
        found = [self.flow[arrow.key] for arrow in node.into]
        return [*found, self.at[node.key]] if node.key in self.at else found

    def within(self, scope: str) -> int:
        """All places of a scope."""
        return self.net.within.get(scope, 0)

    def heard(self, node: Node) -> list[tuple[int, int]] | None:
        """The messages one of which a node waits for; None where what it waits for may come at any time."""
        return self.messages.get(node.key)

    def _scope(self, scope: str) -> None:
        self.scopes.append(scope)
        nodes = self.chart.of(scope)
        for node in nodes:
            for arrow in node.out:
                self._flow(arrow, scope)
        for node in nodes:
            if node.key not in self.set_aside:
                self._node(node, scope)
        for node in nodes:
            if node.holds_steps and node.key not in self.set_aside:
                self._scope(node.key)

    def _flow(self, arrow: Arrow, scope: str) -> None:
        self.flow[arrow.key] = self.new(arrow.key, scope)

    def _node(self, node: Node, scope: str) -> None:
        if keeps_a_token(node):
            self.busy[node.key] = self.new(node.key, scope)
        if node.begins_by_event or (node.kind == "boundaryEvent" and not node.interrupting):
            self.armed[node.key] = self.new(node.key, scope, token=False)
        elif not node.into and node.kind != "boundaryEvent":
            loose = scope in self.chart.nodes and self.chart.nodes[scope].kind == "adHocSubProcess"
            self.at[node.key] = self.new(node.key, scope, token=not loose)

    def _channels(self) -> dict[str, list[tuple[int, int]] | None]:
        found: dict[str, list[tuple[int, int]] | None] = {}
        self.sent: dict[str, list[tuple[int, int]]] = {}
        ours = {node.key for node in self.nodes()}
        for source, target in self.chart.messages:
            if target not in ours or not hears(self.chart.nodes[target]):
                continue
            if source not in ours:
                found[target] = None
                continue
            channel = (self.new(source, "", token=False), self.new(source, "", token=False))
            self.sent.setdefault(source, []).append(channel)
            channels = found.setdefault(target, [])
            if channels is not None:
                channels.append(channel)
        return found

    def _sum_up(self, scope: str) -> None:
        """All places of a scope and of the scopes in it; inner ones were summed up before."""
        inner = [node.key for node in self.chart.of(scope) if node.key in self.net.within]
        mask = sum(bit for bit, where in self.net.scope.items() if where == scope)
        self.net.within[scope] = mask | sum(self.net.within[key] for key in inner)


def keeps_a_token(node: Node) -> bool:
    """Whether a token can rest in a shape: others may come while it is at work, or it waits for one of several."""
    if node.kind == "eventBasedGateway" or node.holds_steps:
        return True
    return node.activity and any("compensateEventDefinition" not in event.events for event in node.edge)


def hears(node: Node) -> bool:
    """Whether a shape waits for the message that is drawn to it; to other work a message is only information."""
    return node.kind in CATCHING or node.kind in ("startEvent", "boundaryEvent")


def _compensating(chart: Chart) -> set[str]:
    """What is only done to undo something: it is outside the flow."""
    undoing = {node.id for node in chart.nodes.values() if "compensateEventDefinition" in node.events and node.attached}
    linked = {
        element.get("targetRef", "")
        for element in chart.root.iter()
        if chart.local(element) == "association" and element.get("sourceRef") in undoing
    }
    return {
        node.key
        for node in chart.nodes.values()
        if node.element.get("isForCompensation") in ("true", "1")
        or (node.id in linked and not node.into)
        or (node.id in undoing and node.attached)
        or (node.begins_by_event and _begins_with(chart, node, "compensateEventDefinition"))
    }


def _begins_with(chart: Chart, node: Node, kind: str) -> bool:
    return any(start.kind == "startEvent" and kind in start.events for start in chart.of(node.key))
