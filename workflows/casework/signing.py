"""Whoever signs is who is named: a decision that one person answers for cannot be signed in another one's name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from workflows.casework.access import Actor
from workflows.casework.errors import AnswersRefused

# The question of a step that names who signs: as a colleague chosen from the list, or in words.
CHOSEN = {
    "approve_override": "approved_by",
    "record_mdt_decision": "signed_by_chair",
    "sign_assessment": "summary_done_by",
    "sign_discharge": "signed_by",
}
IN_WORDS = {"accept_case": "accepted_by"}
# What somebody signs, by form: these parts of it; none named: the whole of it.
SIGNED: dict[str, frozenset[str]] = {
    "F08": frozenset(),
    "F16": frozenset(),
    "F25": frozenset({"sign"}),
    "F27": frozenset({"release", "acceptance"}),
}


def signature(actor: Actor, step: str) -> dict[str, str]:
    """Return the answer by which somebody signs a step, by the question's name; empty where none is asked."""
    chosen = {CHOSEN[step]: str(actor.id)} if step in CHOSEN and actor.id else {}
    return chosen | ({IN_WORDS[step]: actor.name} if step in IN_WORDS else {})


def must_be_signed_by(actor: Actor, step: str, answers: Mapping[str, Any]) -> None:
    """Refuse a form that names somebody else than the person who completes it; raises AnswersRefused."""
    for question, name in signature(actor, step).items():
        if name.casefold() not in str(answers.get(question) or name).casefold():
            raise AnswersRefused({question: f"Whoever signs is who is named: give your own name, {actor.name}"})


def why_not_correct(
    actor: Actor, form_key: str, parts: Collection[str] | None, signer: str, signer_id: UUID | None
) -> str | None:
    """Say why somebody may not correct this paper: another one signed it. None where they may."""
    signed = SIGNED.get(form_key)
    if signed is None or (signed and parts and not signed & set(parts)) or actor.id == signer_id:
        return None
    return f"{signer} signed this, so only {signer} can correct it."
