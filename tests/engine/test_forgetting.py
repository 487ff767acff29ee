"""A run that is pruned, saved and read back at every step goes exactly like one that never was."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.engine.drawings import (
    MONDAY,
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
    terminate,
    together,
    user,
)
from workflows.engine import Run, Spec
from workflows.engine.reporting import data_of, open_steps, waiting_events

# Drawing random diagrams ----------------------------------------------------------------------

Block = tuple[Any, ...]
LEAVES = st.sampled_from([("user",), ("duty",), ("reminded",), ("overdue",), ("wait",), ("each",), ("one by one",)])


def _blocks(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    return st.one_of(
        st.tuples(st.just("then"), inner, inner),
        st.tuples(st.just("either"), inner, inner),
        st.tuples(st.just("loop"), inner),
        st.tuples(st.just("call"), inner),
    )


SEQUENTIAL = st.recursive(LEAVES, _blocks, max_leaves=5)
FORKED = st.one_of(
    SEQUENTIAL,
    st.tuples(st.just("both"), SEQUENTIAL, SEQUENTIAL),
    st.tuples(st.just("some"), SEQUENTIAL, SEQUENTIAL),
    st.tuples(st.just("then"), st.tuples(st.just("both"), SEQUENTIAL, SEQUENTIAL), SEQUENTIAL),
    st.tuples(st.just("call"), st.tuples(st.just("both"), SEQUENTIAL, st.just(("broken off",)))),
)


@dataclass
class Pen:
    """Draws blocks; every shape gets a number so that no two are alike."""

    parts: list[str] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)
    numbers: list[int] = field(default_factory=lambda: [0])

    def name(self, letter: str) -> str:
        self.numbers[0] += 1
        return f"{letter}{self.numbers[0]}"

    def draw(self, block: Block) -> tuple[str, str]:
        """The first and the last shape of the block."""
        return getattr(self, "_" + block[0].replace(" ", "_"))(*block[1:])  # type: ignore[no-any-return]

    def _user(self) -> tuple[str, str]:
        key = self.name("u")
        self.parts.append(user(key))
        return key, key

    def _duty(self) -> tuple[str, str]:
        key = self.name("d")
        self.parts.append(duty(key, "d", n="n"))
        return key, key

    def _wait(self) -> tuple[str, str]:
        key = self.name("w")
        self.parts.append(catch(key, date("due('days')")))
        return key, key

    def _each(self, one_by_one: bool = False) -> tuple[str, str]:
        key = self.name("m")
        self.parts.append(user(key, for_each("items", f"item_{key}", f"all_{key}", f"result_{key}", one_by_one)))
        return key, key

    def _one_by_one(self) -> tuple[str, str]:
        return self._each(one_by_one=True)

    def _reminded(self) -> tuple[str, str]:
        key, event, side, over = self.name("u"), self.name("b"), self.name("r"), self.name("e")
        self.parts += [user(key), boundary(event, key, date("due('days')"), interrupting=False), user(side)]
        self.parts += [end(over), chain(event, side, over)]
        return key, key

    def _overdue(self) -> tuple[str, str]:
        return self._left_by(user, date("due('days')"))

    def _broken_off(self) -> tuple[str, str]:
        inside = Pen(numbers=self.numbers)
        process = inside.whole(("then", ("user",), ("wait",)), "q")
        self.files += inside.files
        return self._left_by(lambda key: call(key, process), hears("stop"))

    def _left_by(self, step: Callable[[str], str], what: str) -> tuple[str, str]:
        key, event, side, join = self.name("u"), self.name("b"), self.name("r"), self.name("x")
        self.parts += [step(key), boundary(event, key, what), user(side), choice(join)]
        self.parts += [chain(key, join), chain(event, side, join)]
        return key, join

    def _then(self, first: Block, second: Block) -> tuple[str, str]:
        (begin, middle), (other, last) = self.draw(first), self.draw(second)
        self.parts.append(flow(middle, other))
        return begin, last

    def _either(self, first: Block, second: Block) -> tuple[str, str]:
        split, join, default = self.name("x"), self.name("x"), self.name("f")
        self.parts += [choice(split, default), choice(join)]
        for block, condition, key in ((first, "n > 2", ""), (second, "", default)):
            begin, last = self.draw(block)
            self.parts += [flow(split, begin, condition, key), flow(last, join)]
        return split, join

    def _both(self, first: Block, second: Block) -> tuple[str, str]:
        split, join = self.name("g"), self.name("g")
        self.parts += [together(split), together(join)]
        for block in (first, second):
            begin, last = self.draw(block)
            self.parts += [flow(split, begin), flow(last, join)]
        return split, join

    def _some(self, first: Block, second: Block) -> tuple[str, str]:
        split, join, default = self.name("i"), self.name("i"), self.name("f")
        self.parts += [some(split).replace("/>", f' default="{default}"/>'), some(join)]
        for block, condition, key in ((first, "n > 1", ""), (second, "n > 3", "")):
            begin, last = self.draw(block)
            self.parts += [flow(split, begin, condition, key), flow(last, join)]
        self.parts.append(flow(split, join, key=default))
        return split, join

    def _loop(self, inner: Block) -> tuple[str, str]:
        merge, split, default = self.name("x"), self.name("x"), self.name("f")
        begin, last = self.draw(inner)
        self.parts += [choice(merge), choice(split, default), flow(merge, begin), flow(last, split)]
        self.parts.append(flow(split, merge, "n > 2"))
        self._default = default
        after = self.name("x")
        self.parts += [choice(after), flow(split, after, key=default)]
        return merge, after

    def _call(self, inner: Block) -> tuple[str, str]:
        inside = Pen(numbers=self.numbers)
        process, key = inside.whole(inner, "q"), self.name("c")
        self.files += inside.files
        self.parts.append(call(key, process))
        return key, key

    def whole(self, block: Block, letter: str) -> str:
        """Draw a process around the block; gives its id."""
        process, begin, over = self.name(letter), self.name("s"), self.name("e")
        first, last = self.draw(block)
        parts = [start(begin), *self.parts, end(over), flow(begin, first), flow(last, over)]
        self.files.append(diagram(*parts, process=process, extra=messages("stop")))
        return process


# Walking them twice ---------------------------------------------------------------------------

Act = tuple[str, int, int]
ACTS = st.lists(
    st.tuples(st.sampled_from(["complete"] * 5 + ["later", "message"]), st.integers(0, 9), st.integers(0, 4)),
    min_size=3,
    max_size=14,
)


def _stock(run: Run) -> Run:
    """The same run, moved on by SpiffWorkflow's own loop and never pruned or saved."""
    top = run._top

    def settle() -> None:
        top.do_engine_steps()
        while run._mover._fire_due_timers():
            top.do_engine_steps()

    run._mover.settle = settle  # type: ignore[method-assign]  # the point of this test
    return run


