"""What makes a diagram unfit to publish: each rule, with the shape it names."""

from __future__ import annotations

import pytest

from tests.engine.drawings import (
    NAMESPACES,
    boundary,
    call,
    catch,
    chain,
    choice,
    date,
    diagram,
    duty,
    end,
    flow,
    for_each,
    hears,
    lanes,
    messages,
    some,
    start,
    table,
    terminate,
    together,
    user,
    waits_for_first,
)
from tests.engine.effort import seconds_of
from workflows.check.judging import judge
from workflows.check.question import Question
from workflows.engine.lint import find_faults, find_faults_between

GP = lanes(gp=("u",))


def around(step: str, key: str, extra: str = "", roles: str = "") -> bytes:
    return diagram(roles, start(), step, end(), chain("s", key, "e"), extra=extra)


def rules(xml: bytes) -> set[tuple[str, str]]:
    return {(finding.element, finding.rule) for finding in judge("drawn.bpmn", Question({"drawn.bpmn": xml}))}


def test_a_sound_diagram_has_no_faults() -> None:
    xml = diagram(
        lanes(gp=("a", "b"), nurse=("c",)),
        start(), user("a", properties={"form": "F01"}), duty("d", "letters.send", to="'gp'"), table("t", "priority"),
        choice("x", "no"), user("b", for_each("items", "item", "results", "result")), user("c"),
        boundary("late", "c", date("due('late')"), interrupting=False), duty("tell", "notices.tell"), end("told"),
        together("g"), waits_for_first("w"), catch("reply", hears("answered")), catch("wait", date("due('wait')")),
        call("inner", "q"), boundary("died", "inner", hears("person_died")), terminate("over"), choice("m"),
        together("j"), choice("m2"), end(),
        chain("s", "m2", "a", "d", "t", "x"), flow("x", "b", "priority == 'high'"), flow("x", "c", key="no"),
        chain("b", "m"), chain("c", "m"), chain("late", "tell", "told"), chain("m", "g", "inner", "j"),
        chain("g", "w", "reply", "m3", "j"), choice("m3"), chain("w", "wait", "m3"), chain("died", "over"),
        choice("again", "stop"), chain("j", "again"), flow("again", "m2", "more == true"),
        flow("again", "e", key="stop"), extra=messages("answered", "person_died"),
    )  # fmt: skip
    assert find_faults(xml) == ()


def event(kind: str, definition: str) -> str:
    return f'<bpmn:{kind} id="x">{definition}</bpmn:{kind}>'


EACH = user("x", for_each("a", "b", "c", "d"))
PROPERTIES = "<spiffworkflow:properties>"
DURATION = "<bpmn:timerEventDefinition><bpmn:timeDuration>'P1D'</bpmn:timeDuration></bpmn:timerEventDefinition>"
WRONG = [
    ('<bpmn:scriptTask id="x"><bpmn:script>1</bpmn:script></bpmn:scriptTask>', "form.runs"),
    ('<bpmn:sendTask id="x"/>', "form.runs"),
    ('<bpmn:task id="x"/>', "form.runs"),
    ('<bpmn:complexGateway id="x"/>', "form.runs"),
    ('<bpmn:transaction id="x"/>', "form.runs"),
    ('<bpmn:adHocSubProcess id="x"/>', "form.runs"),
    ('<bpmn:callChoreography id="x"/>', "form.runs"),
    (event("intermediateCatchEvent", "<bpmn:signalEventDefinition/>"), "form.runs"),
    (event("intermediateThrowEvent", '<bpmn:linkEventDefinition name="a"/>'), "form.runs"),
    (event("intermediateThrowEvent", "<bpmn:compensateEventDefinition/>"), "form.runs"),
    (event("intermediateThrowEvent", hears("m")), "form.runs"),
    (event("intermediateCatchEvent", ""), "form.names-event"),
    ('<bpmn:receiveTask id="x"/>', "form.names-message"),
    ('<bpmn:receiveTask id="x" messageRef="nobody"/>', "form.names-message"),
    ('<bpmn:serviceTask id="x"/>', "form.names-duty"),
    ('<bpmn:businessRuleTask id="x"/>', "form.names-table"),
    ('<bpmn:callActivity id="x"/>', "form.names-process"),
    (call("x", "p"), "service.no-ring"),
    (user("x"), "form.has-role"),
    ('<bpmn:userTask id="x"/>', "form.says-why"),
    (duty("x", "d", to="gp;"), "data.expression"),
    (duty("x", "d", to="shout('gp')"), "data.expression"),
    (catch("x", hears("nobody")), "form.names-message"),
    (catch("x", date("")), "form.timer-is-date"),
    (catch("x", date("'2026-01-01T00:00:00'")), "form.timer-is-date"),
    (catch("x", date("'P1D'")), "form.timer-is-date"),
    (catch("x", date("due(")), "data.expression"),
    (catch("x", DURATION), "form.timer-is-date"),
    (catch("x", hears("m") + date("due('a')")), "form.one-event"),
    (EACH.replace("<bpmn:loopDataOutputRef>c</bpmn:loopDataOutputRef>", ""), "form.for-each"),
    (EACH.replace('<bpmn:outputDataItem id="d"/>', ""), "form.for-each"),
    (user("x", "<bpmn:multiInstanceLoopCharacteristics/>"), "form.for-each"),
    (user("x", "<bpmn:standardLoopCharacteristics/>"), "form.loop-ends"),
    (user("x").replace(PROPERTIES, f'{PROPERTIES}<spiffworkflow:property name="form"/>'), "form.properties"),
    (user("x").replace(PROPERTIES, f"<spiffworkflow:preScript>x</spiffworkflow:preScript>{PROPERTIES}"), "form.runs"),
]


