"""Applying a mend to a diagram, in the file and in its picture.

The changes of a mend, each a mapping: "do" says what is done,

- "turn", "shape", "into": make a gateway one of another kind;
- "add", "shape", "kind", "before" or "after": draw a new shape beside one that is there;
- "connect", "flow", "from", "to": draw a new flow;
- "point", "flow", "to": let a flow lead elsewhere;
- "remove", "shape": take a shape out, with its flows.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from copy import deepcopy
from typing import Final

from lxml import etree

from workflows.check.picture import Picture
from workflows.engine.outcome import Fix

Change = Mapping[str, str]


def apply(diagram: etree._Element | bytes, fix: Fix) -> bytes:
    """The diagram as XML with the mend applied, picture included; everything else stays as it was.

    Raises KeyError where the mend names what the diagram does not hold.
    """
    if isinstance(diagram, bytes):
        tree = etree.fromstring(diagram, etree.XMLParser(resolve_entities=False, no_network=True)).getroottree()
    else:
        tree = deepcopy(diagram.getroottree())
    mended = _Mended(tree.getroot())
    for change in fix.changes:
        mended.apply(change)
    root = tree.getroot()
    tops = [*reversed(list(root.itersiblings(preceding=True))), root, *root.itersiblings()]
    lines = [etree.tostring(top, encoding="UTF-8", xml_declaration=False, with_tail=False) for top in tops]
    return b"\n".join([b'<?xml version="1.0" encoding="UTF-8"?>', *lines, b""])


def to_an_end(root: etree._Element, shape: str, called: str) -> Fix:
    """A mend for a step from which no way leads on: an end event behind it. called: the step, in people's words."""
    taken = {element.get("id", "") for element in root.iter(etree.Element)}
    end, flow = free_id(taken, f"{shape}_end"), free_id(taken, f"{shape}_ends")
    changes = (
        {"do": "add", "shape": end, "kind": "endEvent", "after": shape},
        {"do": "connect", "flow": flow, "from": shape, "to": end},
    )
    return Fix(f"Draw an end event behind {called}.", changes)


def free_id(taken: Container[str], wanted: str) -> str:
    """An id like the wanted one that is not taken."""
    number, key = 1, wanted
    while key in taken:
        number += 1
        key = f"{wanted}_{number}"
    return key


class _Mended:
    """A file that is being changed."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._space = f"{{{etree.QName(root.tag).namespace or ''}}}" if etree.QName(root.tag).namespace else ""
        self._by_id: dict[str, etree._Element] = {}
        for element in root.iter(etree.Element):
            self._by_id.setdefault(element.get("id", ""), element)
        self._picture = Picture(root)
        self._lists_flows = any(True for _ in root.iter(self._space + "incoming", self._space + "outgoing"))

    def apply(self, change: Change) -> None:
        acts: dict[str, Callable[[Change], None]] = {
            "turn": self._turn,
            "add": self._add,
            "connect": self._connect,
            "point": self._point,
            "remove": self._remove,
        }
        acts[change["do"]](change)

    def _turn(self, change: Change) -> None:
        gateway = self._by_id[change["shape"]]
        gateway.tag = self._space + change["into"]
        if change["into"] == "parallelGateway":
            gateway.attrib.pop("default", "")

    def _add(self, change: Change) -> None:
        beside = self._by_id[change.get("before") or change["after"]]
        shape = etree.Element(self._space + change["kind"], {"id": change["shape"]})
        _set_before(beside, shape)
        self._by_id[change["shape"]] = shape
        for listed in self._mentions("flowNodeRef", beside.get("id", "")):
            reference = etree.Element(listed.tag)
            reference.text = change["shape"]
            _set_before(listed, reference)
        self._picture.add(change["shape"], change["kind"], beside.get("id", ""), before="before" in change)

    def _connect(self, change: Change) -> None:
        source, target = self._by_id[change["from"]], self._by_id[change["to"]]
        ends = {"id": change["flow"], "sourceRef": change["from"], "targetRef": change["to"]}
        flow = etree.Element(self._space + "sequenceFlow", ends)
        _set_before(source, flow)
        self._by_id[change["flow"]] = flow
        self._list(source, "outgoing", change["flow"])
        self._list(target, "incoming", change["flow"])
        self._picture.connect(change["flow"], change["from"], change["to"])

    def _point(self, change: Change) -> None:
        flow, target = self._by_id[change["flow"]], self._by_id[change["to"]]
        for listed in self._mentions("incoming", change["flow"]):
            _take_out(listed)
        flow.set("targetRef", change["to"])
        self._list(target, "incoming", change["flow"])
        self._picture.point(change["flow"], change["to"])

    def _remove(self, change: Change) -> None:
        shape = self._by_id.pop(change["shape"])
        gone = {element.get("id", "") for element in shape.iter(etree.Element)} - {""}
        ends = ("sourceRef", "targetRef", "attachedToRef")
        for element in list(self._root.iter(etree.Element)):
            if gone.intersection(element.get(end, "") for end in ends):
                gone.add(element.get("id", ""))
                _take_out(element)
        for name in ("incoming", "outgoing", "flowNodeRef"):
            for key in gone:
                for listed in self._mentions(name, key):
                    _take_out(listed)
        _take_out(shape)
        self._picture.remove(gone)

    def _mentions(self, name: str, key: str) -> list[etree._Element]:
        return [one for one in self._root.iter(self._space + name) if (one.text or "").strip() == key]

    def _list(self, shape: etree._Element, name: str, flow: str) -> None:
        """Name a flow at the shape it touches, where the file does so: after what is named there, in BPMN's order."""
        if not self._lists_flows:
            return
        line = etree.Element(self._space + name)
        line.text = flow
        names = _BEFORE[name]
        behind = [child for child in shape.iterchildren(etree.Element) if etree.QName(child).localname in names]
        line.tail = shape.text if not len(shape) else (behind[-1].tail if behind else shape.text)
        shape.insert(shape.index(behind[-1]) + 1 if behind else 0, line)


_BEFORE: Final = {
    "incoming": ("documentation", "extensionElements", "auditing", "monitoring", "categoryValueRef", "incoming"),
    "outgoing": (
        "documentation",
        "extensionElements",
        "auditing",
        "monitoring",
        "categoryValueRef",
        "incoming",
        "outgoing",
    ),
}


def _set_before(there: etree._Element, new: etree._Element) -> None:
    """Put a new element before another, on a line of its own."""
    parent = there.getparent()
    if parent is not None:
        before = there.getprevious()
        new.tail = before.tail if before is not None else parent.text
        parent.insert(parent.index(there), new)


def _take_out(element: etree._Element) -> None:
    """Take an element out, with the line it stood on."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if element.getnext() is None:
        if before is not None:
            before.tail = element.tail
        else:
            parent.text = element.tail
    parent.remove(element)
