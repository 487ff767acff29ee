"""The flow of a BPMN file as plain data: nodes, arrows and messages, of any vendor, however the file is damaged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

SUBPROCESSES: Final = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITY_ENDINGS: Final = ("Task", "task", "Activity", "Choreography")
CATCHING: Final = frozenset({"intermediateCatchEvent", "receiveTask"})
_EVENTS: Final = frozenset(
    {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
)


@dataclass(slots=True)
class Arrow:
    """One sequence flow. key: its own in this chart; id: as the file has it."""

    key: str
    id: str
    source: str
    target: str
    conditional: bool


@dataclass(slots=True)
class Node:
    """One flow object. scope: key of the process or sub-process it is drawn in; attached: of the step it sits on."""

    key: str
    id: str
    kind: str
    name: str
    scope: str
    element: etree._Element
    attached: str = ""
    events: tuple[str, ...] = ()
    into: list[Arrow] = field(default_factory=list)
    out: list[Arrow] = field(default_factory=list)
    edge: list[Node] = field(default_factory=list)

    @property
    def activity(self) -> bool:
        """Whether it is work, plain or drawn out in steps of its own."""
        return not self.kind.endswith("Gateway") and self.kind not in _EVENTS

    @property
    def holds_steps(self) -> bool:
        """Whether it is drawn out in steps of its own."""
        return self.kind in SUBPROCESSES

    @property
    def begins_by_event(self) -> bool:
        """Whether it lies beside the flow and begins when something happens."""
        return self.holds_steps and self.element.get("triggeredByEvent") in ("true", "1")

    @property
    def interrupting(self) -> bool:
        """Whether this event stops what it catches in: so, unless the file says otherwise."""
        attribute = "cancelActivity" if self.kind == "boundaryEvent" else "isInterrupting"
        return self.element.get(attribute) not in ("false", "0")

    @property
    def default(self) -> str:
        """The id of the flow that is taken when no other is; empty for none."""
        return self.element.get("default", "")


class Chart:
    """All processes of one file. scopes: for each process and sub-process, what lies directly in it."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.space = etree.QName(root.tag).namespace or ""
        self.nodes: dict[str, Node] = {}
        self.arrows: list[Arrow] = []
        self.scopes: dict[str, list[Node]] = {}
        self.processes: dict[str, etree._Element] = {}
        self._by_id: dict[str, Node] = {}
        self._keys: set[str] = set()
        for process in self._named(root, "process"):
            key = self._key(process)
            self.processes[key] = process
            self._read(process, key)
        self._attach()
        self.messages = list(self._messages())

    def local(self, element: etree._Element) -> str:
        """The BPMN name of an element; empty for what is no BPMN."""
        tag: object = element.tag
        if not isinstance(tag, str):
            return ""
        space, _, name = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
        return name if space == self.space else ""

    def of(self, scope: str) -> list[Node]:
        """What lies directly in a process or a sub-process."""
        return self.scopes.get(scope, [])

    def process_of(self, node: Node) -> str:
        """The key of the process a node lies in, however deep."""
        scope = node.scope
        while scope not in self.processes:
            scope = self.nodes[scope].scope
        return scope

    def process_called(self, node: Node) -> str:
        """The process of this file that a step calls; empty for none."""
        called = node.element.get("calledElement", "").rpartition(":")[2] if node.kind == "callActivity" else ""
        return called if called in self.processes else ""

    def _named(self, under: etree._Element, name: str) -> Iterator[etree._Element]:
        return (element for element in under.iter(etree.Element) if self.local(element) == name)

    def _key(self, element: etree._Element) -> str:
        key = element.get("id", "")
        if not key or key in self._keys:
            key = f"{key}#{len(self._keys)}"
        self._keys.add(key)
        return key

    def _read(self, scope: etree._Element, key: str) -> None:
        """Read the nodes of a scope and, from within outwards, the arrows between them."""
        children = [child for child in scope if self.local(child)]
        ends = {child.get(end) for child in children if self._is_arrow(child) for end in ("sourceRef", "targetRef")}
        self.scopes[key] = []
        for child in children:
            if self._is_node(child) or (child.get("id") in ends and not self._is_arrow(child)):
                self._read_node(child, key)
        for child in children:
            if self._is_arrow(child):
                self._read_arrow(child)

    def _is_arrow(self, element: etree._Element) -> bool:
        return self.local(element) == "sequenceFlow"

    def _is_node(self, element: etree._Element) -> bool:
        name = self.local(element)
        return name.endswith(("Gateway", *ACTIVITY_ENDINGS)) or name in _EVENTS or name in SUBPROCESSES

    def _read_node(self, element: etree._Element, scope: str) -> None:
        node = Node(
            key=self._key(element),
            id=element.get("id", "") or element.getparent().get("id", ""),  # type: ignore[union-attr]
            kind=self.local(element),
            name=" ".join(element.get("name", "").split()),
            scope=scope,
            element=element,
        )
        node.events = tuple(self.local(one) for one in self.definitions(node))
        self.nodes[node.key] = node
        self._by_id.setdefault(element.get("id", ""), node)
        self.scopes[scope].append(node)
        if node.holds_steps:
            self._read(element, node.key)

    def definitions(self, node: Node) -> Iterator[etree._Element]:
        """What an event throws or catches, drawn in it or referred to."""
        for child in node.element:
            name = self.local(child)
            if name.endswith("EventDefinition"):
                yield child
            elif name == "eventDefinitionRef":
                wanted = (child.text or "").strip().rpartition(":")[2]
                yield from (one for one in self.root if one.get("id") == wanted and self.local(one))

    def _read_arrow(self, element: etree._Element) -> None:
        source, target = (self._by_id.get(element.get(end, "")) for end in ("sourceRef", "targetRef"))
        if source is None or target is None or source.scope != target.scope:
            return
        conditional = any(self.local(child) == "conditionExpression" for child in element)
        arrow = Arrow(self._key(element), element.get("id", "") or source.id, source.key, target.key, conditional)
        self.arrows.append(arrow)
        source.out.append(arrow)
        target.into.append(arrow)

    def _attach(self) -> None:
        for node in self.nodes.values():
            if node.kind == "boundaryEvent":
                host = self._by_id.get(node.element.get("attachedToRef", "").rpartition(":")[2])
                if host is not None and host.scope == node.scope and host.activity:
                    node.attached = host.key
                    host.edge.append(node)

    def _messages(self) -> Iterator[tuple[str, str]]:
        """The messages between nodes: from which to which. What a pool as a whole sends may come at any time."""
        for element in self._named(self.root, "messageFlow"):
            ends = [element.get(end, "").rpartition(":")[2] for end in ("sourceRef", "targetRef")]
            target = self._by_id.get(ends[1])
            if target is not None:
                source = self._by_id.get(ends[0])
                yield (source.key if source is not None else ""), target.key
