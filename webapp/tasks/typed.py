"""What was typed into the form of a task: read from the page with its files, and said again to be copied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from flask import request

from forms import Form
from forms.definition import every_question
from forms.page import Asked
from webapp import rescue
from webapp.actor import desk
from workflows.actions import attachments
from workflows.casework.errors import RuleBroken
from workflows.questions.task_form import TaskForm, Typed
from workflows.questions.task_page import TaskPage


@dataclass(frozen=True)
class Sent:
    """What a page sent: the inputs by name, and what was wrong with its files."""

    raw: dict[str, list[str]]
    faults: dict[str, str]


@dataclass(frozen=True)
class TypedRow:
    """One question with what was typed into it."""

    label: str
    text: str


def sent_answers(task: TaskPage, form: Form) -> Sent:
    """Read the answers of the request; chosen files are kept with the case and travel on as their ids."""
    raw = rescue.answers(request.form.to_dict(flat=False))
    faults: dict[str, str] = {}
    questions = file_questions(form)
    for name in [name for name in raw if name.rpartition(".")[2] in questions]:
        raw[name] = [str(each) for each in attachments.files_of(desk(), task.case_id, _ids(raw[name]))]
    for name, chosen in request.files.items():
        if not chosen.filename or name.rpartition(".")[2] not in questions:
            continue
        content = chosen.read()
        chosen.close()
        try:
            raw[name] = [str(attachments.attach_file(desk(), task.case_id, chosen.filename, content))]
        except RuleBroken as fault:
            faults[name] = str(fault)
    return Sent(raw, faults)


def file_questions(form: Form) -> frozenset[str]:
    """Return the questions of a form that take a file."""
    return frozenset(each.id for each in every_question(form.definition.questions) if each.kind == "file")


def attached(task: TaskPage, form: Form, raw: Typed) -> dict[UUID, str]:
    """Return the files that already stand in a form, by id with their names."""
    questions = file_questions(form)
    wanted = [each for name in raw if name.rpartition(".")[2] in questions for each in _ids(raw[name])]
    return attachments.files_of(desk(), task.case_id, wanted) if wanted else {}


def said_again(found: TaskForm, raw: Typed) -> list[TypedRow]:
    """Return what was typed, question by question in the words of the form, and at the end what fits no question."""
    rows: list[TypedRow] = []
    for section in found.form.page(raw, {}, found.lookups, found.sections):
        for asked in section.asked:
            rows.extend(_rows(asked, ""))
    return [*rows, *(TypedRow(name, ", ".join(values)) for name, values in found.left_over.items())]


def answered(raw: Typed) -> dict[str, list[str]]:
    """Return the inputs in which something stands, to tell what somebody typed from what a page began with."""
    kept = {name: [value.strip() for value in values if value.strip()] for name, values in raw.items()}
    return {name: values for name, values in kept.items() if values and not name.endswith(".count")}


def row_asked_for(raw: Typed, added: str, removed: str) -> str:
    """Return the id of the set of questions to go to after a row was added or removed; "" without either."""
    name = added or removed.rpartition(".")[0]
    return name.replace(".", "-") if f"{name}.count" in raw else ""


def _rows(asked: Asked, before: str) -> Iterator[TypedRow]:
    label = before + asked.question.label
    for inner in asked.inside:
        yield from _rows(inner, f"{label}: ")
    for row in asked.rows:
        for inner in row.asked:
            yield from _rows(inner, f"{asked.question.item_label or label} {row.number}: ")
    words = {choice.value: choice.label or "Yes" for choice in asked.choices}
    text = ", ".join(words.get(value, value) for value in asked.values if value.strip())
    day = " ".join(asked.parts[part] for part in asked.part_names if asked.parts.get(part, "").strip())
    if (text or day) and asked.question.kind != "file":
        yield TypedRow(label, text or day)


def _ids(values: list[str]) -> list[UUID]:
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
