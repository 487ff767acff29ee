"""One case going through one diagram, one act at a time."""

from __future__ import annotations

import pytest

from tests.engine.drawings import (
    Office,
    boundary,
    call,
    catch,
    chain,
    choice,
    complete,
    date,
    diagram,
    duty,
    end,
    flow,
    hears,
    lanes,
    messages,
    open_keys,
    saved_and_resumed,
    spec_of,
    start,
    table,
    terminate,
    together,
    user,
    waits_for_first,
)
from workflows.engine import CannotGoOn, NotPlain, Run, RunSpoilt, StepNotOpen, TooManySteps

TWO_STEPS = spec_of(diagram(start(), user("ask"), user("answer"), end(), chain("s", "ask", "answer", "e")))


def test_a_run_opens_the_first_step_with_all_that_the_diagram_says_about_it() -> None:
    spec = spec_of(
        diagram(
            lanes(gp_lead=("ask",)),
            start(),
            user("ask", properties={"form": "F03", "due": "due.ask"}),
            end(),
            chain("s", "ask", "e"),
        )
    )
    (step,) = Run.start(spec, Office().asked, {"priority": "high"}).outcome().open_steps
    assert (step.key, step.role, step.process) == ("ask", "gp_lead", "p")
    assert step.properties == {"form": "F03", "due": "due.ask"}
    assert step.documentation == "Why ask?"
    assert step.data == {"priority": "high"}


def test_a_completed_step_hands_its_decisions_to_the_next_one() -> None:
    run = Run.start(TWO_STEPS, Office().asked, {})
    complete(run, "ask", consent="yes")
    (step,) = run.outcome().open_steps
    assert (step.key, step.data) == ("answer", {"consent": "yes"})


def test_a_step_keeps_its_id_while_other_things_happen() -> None:
    spec = spec_of(
        diagram(
            start(), together("g"), user("a"), user("b"), end("e1"), end("e2"),
            chain("s", "g", "a", "e1"), chain("g", "b", "e2"),
        )
    )  # fmt: skip
    office = Office()
    run = Run.start(spec, office.asked, {})
    before = {step.key: step.id for step in run.outcome().open_steps}
    run = saved_and_resumed(run, spec, office)
    complete(run, "a")
    assert [step.id for step in run.outcome().open_steps] == [before["b"]]


def test_a_step_cannot_be_completed_twice() -> None:
    run = Run.start(TWO_STEPS, Office().asked, {})
    (step,) = run.outcome().open_steps
    run.complete(step.id, {})
    with pytest.raises(StepNotOpen):
        run.complete(step.id, {})
    assert open_keys(run) == ["answer"]


def test_a_step_that_lies_in_the_future_cannot_be_completed() -> None:
    run = Run.start(TWO_STEPS, Office().asked, {})
    run.outcome()
    future = next(task for task in run._top.tasks.values() if task.task_spec.name == "answer")
    with pytest.raises(StepNotOpen):
        run.complete(future.id.hex, {})


@pytest.mark.parametrize("step_id", ["", "no id", "0" * 32])
def test_an_unknown_step_is_not_open(step_id: str) -> None:
    with pytest.raises(StepNotOpen):
        Run.start(TWO_STEPS, Office().asked, {}).complete(step_id, {})


def test_the_end_event_reached_is_reported() -> None:
    run = Run.start(TWO_STEPS, Office().asked, {})
    complete(run, "ask")
    assert (run.outcome().finished, run.outcome().ended_at) == (False, None)
    complete(run, "answer", verdict="good")
    outcome = run.outcome()
    assert (outcome.finished, outcome.ended_at, outcome.open_steps) == (True, "e", ())
    assert outcome.data == {"verdict": "good"}


def test_what_was_passed_is_reported_in_order_with_its_kind() -> None:
    spec = spec_of(
        diagram(
            start(), user("ask"), duty("tell", "notices.tell"), table("judge", "priority"), choice("g"), end(),
            chain("s", "ask", "tell", "judge", "g", "e"),
        )
    )  # fmt: skip
    run = Run.start(spec, Office(tables={"priority": {}}).asked, {})
    step = run.outcome().open_steps[0]
    run.complete(step.id, {})
    done = run.outcome().done
    assert [(item.key, item.kind) for item in done] == [
        ("ask", "user"),
        ("tell", "service"),
        ("judge", "decision"),
        ("g", "gateway"),
        ("e", "end"),
    ]
    assert done[0].id == step.id


