"""A form written for one test, as its JSON would be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from forms import Form, Reading
from forms.definition import Definition, DefinitionError
from forms.notation import read_definition
from forms.soundness import faults_in

TODAY = date(2026, 11, 16)


def a_question(name: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    """A question whose label is its id in words."""
    return {"id": name, "label": name.replace("_", " ").capitalize(), "kind": kind, **more}


def written(*questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The JSON of a form with one section of these questions."""
    sections = [{"key": "one", "title": "One", "fields": list(questions)}]
    return {"key": "F99", "title": "A form", "version": 1, "sections": sections, **more}


def defined(*questions: dict[str, Any], **more: Any) -> Definition:
    """The checked definition; raises DefinitionError."""
    definition = read_definition(written(*questions, **more), "a form")
    if faults := faults_in(definition):
        raise DefinitionError(faults)
    return definition


def a_form(*questions: dict[str, Any], **more: Any) -> Form:
    """A form of these questions, ready to be asked."""
    return Form(defined(*questions, **more))


def typed(**inputs: str | list[str]) -> dict[str, list[str]]:
    """What was typed: `typed(name="Ada", parts=["a", "b"])`."""
    return {name: [value] if isinstance(value, str) else value for name, value in inputs.items()}


def a_date(name: str, day: str, month: str, year: str, time: str | None = None) -> dict[str, list[str]]:
    """A date as it was typed in its parts."""
    parts = {"day": day, "month": month, "year": year} | ({} if time is None else {"time": time})
    return {f"{name}[{part}]": [text] for part, text in parts.items()}


def read(form: Form, raw: Mapping[str, list[str]], **more: Any) -> Reading:
    """Read on Monday 16 November 2026."""
    return form.read(raw, **{"today": TODAY, **more})


def answer_to(kind: str, text: str | Mapping[str, list[str]], lookups: Any = None, **question: Any) -> Any:
    """The one answer of a form with one question, or its error message."""
    form = a_form(a_question("it", kind, **question))
    raw = typed(it=text) if isinstance(text, str) else text
    reading = read(form, raw, lookups=lookups)
    return reading.errors.get("it") or reading.answers.get("it")