def _sight(spec: Spec, run: Run) -> dict[str, Any]:
    top = run._top
    steps = sorted(
        ((step.process, step.key, json.dumps(step.data, sort_keys=True)) for step in open_steps(spec, top)), key=str
    )
    waiting = sorted((event.process, event.key, str(event.due_at)) for event in waiting_events(spec, top))
    data = json.dumps(data_of(top), sort_keys=True) if top.completed else None
    return {"steps": steps, "waiting": waiting, "finished": top.completed, "data": data}


def _act(spec: Spec, run: Run, office: Office, act: Act) -> None:
    kind, which, number = act
    if kind == "later":
        office.later(3)
        run.wake()
    elif kind == "message":
        run.deliver("stop", {"n": number})
    else:
        steps = sorted(open_steps(spec, run._top), key=lambda s: (s.process, s.key, json.dumps(s.data, sort_keys=True)))
        if steps:
            step = steps[which % len(steps)]
            run.complete(step.id, {"n": number, step.key: number, f"result_{step.key}": number})


def _office() -> Office:
    return Office(now=MONDAY, days={"days": 5}, duties={"d": {}})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(block=FORKED, acts=ACTS)
def test_pruned_saved_and_resumed_at_every_step_is_the_same_as_never(block: Block, acts: list[Act]) -> None:
    note(f"{block} {acts}")
    pen = Pen()
    process = pen.whole(block, "p")
    spec = spec_of(*pen.files, process=process)
    data = {"n": 0, "items": ["a", "b"]}
    one, other = _office(), _office()
    stock = _stock(Run.start(spec, one.asked, data))
    ours = Run.start(spec, other.asked, data)
    for act in acts:
        ours = saved_and_resumed(ours, spec, other)
        assert _sight(spec, ours) == _sight(spec, stock)
        _act(spec, stock, one, act)
        _act(spec, ours, other, act)
    assert _sight(spec, saved_and_resumed(ours, spec, other)) == _sight(spec, stock)


# What stock cannot do -------------------------------------------------------------------------


def _loop_of(inside: str, first: str, last: str) -> bytes:
    return diagram(
        start(), choice("m"), inside, choice("x", "again"), end(), flow("s", "m"), flow("m", first),
        flow(last, "x"), flow("x", "e", "stop == true"), flow("x", "m", key="again"),
    )  # fmt: skip


