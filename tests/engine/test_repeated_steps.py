"""Steps that are asked once for each item of a list."""

from __future__ import annotations

import json

import pytest

from tests.engine.drawings import (
    Office,
    boundary,
    call,
    chain,
    choice,
    complete,
    diagram,
    duty,
    end,
    flow,
    for_each,
    hears,
    messages,
    open_keys,
    saved_and_resumed,
    spec_of,
    start,
    terminate,
    user,
)
from workflows.engine import CannotGoOn, Run

EACH = for_each("reviewers", "reviewer", "opinions", "opinion")
AT_ONCE = spec_of(diagram(start(), user("ask", EACH), user("sum"), end(), chain("s", "ask", "sum", "e")))


def test_each_item_is_a_step_of_its_own_with_its_item_in_the_data() -> None:
    steps = Run.start(AT_ONCE, Office().asked, {"reviewers": ["gp", "nurse"]}).outcome().open_steps
    assert [step.key for step in steps] == ["ask", "ask"]
    assert [step.data["reviewer"] for step in steps] == ["gp", "nurse"]
    assert len({step.id for step in steps}) == 2


def test_the_results_of_all_are_gathered() -> None:
    office = Office()
    run = Run.start(AT_ONCE, office.asked, {"reviewers": ["gp", "nurse", "ot"]})
    for opinion in ("yes", "no", "yes"):
        run = saved_and_resumed(run, AT_ONCE, office)
        complete(run, "ask", opinion=opinion)
    (step,) = run.outcome().open_steps
    assert step.key == "sum"
    assert step.data["opinions"] == ["yes", "no", "yes"]


def test_who_gives_no_result_hands_over_nothing_known() -> None:
    run = Run.start(AT_ONCE, Office().asked, {"reviewers": ["gp"]})
    complete(run, "ask")
    assert run.outcome().open_steps[0].data["opinions"] == [None]


def test_each_completed_instance_is_reported_with_the_id_it_had() -> None:
    run = Run.start(AT_ONCE, Office().asked, {"reviewers": ["gp", "nurse"]})
    ids = [step.id for step in run.outcome().open_steps]
    complete(run, "ask")
    complete(run, "ask")
    assert [(step.key, step.kind) for step in run.outcome().done] == [("ask", "user")]
    assert run.outcome().done[0].id == ids[1]


def test_one_by_one_opens_the_next_when_one_is_done() -> None:
    each = for_each("reviewers", "reviewer", "opinions", "opinion", one_by_one=True)
    spec = spec_of(diagram(start(), user("ask", each), user("sum"), end(), chain("s", "ask", "sum", "e")))
    office = Office()
    run = Run.start(spec, office.asked, {"reviewers": ["gp", "nurse"]})
    for reviewer in ("gp", "nurse"):
        run = saved_and_resumed(run, spec, office)
        (step,) = run.outcome().open_steps
        assert step.data["reviewer"] == reviewer
        complete(run, "ask", opinion=f"of {reviewer}")
    assert run.outcome().open_steps[0].data["opinions"] == ["of gp", "of nurse"]


@pytest.mark.parametrize("one_by_one", [False, True])
def test_an_empty_list_asks_nobody(one_by_one: bool) -> None:
    each = for_each("reviewers", "reviewer", "opinions", "opinion", one_by_one)
    spec = spec_of(diagram(start(), user("ask", each), user("sum"), end(), chain("s", "ask", "sum", "e")))
    run = Run.start(spec, Office().asked, {"reviewers": []})
    assert [(step.key, step.data["opinions"]) for step in run.outcome().open_steps] == [("sum", [])]


@pytest.mark.parametrize("one_by_one", [False, True])
def test_in_the_next_round_of_a_loop_the_list_of_results_starts_empty(one_by_one: bool) -> None:
    each = for_each("reviewers", "reviewer", "opinions", "opinion", one_by_one)
    spec = spec_of(
        diagram(
            start(), choice("m"), user("ask", each), user("sum"), choice("x", "again"), end(),
            flow("s", "m"), chain("m", "ask", "sum", "x"), flow("x", "e", "stop == true"), flow("x", "m", key="again"),
        )
    )  # fmt: skip
    office = Office()
    run = Run.start(spec, office.asked, {"reviewers": ["gp", "nurse"]})
    for number in range(3):
        for _ in range(2):
            run = saved_and_resumed(run, spec, office)
            complete(run, "ask", opinion=number)
        assert run.outcome().open_steps[0].data["opinions"] == [number, number]
        complete(run, "sum")


@pytest.mark.parametrize("one_by_one", [False, True])
@pytest.mark.parametrize("data", [{}, {"reviewers": None}, {"reviewers": "gp"}])
def test_a_list_that_is_missing_stops_the_run_in_words(one_by_one: bool, data: dict[str, object]) -> None:
    each = for_each("reviewers", "reviewer", "opinions", "opinion", one_by_one)
    spec = spec_of(diagram(start(), user("ask", each), end(), chain("s", "ask", "e")))
    with pytest.raises(CannotGoOn, match="'reviewers'"):
        Run.start(spec, Office().asked, data)