@pytest.mark.parametrize(("shape", "rule"), WRONG)
def test_a_shape_that_would_run_wrongly_is_named(shape: str, rule: str) -> None:
    assert rule in {found for _, found in rules(around(shape, "x", messages("m")))}


def test_an_unsupported_shape_is_found_even_when_nothing_leads_to_it() -> None:
    xml = diagram(GP, start(), user("u"), end(), '<bpmn:complexGateway id="lost"/>', chain("s", "u", "e"))
    assert ("lost", "form.runs") in rules(xml)


@pytest.mark.parametrize("key", ["Start", "End", "Root", "p.EndJoin", "u.BoundaryEventSplit"])
def test_ids_that_the_engine_uses_itself_are_refused(key: str) -> None:
    assert (key, "form.free-ids") in rules(around(user(key), key))


@pytest.mark.parametrize("key", ["two words", "1st", "o'clock", "näme", "a:b"])
def test_ids_that_are_not_plain_names_are_refused(key: str) -> None:
    assert (key, "form.plain-ids") in rules(around(user(key), key))


def test_duplicate_ids_are_refused_but_parameters_may_repeat() -> None:
    twice = diagram(GP, start(), user("u"), user("u"), end(), chain("s", "u", "e"))
    assert ("u", "form.unique-ids") in rules(twice)
    same = diagram(start(), duty("a", "d", to="1"), duty("b", "d", to="2"), end(), chain("s", "a", "b", "e"))
    assert rules(same) == set()


def test_event_sub_processes_are_refused() -> None:
    inner = (
        f'<bpmn:subProcess id="x" triggeredByEvent="true">{start("s2")}{end("e2")}{chain("s2", "e2")}</bpmn:subProcess>'
    )
    assert ("x", "form.runs") in rules(diagram(GP, start(), user("u"), end(), inner, chain("s", "u", "e")))


def test_what_is_drawn_inside_a_sub_process_is_looked_at_too() -> None:
    inner = f'<bpmn:subProcess id="x">{start("s2")}{user("lost")}{end("e2")}{chain("s2", "e2")}</bpmn:subProcess>'
    found = rules(diagram(start(), inner, end(), chain("s", "x", "e")))
    assert {("lost", "soundness.dead-step"), ("lost", "form.leads-on")} <= found


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_message_may_end_a_step_or_begin_something_beside_it(interrupting: bool) -> None:
    xml = diagram(
        lanes(gp=("u", "v")), start(), user("u"), boundary("b", "u", hears("m"), interrupting), user("v"), end(),
        end("e2"), chain("s", "u", "e"), chain("b", "v", "e2"), extra=messages("m"),
    )  # fmt: skip
    assert rules(xml) == set()


@pytest.mark.parametrize("interrupting", [True, False])
def test_branches_do_not_meet_on_a_way_that_may_begin_again_before_it_is_over(interrupting: bool) -> None:
    xml = diagram(
        lanes(gp=("u", "v", "w")), start(), user("u"), boundary("b", "u", hears("m"), interrupting), together("g"),
        user("v"), user("w"), together("j"), end(), end("e2"), chain("s", "u", "e"), chain("b", "g", "v", "j", "e2"),
        chain("g", "w", "j"), extra=messages("m"),
    )  # fmt: skip
    assert rules(xml) == (set() if interrupting else {("b", "form.begins-again")})


