"""The rungs of a ladder in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from webapp.ladder_words import whom_words
from workflows.casework.ladder import DUE, NOBODY, PACES, PLACES, SEEN, Rung
from workflows.casework.ways import TEXT
from workflows.durations import Duration, DurationError


@dataclass(frozen=True)
class Told:
    """A rung in words: when, and what happens then, in sentences."""

    name: str
    when: str
    sentences: tuple[str, ...]

    @property
    def what(self) -> str:
        """What happens: who is told, how, where it stands, how often again, what stops it."""
        return " ".join(self.sentences)


def told(rung: Rung) -> Told:
    """Say a rung."""
    return Told(rung.name, when_words(rung.when, rung.only), tuple(_sentences(rung)))


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
