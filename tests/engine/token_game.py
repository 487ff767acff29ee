"""Random diagrams played by hand, without any engine: what BPMN and the house's own rules say must happen.

This is the other side of the comparison where SpiffWorkflow itself cannot be trusted. It knows
nothing of tasks, trees or saving: a token is a call of a function, and what it waits for lies in a list.
House rules: a variable is worth what was written last, wherever branches meet; the earliest timer goes off
first; a message is heard from the outside inwards; who was withdrawn meanwhile hears nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tests.engine.blocks import TAKES_OVER, Part
from tests.engine.drafting import AHEAD, MOST_ROUNDS, over, side_keys
from tests.engine.game_pieces import Asked, Data, Process, Scope, Step, Table, Then, newest, values


class Game(Table):
    """One diagram, played from its start."""

    def __init__(self, part: Part, data: Mapping[str, Any], now: datetime) -> None:
        super().__init__(now)
        self.duties: Counter[str] = Counter()
        self.result: Data | None = None
        self.ended_at: str | None = None
        top = Process(None, drawn="p", depth=0, then=self._over)
        start = {name: (value, 0) for name, value in data.items()}
        self._whole(part, start, top, "p")
        self._tidy()

    # What happens from outside

    def complete(self, asked: Asked, decisions: Mapping[str, Any]) -> None:
        self.asked.remove(asked)
        asked.then(self._written(asked.data, decisions))
        self._tidy()

    def wake(self) -> int:
        fired = 0
        while due := [one for one in self.waits if isinstance(one.what, datetime) and one.what <= self.now]:
            min(due, key=lambda one: one.what).happens({})
            self._tidy()
            fired += 1
        return fired

    def deliver(self, message: str, payload: Mapping[str, Any]) -> bool:
        listening = sorted((one for one in self.waits if one.what == message), key=lambda one: one.process.depth)
        for one in listening:
            if one in self.waits:
                one.happens(payload)
                self._tidy()
        return bool(listening)

    # Processes

    def _whole(self, part: Part, data: Data, process: Process, name: str) -> None:
        self._play(part, data, process, process, lambda result: self._end(process, over(name), result))

    def _end(self, process: Process, key: str, data: Data) -> None:
        process.ended.append(data)
        process.tokens -= 1
        self._note_end(process, key)
        if not process.tokens:
            process.gone = True
            process.then(newest(process.ended))

    def _note_end(self, process: Process, key: str) -> None:
        if process.depth == 0:
            self.ended_at = key

    def _over(self, data: Data) -> None:
        self.result = data

    # Parts

    def _play(self, part: Part, data: Data, scope: Scope, process: Process, then: Then) -> None:
        player = getattr(self, "_play_" + part.kind.replace(" ", "_"), self._step)
        player(part, data, scope, process, then)

    def _play_duty(self, part: Part, data: Data, scope: Scope, process: Process, then: Then) -> None:
        self.duties[part.key] += 1
        then(self._written(data, {part.key: (values(data).get(part.key) or 0) + 1}))

    def _play_wait(self, part: Part, data: Data, scope: Scope, process: Process, then: Then) -> None:
        self._await(AHEAD["wait"], part.key, scope, process, then, data)

    def _play_hear(self, part: Part, data: Data, scope: Scope, process: Process, then: Then) -> None:
        self._await("go", part.key, scope, process, then, data)

    def _play_first(self, part: Part, data: Data, scope: Scope, process: Process, then: Then) -> None:
        waiting = Scope(scope)
        for word, what in (("heard", "go"), ("late", AHEAD["late"])):

            def go_on(came: Data, word: str = word) -> None:
                waiting.gone = True
                self._ask(f"{part.key}_after_{word}", came, scope, process, then)

            self._await(what, f"{part.key}_{word}", waiting, process, go_on, data)

    def _play_give_up(self, part: Part, data: Data, scope: Scope, process: Process, then: Then) -> None:
        def chosen(came: Data) -> None:
            if values(came)["n"] <= 3:
                then(came)
                return
            self._note_end(process, f"{part.key}_given_up")
            process.gone = True
            process.then(came)

        self._ask(part.key, data, scope, process, chosen)

    def _play_then(self, part: Part, data: Data, scope: Scope, process: Process, then: Then) -> None:
        first, second = part.inner
        self._play(first, data, scope, process, lambda came: self._play(second, came, scope, process, then))

    def _play_either(self, part: Part, data: Data, scope: Scope, process: Process, then: Then) -> None:
        def chosen(came: Data) -> None:
            self._play(part.inner[0 if values(came)["n"] > 2 else 1], came, scope, process, then)

        self._ask(part.key, data, scope, process, chosen)

    def _play_loop(self, part: Part, data: Data, scope: Scope, process: Process, then: Then) -> None:
        def asked(came: Data) -> None:
            self._ask(part.key, came, scope, process, chosen)

        def chosen(came: Data) -> None:
            if values(came)["n"] > 2:
                self._play_loop(part, came, scope, process, then)
            else:
                then(came)

        self._play(part.inner[0], data, scope, process, asked)

    def _play_both(self, part: Part, data: Data, scope: Scope, process: Process, then: Then) -> None:
        self._fork(part.inner, data, scope, process, then)

    def _play_some(self, part: Part, data: Data, scope: Scope, process: Process, then: Then) -> None:
        def chosen(came: Data) -> None:
            ways = [one for one, least in zip(part.inner, (1, 3, 2), strict=False) if values(came)["n"] > least]
            self._fork(ways, came, scope, process, then)

        self._ask(part.key, data, scope, process, chosen)

    def _fork(self, ways: Iterable[Part], data: Data, scope: Scope, process: Process, then: Then) -> None:
        ways, arrived = list(ways), []
        if not ways:
            then(data)
            return
        process.tokens += len(ways) - 1

        def arrive(came: Data) -> None:
            arrived.append(came)
            if len(arrived) == len(ways):
                process.tokens -= len(ways) - 1
                then(newest(arrived))

        for one in ways:
            self._play(one, data, scope, process, arrive)

    # Steps, how often they are done, and what sits on their edges

    def _step(self, part: Part, data: Data, scope: Scope, process: Process, then: Then) -> None:
        step = Step(scope, around=scope, process=process, edges={})

        def leave(came: Data) -> None:
            step.gone = True
            then(came)

        for edge in part.edges:
            self._edge(part, edge, data, step, leave)
        step.edges = {
            "failed": self._taking_over(part, "failed", step, leave),
            "raised": self._beside(part, "raised", step),
        }
        _REPEATED[part.repeat](self, part, data, step, leave)

    def _edge(self, part: Part, edge: str, data: Data, step: Step, leave: Then) -> None:
        what = AHEAD.get(edge, "stop")
        happens = self._taking_over(part, edge, step, leave) if edge in TAKES_OVER else self._beside(part, edge, step)

        def heard(came: Data) -> None:
            if edge == "told":  # goes on listening
                self._await(what, side_keys(part, edge)[0], step, step.process, heard, data)
            happens(came)

        self._await(what, side_keys(part, edge)[0], step, step.process, heard, data)

    def _taking_over(self, part: Part, edge: str, step: Step, leave: Then) -> Then:
        def happens(came: Data) -> None:
            step.gone = True
            self._ask(side_keys(part, edge)[1], came, step.around, step.process, leave)

        return happens

    def _beside(self, part: Part, edge: str, step: Step) -> Then:
        side = side_keys(part, edge)[1]

        def happens(came: Data) -> None:
            step.process.tokens += 1
            self._ask(side, came, step.around, step.process, lambda last: self._end(step.process, over(side), last))

        return happens

    def _once(self, part: Part, data: Data, step: Step, done: Then) -> None:
        if part.kind == "user":
            self._ask(part.key, data, step, step.process, done)
            return
        drawn = step.process.drawn if part.kind == "inside" else part.process
        inner = Process(step, drawn=drawn, depth=step.process.depth + 1, then=done)
        if part.kind in ("failing", "raising"):
            self._try(part, data, step, inner)
        else:
            self._whole(part.inner[0], data, inner, part.process)

    def _try(self, part: Part, data: Data, step: Step, inner: Process) -> None:
        key = f"{part.key}_try"

        def tried(came: Data) -> None:
            trouble = values(came)["n"] > 3
            if trouble:
                step.edges["failed" if part.kind == "failing" else "raised"](came)
            if not trouble or part.kind == "raising":
                self._play(part.inner[0], came, inner, inner, lambda last: self._end(inner, over(key), last))

        self._ask(key, data, inner, inner, tried)

    def _for_each(self, part: Part, data: Data, step: Step, leave: Then) -> None:
        items, gathered, working = list(values(data)["items"]), [], []
        one_by_one = part.repeat == "one by one"
        own = (f"item_{part.key}", f"result_{part.key}")
        inside = {name: kept for name, kept in data.items() if name not in own}

        def begin() -> None:
            so_far = list(gathered) if one_by_one else []
            now = {**inside, f"all_{part.key}": (so_far, 0), f"item_{part.key}": (items.pop(0), 0)}
            working.append(now)
            self._once(part, now, step, done)

        def done(came: Data) -> None:
            gathered.append(values(came).get(f"result_{part.key}"))
            working.pop()
            if items and one_by_one:
                begin()
            elif not items and not working:
                leave(self._written(data, {f"all_{part.key}": gathered}))

        for _ in range(1 if one_by_one else len(items)):
            begin()

    def _twice(self, part: Part, data: Data, step: Step, leave: Then) -> None:
        so_far, left = [data], [2]

        def done(came: Data) -> None:
            so_far[0] = newest([so_far[0], came])
            left[0] -= 1
            if not left[0] or (part.repeat == "until" and values(so_far[0])["n"] > 2):
                leave(so_far[0])

        for _ in range(2):
            self._once(part, data, step, done)

    def _while(self, part: Part, data: Data, step: Step, leave: Then, rounds: int = 1) -> None:
        def done(came: Data) -> None:
            if values(came)["n"] > 2 and rounds < MOST_ROUNDS:
                self._while(part, came, step, leave, rounds + 1)
            else:
                leave(came)

        self._once(part, data, step, done)


_REPEATED = {
    "": Game._once,
    "each": Game._for_each,
    "one by one": Game._for_each,
    "twice": Game._twice,
    "until": Game._twice,
    "while": Game._while,
}