def test_an_edge_event_must_sit_on_a_step() -> None:
    xml = diagram(
        GP,
        start(),
        user("u"),
        boundary("b", "s", date("due('a')")),
        end(),
        end("e2"),
        chain("s", "u", "e"),
        chain("b", "e2"),
    )
    assert ("b", "form.attached") in rules(xml)


def test_an_error_comes_out_of_a_called_process_only() -> None:
    error = '<bpmn:errorEventDefinition errorRef="x"/>'
    extra = '<bpmn:error id="x" name="x" errorCode="1"/>'
    for step, expected in ((user("u"), {("b", "form.attached")}), (call("u", "q"), set())):
        roles = GP if "userTask" in step else ""
        xml = diagram(
            roles,
            start(),
            step,
            boundary("b", "u", error),
            end(),
            end("e2"),
            chain("s", "u", "e"),
            chain("b", "e2"),
            extra=extra,
        )
        assert rules(xml) == expected


def test_a_condition_on_a_flow_that_leaves_a_step_is_refused() -> None:
    xml = diagram(GP, start(), user("u"), end(), chain("s", "u"), flow("u", "e", "x == 1"))
    assert rules(xml) == {("f_u_e", "data.condition-at-gateway")}


def test_two_flows_out_of_a_step_are_refused() -> None:
    xml = diagram(GP, start(), user("u"), end(), end("e2"), chain("s", "u", "e"), chain("u", "e2"))
    assert rules(xml) == {("u", "form.one-way-out")}


def _choice(default: str, *conditions: str, gateway: str = "exclusive") -> bytes:
    drawn = choice("x", default) if gateway == "exclusive" else some("x")
    keys = [f"e{number}" for number in range(len(conditions))]
    ways = (flow("x", key, condition) for key, condition in zip(keys, conditions, strict=True))
    return diagram(start(), drawn, *(end(key) for key in keys), chain("s", "x"), *ways)


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (_choice("f_x_e1", "a == 1", ""), set()),
        (_choice("", "a == 1", "a == 2"), {("x", "data.default")}),
        (_choice("", "a == 1", "a == 2", gateway="inclusive"), {("x", "data.default")}),
        (_choice("elsewhere", "a == 1", "a == 2"), {("x", "data.default")}),
        (_choice("f_x_e1", "a == 1", "a == 2"), {("f_x_e1", "data.default")}),
        (_choice("f_x_e2", "a == 1", "", ""), {("f_x_e1", "data.condition")}),
        (_choice("f_x_e1", "a = 1", ""), {("f_x_e0", "data.expression")}),
        (_choice("f_x_e1", "age > due", ""), set()),
    ],
)
def test_a_choice_has_conditions_and_a_default(xml: bytes, expected: set[tuple[str, str]]) -> None:
    assert {one for one in rules(xml) if one[1] != "data.condition-gap"} == expected  # where there is no default


def _first(*events: str, extra: str = "") -> bytes:
    keys = [f"c{number}" for number in range(len(events))]
    shapes = [catch(key, event) for key, event in zip(keys, events, strict=True)]
    ends = [end(f"e{key}") for key in keys]
    ways = [chain("w", key, f"e{key}") for key in keys]
    return diagram(
        start(), waits_for_first("w"), *shapes, *ends, chain("s", "w"), *ways, extra, extra=messages("m", "n")
    )


def test_only_one_timer_stands_behind_an_event_gateway() -> None:
    assert rules(_first(hears("m"), date("due('a')"))) == set()
    assert rules(_first(date("due('b')"), date("due('a')"))) == {("w", "form.event-gateway")}
    assert rules(_first(date("due('a')"))) == {("w", "form.event-gateway")}


def test_an_event_behind_an_event_gateway_has_no_other_way_in() -> None:
    second = waits_for_first("w2") + flow("c0", "w2", key="odd") + flow("w2", "c1") + flow("w2", "c0")
    assert ("c1", "form.event-gateway") in rules(_first(hears("m"), hears("n"), extra=second))


def test_an_event_gateway_leads_to_events_only() -> None:
    xml = diagram(
        GP, start(), waits_for_first("w"), user("u"), catch("c", date("due('a')")), end(), end("e2"),
        chain("s", "w", "u", "e"), chain("w", "c", "e2"),
    )  # fmt: skip
    assert rules(xml) == {("w", "form.event-gateway")}


