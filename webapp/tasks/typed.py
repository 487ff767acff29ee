"""What was typed into the form of a task: read from the page, and said again to be copied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from forms import BEGUN_WITH, Form
from forms.inputs import input_id
from forms.page import Asked
from webapp.actor import desk
from webapp.sent_forms import Sent, answers, read_sent, with_own_draft
from webapp.windows import of_this_window, page_sent, place_for
from workflows.actions import drafts
from workflows.questions.left_over import left_over
from workflows.questions.task_form import TaskForm, Typed, draft_name, task_form
from workflows.questions.task_page import TaskPage


@dataclass(frozen=True)
class TypedRow:
    """One question with what was typed into it."""

    label: str
    text: str


def draft_place(task_id: UUID) -> str:
    """Name the draft that this request works on: that of its own window."""
    return place_for(of_this_window(draft_name(task_id)))


def keep_draft(task: TaskPage, raw: Typed) -> datetime:
    """Keep what a page sent as its writer's draft; returns when."""
    form = desk().forms.form(task.form_key)
    return drafts.save_draft(desk(), draft_place(task.id), form.key, form.version, raw, page_sent())


def keep_if_typed(task: TaskPage, raw: Typed | None = None) -> bool:
    """Keep what the page sent, unless it is what the page had begun with; says whether it is kept."""
    sent = raw if raw is not None else sent_answers(task, desk().forms.form(task.form_key)).raw
    found = task_form(desk(), task.id, about=draft_place(task.id))
    if found.draft_at is None and answered(sent) == answered(found.raw):
        return False
    if sent:
        keep_draft(task, sent)
    return True


def sent_answers(task: TaskPage, form: Form) -> Sent:
    """Read what the page of a task sent; files are kept with its draft."""
    if task.ended_by_me and not left_over(desk(), task.id, answers()).raw:
        # The same form a second time: there is no draft any more that a file could be kept with.
        return read_sent(form, lambda raw, files: raw)
    return read_sent(form, with_own_draft(draft_place(task.id), form))


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
    return {name: values for name, values in kept.items() if values and not name.endswith((".count", BEGUN_WITH))}


def place_of_change(form: Form, raw: Typed, added: str, removed: str) -> str:
    """Return the id of the questions to go to after a row was added or removed, or a file; "" without either."""
    name = next((each for each in (added, removed) if form.most_files(each)), added or removed.rpartition(".")[0])
    return input_id(name) if form.most_files(name) or f"{name}.count" in raw else ""


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
    if text or day:
        yield TypedRow(label, text or day)
