"""The words of letters and notices: templates as files, filled with what the case knows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from sqlalchemy import select

from workflows.casework.diagram import DecisionRecord
from workflows.casework.errors import RuleBroken
from workflows.clock import LONDON, london_day
from workflows.duties.papers import answers
from workflows.duties.register import Asking

LETTERS = Path(__file__).resolve().parent.parent / "letters"


@dataclass(frozen=True)
class LetterTemplate:
    """One template: its title, whom it addresses, its text."""

    title: str
    audience: str
    text: str

    def fill(self, words: dict[str, str]) -> str:
        """Return the letter with the words in their places; a word nobody knows shows as a dash."""
        return Template(self.text).safe_substitute(_Dashes(words))


class _Dashes(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "–"


@cache
def _register(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((LETTERS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def letter_template(key: str) -> LetterTemplate:
    """Return a template by its key, such as L04p."""
    entry = _register("letters").get(key)
    if entry is None:
        raise RuleBroken(f"There is no letter template “{key}”.")
    return LetterTemplate(entry["title"], entry["audience"], _text(key))


@cache
def _text(key: str) -> str:
    return (LETTERS / f"{key}.txt").read_text(encoding="utf-8")


def notice_text(kind: str, words: dict[str, Any]) -> tuple[str, str]:
    """Return subject and body of a notice; neither ever names a person."""
    entry = _register("notices").get(kind)
    if entry is None:
        raise RuleBroken(f"There is no notice “{kind}”.")
    filled = _Dashes({name: str(value) for name, value in words.items()})
    return Template(entry["subject"]).safe_substitute(filled), Template(entry["body"]).safe_substitute(filled)


def letter_words(asking: Asking) -> dict[str, str]:
    """Return everything a letter may say about the case, in words."""
    case, person = asking.case, asking.case.person
    said, decided = answers(asking, "F01"), answers(asking, "F16")
    content = case.programme.content
    words = {
        "date": f"{asking.work.today.day} {asking.work.today:%B %Y}",
        "case_number": case.number,
        "programme_name": case.programme.name,
        "team_name": case.team.name if case.team else "",
        "person_name": person.name,
        "person_dob": f"{person.dob.day} {person.dob:%B %Y}" if person.dob else "",
        "person_address": str(person.details.get("address", "")),
        "referrer_name": said.get("referrer_name", ""),
        "coordinator_name": case.coordinator.name if case.coordinator else "",
        "coordinator_phone": content.get("phone", ""),
        "emergency_advice": content.get("emergency_advice", ""),
        "question": said.get("question", ""),
        "reasons": _reason(asking),
        "decision": str(decided.get("decision", "")).replace("_", " "),
        "what_next": decided.get("rationale", ""),
        "how_to_come_back": answers(asking, "F25").get("how_to_come_back", content.get("how_to_come_back", "")),
        "next_review": _next_review(asking),
        "signpost": answers(asking, "F03").get("signpost_note", ""),
    }
    return {name: str(value) for name, value in words.items() if value not in (None, "")}


def _next_review(asking: Asking) -> str:
    at = asking.case.next_review_at
    return "" if at is None else f"{london_day(at).day} {at.astimezone(LONDON):%B %Y}"


def _reason(asking: Asking) -> str:
    newest = asking.work.session.scalar(
        select(DecisionRecord)
        .where(
            DecisionRecord.case_id == asking.case.id, DecisionRecord.table.in_(("eligibility", "suitability_verdict"))
        )
        .order_by(DecisionRecord.id.desc())
        .limit(1)
    )
    return newest.explain if newest else ""
