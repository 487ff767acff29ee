"""What somebody typed into a form after they had completed it themselves, for example in a second tab."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import Form
from workflows.casework.document import Document
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.questions.task_form import Typed
from workflows.storage.lookups import lookups_for

_ROW = re.compile(r"([^.]+)\.[0-9]+(?=[.\[])")  # the first row an input stands in
_SPELLING = re.compile(r"[\W_]+|(?<!\d)0+(?=\d)")  # what is no difference: "0161 4…" and "01614…", "05" and "5"


@dataclass(frozen=True)
class LeftOver:
    """The inputs whose words do not stand in the completed form, and the document in which that form is kept."""

    raw: Typed
    document_id: UUID | None


def left_over(desk: Desk, task_id: UUID, raw: Typed) -> LeftOver:
    """Compare what was typed with the form of a task that the actor completed; what only repeats it is not left over.

    Half of a sentence that was completed later is no news either: a save may still be on its way.
    """
    with desk.looking() as session:
        mine = (Document.task_id == task_id, Document.author_id == desk.actor.id)
        paper = session.scalar(select(Document).where(*mine).order_by(Document.id).limit(1))
        task = session.get(Task, task_id)
        if paper is None or task is None:
            return LeftOver(raw, None)
        said = desk.forms.form(paper.form_key, paper.form_version).inputs(paper.answers)
        form = desk.forms.form(task.form_key)
        asked = [name for name in _asked(desk, session, task, form, raw) if not name.endswith(".count")]
        new = {name for name in asked if _adds(raw[name], said.get(name, ()))}
        new = {name for name in new if not _stands_in_a_row(name, asked, raw, said)}
        rows = {name for name in raw if name.endswith(".count")}  # without them no row would be shown
        return LeftOver({name: raw[name] for name in raw if name in new | rows} if new else {}, paper.id)


def _asked(desk: Desk, session: Session, task: Task, form: Form, raw: Typed) -> Iterable[str]:
    """The inputs that count: an answer to a question that is not shown never did."""
    reading = form.read(
        raw,
        today=desk.today,
        now=desk.clock.now(),
        lookups=lookups_for(session, task.case.programme, desk.today, task.case, form),
        sections=task.sections,
        demonstration=desk.settings.demonstration,
        settings=task.case.programme.thresholds(desk.today),
    )
    shown = form.inputs(reading.answers).keys()
    return [name for name in raw if name in shown or _question(name) in reading.errors]


def _stands_in_a_row(name: str, asked: Iterable[str], raw: Typed, said: Typed) -> bool:
    """Whether the row of an input stands in the form in another place, as where a colleague's came before it."""
    found = _ROW.match(name)
    if found is None:
        return False
    row, rows = found[0], int(next(iter(said.get(f"{found[1]}.count", ())), 0))
    typed = {each.removeprefix(row): raw[each] for each in asked if each.startswith(row)}
    return any(
        not any(_adds(words, said.get(f"{found[1]}.{place}{rest}", ())) for rest, words in typed.items())
        for place in range(rows)
    )


def _question(name: str) -> str:
    """The question of an input: one box of a date belongs to the whole."""
    return name.partition("[")[0]


def _adds(typed: Iterable[str], said: Iterable[str]) -> bool:
    before = [_plain(each) for each in said]
    return any(_plain(each) not in (" ".join(before) if " " in each.strip() else before) for each in typed)


def _plain(words: str) -> str:
    return _SPELLING.sub("", words).casefold()
