"""The rungs of a ladder in sentences, and what differs between two ladders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from webapp.ladder_words import whom_words
from workflows.casework.ladder import DUE, NAMES, NOBODY, PACES, PLACES, SEEN, Ladder, Rung
from workflows.casework.ways import TEXT
from workflows.durations import Duration, DurationError

ABOUT = {
    "S": "What may harm somebody if it is left.",
    "A": "What a person, or somebody who refers them, was told to expect.",
    "B": "Work of the team that nobody outside waits for.",
    "C": "What can wait.",
    "review": "Reviews of a plan, whatever else their class would say.",
}


@dataclass(frozen=True)
class Told:
    """A rung in words: when, and what happens then."""

    name: str
    when: str
    what: str


@dataclass(frozen=True)
class Section:
    """A ladder of one class."""

    key: str
    title: str
    about: str
    rungs: Sequence[Told]


def sections(ladder: Ladder) -> list[Section]:
    """Say every ladder of a table, class by class."""
    return [Section(key, title, ABOUT[key], [told(one) for one in ladder.of(key)]) for key, title in NAMES.items()]


def told(rung: Rung) -> Told:
    """Say a rung."""
    return Told(rung.name, when_words(rung.when, rung.only), what_words(rung))


def when_words(when: str, only: str = "") -> str:
    """Say when a rung comes: 1 working day before it is due."""
    only_words = ", if it was asked on that same day" if only else ""
    if when == DUE:
        return "When it is due" + only_words
    if when.endswith("%"):
        return f"When {when} of its time is used" + only_words
    side = "before it is due" if when.startswith("-") else "after it was due"
    return f"{length_words(when[1:])} {side}{only_words}"


def length_words(text: str) -> str:
    """Say a length of time; what is none is said as it stands."""
    try:
        return Duration.parse(text).words
    except DurationError:
        return text


def what_words(rung: Rung) -> str:
    """Say what happens on a rung: who is told, how, where it stands, how often again, what stops it."""
    return " ".join(_sentences(rung))


def _sentences(rung: Rung) -> Iterator[str]:
    if rung.how == NOBODY:
        yield "Nobody is written to."
    else:
        whom = whom_words(rung)
        by = ", by email or text message" if TEXT in rung.by else ""
        yield f"{whom[:1].upper()}{whom[1:]}: {PACES[rung.how]}{by}."
    if rung.shown:
        yield f"It stands {' and '.join(PLACES[one] for one in rung.shown)}."
    if rung.every:
        times = "once" if rung.times == 1 else f"{rung.times} times"
        yield f"Said again after {rung.every.words}, {times} at most."
    if rung.until == SEEN:
        yield "Not if somebody has said that they know of it."


def differences(was: Ladder, now: Ladder) -> list[str]:
    """Say what differs between two tables, a sentence for each rung."""
    before, after = ({(one.ladder, one.level): one for one in ladder.rungs} for ladder in (was, now))
    return [sentence for key in _in_order(before, after) for sentence in _difference(before.get(key), after.get(key))]


def _in_order(before: Mapping[tuple[str, int], Rung], after: Mapping[tuple[str, int], Rung]) -> list[tuple[str, int]]:
    order = list(NAMES)
    return sorted({*before, *after}, key=lambda key: (order.index(key[0]), key[1]))


def _difference(was: Rung | None, now: Rung | None) -> Iterator[str]:
    one = now or was
    if was == now or one is None:
        return
    place = f"{NAMES[one.ladder]}, {one.name}"
    if was is None:
        yield f"{place} is new: {_whole(one)}"
    elif now is None:
        yield f"{place} is gone. It was: {_whole(one)}"
    else:
        yield f"{place}: {_whole(now)} Before: {_whole(was)}"


def _whole(rung: Rung) -> str:
    said = told(rung)
    return f"{said.when[:1].lower()}{said.when[1:]}. {said.what}"
