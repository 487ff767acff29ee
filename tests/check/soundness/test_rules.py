"""What makes a diagram's flow unsound, a small diagram for each way."""

from __future__ import annotations

from tests.check.soundness.flows import drawn, file, flow, of, process, rules
from workflows.check.soundness import Bounds, Position, judge


def test_a_choice_into_a_parallel_join_stands_still_there() -> None:
    found = of("deadlock", drawn("start > xor1 > a, b > and2 > end"))

    assert found.element == "and2"
    assert found.message == "“and2” has what comes from “a” and waits for ever for “b”: from there nothing comes."
    assert found.path == (
        Position("start", ("start__xor1",)),
        Position("xor1", ("xor1__a",)),
        Position("a", ("a__and2",)),
    )


def test_a_round_into_a_parallel_join_stands_still_at_once() -> None:
    assert of("deadlock", drawn("start > and1 > a > xor2 > and1\nxor2 > end")).element == "and1"


def test_branches_that_meet_without_a_join_put_two_tokens_on_one_flow() -> None:
    found = of("unsynchronised", drawn("start > and1 > a, b > c > d > end"))

    assert found.element == "c__d"
    assert "What “and1” sends off side by side comes together at “c” without waiting" in found.message
    assert [position.moved for position in found.path] == ["start", "and1", "a", "b", "c", "c"]
    assert found.path[-1].tokens == ("c__d", "c__d")


def test_a_branch_that_goes_round_beside_the_other_is_not_synchronised() -> None:
    assert ("unsynchronised", "and1__a") in rules(drawn("start > xor1 > and1 > a, b\nb > xor1\na > end"))


def test_a_step_to_which_nothing_leads_is_dead() -> None:
    found = of("dead-step", drawn("start > a > end\nlost > end"))

    assert (found.element, found.path) == ("lost", ())
    assert found.message == "“lost” is never reached: no way leads to it from the start."


def test_a_step_behind_a_standstill_is_dead_for_that_reason() -> None:
    found = [one for one in judge(drawn("start > xor1 > a, b > and2 > c > end")) if one.rule == "dead-step"]

    assert [one.element for one in found] == ["and2", "c", "end"]
    assert found[1].message == "“c” is never reached, because every case stands still before it, at “and2”."


def test_a_round_without_a_way_out_goes_on_for_ever() -> None:
    found = of("livelock", drawn("start > xor1 > a, end\na > xor2 > b > xor2"))

    assert found.element in ("xor2", "b")
    assert "goes round for ever (“b”)" in found.message
    assert [position.moved for position in found.path] == ["start", "xor1"]


def test_a_diagram_without_a_way_to_an_end_never_ends() -> None:
    found = of("no-end", drawn("start > xor1 > a > xor1"))

    assert found.message == "No case of “p” can end: every way leads back, and none to an end."


def test_the_end_that_no_play_reaches_is_shown_where_there_is_one() -> None:
    assert ("no-end", "end") in rules(drawn("start > xor1 > a, b > and2 > end"))


def test_two_pools_that_wait_for_each_other_stand_still() -> None:
    catch = {name: f'<receiveTask id="{name}" name="{name}"/>' for name in ("ask", "answer")}
    ours = process(flow("start1 > ask > sendb > end1", {"ask": catch["ask"]}), "p1")
    theirs = process(flow("start2 > answer > senda > end2", {"answer": catch["answer"]}), "p2")
    words = '<messageFlow id="m1" sourceRef="sendb" targetRef="answer"/>'
    words += '<messageFlow id="m2" sourceRef="senda" targetRef="ask"/>'

    found = of("deadlock", file(ours, theirs, f"<collaboration>{words}</collaboration>"))

    assert found.message == "“ask” waits for ever for the message from “senda”, which does not come."


def test_a_call_to_a_process_that_never_ends_never_comes_back() -> None:
    called = process(flow("start2 > xor2 > b > xor2"), "q")
    calling = process(flow("start1 > call > end1", {"call": '<callActivity id="call" name="call" calledElement="q"/>'}))

    found = of("deadlock", file(calling, called))

    assert found.message == "“call” never comes back: “q”, which it calls, cannot end."


def test_processes_that_call_each_other_for_ever_never_end() -> None:
    def calling(key: str, other: str) -> str:
        call = f'<callActivity id="c{key}" name="c{key}" calledElement="{other}"/>'
        return process(flow(f"start{key} > c{key} > end{key}", {f"c{key}": call}), f"p{key}")

    assert {rule for rule, _ in rules(file(calling("1", "p2"), calling("2", "p1")))} == {
        "deadlock",
        "no-end",
        "dead-step",
    }


def test_beyond_the_bound_it_says_how_far_it_looked() -> None:
    found = judge(drawn("start > xor1 > a, b, c > and2 > end"), Bounds(states=3))

    assert [one.rule for one in found] == ["undecided"]
    assert found[0].message.startswith("Not decided: 5 positions of “p” were looked at and there are more.")
