"""Every construct of BPMN, drawn well: nothing is said against it. And what goes wrong if it is drawn badly."""

from __future__ import annotations

import pytest

from tests.check.soundness.flows import drawn, file, flow, process, rules


def sub(
    lines: str, attributes: str = "", kind: str = "subProcess", inside: dict[str, str] | None = None
) -> dict[str, str]:
    return {"sub": f'<{kind} id="sub" name="sub" {attributes}>{flow(lines, inside)}</{kind}>'}


def edge(name: str, definition: str = "timerEventDefinition", host: str = "a", stops: str = "true") -> dict[str, str]:
    event = f'<boundaryEvent id="{name}" name="{name}" attachedToRef="{host}" cancelActivity="{stops}">'
    return {name: f"{event}<{definition}/></boundaryEvent>"}


def end(name: str, definition: str, kind: str = "endEvent") -> dict[str, str]:
    return {name: f'<{kind} id="{name}" name="{name}"><{definition}/></{kind}>'}


SOUND = {
    "a sequence": drawn("start > a > b > end"),
    "a choice": drawn("start > xor1 > a, b > xor2 > end"),
    "a choice merged without a gateway": drawn("start > xor1 > a, b > c > end"),
    "branches": drawn("start > and1 > a, b > and2 > end"),
    "branches that end apart": drawn("start > and1 > a, b\na > end1\nb > end2"),
    "a step that splits": drawn("start > a > b, c > and2 > end"),
    "some of several branches": drawn("start > or1 > a, b, c > or2 > end"),
    "a round": drawn("start > xor1 > a > xor2 > xor1\nxor2 > end"),
    "inclusive branches in a round": drawn("start > xor1 > or1 > a, b > or2 > xor2 > xor1\nxor2 > end"),
    "no start and no end": drawn("a > b"),
    "several starts": drawn("start1, start2 > a > end"),
    "the event that comes first": drawn("start > first1 > catch1, catch2 > end"),
    "a complex split and join": drawn(
        "start > c1 > a, b > c2 > end",
        {name: f'<complexGateway id="{name}"/>' for name in ("c1", "c2")},
    ),
    "an unknown step": drawn("start > odd > end", {"odd": '<kitchenSink id="odd"/>'}),
    "an event at the edge": drawn("start > a > end\nlate > b > end", edge("late")),
    "an event at the edge that does not stop": drawn("start > a > end\nlate > b > end2", edge("late", stops="false")),
    "a reminder in a round": drawn(
        "start > xor1 > a > xor2 > xor1\nxor2 > end\nlate > b > end2", edge("late", stops="false")
    ),
    "a sub-process": drawn("start > sub > end", sub("start1 > and1 > a, b\na > end1\nb > end2")),
    "a sub-process without a start": drawn("start > sub > end", sub("a > b")),
    "a sub-process that can be stopped": drawn(
        "start > sub > end\nlate > end", sub("start1 > a > end1") | edge("late", host="sub")
    ),
    "a transaction that is cancelled": drawn(
        "start > sub > end\nback > end",
        sub("start1 > xor1 > end1, off", kind="transaction", inside=end("off", "cancelEventDefinition"))
        | edge("back", "cancelEventDefinition", "sub"),
    ),
    "steps in any order": drawn("start > sub > end", sub("a > b\nc", kind="adHocSubProcess")),
    "an error thrown and caught": drawn(
        "start > sub > end\nfailed > end",
        sub("start1 > and1 > a, off\na > end1", inside=end("off", "errorEventDefinition"))
        | edge("failed", "errorEventDefinition", "sub"),
    ),
    "an escalation told beside": drawn(
        "start > sub > end\ntold > b > end2",
        sub("start1 > up > end1", inside=end("up", "escalationEventDefinition", "intermediateThrowEvent"))
        | edge("told", "escalationEventDefinition", "sub", "false"),
    ),
    "the end of everything": drawn(
        "start > and1 > a, b\na > over\nb > b1 > end", end("over", "terminateEventDefinition")
    ),
    "a link": drawn(
        "start > away\nback > a > end",
        {
            "away": '<intermediateThrowEvent id="away"><linkEventDefinition name="L"/></intermediateThrowEvent>',
            "back": '<intermediateCatchEvent id="back"><linkEventDefinition name="L"/></intermediateCatchEvent>',
        },
    ),
    "an event sub-process that interrupts": drawn(
        "start > a > end",
        around='<subProcess id="e" triggeredByEvent="true"><startEvent id="s"><timerEventDefinition/></startEvent>'
        '<task id="t"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/></subProcess>',
    ),
    "an event sub-process beside": drawn(
        "start > a > b > end",
        around='<subProcess id="e" triggeredByEvent="true"><startEvent id="s" isInterrupting="false"/>'
        '<task id="t"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/></subProcess>',
    ),
    "what is undone": drawn(
        "start > a > end",
        edge("undo", "compensateEventDefinition"),
        '<task id="undoing" isForCompensation="true"/>' + edge("undo", "compensateEventDefinition")["undo"],
    ),
    "a step done for each": drawn("start > a > end", {"a": '<task id="a"><multiInstanceLoopCharacteristics/></task>'}),
}