def test_a_parallel_gateway_as_the_merge_of_a_loop_waits_for_ever_and_is_refused() -> None:
    def loop(merge: str) -> bytes:
        return diagram(
            GP, start(), merge, user("u"), choice("x", "out"), end(), chain("s", "m", "u", "x"),
            flow("x", "m", "again == true"), flow("x", "e", key="out"),
        )  # fmt: skip

    assert rules(loop(choice("m"))) == set()
    assert ("m", "soundness.deadlock") in rules(loop(together("m")))


def _forked(split: str, join: str, *more: str) -> bytes:
    """Two steps between a split and a join."""
    return diagram(
        lanes(gp=("a", "b")), start(), split, user("a"), user("b"), join, end(),
        chain("s", "g"), flow("g", "a", "x == 1" if "exclusive" in split else ""), flow("g", "b", key="f_b"),
        chain("a", "j"), chain("b", "j"), *(more or (chain("j", "e"),)),
    )  # fmt: skip


def test_a_join_that_waits_for_a_way_not_taken_is_refused() -> None:
    assert rules(_forked(together("g"), together("j"))) == set()
    assert rules(_forked(choice("g", "f_b"), choice("j"))) == set()
    assert ("j", "soundness.deadlock") in rules(_forked(choice("g", "f_b"), together("j")))


def test_a_way_that_leaves_before_the_join_is_found() -> None:
    early = choice("x", "stay") + end("early") + flow("j", "x") + flow("x", "early", "stop == true")
    after = flow("x", "e", key="stay")
    assert rules(_forked(together("g"), together("j"), early, after)) == set()
    inside = diagram(
        lanes(gp=("a", "b")), start(), together("g"), user("a"), user("b"), choice("x", "stay"), together("j"),
        end("early"), end(), chain("s", "g", "a", "x"), flow("x", "early", "stop == true"), flow("x", "j", key="stay"),
        chain("g", "b", "j", "e"),
    )  # fmt: skip
    assert rules(inside) == {("j", "soundness.deadlock")}
    assert (
        rules(inside.replace(b'id="early"/>', b'id="early"><bpmn:terminateEventDefinition/></bpmn:endEvent>')) == set()
    )


def test_a_deadline_that_goes_round_a_join_is_found() -> None:
    xml = diagram(
        lanes(gp=("a", "b", "c")), start(), together("g"), user("a"), user("b"), user("c"), together("j"),
        boundary("late", "a", date("due('a')")), end("e2"), end(), chain("s", "g", "a", "j"), chain("g", "b", "j", "e"),
        chain("late", "c", "e2"),
    )  # fmt: skip
    assert rules(xml) == {("j", "soundness.deadlock")}
    beside = xml.replace(b'cancelActivity="true"', b'cancelActivity="false"')
    assert rules(beside) == set()


def test_a_circle_on_which_nothing_is_chosen_is_refused() -> None:
    xml = diagram(
        lanes(gp=("a", "b")),
        start(),
        choice("m"),
        user("a"),
        user("b"),
        end(),
        chain("s", "a", "b", "a"),
        chain("m", "e"),
    )
    assert {("a", "form.circle-chooses"), ("b", "form.circle-chooses"), ("m", "soundness.dead-step")} <= rules(xml)


def test_every_shape_is_reached_and_leads_to_an_end() -> None:
    xml = diagram(lanes(gp=("a", "b")), start(), user("a"), user("b"), end(), chain("s", "a"), chain("b", "e"))
    assert {
        ("a", "form.leads-on"),
        ("b", "soundness.dead-step"),
        ("e", "soundness.dead-step"),
    } <= rules(xml)


def test_a_process_has_one_start_and_an_end() -> None:
    assert ("p", "form.has-end") in rules(diagram(GP, start(), user("u"), chain("s", "u")))
    assert ("p", "form.one-start") in rules(diagram(GP, user("u"), end(), chain("u", "e")))
    two = diagram(GP, start(), start("s2"), choice("m"), user("u"), end(), chain("s", "m", "u", "e"), chain("s2", "m"))
    assert ("p", "form.one-start") in rules(two)


def test_a_flow_leads_from_one_shape_to_another() -> None:
    assert ("f_u_nowhere", "form.connected") in rules(
        diagram(GP, start(), user("u"), end(), chain("s", "u", "e"), flow("u", "nowhere"))
    )
    assert ("f_e_u", "form.connected") in rules(
        diagram(GP, start(), user("u"), end(), chain("s", "u", "e"), flow("e", "u"))
    )
    assert ("f_u_s", "form.connected") in rules(
        diagram(GP, start(), user("u"), end(), chain("s", "u", "e"), flow("u", "s"))
    )