def test_a_message_withdraws_every_instance_that_is_still_open() -> None:
    spec = spec_of(
        diagram(
            start(), user("ask", EACH), boundary("b", "ask", hears("stop")), user("after"), end(), end("e2"),
            chain("s", "ask", "e"), chain("b", "after", "e2"), extra=messages("stop"),
        )
    )  # fmt: skip
    office = Office()
    run = Run.start(spec, office.asked, {"reviewers": [1, 2, 3]})
    complete(run, "ask", opinion=1)
    run = saved_and_resumed(run, spec, office)
    assert open_keys(run) == ["ask", "ask"]
    assert run.deliver("stop", {})
    assert open_keys(run) == ["after"]


def test_instances_by_number_keep_what_each_of_them_decided() -> None:
    count = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="false">'
        "<bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    )
    spec = spec_of(diagram(start(), user("ask", count), user("sum"), end(), chain("s", "ask", "sum", "e")))
    run = Run.start(spec, Office().asked, {"x": [1, 2, 3]})
    complete(run, "ask", x=[3], a=1)
    complete(run, "ask", b=2)
    data = run.outcome().open_steps[0].data
    assert (data["x"], data["a"], data["b"]) == ([3], 1, 2)


def test_a_step_repeated_while_a_condition_holds_opens_again() -> None:
    loop = (
        '<bpmn:standardLoopCharacteristics loopMaximum="3">'
        "<bpmn:loopCondition>enough != true</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
    )
    spec = spec_of(diagram(start(), user("call", loop), user("next"), end(), chain("s", "call", "next", "e")))
    office = Office()
    run = Run.start(spec, office.asked, {"left": ["a", "b", "c"]})
    complete(run, "call", left=["b", "c"])
    run = saved_and_resumed(run, spec, office)
    assert [(step.key, step.data["left"]) for step in run.outcome().open_steps] == [("call", ["b", "c"])]
    complete(run, "call", left=["c"], enough=True)
    assert [(step.key, step.data["left"]) for step in run.outcome().open_steps] == [("next", ["c"])]


def test_a_called_process_that_ends_early_hands_over_nothing_known() -> None:
    inner = diagram(
        start(), user("try"), choice("x", "on"), terminate(), duty("d", "d"), end(), flow("s", "try"),
        flow("try", "x"), flow("x", "t", "enough == true"), flow("x", "d", key="on"), flow("d", "e"), process="q",
    )  # fmt: skip
    spec = spec_of(diagram(start(), call("ask", "q", EACH), user("sum"), end(), chain("s", "ask", "sum", "e")), inner)
    office = Office(duties={"d": {"opinion": "yes"}})
    run = Run.start(spec, office.asked, {"reviewers": ["gp", "nurse"]})
    complete(run, "try", enough=True)
    run = saved_and_resumed(run, spec, office)
    complete(run, "try")
    assert run.outcome().open_steps[0].data["opinions"] == [None, "yes"]


@pytest.mark.parametrize("one_by_one", [False, True])
def test_item_and_result_belong_to_each_instance_whatever_was_called_like_them_before(one_by_one: bool) -> None:
    each = for_each("reviewers", "reviewer", "opinions", "opinion", one_by_one)
    spec = spec_of(diagram(start(), user("ask", each), user("sum"), end(), chain("s", "ask", "sum", "e")))
    office = Office()
    run = Run.start(spec, office.asked, {"reviewers": ["gp", "ot"], "reviewer": "nurse", "opinion": "old"})
    for reviewer in ("gp", "ot"):
        step = run.outcome().open_steps[0]
        assert step.data["reviewer"] == reviewer
        assert "opinion" not in step.data
        run = saved_and_resumed(run, spec, office)
        complete(run, "ask", opinion=f"of {reviewer}")
    after = run.outcome().open_steps[0].data
    assert (after["opinions"], after["reviewer"], after["opinion"]) == (["of gp", "of ot"], "nurse", "old")


@pytest.mark.parametrize("one_by_one", [False, True])
def test_an_empty_item_is_an_item_too(one_by_one: bool) -> None:
    each = for_each("reviewers", "reviewer", "opinions", "opinion", one_by_one)
    spec = spec_of(diagram(start(), user("ask", each), user("sum"), end(), chain("s", "ask", "sum", "e")))
    office = Office()
    run = Run.start(spec, office.asked, {"reviewers": [None, "gp", None]})
    for opinion in ("a", "b", "c"):
        run = saved_and_resumed(run, spec, office)
        complete(run, "ask", opinion=opinion)
    assert run.outcome().open_steps[0].data["opinions"] == ["a", "b", "c"]


REPEATED = {
    "while it holds": (
        "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>stop != true</bpmn:loopCondition>"
        "</bpmn:standardLoopCharacteristics>"
    ),
    "one by one": for_each("reviewers", "reviewer", "opinions", "opinion", one_by_one=True),
}


@pytest.mark.parametrize("how", REPEATED)
def test_a_step_repeated_many_times_leaves_nothing_behind(how: str) -> None:
    spec = spec_of(diagram(start(), user("ask", REPEATED[how]), end(), chain("s", "ask", "e")))
    office = Office()
    run = Run.start(spec, office.asked, {"reviewers": list(range(50))})
    tasks, opinions = [], {"opinion": "x"}
    for _ in range(30):
        run = saved_and_resumed(run, spec, office)
        complete(run, "ask", **opinions)
        tasks.append(len(json.loads(run.outcome().state)["runs"][0]["tasks"]))
    assert set(tasks) == {tasks[0]}
