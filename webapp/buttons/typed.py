"""What somebody typed into a form of the case: the answers, with chosen files kept beside the case."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import request

from forms import Form
from webapp import rescue
from webapp.actor import desk
from webapp.tasks.typed import file_questions
from workflows.actions.attachments import attach_file
from workflows.casework.errors import RuleBroken

OURS = frozenset({"confirmed", "change"})


@dataclass(frozen=True)
class Typed:
    """The inputs by name, and what was wrong with the files among them."""

    raw: dict[str, list[str]]
    faults: dict[str, str]


def typed_into(form: Form, case_id: UUID) -> Typed:
    """Read the request. A file is taken in at once, and its id travels on in its place."""
    answers = rescue.answers(request.form.to_dict(flat=False))
    raw = {name: values for name, values in answers.items() if name not in OURS}
    faults: dict[str, str] = {}
    for name, chosen in request.files.items():
        if not chosen.filename or name.rpartition(".")[2] not in file_questions(form):
            continue
        try:
            raw[name] = [str(attach_file(desk(), case_id, chosen.filename, chosen.read()))]
        except RuleBroken as fault:
            faults[name] = str(fault)
    return Typed(raw, faults)


def rows_pressed(form: Form, raw: dict[str, list[str]]) -> dict[str, list[str]] | None:
    """Return the inputs after "add another" or "remove"; None when neither was pressed."""
    pressed = {name: request.form.getlist(name) for name in ("add", "remove") if name in request.form}
    return form.apply_button({**raw, **pressed}) if pressed else None