@pytest.mark.parametrize("what", SOUND)
def test_drawn_well_it_is_sound(what: str) -> None:
    assert rules(SOUND[what]) == []


def test_what_a_condition_may_leave_out_is_not_waited_for_by_an_inclusive_join() -> None:
    conditional = (
        '<sequenceFlow id="f" sourceRef="a" targetRef="c"><conditionExpression>x</conditionExpression></sequenceFlow>'
    )
    root = "start > a > b > {} > end\nc > {}"

    assert rules(drawn(root.format("or2", "or2"), around=conditional)) == []
    assert ("deadlock", "and2") in rules(drawn(root.format("and2", "and2"), around=conditional))


def test_a_join_in_a_sub_process_can_stand_still() -> None:
    assert ("deadlock", "and2") in rules(drawn("start > sub > end", sub("start1 > xor1 > a, b > and2 > end1")))


def test_a_join_that_needs_a_reminder_stands_still_without_it() -> None:
    assert ("deadlock", "and2") in rules(drawn("start > a > and2 > end\nlate > and2", edge("late", stops="false")))


def test_an_error_that_nobody_catches_ends_the_process() -> None:
    assert rules(drawn("start > and1 > a, b\na > off\nb > end", end("off", "errorEventDefinition"))) == []


def test_the_end_of_everything_in_a_sub_process_ends_only_that() -> None:
    inner = sub("start1 > and1 > a, b\na > over\nb > end1", inside=end("over", "terminateEventDefinition"))

    assert rules(drawn("start > sub > c > end", inner)) == []


def test_an_event_at_the_edge_that_is_thrown_inside_comes_only_from_there() -> None:
    inner = sub("start1 > xor1 > a, b > and2 > off", inside=end("off", "errorEventDefinition"))
    found = rules(drawn("start > sub > end\nfailed > end", inner | edge("failed", "errorEventDefinition", "sub")))

    assert {("deadlock", "and2"), ("dead-step", "failed")} <= set(found)


def test_a_pool_that_begins_on_a_message_begins_when_it_was_sent() -> None:
    begun = {"start2": '<startEvent id="start2"><messageEventDefinition/></startEvent>'}
    words = '<collaboration><messageFlow id="m" sourceRef="{}" targetRef="start2"/></collaboration>'
    ours, theirs = process(flow("start > a > end\nlost > end")), process(flow("start2 > b > end2", begun), "q")

    assert rules(file(ours, theirs, words.format("a"))) == [("dead-step", "lost")]
    assert {("dead-step", "start2"), ("dead-step", "b")} <= set(rules(file(ours, theirs, words.format("lost"))))


def test_the_prefix_of_the_file_does_not_matter() -> None:
    space = "http://www.omg.org/spec/BPMN/20100524/MODEL"
    xml = f'<m:definitions xmlns:m="{space}"><m:process id="p"><m:task id="a"/><m:task id="b"/><m:startEvent id="s"/>'
    xml += '<m:sequenceFlow id="f" sourceRef="s" targetRef="a"/></m:process></m:definitions>'
    from lxml import etree

    assert rules(etree.fromstring(xml)) == [("dead-step", "b")]
