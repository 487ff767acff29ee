"""A message of another system on its way into a case: what it says, and how it is kept there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from forms import Form
from workflows.actions.journey import start_process
from workflows.actions.paperwork import Origin, file_document
from workflows.actions.told_answers import as_typed
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.errors import AnswersRefused
from workflows.casework.message import Message
from workflows.desk import Work
from workflows.duties import Asking
from workflows.storage import runs
from workflows.storage.lookups import lookups_for

GOES_ON = " … (It is longer: ask its sender, or an MDT coordinator, for the whole message.)"


class Park(Exception):
    """The message cannot be delivered; the text says why, for the coordinator who will look at it."""


@dataclass(frozen=True)
class Delivery:
    """A message on its way into a case."""

    work: Work
    message: Message
    into: Case | None

    @property
    def case(self) -> Case:
        """The case that takes it."""
        if self.into is None:
            raise Park("The message names nobody.")
        return self.into

    @property
    def payload(self) -> dict[str, Any]:
        """What the message says."""
        return self.message.payload

    def taken(self) -> None:
        """Note that the case took the message."""
        self.message.deliver(self.case.id)
        self.case.happened("message taken", type=self.message.type, source=self.message.source)

    @property
    def asking(self) -> Asking:
        """What a duty is asked with that the message asks for: on behalf of the case's oldest process."""
        running = runs.running(self.work.session, self.case.id)
        if not running:
            raise Park("Nothing is running in this case.")
        return Asking(self.work, self.case, running[0], {})

    def begin(self, process: str, variables: Mapping[str, Any]) -> None:
        """Begin a process beside the case with it."""
        start_process(self.work, self.case, process, variables)
        self.taken()

    def file(
        self,
        form_key: str,
        answers: Mapping[str, Any],
        sections: Sequence[str] | None = None,
        run_id: UUID | None = None,
        *,
        cut: bool = False,
    ) -> Document:
        """Keep what the message says as a form of the case; raises AnswersRefused for what cannot be right.

        Other systems know less than people do: what they leave out is left out, what they say must be sound.
        cut: it must not wait because it is long; the form gets what it has room for, the message keeps the whole.
        """
        form, work = self.work.desk.forms.form(form_key), self.work
        said = _shortened(form, of_this_form(form, answers)) if cut else of_this_form(form, answers)
        reading = form.read(
            as_typed(form, said),
            today=work.today,
            now=work.now,
            lookups=lookups_for(work.session, self.case.programme, work.today, self.case, form),
            sections=sections,
            demonstration=work.desk.settings.demonstration,
            settings=self.case.programme.thresholds(work.today),
        )
        wrong = {name: fault for name, fault in reading.errors.items() if name.partition(".")[0] in said}
        if wrong:
            raise AnswersRefused(wrong)
        origin = Origin(sections=sections, author=self.message.source, run_id=run_id)
        return file_document(work, self.case, form, reading.answers, origin)


def _shortened(form: Form, said: Mapping[str, Any]) -> dict[str, Any]:
    room = {one.id: one.max_length for one in form.definition.questions if one.kind in {"text", "longtext"}}
    short = dict(said)
    for name, value in said.items():
        if isinstance(value, str) and (longest := room.get(name)) and len(value) > longest:
            short[name] = (value[: longest - len(GOES_ON)] + GOES_ON) if longest > len(GOES_ON) else value[:longest]
    return short


def of_this_form(form: Form, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a message says of the questions of a form."""
    known = {question.id for question in form.definition.questions}
    return {name: value for name, value in told.items() if name in known and value is not None}
