"""A state that an earlier engine saved is taken up by this one, and the case goes on to its end.

``older_state.json`` was written before repeated steps were kept as a number, and before what begins
beside a step left nothing at its edge. Never write it anew: add another beside it.
"""

from __future__ import annotations

from pathlib import Path

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
    for_each,
    hears,
    messages,
    open_keys,
    saved_and_resumed,
    some,
    spec_of,
    start,
    together,
    user,
)
from workflows.engine import Run

OLDER = Path(__file__).with_name("older_state.json")
FAILED = '<bpmn:errorEventDefinition errorRef="failed"/>'
EXTRA = '<bpmn:error id="failed" name="failed" errorCode="1"/>' + messages("stop")
WHILE = (
    "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>enough != true</bpmn:loopCondition>"
    "</bpmn:standardLoopCharacteristics>"
)


def _part(key: str, inside: str, first: str, last: str) -> bytes:
    """A called process: a start, this, an end."""
    return diagram(start(), inside, end(), chain("s", first), chain(last, "e"), process=key, extra=EXTRA)


def _files() -> list[bytes]:
    """Everything at once that a run can be in the middle of."""
    parts = {
        "asking": (user("ask", for_each("reviewers", "reviewer", "opinions", "opinion")), "ask", "ask"),
        "in_turn": (user("turn", for_each("reviewers", "asked", "turns", "said", one_by_one=True)), "turn", "turn"),
        "chasing": (user("chase", WHILE), "chase", "chase"),
        "visiting": (
            user("visit") + user("remind") + end("e2") + boundary("b", "visit", date("due('remind')"), False)
            + chain("b", "remind", "e2"), "visit", "visit",
        ),
        "meeting": (
            together("g2") + user("hear_gp") + user("hear_nurse") + together("j2")
            + chain("g2", "hear_gp", "j2") + chain("g2", "hear_nurse", "j2"), "g2", "j2",
        ),
        "some_of": (
            some("g3").replace("/>", ' default="g3_none"/>') + user("one") + user("two") + some("j3")
            + flow("g3", "one", "wanted > 0") + flow("g3", "two", "wanted > 1") + flow("g3", "j3", key="g3_none")
            + chain("one", "j3") + chain("two", "j3"), "g3", "j3",
        ),
        "letter": (catch("w", date("due('letter')")) + duty("d", "send") + chain("w", "d"), "w", "d"),
        "trying": (
            user("try") + choice("x", "well") + f'<bpmn:endEvent id="broken">{FAILED}</bpmn:endEvent>' + choice("m")
            + flow("try", "x") + flow("x", "broken", "works == false") + flow("x", "m", key="well"), "try", "m",
        ),
    }  # fmt: skip
    edges = boundary("stopped", "letter", hears("stop")) + boundary("failed_there", "trying", FAILED) + user("help")
    calls = "".join(call(key, f"p_{key}") + chain("g", key, "j") for key in parts)
    whole = diagram(
        start(), together("g"), calls, edges, together("j"), user("sum_up"), end(), choice("m"),
        chain("s", "g"), chain("stopped", "m"), chain("failed_there", "help", "m"), end("e3"), flow("m", "e3"),
        chain("j", "sum_up", "e"), extra=EXTRA,
    )  # fmt: skip
    return [whole, *(_part(f"p_{key}", *part) for key, part in parts.items())]


class _TakenUp:
    """The older state, taken up again before every act."""

    def __init__(self) -> None:
        self.office, self._spec = Office(), spec_of(*_files())
        self.office.later(2)
        self.run = Run.resume(OLDER.read_text(encoding="utf-8"), self._spec, self.office.asked)

    def complete(self, key: str, **decisions: object) -> None:
        complete(self.run, key, **decisions)
        self.run = saved_and_resumed(self.run, self._spec, self.office)


def test_all_that_is_under_way_goes_on_to_the_end() -> None:
    case = _TakenUp()
    assert open_keys(case.run) == ["ask", "ask", "chase", "hear_gp", "one", "remind", "try", "turn", "visit"]
    for key, said in (("ask", {"opinion": "no"}), ("ask", {"opinion": "maybe"}), ("turn", {"said": "third"})):
        case.complete(key, **said)
    case.complete("chase", enough=False)
    case.complete("chase", enough=True)
    for key in ("visit", "remind", "hear_gp", "one", "try"):
        case.complete(key)
    case.office.later(9)
    assert case.run.wake() == 1
    (step,) = case.run.outcome().open_steps
    assert (step.key, step.data["opinions"], step.data["turns"]) == (
        "sum_up", ["yes", "no", "maybe"], ["first", "second", "third"],
    )  # fmt: skip
    assert (step.data["tries"], step.data["nested"], step.data["deep"]) == (2, {"a": [2]}, {"x": {"y": 1}})
    case.complete("sum_up")
    assert case.run.outcome().finished


def test_what_may_break_off_still_breaks_off() -> None:
    case = _TakenUp()
    case.complete("try", works=False)
    assert case.run.deliver("stop", {})
    assert "help" in open_keys(case.run)
    assert case.run.outcome().waiting == ()
    case.complete("visit")
    assert {"visit", "try"}.isdisjoint(open_keys(case.run))
