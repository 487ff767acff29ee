"""How the form speaks of a question when something about its answer is missing or wrong."""

from __future__ import annotations

import re

from forms.circumstances import Settings
from forms.conditions import SETTING
from forms.definition import Question
from forms.kinds import KINDS

_ASKING = re.compile(
    r"(who|what|why|how|when|where|which|whose|is|are|was|were|has|have|had|do|does|did|can|could|may|will)\b", re.I
)
_OWN_ARTICLE = re.compile(r"(a|an|the|your|their|any|other|this|that|each|all)\b", re.I)
_CHOSEN = frozenset({"radios", "select", "checkboxes"})
_NUMBER = re.compile(rf"\{{{SETTING}\.(\w+)\}}")


def subject(question: Question) -> str:
    """The beginning of a sentence about the answer: "Date of birth", or "Your answer to “Any falls?”"."""
    return f"Your answer to “{question.label}”" if _asks(question) else question.label


def demand(question: Question) -> str:
    """What to do when the answer is missing: the form's own words, else "Enter the date of birth"."""
    if question.required_message:
        return question.required_message
    if question.kind == "bool":
        return f"Confirm: {lowered(question.label)}"
    if question.kind in ("group", "repeating", "instrument") or _asks(question):
        return f"Answer “{question.label}”"
    if question.kind == "file":
        return f"Choose a file for {with_article(question.label)}"
    verb = "Select" if KINDS[question.kind].widget in _CHOSEN else "Enter"
    return f"{verb} {with_article(question.label)}"


def with_article(label: str) -> str:
    """The label inside a sentence: "the date of birth", "any other needs"."""
    return lowered(label) if _OWN_ARTICLE.match(label) else f"the {lowered(label)}"


def lowered(label: str) -> str:
    """The label without its capital, unless it opens with an abbreviation such as NHS or a name such as PHQ-2."""
    first = label.split(" ", 1)[0]
    return label if re.search(r"[A-Z0-9]", first[1:]) else label[:1].lower() + label[1:]


def filled_in(sentence: str, settings: Settings) -> str:
    """The sentence with the programme's numbers in it: "more than {setting.override_days} days away"."""
    return _NUMBER.sub(lambda found: f"{settings[found[1]]:g}" if found[1] in settings else "so many", sentence)


def _asks(question: Question) -> bool:
    return question.label.endswith("?") or bool(_ASKING.match(question.label))
