"""The five families of rules; the first part of each rule's name says to which it belongs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from workflows.engine.outcome import Finding

FORM, SOUNDNESS, DATA, DECISION, SERVICE = "form", "soundness", "data", "decision", "service"
FAMILIES: Final = {
    FORM: "Is it drawn or written as it has to be, with nothing that would run wrongly?",
    SOUNDNESS: "Does every case come to an end, whatever way it takes?",
    DATA: "Is everything known that a way or a step asks for?",
    DECISION: "Does each table have one answer to whatever it is asked?",
    SERVICE: "Is there everything in this service that it names, and are the rules of the service kept?",
}
UNREADABLE: Final = "form.readable"


def family_of(rule: str) -> str:
    """The family a rule belongs to."""
    return rule.partition(".")[0]


def within(found: Iterable[Finding], only: Iterable[str]) -> tuple[Finding, ...]:
    """What belongs to these families, each once; that a file cannot be read is always said."""
    wanted = frozenset(only)
    return tuple(dict.fromkeys(one for one in found if family_of(one.rule) in wanted or one.rule == UNREADABLE))
