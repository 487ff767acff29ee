"""A new diagram and a new decision table to begin with: the smallest that run."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

_DIAGRAM: Final = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" \
xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" \
id="definitions_{key}" targetNamespace="urn:roundtable">
  <bpmn:process id="{key}" name="{name}" isExecutable="true">
    <bpmn:laneSet id="lanes_{key}">
      <bpmn:lane id="lane_{key}" name="coordinator">
        <bpmn:flowNodeRef>begun</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>first_step</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>ended</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="begun" name="Begun">
      <bpmn:outgoing>begun__first_step</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:userTask id="first_step" name="First step">
      <bpmn:documentation>Say here why this step is there.</bpmn:documentation>
      <bpmn:incoming>begun__first_step</bpmn:incoming>
      <bpmn:outgoing>first_step__ended</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="ended" name="Ended">
      <bpmn:incoming>first_step__ended</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="begun__first_step" sourceRef="begun" targetRef="first_step" />
    <bpmn:sequenceFlow id="first_step__ended" sourceRef="first_step" targetRef="ended" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="picture_{key}">
    <bpmndi:BPMNPlane id="plane_{key}" bpmnElement="{key}">
      <bpmndi:BPMNShape id="lane_{key}_di" bpmnElement="lane_{key}" isHorizontal="true">
        <dc:Bounds x="140" y="80" width="460" height="200" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="begun_di" bpmnElement="begun">
        <dc:Bounds x="200" y="162" width="36" height="36" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="first_step_di" bpmnElement="first_step">
        <dc:Bounds x="306" y="140" width="100" height="80" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="ended_di" bpmnElement="ended">
        <dc:Bounds x="476" y="162" width="36" height="36" /></bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="begun__first_step_di" bpmnElement="begun__first_step">
        <di:waypoint x="236" y="180" /><di:waypoint x="306" y="180" /></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="first_step__ended_di" bpmnElement="first_step__ended">
        <di:waypoint x="406" y="180" /><di:waypoint x="476" y="180" /></bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""

_TABLE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" \
id="{key}_definitions" name="{name}" namespace="urn:roundtable">
  <decision id="{key}" name="{name}">
    <decisionTable id="{key}_table" hitPolicy="FIRST">
      <input id="{key}_in_age" label="Age">
        <inputExpression id="{key}_ask_age" typeRef="number"><text>age</text></inputExpression>
      </input>
      <output id="{key}_out_{key}" label="{name}" name="{key}" typeRef="string"/>
      <output id="{key}_out_reason_code" label="Reason code" name="reason_code" typeRef="string"/>
      <output id="{key}_out_explain" label="Explanation" name="explain" typeRef="string"/>
      <rule id="{key}_row_1">
        <inputEntry id="{key}_row_1_when_1"><text>-</text></inputEntry>
        <outputEntry id="{key}_row_1_then_1"><text>"yes"</text></outputEntry>
        <outputEntry id="{key}_row_1_then_2"><text>"ALWAYS"</text></outputEntry>
        <outputEntry id="{key}_row_1_then_3"><text>"This table says yes to everybody so far."</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
</definitions>
"""
_BLANK: Final = {"bpmn": _DIAGRAM, "dmn": _TABLE}


def blank(kind: str, key: str, name: str) -> bytes:
    """Return a new diagram (bpmn) of one step, or a new decision table (dmn) of one rule. key: a-z, 0-9 and _."""
    return _BLANK[kind].format(key=key, name=escape(name, {'"': "&quot;"})).encode()