def test_what_was_passed_is_reported_once_but_never_lost() -> None:
    office = Office(days={"w": 1})
    spec = spec_of(
        diagram(start(), catch("w", date("due('w')")), user("a"), user("b"), end(), chain("s", "w", "a", "b", "e"))
    )
    state = Run.start(spec, office.asked, {}).outcome().state
    office.later(1)
    run = Run.resume(state, spec, office.asked)
    run.wake()
    task = next(task for task in run._top.tasks.values() if task.task_spec.name == "a")
    run.complete(task.id.hex, {})
    assert [item.key for item in run.outcome().done] == ["w", "a"]
    assert [item.key for item in run.outcome().done] == ["w", "a"]
    complete(run, "b")
    assert [item.key for item in run.outcome().done] == ["b", "e"]


def test_a_duty_is_asked_with_worked_out_parameters_and_its_answer_is_merged() -> None:
    spec = spec_of(
        diagram(
            start(), duty("d", "letters.send", template="'L0' + str(number)", to="'gp'"), user("u"), end(),
            chain("s", "d", "u", "e"),
        )
    )  # fmt: skip
    office = Office(duties={"letters.send": {"letter_sent": True}})
    run = Run.start(spec, office.asked, {"number": 3})
    assert office.calls == [("letters.send", {"template": "L03", "to": "gp"}, {"number": 3})]
    assert run.outcome().open_steps[0].data == {"number": 3, "letter_sent": True}


def test_a_duty_cannot_change_the_case_behind_the_runs_back() -> None:
    def meddle(name: str, parameters: object, data: object) -> dict[str, object]:
        data["risk"]["level"] = "low"  # type: ignore[index]
        return {}

    office = Office().asked
    asked = type(office)(call=meddle, decide=office.decide, due=office.due, now=office.now)
    spec = spec_of(diagram(start(), duty("d", "x"), user("u"), end(), chain("s", "d", "u", "e")))
    run = Run.start(spec, asked, {"risk": {"level": "high"}})
    assert run.outcome().open_steps[0].data == {"risk": {"level": "high"}}


def test_an_answer_that_cannot_be_kept_is_refused() -> None:
    spec = spec_of(diagram(start(), duty("d", "x"), end(), chain("s", "d", "e")))
    with pytest.raises(NotPlain, match="born"):
        Run.start(spec, Office(duties={"x": {"born": object()}}).asked, {})


def test_the_error_of_a_duty_reaches_the_caller_and_spoils_the_run() -> None:
    class OutOfDate(Exception):
        pass

    def fail(*_: object) -> dict[str, object]:
        raise OutOfDate("somebody was faster")

    office = Office().asked
    asked = type(office)(call=fail, decide=office.decide, due=office.due, now=office.now)
    spec = spec_of(diagram(start(), user("u"), duty("d", "x"), end(), chain("s", "u", "d", "e")))
    run = Run.start(spec, asked, {})
    with pytest.raises(OutOfDate):
        complete(run, "u")
    with pytest.raises(RunSpoilt):
        run.outcome()
    with pytest.raises(RunSpoilt):
        run.wake()


def test_a_gateway_without_a_way_on_says_so() -> None:
    spec = spec_of(
        diagram(
            start(), choice("g"), user("a"), user("b"), end(),
            chain("s", "g"), flow("g", "a", "x == 1"), flow("g", "b", "x == 2"), chain("a", "e"), chain("b", "e"),
        )
    )  # fmt: skip
    with pytest.raises(CannotGoOn, match="'g'"):
        Run.start(spec, Office().asked, {"x": 3})


def test_a_diagram_that_never_waits_is_stopped() -> None:
    spec = spec_of(
        diagram(
            start(), choice("m", "on"), duty("d", "x"), choice("g", "again"), end(),
            chain("s", "m"), flow("m", "d", key="on"), chain("d", "g"),
            flow("g", "e", "enough == true"), flow("g", "m", key="again"),
        )
    )  # fmt: skip
    with pytest.raises(TooManySteps):
        Run.start(spec, Office().asked, {})


