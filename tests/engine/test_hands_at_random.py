"""Hands laid at random on random diagrams: each is refused with a sentence, or the run goes on and is never stuck."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st

from tests.engine.blocks import MESSAGES, Block, blocks, named
from tests.engine.drafting import drafted
from tests.engine.pace import pace
from tests.engine.test_differential import START, OurRun
from workflows.engine import HandRefused, Outcome, Run

hands = st.lists(
    st.tuples(st.sampled_from(["move", "move", "again", "away", "on"]), st.integers(0, 9), st.integers(0, 30)),
    min_size=2,
    max_size=10,
)
MOST_ACTS = 60


class HandledRun(OurRun):
    """The same diagram run by the house, with an operator's hand on it."""

    def lay(self, kind: str, which: int, where: int) -> bool:
        """Lay a hand on one of the places; False when that is refused."""
        tokens = self._run.tokens()
        free = [one for one in tokens if not one.fixed]
        if not free:
            return False
        token, before = free[which % len(free)], self.stands()
        try:
            if kind == "move":
                self._run.move_on(token.id, token.targets[where % len(token.targets)][0])
            elif kind == "again":
                self._run.begin_again(token.id)
            else:
                self._run.take_away(token.id)
        except HandRefused:
            self._run = Run.resume(self.outcome.state, self._spec, self._asked)
            return False
        note(f"{kind} {token.key} {where}: {before} -> {self.stands()}")
        self._keep(self._run)
        return True

    def stands(self) -> list[str]:
        """Where it stands."""
        return [one.key for one in self._run.tokens()]


@pace(60, 5_000)
@given(block=blocks, laid=hands)
def test_a_run_on_which_hands_were_laid_is_never_stuck(block: Block, laid: list[tuple[str, int, int]]) -> None:
    run = HandledRun(drafted(named(block)), START)
    for kind, which, where in laid:
        if run.outcome.finished:
            return
        if kind == "on":
            a_step(run, which)
        else:
            run.lay(kind, which, where)
        assert alive(run), run.outcome.state
    for number in range(MOST_ACTS):
        if run.outcome.finished:
            return
        a_step(run, number)
        assert alive(run), run.outcome.state


def a_step(run: Any, number: int) -> None:
    """Somebody does something, or time goes by, or news come."""
    outcome: Outcome = run.outcome
    run.now += timedelta(minutes=1)
    if outcome.open_steps:
        run.complete(outcome.open_steps[number % len(outcome.open_steps)], {"n": number % 5})
    elif number % 2:
        run.deliver(MESSAGES[number // 2 % len(MESSAGES)], {})
    else:
        run.now += timedelta(days=20)
        run.wake()


def alive(run: Any) -> bool:
    """Whether it has ended, or somebody or something can move it on."""
    outcome: Outcome = run.outcome
    return outcome.finished or bool(outcome.open_steps or outcome.waiting)
