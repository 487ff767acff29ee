"""Large diagrams are decided, and the diagrams that come with Roundtable are sound."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from lxml import etree

from tests.check.soundness.flows import drawn, of, rules
from workflows.check.soundness import judge
from workflows.engine.documents import read_document

SHIPPED = sorted((Path(__file__).parents[3] / "workflows" / "diagrams").glob("*.bpmn"))


# A meeting that is put off asks for invitations anew, though those to the last one may still be waiting to be sent.
def side_by_side(kind: str, branches: int, steps: int) -> str:
    """Branches of so many steps between two gateways of a kind."""
    ways = [[f"{kind}1", *(f"t{branch}x{step}" for step in range(steps)), f"{kind}2"] for branch in range(branches)]
    return "\n".join([f"start > {kind}1", *(" > ".join(way) for way in ways), f"{kind}2 > end"])


def one_after_another(kind: str, blocks: int) -> str:
    """So many blocks of two steps, each in a round of its own."""
    lines = ["start > xor0"]
    for block in range(blocks):
        first, last = 2 * block + 1, 2 * block + 2
        lines.append(f"xor{first - 1} > {kind}{first}_a > t{first}, t{last} > {kind}{first}_b > xor{first}")
        lines.append(f"xor{first} > xor{first - 1}\nxor{first} > xor{last}")
    return "\n".join([*lines, f"xor{2 * blocks} > end"])


LARGE = {
    "a thousand steps in a row": " > ".join(["start", *(f"t{number}" for number in range(1_000)), "end"]),
    "ten branches of ten steps": side_by_side("and", 10, 10),
    "a hundred branches of ten steps": side_by_side("and", 100, 10),
    "some of eight branches of ten steps": side_by_side("or", 8, 10),
    "a hundred rounds around parallel steps": one_after_another("and", 100),
    "twenty rounds around inclusive steps": one_after_another("or", 20),
}


@pytest.mark.parametrize("what", LARGE)
def test_a_large_diagram_is_decided_at_once(what: str) -> None:
    root = drawn(LARGE[what])
    before = process_time()

    assert rules(root) == []
    assert process_time() - before < 1


def test_what_is_wrong_in_a_large_diagram_is_found_with_its_shortest_play() -> None:
    found = of("unsynchronised", drawn(side_by_side("and", 10, 10).replace("and2", "xor2")))

    assert (found.element, len(found.path)) == ("xor2__end", 24)
    assert found.fix is not None
    assert found.fix.words == "Turn “xor2” into a parallel gateway."


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_diagram_is_sound(path: Path) -> None:
    assert rules(read_document(path.read_bytes())) == []


DAMAGED = (
    "<process/>",
    '<process id="p"><task/><task/><sequenceFlow/></process>',
    '<process id="p"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="gone"/></process>',
    '<process id="p"><startEvent id="s"/><task id="s"/><sequenceFlow id="s" sourceRef="s" targetRef="s"/></process>',
    '<process id="p"><boundaryEvent id="b" attachedToRef="b"/><boundaryEvent id="c" attachedToRef="gone"/></process>',
    '<process id="p"><callActivity id="c" calledElement="p"/></process>',
    '<process id="p"><subProcess id="p"><subProcess><endEvent/></subProcess></subProcess></process>',
    '<process id="p"><eventBasedGateway id="e"/><parallelGateway id="g"/><inclusiveGateway id="i"/></process>',
    '<process id="p"><task id="a"/></process><process id="p"><task id="a"/></process>',
    '<collaboration><messageFlow sourceRef="x" targetRef="a"/></collaboration><process id="p"><task id="a"/></process>',
    '<process id="p"><endEvent id="e"><errorEventDefinition/><linkEventDefinition/></endEvent></process>',
)


@pytest.mark.parametrize("inside", DAMAGED)
def test_a_damaged_file_is_judged_as_far_as_it_goes(inside: str) -> None:
    for space in (' xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"', ""):
        judge(etree.fromstring(f"<definitions{space}>{inside}</definitions>"))
