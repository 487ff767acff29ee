"""What differs between two tables of ladders, in words: a sentence for each rung, and its parts marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from webapp.ladder_words import listed
from webapp.programme.ladder_words import told
from workflows.casework.ladder import DUE, NAMES, NOBODY, PACES, PEOPLE, PLACES, SEEN, Ladder, Rung
from workflows.casework.ladder_changes import ADDED, CHANGED, GONE, MOVED, SAME, Pair, pairs
from workflows.casework.roles import ROLE_NAMES, in_a_sentence
from workflows.casework.ways import TEXT
from workflows.durations import Duration

KINDS = {SAME: "The same", ADDED: "Added", GONE: "Taken out", CHANGED: "Changed", MOVED: "Other number"}


@dataclass(frozen=True)
class Part:
    """A sentence about a rung; `only`: the other table does not say it."""

    text: str
    only: bool


@dataclass(frozen=True)
class Row:
    """A rung in both tables. kind: of `KINDS`; `words`: what differs."""

    kind: str
    name: str
    was: Sequence[Part]
    now: Sequence[Part]
    words: str


def differences(was: Ladder, now: Ladder) -> list[str]:
    """Say what differs between two tables, a sentence for each rung."""
    return [f"{NAMES[pair.rung.ladder]}, {_sentence(pair)}" for pair in pairs(was, now)
            if pair.kind not in (SAME, MOVED)]  # fmt: skip


def compared(was: Ladder, now: Ladder) -> list[tuple[str, list[Row]]]:
    """Put both tables side by side: the title of each ladder in which anything differs, and its rungs."""
    rows: dict[str, list[Row]] = {title: [] for title in NAMES.values()}
    for pair in pairs(was, now):
        rows[NAMES[pair.rung.ladder]].append(_row(pair))
    return [(title, theirs) for title, theirs in rows.items() if any(one.kind != KINDS[SAME] for one in theirs)]


def _row(pair: Pair) -> Row:
    was, now = _said(pair.was), _said(pair.now)
    left = tuple(Part(text, pair.kind in (CHANGED, GONE) and text not in now) for text in was)
    right = tuple(Part(text, pair.kind in (CHANGED, ADDED) and text not in was) for text in now)
    return Row(KINDS[pair.kind], _name(pair), left, right, "; ".join(_clauses(pair)) if pair.kind == CHANGED else "")


def _said(rung: Rung | None) -> tuple[str, ...]:
    if rung is None:
        return ()
    words = told(rung)
    return (f"{words.when}.", *words.sentences)


def _name(pair: Pair) -> str:
    was, now = pair.was, pair.now
    return f"{now.name}, was {was.name}" if was and now and was.level != now.level else pair.rung.name


def _sentence(pair: Pair) -> str:
    whole = " ".join(_said(pair.rung))
    if pair.kind == ADDED:
        return f"{_name(pair)} is new: {whole[:1].lower()}{whole[1:]}"
    if pair.kind == GONE:
        return f"{_name(pair)} is taken out. It was: {whole[:1].lower()}{whole[1:]}"
    return f"{_name(pair)}: {'; '.join(_clauses(pair))}."


def _clauses(pair: Pair) -> Iterator[str]:
    """Say what differs in a rung: goes to the team manager after 3 working days instead of 2."""
    was, now = pair.was, pair.now
    if was is None or now is None:
        return
    if was.whom != now.whom:
        yield _other_people(was, now)
    if was.when != now.when:
        people = _people(now.whom)
        verb = f"goes to {people}{',' * (',' in people)}" if now.whom and was.whom == now.whom else "comes"
        yield f"{verb} {_moment(now.when)} instead of {_instead(was.when, now.when)}"
    yield from _other_telling(was, now)
    yield from _other_places(was, now)
    if was.only != now.only:
        only = "only if it was asked on that same day" if now.only else "whenever it was asked"
        yield f"comes {only}"
    if (was.every, was.times) != (now.every, now.times):
        yield _other_repeat(was, now)
    if was.until != now.until:
        seen = "is left out once" if now.until == SEEN else "comes even if"
        yield f"{seen} somebody has said that they know of it"


def _people(whom: Sequence[str]) -> str:
    return listed([PEOPLE.get(one) or f"the {in_a_sentence(one, ROLE_NAMES)}" for one in whom])


def _other_people(was: Rung, now: Rung) -> str:
    added = [one for one in now.whom if one not in was.whom]
    gone = [one for one in was.whom if one not in now.whom]
    if not now.whom:
        return f"goes to nobody any more, before to {_people(was.whom)}"
    if not was.whom:
        return f"goes to {_people(now.whom)}, {PACES[now.how]}, instead of to nobody"
    if not gone and added:
        return f"goes to {_people(added)} as well"
    if gone and not added:
        return f"goes to {_people(gone)} no more"
    return f"goes to {_people(now.whom)} instead of {_people(was.whom)}"


def _moment(when: str) -> str:
    """Say when a rung comes, within a sentence: after 3 working days, 1 working day before it is due."""
    if when == DUE:
        return "when it is due"
    if when.endswith("%"):
        return f"when {when} of its time is used"
    length = Duration.parse(when[1:]).words
    return f"after {length}" if when.startswith("+") else f"{length} before it is due"


def _instead(was: str, now: str) -> str:
    """Say what a time was, as short as what it is now allows: "2" beside "after 3 working days"."""
    if was.endswith("%") and now.endswith("%"):
        return was
    if DUE in (was, now) or was.endswith("%") or now.endswith("%") or was[0] != now[0]:
        return _moment(was)
    before, after = Duration.parse(was[1:]), Duration.parse(now[1:])
    return str(before.amount) if before.unit == after.unit else _moment(was)


def _other_telling(was: Rung, now: Rung) -> Iterator[str]:
    if NOBODY in (was.how, now.how):
        return
    if was.how != now.how:
        yield f"is told {PACES[now.how]} instead of {PACES[was.how]}"
    if was.by != now.by:
        yield "may go by text message as well" if TEXT in now.by else "goes by text message no more"


def _other_places(was: Rung, now: Rung) -> Iterator[str]:
    added = listed([PLACES[one] for one in now.shown if one not in was.shown])
    gone = listed([PLACES[one] for one in was.shown if one not in now.shown])
    if added and gone:
        yield f"stands {added} instead of {gone}"
    elif added:
        yield f"stands {added}{' as well' if was.shown else ''}"
    elif gone:
        yield f"no longer stands {gone}"


def _other_repeat(was: Rung, now: Rung) -> str:
    if now.every is None:
        return "is not said again any more"
    before = f", before {_repeat(was)}" if was.every else ""
    return f"is said again {_repeat(now)}{before}"


def _repeat(rung: Rung) -> str:
    times = "once" if rung.times == 1 else f"{rung.times} times at most"
    return f"after {rung.every.words if rung.every else ''}, {times}"
