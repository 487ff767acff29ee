"""What happened to letters, one sentence for each act of the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from webapp.letters.presenters import BY_EMAIL, HOW_TOLD, recipient_words
from webapp.wording import day, lowered

Detail = Mapping[str, Any]


def _letter(what: str) -> Callable[[Detail], str]:
    def say(detail: Detail) -> str:
        title = f"Letter “{detail['letter']}”" if detail.get("letter") else "Letter"
        to = recipient_words(str(detail.get("to", "")))
        return f"{title} {f'to {to} ' if to else ''}{what}"

    return say


def _sent(detail: Detail) -> str:
    if detail.get("before"):
        return f"{_letter('was sent')(detail)} before the person’s own letter: {detail['before']}"
    if detail.get("how") == BY_EMAIL:
        return _letter("was sent by email")(detail)
    if not detail.get("how"):
        return _letter("was sent")(detail)
    to, about = str(detail.get("to", "")), lowered(str(detail.get("letter", "")))
    return f"Told {HOW_TOLD.get(str(detail['how']), '')}: {recipient_words(to)} ({about})"


def _overtaken(detail: Detail) -> str:
    return f"{_letter('is no longer needed')(detail)}: {detail.get('why', '')}"


def _another_day(detail: Detail) -> str:
    was, due = (day(date.fromisoformat(str(detail[name]))) for name in ("was", "due"))
    return f"{_letter(f'is to go by {due} instead of {was}')(detail)}: the calendar has changed"


LETTERS: Mapping[str, Callable[[Detail], str]] = {
    "letter written": _letter("was drafted"),
    "letter ready": _letter("is ready to be sent"),
    "letter sent": _sent,
    "letter past its day": _letter("should have gone by now"),
    "letter waits to be checked again": _letter("waits to be checked again"),
    "letter withheld": _letter("was held back"),
    "letter overtaken": _overtaken,
    "letter given another day": _another_day,
    "letter held": _letter("waits until the person is home"),
    "letter says what happened since": _letter("says now what happened since"),
    "letter text changed": _letter("was reworded"),
}
