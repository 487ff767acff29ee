"""Random diagrams made of blocks, each with one way in and one way out, and the acts that walk them.

A block says what is drawn, a part is a block with its own key. The same parts are drawn as BPMN
(drafting.py) and played by hand (token_game.py), so that what an engine does can be compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from hypothesis import strategies as st

CALLS = ("call", "inside", "failing", "raising")
JOINS = ("both", "some")
# A step may be done once, for each item of a list, a number of times, until somebody said enough, or while it holds.
EACH = ("each", "one by one")
REPEATS = (*EACH, "twice", "until", "while")
# What may sit on the edge of a step. The first two take its place, the others begin a way beside it.
TAKES_OVER = ("overdue", "taken over")
BESIDE = ("reminded", "told")
EDGES = (*TAKES_OVER, *BESIDE)


@dataclass(frozen=True)
class Block:
    """kind: what is drawn. inner: the blocks within. repeat: how often a step is done. edges: what sits on it."""

    kind: str
    inner: tuple[Block, ...] = ()
    repeat: str = ""
    edges: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """A block with a key of its own. Its other shapes and its called process are named after the key."""

    kind: str
    key: str
    inner: tuple[Part, ...] = ()
    repeat: str = ""
    edges: tuple[str, ...] = ()

    @property
    def process(self) -> str:
        """The process it calls."""
        return f"p_{self.key}"

    def every(self) -> Iterator[Part]:
        """This part and all parts within, at any depth."""
        yield self
        for part in self.inner:
            yield from part.every()


def named(block: Block) -> Part:
    """Give every block a key that no other has; complete what is called so that it can be repeated."""
    numbers = count(1)

    def name(one: Block) -> Part:
        key = f"{one.kind[0]}{next(numbers)}"
        inner = tuple(name(inner) for inner in one.inner)
        if one.kind in CALLS and one.repeat:
            inner = (_repeatable(inner[0], key, one.repeat),)
        return Part(one.kind, key, inner, one.repeat, one.edges)

    return name(block)


def _repeatable(inner: Part, key: str, repeat: str) -> Part:
    """Begin with a step for a person, so that no two at once race each other; end with what is asked for at the end."""
    last = Part("duty", f"result_{key}") if repeat in EACH else Part("user", f"{key}_last")
    return Part("then", f"{key}_all", (Part("user", f"{key}_begin"), Part("then", f"{key}_rest", (inner, last))))


# Drawing lots ---------------------------------------------------------------------------------

_repeats = st.one_of(st.just(""), st.sampled_from(REPEATS))
_edges = st.one_of(st.just(()), st.lists(st.sampled_from(EDGES), min_size=1, max_size=3, unique=True).map(tuple))
_leaves = st.one_of(
    st.just(Block("user")),
    st.builds(Block, st.just("user"), st.just(()), _repeats, _edges),
    st.sampled_from([Block(kind) for kind in ("duty", "wait", "hear", "first", "give up")]),
)


def _within(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    pair, single = st.tuples(inner, inner), st.tuples(inner)
    return st.one_of(
        st.builds(Block, st.sampled_from(["then", "either"]), pair),
        st.builds(Block, st.sampled_from(JOINS), st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Block, st.just("loop"), single),
        st.builds(Block, st.sampled_from(CALLS), single, _repeats, _edges),
    )


blocks = st.recursive(_leaves, _within, max_leaves=7)

# Acts -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """kind: "complete", "later" or "message". which: the step, or the message. number: what is answered."""

    kind: str
    which: int
    number: int


acts = st.lists(
    st.builds(Act, st.sampled_from(["complete"] * 4 + ["later", "message"] * 2), st.integers(0, 9), st.integers(0, 4)),
    min_size=3,
    max_size=18,
)
MESSAGES = ("stop", "go")
