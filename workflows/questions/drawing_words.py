"""What can be named while a process is drawn, in the words of the service: forms, roles, duties, tables, times."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import Catalogue
from workflows.casework.ladder import NAMES as CLASSES
from workflows.casework.programme import ProgrammeSetting
from workflows.casework.roles import ROLE_NAMES
from workflows.check.here import this_service
from workflows.desk import Desk
from workflows.duties.register import REGISTER
from workflows.engine.documents import bpmn, read_document
from workflows.questions.process_models import must_see
from workflows.storage import runs

Entry = dict[str, Any]
_TIMES = ("due.", "wait.")
_ESCALATES = "SABC"


def drawing_words(desk: Desk) -> dict[str, list[Any]]:
    """Return everything that a step may name, by what it is: plain JSON, with a key and a name for each.

    forms: with sections and answers (and their choices); duties: with what they do and the parameters they take;
    times: the settings of the programmes that are lengths of time. Raises NotAllowed for whoever may not see it.
    """
    must_see(desk)
    with desk.looking() as session:
        release = runs.current_release(session)
        tables = sorted(runs.models_of(session, release.id, "dmn"))
        drawn = [version.xml for version in runs.models_of(session, release.id, "bpmn").values()]
        times = _times(session)
    return {
        "roles": [{"key": key, "name": name} for key, name in ROLE_NAMES.items()],
        "forms": [_form(desk.forms, key) for key in desk.forms.keys()],  # noqa: SIM118 - a catalogue is no mapping
        "duties": _duties(desk.forms),
        "tables": [{"key": key, "name": key.replace("_", " ")} for key in tables],
        "processes": _processes(drawn),
        "messages": _messages(drawn),
        "times": times,
        "classes": [{"key": key, "name": CLASSES[key]} for key in _ESCALATES],
    }


def _form(forms: Catalogue, key: str) -> Entry:
    definition = forms.form(key).definition
    return {
        "key": key,
        "name": definition.title,
        "sections": [{"key": section.key, "name": section.title} for section in definition.sections],
        "answers": [
            {
                "key": question.id,
                "name": question.label,
                "choices": [{"value": choice.value, "name": choice.label} for choice in question.choices],
            }
            for question in definition.questions
        ],
    }


def _duties(forms: Catalogue) -> list[Entry]:
    known = this_service(forms, (), ()).duties
    return [
        {
            "key": name,
            "about": REGISTER[name].about,
            "parameters": list(duty.parameters),
            "needs": list(duty.needs),
            "open": duty.open_ended,
        }
        for name, duty in sorted(known.items())
    ]


def _times(session: Session) -> list[Entry]:
    """The lengths of time of all programmes; where they differ, the values of each."""
    found: dict[str, tuple[str, list[str]]] = {}
    query = select(ProgrammeSetting.key, ProgrammeSetting.label, ProgrammeSetting.value)
    for key, label, value in session.execute(query.order_by(ProgrammeSetting.key, ProgrammeSetting.valid_from)):
        if key.startswith(_TIMES):
            found.setdefault(key, (label, []))[1].append(value)
    return [
        {"key": key, "name": label or key, "value": " or ".join(dict.fromkeys(values))}
        for key, (label, values) in found.items()
    ]


def _processes(drawn: Iterable[bytes]) -> list[Entry]:
    found = {
        process.get("id", ""): process.get("name") or process.get("id") or ""
        for xml in drawn
        for process in read_document(xml).iter(bpmn("process"))
    }
    return [{"key": key, "name": name} for key, name in sorted(found.items(), key=lambda one: one[1].casefold())]


def _messages(drawn: Iterable[bytes]) -> list[str]:
    return sorted({one.get("name", "") for xml in drawn for one in read_document(xml).iter(bpmn("message"))} - {""})
