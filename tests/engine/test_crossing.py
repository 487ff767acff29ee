"""A running case goes over to another release of its diagram: what comes along, what needs a choice, what stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.engine.drawings import (
    MONDAY,
    Office,
    asked_anew,
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
    spec_of,
    start,
    together,
    user,
    waits_for_first,
)
from workflows.engine import CannotMove, Obstacle, Run

DAYS = {"late": 3, "later": 10, "answer": 5}
HEARS = messages("reply", "stop")


class Case:
    """A run of one drawing that is to go over to another."""

    def __init__(self, *files: bytes, **data: object) -> None:
        self.office = Office(days=DAYS)
        self.spec = spec_of(*files)
        self.run = Run.start(self.spec, self.office.asked, data)

    def done(self, *keys: str, **decisions: object) -> Case:
        """After these steps are completed, one after the other."""
        for key in keys:
            complete(self.run, key, **decisions)
        return self

    def moves(self, *files: bytes, **instead: str) -> Case:
        """It goes over, with these choices."""
        after = spec_of(*files, release="r2")
        self.run = Run.move(self.run.outcome().state, self.spec, after, self.office.asked, instead)
        self.spec = after
        return self

    def hindered(self, *files: bytes, **instead: str) -> tuple[Obstacle, ...]:
        """What is in the way."""
        with pytest.raises(CannotMove) as refused:
            self.moves(*files, **instead)
        return refused.value.prospect.obstacles

    @property
    def open(self) -> list[str]:
        return open_keys(self.run)

    @property
    def waits(self) -> dict[str, object]:
        """What is waited for, with its date or message."""
        return {one.key: one.due_at or one.message for one in self.run.outcome().waiting}


def line(*keys: str, edges: str = "", more: str = "") -> bytes:
    """Steps for people, one after the other, and what stands at their edges."""
    steps = "".join(user(key) for key in keys)
    return diagram(start(), steps, edges, more, end(), chain("s", *keys, "e"), extra=HEARS)


def beside(*keys: str, after: str = "") -> bytes:
    """Steps side by side, and one after all are done."""
    ways = "".join(chain("g", key, "j") for key in keys)
    return diagram(
        start(), together("g"), *map(user, keys), together("j"), user("sum_up"), end(), user(after) if after else "",
        chain("s", "g"), ways, chain("j", *([after] if after else []), "sum_up", "e"),
    )  # fmt: skip


def late(key: str, on: str, rule: str = "due('late')", interrupting: bool = False) -> str:
    """A date at the edge of a step, with a step of its own."""
    return boundary(key, on, date(rule), interrupting) + user(f"{key}_look") + end(f"{key}_e") + chain(
        key, f"{key}_look", f"{key}_e"
    )  # fmt: skip


def test_steps_before_and_after_where_the_case_stands_may_change_as_they_like() -> None:
    case = Case(line("ask", "visit", "phone")).done("ask", said="yes")
    (before,) = case.run.outcome().open_steps
    case.moves(line("weigh", "visit", "write", "phone"))
    (now,) = case.run.outcome().open_steps
    assert (now.key, now.id, now.data) == ("visit", before.id, {"said": "yes"})
    assert case.run.outcome().was_open == {before.id}
    case.done("visit", "write", "phone")
    assert case.run.outcome().finished


def test_a_step_that_is_gone_needs_a_choice_and_the_new_ones_are_named_first() -> None:
    case = Case(line("ask", "visit", "phone")).done("ask")
    (gone,) = case.hindered(line("ask", "call_on", "phone"))
    assert (gone.key, gone.choices) == ("visit", ("call_on", "ask", "phone"))
    assert gone.why == "The step “visit” is no longer there."
    (before,) = case.run.outcome().open_steps
    case.moves(line("ask", "call_on", "phone"), visit="call_on")
    (now,) = case.run.outcome().open_steps
    assert (now.key, now.id) == ("call_on", before.id)
    assert case.done("call_on", "phone").run.outcome().finished


def test_a_choice_has_to_be_a_step_of_the_same_sort() -> None:
    case = Case(line("visit"))
    after = diagram(start(), duty("send", "letters.send"), user("read"), end(), chain("s", "send", "read", "e"))
    (wrong,) = case.hindered(after, visit="send")
    assert wrong.why == "The step “visit” is no longer there, and “send” is no step for a person."
    (wrong,) = case.hindered(after, visit="nowhere")
    assert wrong.why == "The step “visit” is no longer there, and “nowhere” is not there either."
    (changed,) = case.hindered(
        diagram(start(), duty("visit", "letters.send"), user("read"), end(), chain("s", "visit", "read", "e"))
    )
    assert changed.why == "The step “visit” has changed: it is no step for a person any more, or works in another way."


def test_a_half_filled_join_keeps_who_has_come_and_what_they_decided() -> None:
    case = Case(beside("gp", "nurse")).done("gp", gp_says="rest")
    case.moves(beside("gp", "nurse", after="write"))
    assert case.open == ["nurse"]
    case.done("nurse", nurse_says="walk")
    assert case.open == ["write"]
    assert case.run.outcome().data == {"gp_says": "rest", "nurse_says": "walk"}


def test_a_branch_that_has_come_to_a_join_skips_what_was_drawn_before_it() -> None:
    case = Case(beside("gp", "nurse")).done("gp", gp_says="rest")
    after = diagram(
        start(), together("g"), user("gp"), user("nurse"), user("check"), together("j"), user("sum_up"), end(),
        chain("s", "g", "gp", "check", "j", "sum_up", "e"), chain("g", "nurse", "j"),
    )  # fmt: skip
    case.moves(after).done("nurse")
    assert case.open == ["sum_up"]
    assert case.run.outcome().data == {"gp_says": "rest"}


def test_a_branch_whose_step_was_renamed_after_it_was_done_needs_a_choice() -> None:
    case = Case(beside("gp", "nurse")).done("gp", gp_says="rest")
    (way,) = case.hindered(beside("doctor", "nurse"))
    assert way.why == "A branch waits at “j”, and the way from “gp” no longer leads there."
    assert way.choices == ("doctor", "nurse")
    assert case.moves(beside("doctor", "nurse"), gp="doctor").done("nurse").open == ["sum_up"]


def test_a_join_that_would_wait_for_a_branch_never_begun_keeps_the_case_where_it_is() -> None:
    for done in ((), ("gp",)):
        (stuck,) = Case(beside("gp", "nurse")).done(*done).hindered(beside("gp", "nurse", "carer"))
        assert stuck.choices == ()
        assert stuck.why == "At “j” the case would wait for ever for a branch by “carer”, which it never began."


def test_a_way_back_past_a_join_that_cannot_fill_does_not_fill_it() -> None:
    def again_and_again(inside: str) -> bytes:
        return diagram(
            start(), choice("again"), together("g"), user("gp"), user("nurse"), inside, together("j"), end(),
            choice("x", "on"), chain("s", "again", "g", "nurse", "j", "x"), flow("x", "again", "more"),
            flow("x", "e", key="on"),
        )  # fmt: skip

    before = again_and_again(chain("g", "gp", "j"))
    carer = together("g2") + together("j2") + user("carer") + chain("g2", "carer", "j2")
    stuck = Case(before).hindered(again_and_again(carer + chain("g", "g2", "gp", "j2", "j")))
    assert "At “j2” the case would wait for ever for a branch by “carer”, which it never began." in [
        one.why for one in stuck
    ]


def test_a_branch_that_waits_for_nobody_who_could_come_keeps_the_case_where_it_is() -> None:
    case = Case(beside("gp", "nurse")).done("gp")
    after = diagram(
        start(), together("g"), *map(user, ("gp", "nurse", "carer")), together("j"), user("sum_up"), end(), end("e2"),
        chain("s", "g", "gp", "j", "sum_up", "e"), chain("g", "carer", "j"), chain("g", "nurse", "e2"),
    )  # fmt: skip
    assert [one.key for one in case.hindered(after)] == ["j"]


def test_a_fault_that_the_old_diagram_has_as_well_keeps_no_case() -> None:
    def drawn(after: str) -> bytes:
        return diagram(
            start(), choice("x", "no"), user("gp"), user("nurse"), together("j"), user(after), end(), chain("s", "x"),
            flow("x", "gp", "known"), flow("x", "nurse", key="no"), chain("gp", "j"), chain("nurse", "j", after, "e"),
        )  # fmt: skip

    assert Case(drawn("sum_up")).moves(drawn("write")).open == ["nurse"]


def test_branches_may_come_together_before_an_end_or_where_they_did_before() -> None:
    def drawn(*before_the_end: str) -> bytes:
        ways = chain("g", "gp", "m") + chain("g", "nurse", "m", *before_the_end, "e")
        return diagram(start(), together("g"), *map(user, ("gp", "nurse", *before_the_end)), choice("m"), end(),
                       chain("s", "g"), ways)  # fmt: skip

    assert Case(beside("gp", "nurse")).moves(drawn()).open == ["gp", "nurse"]
    assert Case(drawn("write")).moves(drawn("write", "read")).open == ["gp", "nurse"]


def test_a_join_that_expects_nobody_else_lets_the_case_go_on_at_once() -> None:
    case = Case(beside("gp", "nurse")).done("gp")
    after = diagram(
        start(), together("g"), user("gp"), user("nurse"), together("j"), user("sum_up"), end(), end("e2"),
        chain("s", "g", "gp", "j", "sum_up", "e"), chain("g", "nurse", "e2"),
    )  # fmt: skip
    assert case.moves(after).open == ["nurse", "sum_up"]


def test_two_branches_that_would_now_do_a_step_twice_keep_the_case_where_it_is() -> None:
    case = Case(beside("gp", "nurse"))
    (twice,) = case.hindered(line("gp", "nurse", "sum_up"))
    assert twice.choices == ()
    assert twice.why == "“nurse” would be done twice: two branches of the case come to it now."


def test_a_clock_that_runs_goes_on_and_a_new_one_begins_by_its_rule() -> None:
    case = Case(line("visit", edges=late("reminded", "visit")))
    case.office.later(1)
    case.moves(line("visit", edges=late("reminded", "visit", "due('later')") + late("told", "visit", "due('later')")))
    assert case.waits == {"reminded": MONDAY + timedelta(days=3), "told": MONDAY + timedelta(days=11)}
    case.office.later(3)
    assert case.run.wake() == 1
    assert case.open == ["reminded_look", "visit"]
    assert case.done("visit", "reminded_look").run.outcome().finished


def test_a_first_clock_at_a_step_begins_with_the_move() -> None:
    case = Case(line("visit"), who="Ada").moves(line("visit", edges=late("reminded", "visit", interrupting=True)))
    assert case.waits == {"reminded": MONDAY + timedelta(days=3)}
    case.office.later(4)
    assert case.run.wake() == 1
    assert case.open == ["reminded_look"]
    assert case.run.outcome().data == {"who": "Ada"}


def test_a_clock_that_has_rung_does_not_ring_again() -> None:
    drawn = line("visit", edges=late("reminded", "visit"))
    case = Case(drawn)
    case.office.later(4)
    case.run.wake()
    case.done("reminded_look").moves(drawn)
    assert (case.open, case.waits) == (["visit"], {})
    assert case.moves(line("come", edges=late("reminded", "come")), visit="come").waits == {}


def test_a_clock_of_the_step_that_is_chosen_instead_begins_although_it_was_drawn_before() -> None:
    case = Case(line("visit", "confirm", edges=late("reminded", "visit"))).done("visit")
    case.moves(line("visit", edges=late("reminded", "visit")), confirm="visit")
    assert (case.open, case.waits) == (["visit"], {"reminded": MONDAY + timedelta(days=3)})


@pytest.mark.parametrize("gone", [line("visit"), line("visit", "phone", edges=late("reminded", "phone"))])
def test_a_clock_that_is_gone_is_not_lost_in_silence(gone: bytes) -> None:
    case = Case(line("visit", edges=late("reminded", "visit")))
    (lost,) = case.hindered(gone)
    assert (lost.why, lost.may_go) == ("The date “reminded” is no longer there.", True)
    case.moves(gone, reminded="")
    assert (case.open, case.waits) == (["visit"], {})


def test_a_clock_may_go_on_under_another_key_at_the_edge_of_its_step() -> None:
    case = Case(line("visit", edges=late("reminded", "visit")))
    case.office.later(1)
    (lost,) = case.hindered(line("visit", "phone", edges=late("told", "visit") + late("other", "phone")))
    assert lost.choices == ("told",)
    case.moves(line("visit", "phone", edges=late("told", "visit") + late("other", "phone")), reminded="told")
    assert case.waits == {"told": MONDAY + timedelta(days=3)}


def test_what_begins_beside_a_step_goes_on_when_its_beginning_is_no_longer_drawn() -> None:
    case = Case(line("visit", edges=late("reminded", "visit") + late("told", "visit", "due('later')")))
    case.office.later(4)
    case.run.wake()
    after = diagram(
        start(), choice("x", "no"), user("visit"), boundary("told", "visit", date("due('late')")), user("told_look"),
        user("reminded_look"), choice("m"), end(), chain("s", "x"), flow("x", "reminded_look", "known"),
        flow("x", "visit", key="no"), chain("reminded_look", "m"), chain("told", "told_look", "m"),
        chain("visit", "m", "e"),
    )  # fmt: skip
    case.moves(after)
    assert case.open == ["reminded_look", "visit"]
    case.office.later(7)
    assert case.run.wake() == 1
    assert case.open == ["reminded_look", "told_look"]


def first_of(answer: str, *others: str) -> bytes:
    events = [catch(answer, hears("reply")), *(catch(one, date(f"due('{one}')")) for one in others)]
    ways = "".join(chain("f", one, "m") for one in (answer, *others))
    return diagram(start(), waits_for_first("f"), *events, choice("m"), end(), chain("s", "f"), ways,
                   chain("m", "e"), extra=HEARS)  # fmt: skip


def test_what_comes_first_is_told_apart_by_its_key() -> None:
    case = Case(first_of("heard", "answer"))
    case.office.later(1)
    (gone,) = case.hindered(first_of("told", "answer"))
    assert (gone.key, gone.choices) == ("heard", ("told",))
    case.moves(first_of("told", "answer"), heard="told")
    assert case.waits == {"told": "reply", "answer": MONDAY + timedelta(days=5)}
    assert case.run.deliver("reply", {})
    assert case.run.outcome().finished


def test_a_date_before_which_something_else_may_come_begins_anew_only_when_it_is_new() -> None:
    case = Case(first_of("heard"))
    case.office.later(1)
    case.moves(first_of("heard", "answer"))
    assert case.waits == {"heard": "reply", "answer": MONDAY + timedelta(days=6)}
    case.moves(first_of("heard"), answer="")
    assert case.waits == {"heard": "reply"}


def test_a_date_that_tells_of_a_person_is_not_kept_any_more_once_it_is_asked_anew() -> None:
    def waiting(what: str) -> bytes:
        return diagram(start(), catch("w", what), end(), chain("s", "w", "e"))

    case = Case(waiting(date("due('late')"))).moves(waiting(asked_anew("due('late')")))
    assert "2026-11-19" not in case.run.outcome().state
    case.office.later(1)
    assert case.moves(waiting(date("due('late')"))).waits == {"w": MONDAY + timedelta(days=4)}


def calling(key: str, inside: bytes) -> tuple[bytes, bytes]:
    return diagram(start(), call(key, "inner"), user("sum_up"), end(), chain("s", key, "sum_up", "e")), inside


def inner(*keys: str, process: str = "inner") -> bytes:
    return diagram(start(), *map(user, keys), end(), chain("s", *keys, "e"), process=process)


def test_a_called_process_that_is_under_way_goes_over_with_its_caller() -> None:
    case = Case(*calling("care", inner("plan", "do"))).done("plan", plan="rest")
    (gone,) = case.hindered(*calling("care", inner("plan", "act")))
    assert (gone.process, gone.key, gone.choices) == ("inner", "do", ("act", "plan"))
    case.moves(*calling("care_for", inner("plan", "act", "see")), do="act", care="care_for")
    case.done("act", "see", "sum_up")
    assert case.run.outcome().finished
    assert case.run.outcome().data == {"plan": "rest"}


def test_a_called_process_that_is_gone_or_another_keeps_the_case_where_it_is() -> None:
    case = Case(*calling("care", inner("plan")))
    other = diagram(start(), call("care", "other"), end(), chain("s", "care", "e"))
    obstacles = case.hindered(other, inner("plan", process="other"))
    assert "“inner” is under way, and the new diagrams hold no such process." in [one.why for one in obstacles]
    assert "The process “care” has changed: it is no call of that process any more, or works in another way." in [
        one.why for one in obstacles
    ]


def repeated(inside: str, *after: str) -> bytes:
    return diagram(start(), user("ask", inside), *map(user, after), end(), chain("s", "ask", *after, "e"))


def test_a_repeated_step_goes_on_with_those_who_have_not_answered() -> None:
    drawn = for_each("people", "person", "answers", "answer")
    case = Case(repeated(drawn), people=["Ada", "Ben", "Cem"]).done("ask", answer="yes")
    case.moves(repeated(drawn, "sum_up"))
    assert case.open == ["ask", "ask"]
    case.done("ask", "ask", answer="no")
    assert case.open == ["sum_up"]
    assert case.run.outcome().data["answers"] == ["yes", "no", "no"]


def test_a_repeated_step_that_is_over_needs_no_counterpart() -> None:
    case = Case(repeated(for_each("people", "person", "answers", "answer"), "sum_up"), people=["Ada"])
    case.done("ask", answer="yes").moves(line("sum_up"))
    assert case.open == ["sum_up"]
    assert case.run.outcome().data["answers"] == ["yes"]


def test_a_step_that_is_repeated_in_another_way_keeps_the_case_where_it_is() -> None:
    case = Case(repeated(for_each("people", "person", "answers", "answer")), people=["Ada", "Ben"])
    for changed in (
        repeated(for_each("people", "person", "answers", "answer", one_by_one=True)),
        repeated(for_each("people", "person", "replies", "reply")),
        repeated(""),
    ):
        (stays,) = case.hindered(changed)
        assert stays.choices == ()
        assert stays.why.startswith("The repeated step “ask” has changed: ")


def test_a_branch_of_which_only_the_end_is_left_loses_nothing_it_decided() -> None:
    def drawn(last: str) -> bytes:
        return diagram(
            start(), together("g"), user("gp"), user("nurse"), end("e1"), end(last), chain("s", "g", "gp", "e1"),
            chain("g", "nurse", last),
        )  # fmt: skip

    case = Case(drawn("e2")).done("nurse", nurse_says="walk").moves(drawn("e3")).done("gp")
    assert case.run.outcome().finished
    assert case.run.outcome().data == {"nurse_says": "walk"}


def test_a_message_that_is_waited_for_is_heard_after_the_move() -> None:
    def drawn(after: str) -> bytes:
        return diagram(
            start(), catch("w", hears("reply")), user(after), end(), chain("s", "w", after, "e"), extra=HEARS
        )

    case = Case(drawn("read")).moves(drawn("read_it"))
    assert case.run.deliver("reply", {"said": "yes"})
    assert case.open == ["read_it"]


def test_a_finished_run_has_nothing_that_could_be_in_the_way() -> None:
    case = Case(line("ask")).done("ask", said="yes").moves(line("visit"))
    assert case.run.outcome().finished
    assert case.run.outcome().data == {"said": "yes"}


def test_a_condition_that_was_drawn_anew_is_asked_with_what_was_decided_before() -> None:
    def drawn(limit: int) -> bytes:
        return diagram(
            start(), user("ask"), choice("x", "no"), user("long"), user("short"), end(), choice("m"),
            chain("s", "ask", "x"), flow("x", "long", f"days > {limit}"), flow("x", "short", key="no"),
            chain("long", "m"), chain("short", "m", "e"),
        )  # fmt: skip

    case = Case(drawn(2), days=3).moves(drawn(5)).done("ask")
    assert case.open == ["short"]
