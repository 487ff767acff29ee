"""The text alternative of a diagram."""

from __future__ import annotations

from tests.engine.drawings import (
    boundary,
    call,
    chain,
    choice,
    date,
    diagram,
    end,
    flow,
    hears,
    lanes,
    messages,
    spec_of,
    start,
    terminate,
    user,
)

INNER = diagram(
    lanes(nurse=("visit",)),
    start("s2"),
    user("visit", properties={"also": "therapist, gp_lead"}),
    end("e2"),
    chain("s2", "visit", "e2"),
    process="q",
)
SPEC = spec_of(
    diagram(
        lanes(triage=("ask", "why")),
        end("e"), terminate("over"), user("why"), user("after"), choice("x", "no"), user("ask"), start(),
        call("care", "q"), boundary("died", "care", hears("m")),
        boundary("late", "ask", date("due('a')"), interrupting=False),
        end("told"), choice("again"), call("more", "q"),
        chain("s", "again", "ask", "x"), flow("x", "care", "risk == 'high'"), flow("x", "why", key="no"),
        flow("why", "again"), chain("care", "after", "more", "e"), chain("died", "over"), chain("late", "told"),
        extra=messages("m"),
    ),
    INNER,
)  # fmt: skip
STEPS = {step.key: step for step in SPEC.outline()}


def test_a_diagram_is_told_in_the_order_in_which_it_happens() -> None:
    told = [step.key for step in SPEC.outline()]
    assert told[:5] == ["s", "again", "ask", "x", "care"]
    assert told.index("care") < told.index("after") < told.index("more") < told.index("e")
    assert told.index("ask") < told.index("late") < told.index("told")
    assert sorted(told) == sorted(STEPS)


def test_a_called_process_follows_the_step_that_calls_it_and_is_told_once() -> None:
    told = [step.key for step in SPEC.outline()]
    assert told[told.index("care") : told.index("care") + 4] == ["care", "s2", "visit", "e2"]
    assert (STEPS["care"].calls, STEPS["more"].calls) == ("q", "q")
    assert told.count("visit") == 1


def test_each_step_says_its_kind_role_and_process() -> None:
    assert (STEPS["ask"].kind, STEPS["ask"].role, STEPS["ask"].process) == ("user", "triage", "p")
    assert (STEPS["visit"].kind, STEPS["visit"].role, STEPS["visit"].process) == ("user", "nurse", "q")
    assert (STEPS["ask"].also, STEPS["visit"].also) == ("", "therapist, gp_lead")
    kinds = {key: STEPS[key].kind for key in ("s", "x", "care", "died", "late", "over", "e")}
    assert kinds == {
        "s": "start",
        "x": "choice",
        "care": "call",
        "died": "message",
        "late": "timer",
        "over": "end of everything",
        "e": "end",
    }


def test_each_way_on_is_named() -> None:
    assert STEPS["x"].next == (("risk == 'high'", "care"), ("otherwise", "why"))
    assert STEPS["ask"].next == (("", "x"),)


def test_events_on_the_edge_are_named_with_their_step() -> None:
    assert STEPS["care"].boundary == ("died",)
    assert STEPS["ask"].boundary == ("late",)


def test_a_sub_process_is_told_inside_its_place_with_its_role() -> None:
    inside = start("s2") + user("u") + end("e2") + chain("s2", "u", "e2")
    spec = spec_of(
        diagram(
            lanes(nurse=("sub",)), start(), f'<bpmn:subProcess id="sub">{inside}</bpmn:subProcess>', end(),
            chain("s", "sub", "e"),
        )
    )  # fmt: skip
    told = spec.outline()
    assert [step.key for step in told] == ["s", "sub", "s2", "u", "e2", "e"]
    assert [step.role for step in told if step.key in ("sub", "u")] == ["nurse", "nurse"]


def test_it_is_told_once_and_kept() -> None:
    assert SPEC.outline() is SPEC.outline()