def test_a_process_that_calls_itself_is_stopped() -> None:
    spec = spec_of(diagram(start(), call("again", "p"), end(), chain("s", "again", "e")))
    with pytest.raises(TooManySteps, match="levels deep"):
        Run.start(spec, Office().asked, {})


CALLED = diagram(start(), user("inner"), terminate("inner_end"), chain("s", "inner", "inner_end"), process="q")


def test_a_called_process_hands_its_decisions_back() -> None:
    spec = spec_of(diagram(start(), call("c", "q"), user("after"), end(), chain("s", "c", "after", "e")), CALLED)
    office = Office()
    run = saved_and_resumed(Run.start(spec, office.asked, {"x": 1}), spec, office)
    (step,) = run.outcome().open_steps
    assert (step.key, step.process, step.data) == ("inner", "q", {"x": 1})
    complete(run, "inner", y=2)
    (step,) = run.outcome().open_steps
    assert (step.key, step.process, step.data) == ("after", "p", {"x": 1, "y": 2})


def test_a_terminate_end_in_a_called_process_ends_only_that_process() -> None:
    called = diagram(
        start(), together("g"), user("stop"), user("other"), terminate("t"), end(),
        chain("s", "g", "stop", "t"), chain("g", "other", "e"), process="q",
    )  # fmt: skip
    spec = spec_of(diagram(start(), call("c", "q"), user("after"), end(), chain("s", "c", "after", "e")), called)
    run = Run.start(spec, Office().asked, {})
    complete(run, "stop")
    outcome = run.outcome()
    assert (open_keys(run), outcome.finished, outcome.ended_at) == (["after"], False, None)


def test_a_terminate_end_at_the_top_withdraws_everything_in_called_processes_too() -> None:
    spec = spec_of(
        diagram(
            start(), together("g"), user("stop"), call("c", "q"), terminate("t"), end(),
            chain("s", "g", "stop", "t"), chain("g", "c", "e"),
        ),
        CALLED,
    )  # fmt: skip
    run = Run.start(spec, Office().asked, {})
    assert open_keys(run) == ["inner", "stop"]
    complete(run, "stop")
    outcome = run.outcome()
    assert (outcome.open_steps, outcome.finished, outcome.ended_at) == ((), True, "t")


@pytest.mark.parametrize("message", ["person_died", "nobody_listens"])
def test_a_finished_run_hears_nothing(message: str) -> None:
    office = Office()
    run = Run.start(TWO_STEPS, office.asked, {})
    complete(run, "ask")
    complete(run, "answer")
    run = saved_and_resumed(run, TWO_STEPS, office)
    assert run.deliver(message, {}) is False
    assert run.wake() == 0
    assert run.outcome().finished


LIFE = spec_of(
    diagram(
        start(), call("episode", "q"), boundary("died", "episode", hears("person_died")), user("close"),
        user("after"), end(), end("e2"), chain("s", "episode", "after", "e"), chain("died", "close", "e2"),
        extra=messages("person_died"),
    ),
    diagram(
        start(), user("plan"), boundary("heard", "plan", hears("person_died"), interrupting=False),
        user("note"), end(), end("e2"), chain("s", "plan", "e"), chain("heard", "note", "e2"), process="q",
    ),
)  # fmt: skip


def test_an_interrupting_message_on_a_call_withdraws_the_steps_inside() -> None:
    office = Office()
    run = saved_and_resumed(Run.start(LIFE, office.asked, {}), LIFE, office)
    assert {event.key for event in run.outcome().waiting} == {"died", "heard"}
    assert run.deliver("person_died", {"source": "gp"}) is True
    (step,) = run.outcome().open_steps
    assert (step.key, step.data) == ("close", {"source": "gp"})


def test_a_step_withdrawn_by_a_message_does_not_hear_it() -> None:
    run = Run.start(LIFE, Office().asked, {})
    run.deliver("person_died", {})
    assert open_keys(run) == ["close"]


def test_a_message_nobody_waits_for_is_reported_and_changes_nothing() -> None:
    run = Run.start(LIFE, Office().asked, {})
    before = run.outcome()
    assert run.deliver("urgent_raised", {}) is False
    assert run.outcome().open_steps == before.open_steps