def _broken_off(over: str, beside: str = "") -> bytes:
    return diagram(
        start(), call("c", "q"), boundary("died", "c", hears("m")), beside, end(), over, chain("s", "c", "e"),
        chain("died", "over"), extra=messages("m"),
    )  # fmt: skip


BESIDE = (
    boundary("late", "c", date("due('a')"), interrupting=False) + duty("d", "d") + end("e2") + chain("late", "d", "e2")
)


def test_after_breaking_off_only_a_terminate_end_clears_what_runs_beside() -> None:
    assert rules(_broken_off(terminate("over"), BESIDE)) == set()
    assert rules(_broken_off(end("over"), BESIDE)) == {("over", "form.ending-is-final")}
    assert rules(_broken_off(end("over"))) == set()


def test_lanes_are_named_after_roles_and_hold_what_is_there() -> None:
    xml = diagram(lanes(gp=("u", "ghost")).replace('name="gp"', ""), start(), user("u"), end(), chain("s", "u", "e"))
    assert {("lane_gp", "form.lane-is-role"), ("lane_gp", "form.lane-holds"), ("u", "form.has-role")} <= rules(xml)


def test_a_process_must_be_executable() -> None:
    xml = diagram(GP, start(), user("u"), end(), chain("s", "u", "e")).replace(b'isExecutable="true"', b"")
    assert ("p", "form.executable") in rules(xml)


def test_a_file_without_a_process_is_refused() -> None:
    xml = f'<bpmn:definitions {NAMESPACES} id="d" targetNamespace="urn:x"/>'.encode()
    assert ("", "form.has-process") in rules(xml)


def test_elements_in_the_wrong_place_are_found_by_the_schema() -> None:
    xml = diagram(GP, start(), user("u"), end(), chain("s", "u", "e"), "<bpmn:definitions/>")
    assert ("", "form.schema") in rules(xml)


def test_every_finding_says_what_to_do() -> None:
    xml = diagram(start(), user("u"), '<bpmn:task id="t"/>', chain("s", "u"))
    for finding in find_faults(xml):
        assert finding.message.endswith(".")
        assert len(finding.message) > 20


def _calling(process: str, other: str, key: str) -> bytes:
    return diagram(
        lanes(gp=(key,)), start(), user(key), call(f"c_{process}", other), end(),
        chain("s", key, f"c_{process}", "e"), process=process,
    )  # fmt: skip


def test_processes_that_call_each_other_in_a_ring_are_refused() -> None:
    found = find_faults_between([_calling("p", "q", "a"), _calling("q", "p", "b")])
    assert {(finding.element, finding.rule) for finding in found} == {
        ("p", "service.no-ring"),
        ("q", "service.no-ring"),
    }


def test_a_call_to_a_process_outside_the_release_is_refused() -> None:
    assert [finding.rule for finding in find_faults_between([_calling("p", "q", "a")])] == ["service.called-exists"]


def test_a_step_for_people_is_called_differently_in_every_diagram_that_runs_with_it() -> None:
    inner = diagram(GP, start(), user("u"), end(), chain("s", "u", "e"), process="q")
    found = find_faults_between([_calling("p", "q", "u"), inner])
    assert [(finding.element, finding.rule) for finding in found] == [("u", "service.unique-in-release")]


def test_diagrams_that_never_run_together_may_share_the_names_of_steps() -> None:
    one = diagram(GP, start(), user("u"), end(), chain("s", "u", "e"), process="p")
    other = diagram(GP, start(), user("u"), end(), chain("s", "u", "e"), process="q")
    assert find_faults_between([one, other]) == ()


def test_a_process_is_drawn_once() -> None:
    one = diagram(GP, start(), user("u"), end(), chain("s", "u", "e"), process="p")
    found = find_faults_between([one, one])
    assert [(finding.element, finding.rule) for finding in found] == [("p", "service.unique-in-release")]


def test_a_drawing_twice_as_long_is_twice_the_work() -> None:
    def seconds(steps: int) -> float:
        keys = [f"u{number}" for number in range(steps)]
        xml = diagram(lanes(gp=tuple(keys)), start(), *map(user, keys), end(), chain("s", *keys, "e"))
        return seconds_of(lambda: find_faults(xml))

    assert seconds(200) < 4 * seconds(100)