def test_after_three_hundred_rounds_the_step_is_found_and_the_state_is_small() -> None:
    shapes = [
        user("call"),
        duty("count", "d"),
        *(user(f"u{n}") for n in range(3)),
        chain("call", "count", "u0", "u1", "u2"),
    ]
    spec = spec_of(_loop_of("".join(shapes), "call", "u2"))
    office = Office(duties={"d": {"seen": True}})
    state = Run.start(spec, office.asked, {"case": "4711"}).outcome().state
    sizes = []
    for _ in range(300):
        for key in ("call", "u0", "u1", "u2"):
            run = Run.resume(state, spec, office.asked)
            complete(run, key, **{f"by_{key}": "nurse"})
            state = run.outcome().state
        sizes.append(len(state.encode()))
    assert open_keys(Run.resume(state, spec, office.asked)) == ["call"]
    assert max(sizes) < 16_000
    assert sizes[-1] <= sizes[10] + 20  # counters grow by a digit, nothing else grows


def test_a_join_inside_a_loop_waits_for_both_branches_in_every_round() -> None:
    inside = together("g") + user("a") + user("b") + together("j") + chain("g", "a", "j") + chain("g", "b", "j")
    spec = spec_of(_loop_of(inside, "g", "j"))
    office = Office()
    run = Run.start(spec, office.asked, {})
    for number in range(20):
        first, second = ("a", "b") if number % 2 else ("b", "a")
        complete(run, first, **{first: number})
        run = saved_and_resumed(run, spec, office)
        assert open_keys(run) == [second]
        complete(run, second, **{second: number})
        run = saved_and_resumed(run, spec, office)
        assert open_keys(run) == ["a", "b"]
        assert run.outcome().open_steps[0].data == {"a": number, "b": number}


def test_a_reminder_in_a_loop_stays_open_beside_the_next_round() -> None:
    inside = user("u") + boundary("b", "u", date("due('days')"), interrupting=False) + user("chase") + end("e2")
    spec = spec_of(_loop_of(inside + chain("b", "chase", "e2"), "u", "u"))
    office = _office()
    run = Run.start(spec, office.asked, {})
    office.later(5)
    run = saved_and_resumed(run, spec, office)
    assert run.wake() == 1
    complete(saved := saved_and_resumed(run, spec, office), "u")
    assert open_keys(saved) == ["chase", "u"]


def test_finished_branches_leave_their_decisions_behind() -> None:
    spec = spec_of(
        diagram(
            start(), together("g"), *(user(f"u{n}") + end(f"e{n}") + chain("g", f"u{n}", f"e{n}") for n in range(4)),
            flow("s", "g"),
        )
    )  # fmt: skip
    office = Office()
    run = Run.start(spec, office.asked, {})
    for number in range(4):
        complete(run, f"u{number}", **{f"k{number}": number})
        run = saved_and_resumed(run, spec, office)
    outcome = run.outcome()
    assert (outcome.finished, outcome.ended_at) == (True, "e3")
    assert outcome.data == {"k0": 0, "k1": 1, "k2": 2, "k3": 3}


def test_a_finished_run_is_only_its_result() -> None:
    spec = spec_of(diagram(start(), user("u"), terminate(), chain("s", "u", "t")))
    run = Run.start(spec, Office().asked, {"x": 1})
    complete(run, "u", y=2)
    outcome = run.outcome()
    assert len(outcome.state) < 300
    again = Run.resume(outcome.state, spec, Office().asked).outcome()
    assert (again.finished, again.ended_at, again.data, again.done) == (True, "t", {"x": 1, "y": 2}, ())


@pytest.mark.parametrize("one_by_one", [False, True])
def test_a_withdrawn_repeated_call_leaves_nothing_running(one_by_one: bool) -> None:
    each = for_each("items", "item", "all", "result", one_by_one)
    spec = spec_of(
        diagram(
            start(), call("outer", "middle"), boundary("b", "outer", hears("stop")), user("after"), end(), end("e2"),
            chain("s", "outer", "e"), chain("b", "after", "e2"), extra=messages("stop"),
        ),
        diagram(start(), call("c", "inner", each), end(), chain("s", "c", "e"), process="middle"),
        diagram(start(), user("u"), duty("d", "d"), end(), chain("s", "u", "d", "e"), process="inner"),
    )  # fmt: skip
    office = _office()
    run = Run.start(spec, office.asked, {"items": [1, 2, 3]})
    assert open_keys(run) == (["u"] if one_by_one else ["u"] * 3)
    run = saved_and_resumed(run, spec, office)
    assert run.deliver("stop", {})
    assert open_keys(run) == ["after"]
    complete(run, "after")
    assert run.outcome().finished
    assert office.calls == []
