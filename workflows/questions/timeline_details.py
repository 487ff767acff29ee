"""What the trail keeps as codes, in the words of forms and letters: which letter, what was decided, how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forms import Catalogue
from workflows.casework.roles import named
from workflows.duties.wording import letter_title

# Where an act has an answer of a form, that form's words for it: (detail, form, question), the first that knows it.
ANSWERS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "meeting decided": (("decision", "F16", "decision"),),
    "admitted to hospital": (("planned", "F24", "planned"),),
    "left hospital": (("destination", "F24", "destination"),),
    "found after hospital": (("destination", "F24", "destination"),),
    "contact logged": (("route", "F10", "route"), ("route", "F20", "type"), ("outcome", "F10", "outcome")),
    "action updated": (("status", "F17", "status"),),
}
LETTERS = frozenset(
    {
        "letter written", "letter ready", "letter held", "letter sent", "letter withheld", "letter text changed",
        "letter waits to be checked again", "letter past its day", "letter overtaken", "letter given another day",
    }
)  # fmt: skip


def in_plain_words(
    forms: Catalogue, act: str, detail: Mapping[str, Any], names: Mapping[str, str]
) -> Mapping[str, Any]:
    """Return the details of an entry with words instead of codes; what no form knows stays as it is.

    names: what the programme calls the roles.
    """
    if act in LETTERS:
        return {**detail, "letter": letter_title(str(detail.get("template", "")), str(detail.get("to", "")))}
    said = dict(detail)
    if act == "nobody to tell":
        said["who"] = named(str(detail.get("kind", "")), names)
    if act == "contact logged":  # what came of it stands among what the entry changed
        said["outcome"] = detail.get("changed", {}).get("outcome", [""])[-1]
    for name, form, question in ANSWERS.get(act, ()):
        said[name] = labels(forms, form, question).get(str(said.get(name)), said.get(name))
    return said


def labels(forms: Catalogue, form: str, question: str) -> dict[str, str]:
    """Return what the answers to a question of a form are called, by what is kept of them."""
    asked = (one for one in forms.form(form).definition.questions if one.id == question)
    return {choice.value: choice.label for one in asked for choice in one.choices}
