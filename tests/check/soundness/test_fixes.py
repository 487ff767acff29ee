"""The mends that are proposed: each is applied, and then nothing is wrong any more."""

from __future__ import annotations

from typing import Final

import pytest
from lxml import etree

from tests.check.soundness.flows import drawn, rules
from workflows.check.fixes import apply, to_an_end
from workflows.check.soundness import judge
from workflows.engine.documents import read_document
from workflows.engine.outcome import Fix

DI: Final = "{http://www.omg.org/spec/BPMN/20100524/DI}"

MENDED = {
    "start > xor1 > a, b > and2 > end": "Turn “and2” into an exclusive gateway.",
    "start > or1 > a, b > and2 > end": "Turn “and2” into an inclusive gateway.",
    "start > and1 > a > xor2 > and1\nxor2 > end": "Turn “and1” into an exclusive gateway.",
    "start > and1 > a, b > xor2 > c > end": "Turn “xor2” into a parallel gateway.",
    "start > or1 > a, b > xor2 > c > end": "Turn “xor2” into an inclusive gateway.",
    "start > and1 > a, b > c > end": "Draw a parallel gateway before “c” that waits for “a” and “b”.",
    "start > and1 > a, b > c > end\nstart > c": (
        "Draw a parallel gateway before “c” that waits for “a”, “b” and “start”."
    ),
    "start > a > end\nlost > lost2 > end": "Take out “lost” and “lost2”: no case comes there.",
    "start > and1 > a, b > and2 > xor3 > and2, end": (
        "Draw an exclusive gateway before “xor3” for what comes from “and2” and “xor3”."
    ),
}


@pytest.mark.parametrize("lines", MENDED)
def test_a_mend_is_proposed_that_leaves_nothing_wrong(lines: str) -> None:
    root = drawn(lines)
    fix = judge(root)[0].fix

    assert fix is not None
    assert fix.words == MENDED[lines]
    assert rules(read_document(apply(root, fix))) == []


def test_what_a_mend_removes_as_well_carries_the_same_mend() -> None:
    found = judge(drawn("start > xor1 > a, b > and2 > c > end"))

    assert {one.rule for one in found} == {"deadlock", "no-end", "dead-step"}
    assert found[0].fix is not None
    assert all(one.fix == found[0].fix for one in found)


def test_where_nothing_simple_mends_it_nothing_is_proposed() -> None:
    assert [one.fix for one in judge(drawn("start > xor1 > a > xor1"))] == [None, None]


PICTURE = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- drawn by hand -->
<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:x="urn:x">
  <b:process id="p">
    <b:laneSet id="ls">
      <b:lane id="l" x:colour="red">
        <b:flowNodeRef>c</b:flowNodeRef>
      </b:lane>
    </b:laneSet>
    <b:startEvent id="s"><b:outgoing>sa</b:outgoing><b:outgoing>sb</b:outgoing></b:startEvent>
    <b:task id="a"><b:incoming>sa</b:incoming><b:outgoing>ac</b:outgoing></b:task>
    <b:task id="c">
      <b:incoming>sb</b:incoming>
      <b:incoming>ac</b:incoming>
      <b:outgoing>ce</b:outgoing>
    </b:task>
    <b:endEvent id="e"><b:incoming>ce</b:incoming></b:endEvent>
    <b:sequenceFlow id="sa" sourceRef="s" targetRef="a" />
    <b:sequenceFlow id="sb" sourceRef="s" targetRef="c" />
    <b:sequenceFlow id="ac" sourceRef="a" targetRef="c" />
    <b:sequenceFlow id="ce" sourceRef="c" targetRef="e" />
  </b:process>
  <bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="p">
    <bpmndi:BPMNShape id="s_di" bpmnElement="s"><dc:Bounds x="100" y="82" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="a_di" bpmnElement="a"><dc:Bounds x="200" y="200" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="c_di" bpmnElement="c"><dc:Bounds x="400" y="60" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="e_di" bpmnElement="e"><dc:Bounds x="600" y="82" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="sb_di" bpmnElement="sb">
      <di:waypoint x="136" y="100" />
      <di:waypoint x="400" y="100" />
    </bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="ac_di" bpmnElement="ac">
      <di:waypoint x="300" y="240" />
      <di:waypoint x="450" y="240" />
      <di:waypoint x="450" y="140" />
    </bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="ce_di" bpmnElement="ce">
      <di:waypoint x="500" y="100" />
      <di:waypoint x="600" y="100" />
    </bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</b:definitions>
"""


def joined() -> etree._Element:
    (found,) = judge(etree.fromstring(PICTURE))
    assert found.fix is not None
    return etree.fromstring(apply(PICTURE, found.fix))


def test_a_new_join_is_drawn_between_the_steps_and_the_flows_lead_to_it() -> None:
    root = joined()
    drawn_at = {
        one.get("bpmnElement"): [tuple(map(float, p.values())) for p in one]
        for one in root.iter(DI + "BPMNShape", DI + "BPMNEdge")
    }

    assert drawn_at["c_join"] == [(310.0, 75.0, 50.0, 50.0)]
    assert drawn_at["sb"] == [(136.0, 100.0), (310.0, 100.0)]
    assert drawn_at["ac"] == [(300.0, 240.0), (335.0, 240.0), (335.0, 125.0)]
    assert drawn_at["c_joined"] == [(360.0, 100.0), (400.0, 100.0)]


def test_a_new_join_is_named_where_the_file_names_flows_and_lanes() -> None:
    words = etree.tostring(joined()).decode()

    assert "<b:flowNodeRef>c_join</b:flowNodeRef>" in words
    assert words.count("<b:incoming>c_joined</b:incoming>") == words.count("<b:outgoing>c_joined</b:outgoing>") == 1
    assert '<b:parallelGateway id="c_join"><b:incoming>sb</b:incoming>' in words.replace("\n", "").replace("  ", "")


def test_the_rest_of_the_file_stays_line_by_line_as_it_was() -> None:
    (found,) = judge(etree.fromstring(PICTURE))
    assert found.fix is not None
    lines = apply(PICTURE, found.fix).decode().replace("/>", " />").splitlines()
    lost = [line.strip() for line in PICTURE.decode().splitlines()[6:] if line not in lines]

    assert [line for line in lost if "waypoint" not in line] == [
        "<b:incoming>sb</b:incoming>",
        "<b:incoming>ac</b:incoming>",
        '<b:sequenceFlow id="sb" sourceRef="s" targetRef="c" />',
        '<b:sequenceFlow id="ac" sourceRef="a" targetRef="c" />',
    ]


def test_a_step_from_which_no_way_leads_on_can_be_led_to_an_end() -> None:
    root = etree.fromstring(apply(PICTURE, Fix("Open it.", ({"do": "remove", "shape": "e"},))))
    mended = etree.fromstring(apply(root, to_an_end(root, "c", "“Meet”")))
    (bounds,) = (one[0].attrib for one in mended.iter(DI + "BPMNShape") if one.get("bpmnElement") == "c_end")

    assert to_an_end(root, "c", "“Meet”").words == "Draw an end event behind “Meet”."
    assert [one.get("targetRef") for one in mended.iter("{*}sequenceFlow") if one.get("sourceRef") == "c"] == ["c_end"]
    assert dict(bounds) == {"x": "540", "y": "82", "width": "36", "height": "36"}


def test_a_mend_is_plain_data() -> None:
    fix = Fix("Take it out.", ({"do": "remove", "shape": "a"},))

    assert rules(etree.fromstring(apply(PICTURE, fix))) == []
    assert b'"a' not in apply(PICTURE, fix)
