"""Drawing the parts of a random diagram as BPMN."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from tests.engine.blocks import EACH, TAKES_OVER, Part
from tests.engine.drawings import (
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
    messages,
    some,
    start,
    terminate,
    together,
    user,
    waits_for_first,
)

RAISED = (
    '<bpmn:error id="failed" name="failed" errorCode="1"/><bpmn:escalation id="worse" name="worse" escalationCode="1"/>'
)
FAILS = '<bpmn:errorEventDefinition errorRef="failed"/>'
RAISES = '<bpmn:escalationEventDefinition escalationRef="worse"/>'
MORE, STOP = "n > 2", "n > 3"
SOME = ("n > 1", "n > 3", "n > 2")
MOST_ROUNDS = 3
# How long each kind of date lies ahead: an outer one may well come after an inner one.
AHEAD = {
    "overdue": timedelta(days=5),
    "reminded": timedelta(days=1),
    "wait": timedelta(days=2),
    "late": timedelta(days=4),
}
EVENTS = {
    "overdue": date("due('overdue')"),
    "taken over": hears("stop"),
    "reminded": date("due('reminded')"),
    "told": hears("stop"),
    "failed": FAILS,
    "raised": RAISES,
}


def drafted(part: Part, process: str = "p") -> list[bytes]:
    """The files of a diagram: the process around this part first, then those it calls."""
    draft = _Draft()
    return [draft.process(part, process), *draft.files]


def over(key: str) -> str:
    """The key of the end event behind the whole of a process, or of a way beside."""
    return f"{key}_over"


@dataclass
class _Draft:
    """The shapes of one scope, and the files of the processes called from it."""

    shapes: list[str] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)

    def process(self, part: Part, process: str) -> bytes:
        return diagram(self.scope(part, process), process=process, extra=messages("stop", "go") + RAISED)

    def scope(self, part: Part, name: str) -> str:
        """Everything between one start and its ends."""
        first, last = self.draw(part)
        ends = [start(f"{name}_start"), end(over(name)), flow(f"{name}_start", first), flow(last, over(name))]
        return "".join([*ends, *self.shapes])

    def draw(self, part: Part) -> tuple[str, str]:
        """The first and the last shape of a part."""
        drawer = getattr(self, "_" + part.kind.replace(" ", "_"))
        return drawer(part)  # type: ignore[no-any-return]

    def _add(self, *shapes: str) -> None:
        self.shapes += shapes

    # Steps and what sits on their edges

    def _user(self, part: Part) -> tuple[str, str]:
        self._add(user(part.key, _repetition(part)))
        return self._edged(part)

    def _call(self, part: Part) -> tuple[str, str]:
        self._add(call(part.key, part.process, _repetition(part)))
        self.files += drafted(part.inner[0], part.process)
        return self._edged(part)

    def _inside(self, part: Part) -> tuple[str, str]:
        within = _Draft()
        shapes = within.scope(part.inner[0], part.process)
        self._add(f'<bpmn:subProcess id="{part.key}">{_repetition(part)}{shapes}</bpmn:subProcess>')
        self.files += within.files
        return self._edged(part)

    def _failing(self, part: Part) -> tuple[str, str]:
        """A call that begins with a step after which it may break off."""
        return self._trying(part, f'<bpmn:endEvent id="{part.key}_try_failed">{FAILS}</bpmn:endEvent>', "failed")

    def _raising(self, part: Part) -> tuple[str, str]:
        """A call that begins with a step after which it may raise something, and goes on."""
        return self._trying(
            part,
            f'<bpmn:intermediateThrowEvent id="{part.key}_try_raised">{RAISES}</bpmn:intermediateThrowEvent>',
            "raised",
        )

    def _trying(self, part: Part, event: str, edge: str) -> tuple[str, str]:
        within, key = _Draft(), f"{part.key}_try"
        choosing, ok, merge = f"{key}_choice", f"{key}_ok", f"{key}_merge"
        first, last = within.draw(part.inner[0])
        shapes = [
            start(f"{key}_start"), user(key), choice(choosing, ok), choice(merge), end(over(key)), event,
            chain(f"{key}_start", key, choosing), flow(choosing, f"{key}_{edge}", STOP), flow(choosing, merge, key=ok),
            chain(merge, first), flow(last, over(key)), flow(f"{key}_raised", merge) if edge == "raised" else "",
        ]  # fmt: skip
        xml = diagram(*shapes, *within.shapes, process=part.process, extra=messages("stop", "go") + RAISED)
        self.files += [xml, *within.files]
        self._add(call(part.key, part.process, _repetition(part)))
        return self._edged(part, (edge, *part.edges))

    def _edged(self, part: Part, edges: tuple[str, ...] | None = None) -> tuple[str, str]:
        edges = part.edges if edges is None else edges
        away = [edge for edge in edges if edge in (*TAKES_OVER, "failed")]
        merge = f"{part.key}_merge"
        for edge in edges:
            event, side = side_keys(part, edge)
            self._add(boundary(event, part.key, EVENTS[edge], interrupting=edge in away), user(side))
            if edge in away:
                self._add(chain(event, side, merge))
            else:
                self._add(end(over(side)), chain(event, side, over(side)))
        if not away:
            return part.key, part.key
        self._add(choice(merge), flow(part.key, merge))
        return part.key, merge

    # What the house does, and what is waited for

    def _duty(self, part: Part) -> tuple[str, str]:
        self._add(duty(part.key, f"do_{part.key}").replace('"unused"', f'"{part.key}"'))
        return part.key, part.key

    def _wait(self, part: Part) -> tuple[str, str]:
        self._add(catch(part.key, date("due('wait')")))
        return part.key, part.key

    def _hear(self, part: Part) -> tuple[str, str]:
        self._add(catch(part.key, hears("go")))
        return part.key, part.key

    def _first(self, part: Part) -> tuple[str, str]:
        merge = f"{part.key}_merge"
        self._add(waits_for_first(part.key), choice(merge))
        for kind, event in (("heard", hears("go")), ("late", date("due('late')"))):
            key, side = f"{part.key}_{kind}", f"{part.key}_after_{kind}"
            self._add(catch(key, event), user(side), chain(part.key, key, side, merge))
        return part.key, merge

    def _give_up(self, part: Part) -> tuple[str, str]:
        choosing, on, given_up = f"{part.key}_choice", f"{part.key}_on", f"{part.key}_given_up"
        after = f"{part.key}_merge"
        self._add(user(part.key), choice(choosing, on), choice(after), terminate(given_up))
        self._add(flow(part.key, choosing), flow(choosing, given_up, STOP), flow(choosing, after, key=on))
        return part.key, after

    # Ways through

    def _then(self, part: Part) -> tuple[str, str]:
        (first, middle), (other, last) = (self.draw(inner) for inner in part.inner)
        self._add(flow(middle, other))
        return first, last

    def _either(self, part: Part) -> tuple[str, str]:
        asked, split, merge = part.key, f"{part.key}_split", f"{part.key}_merge"
        self._add(user(asked), choice(split, f"{split}_otherwise"), choice(merge), flow(asked, split))
        for inner, condition, key in zip(part.inner, (MORE, ""), ("", f"{split}_otherwise"), strict=True):
            first, last = self.draw(inner)
            self._add(flow(split, first, condition, key), flow(last, merge))
        return asked, merge

    def _loop(self, part: Part) -> tuple[str, str]:
        merge, asked, split, after = (f"{part.key}{what}" for what in ("_merge", "", "_split", "_after"))
        first, last = self.draw(part.inner[0])
        self._add(choice(merge), user(asked), choice(split, f"{split}_otherwise"), choice(after))
        self._add(flow(merge, first), flow(last, asked), flow(asked, split), flow(split, merge, MORE))
        self._add(flow(split, after, key=f"{split}_otherwise"))
        return merge, after

    def _both(self, part: Part) -> tuple[str, str]:
        split, join = part.key, f"{part.key}_join"
        self._add(together(split), together(join))
        for inner in part.inner:
            first, last = self.draw(inner)
            self._add(flow(split, first), flow(last, join))
        return split, join

    def _some(self, part: Part) -> tuple[str, str]:
        asked, split, join = part.key, f"{part.key}_split", f"{part.key}_join"
        nothing = f"{split}_nothing"
        self._add(user(asked), some(split).replace("/>", f' default="{nothing}"/>'), some(join), flow(asked, split))
        for inner, condition in zip(part.inner, SOME, strict=False):
            first, last = self.draw(inner)
            self._add(flow(split, first, condition), flow(last, join))
        self._add(flow(split, join, key=nothing))
        return asked, join


def side_keys(part: Part, edge: str) -> tuple[str, str]:
    """The event on the edge of a step, and the step behind it."""
    word = edge.replace(" ", "_")
    return f"{part.key}_{word}", f"{part.key}_after_{word}"


def _repetition(part: Part) -> str:
    key = part.key
    if part.repeat in EACH:
        return for_each("items", f"item_{key}", f"all_{key}", f"result_{key}", part.repeat == "one by one")
    if part.repeat in ("twice", "until"):
        stop = f"<bpmn:completionCondition>{_text(MORE)}</bpmn:completionCondition>" if part.repeat == "until" else ""
        return (
            '<bpmn:multiInstanceLoopCharacteristics isSequential="false"><bpmn:loopCardinality>2</bpmn:loopCardinality>'
            f"{stop}</bpmn:multiInstanceLoopCharacteristics>"
        )
    if part.repeat == "while":
        return (
            f'<bpmn:standardLoopCharacteristics loopMaximum="{MOST_ROUNDS}">'
            f"<bpmn:loopCondition>{_text(MORE)}</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
        )
    return ""


def _text(expression: str) -> str:
    return expression.replace(">", "&gt;")