def test_a_message_that_leads_back_to_waiting_for_it_is_heard_once() -> None:
    spec = spec_of(
        diagram(
            start(), choice("m", "on"), catch("c", hears("update")), choice("g", "again"), end(),
            chain("s", "m"), flow("m", "c", key="on"), chain("c", "g"), flow("g", "e", "stop == true"),
            flow("g", "m", key="again"), extra=messages("update"),
        )
    )  # fmt: skip
    run = Run.start(spec, Office().asked, {})
    assert run.deliver("update", {"n": 1}) is True
    assert [item.key for item in run.outcome().done].count("c") == 1
    assert run.deliver("update", {"stop": True}) is True
    assert run.outcome().finished


def test_a_non_interrupting_message_opens_a_step_beside_the_one_it_came_to() -> None:
    spec = spec_of(
        diagram(
            start(), user("plan"), boundary("b", "plan", hears("update"), interrupting=False), user("read"),
            end(), end("e2"), chain("s", "plan", "e"), chain("b", "read", "e2"), extra=messages("update"),
        )
    )  # fmt: skip
    office = Office()
    run = Run.start(spec, office.asked, {})
    assert run.deliver("update", {"what": "news"}) is True
    run = saved_and_resumed(run, spec, office)
    assert open_keys(run) == ["plan", "read"]


def test_whichever_comes_first_at_an_event_gateway_takes_the_way() -> None:
    spec = spec_of(
        diagram(
            start(), waits_for_first("g"), catch("reply", hears("reply")), catch("late", date("due('w')")),
            user("read"), user("chase"), end(), chain("s", "g", "reply", "read", "e"),
            chain("g", "late", "chase", "e"), extra=messages("reply"),
        )
    )  # fmt: skip
    office = Office(days={"w": 5})
    state = Run.start(spec, office.asked, {}).outcome().state
    waiting = Run.resume(state, spec, office.asked).outcome().waiting
    assert {(event.key, event.kind) for event in waiting} == {("reply", "message"), ("late", "timer")}
    assert len({event.id for event in waiting}) == 2
    answered = Run.resume(state, spec, office.asked)
    assert answered.deliver("reply", {"said": "yes"})
    assert [(step.key, step.data) for step in answered.outcome().open_steps] == [("read", {"said": "yes"})]
    office.later(5)
    silent = Run.resume(state, spec, office.asked)
    assert silent.wake() == 1
    assert open_keys(silent) == ["chase"]
    assert silent.deliver("reply", {}) is False


@pytest.mark.parametrize("inside", [hears("m"), date("due('never asked')")])
def test_a_run_starts_at_its_start_event_whatever_kind_it_is(inside: str) -> None:
    spec = spec_of(diagram(start(inside=inside), user("u"), end(), chain("s", "u", "e"), extra=messages("m")))
    assert open_keys(Run.start(spec, Office().asked, {})) == ["u"]


def test_decisions_are_copied_and_cannot_be_changed_from_outside() -> None:
    run = Run.start(TWO_STEPS, Office().asked, {})
    goals = ["walk"]
    complete(run, "ask", goals=goals)
    goals.append("swim")
    assert run.outcome().open_steps[0].data == {"goals": ["walk"]}


@pytest.mark.parametrize("data", [{"typename": "Task"}, {"__builtins__": {}}, {"data_objects": 1}, {"Start": "x"}])
def test_variables_with_the_engines_own_names_are_harmless(data: dict[str, object]) -> None:
    office = Office()
    spec = spec_of(
        diagram(
            start(), user("u"), choice("g", "no"), user("a"), user("b"), end(), chain("s", "u", "g"),
            flow("g", "a", "x == 1"), flow("g", "b", key="no"), chain("a", "e"), chain("b", "e"),
        )
    )  # fmt: skip
    run = saved_and_resumed(Run.start(spec, office.asked, data), spec, office)
    complete(run, "u", x=1, nested=data)
    run = saved_and_resumed(run, spec, office)
    assert run.outcome().open_steps[0].data == {**data, "x": 1, "nested": data}
    assert open_keys(run) == ["a"]
