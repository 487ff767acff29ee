"""A form in use: asked on a page, read, shown, and carried to its next version."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from forms import carrying, files, inputs, joining, page, picks, reading, schema, showing
from forms.circumstances import Circumstances, KnownDays, Lookups, Raw, Settings
from forms.conditions import CASE, KNOWN_DAYS
from forms.definition import Definition, Section, every_question

_WRITING_BACK = Circumstances(today=date.max)  # turning answers into inputs asks nothing of the day


@dataclass(frozen=True)
class Form:
    """One version of a form."""

    definition: Definition

    @property
    def key(self) -> str:
        """The key of the form, such as F01."""
        return self.definition.key

    @property
    def title(self) -> str:
        """The title of the form."""
        return self.definition.title

    @property
    def version(self) -> int:
        """The version of the form; answers are kept with it."""
        return self.definition.version

    @property
    def about(self) -> str:
        """One sentence shown under the title."""
        return self.definition.about

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections in reading order."""
        return self.definition.sections

    @cached_property
    def picks_from(self) -> frozenset[str]:
        """The names of the lookups that questions of this form offer, files among them."""
        return picks.named(every_question(self.definition.questions))

    @cached_property
    def days_asked(self) -> frozenset[str]:
        """The days of the case that this form holds answers against, such as "left_hospital"."""
        return frozenset(name.removeprefix(f"{CASE}.") for name in self.definition.names if name in KNOWN_DAYS)

    def read(  # noqa: PLR0913 - what a reading depends on, each by its name
        self,
        raw: Raw,
        *,
        today: date,
        now: datetime | None = None,
        lookups: Lookups | None = None,
        sections: Collection[str] | None = None,
        demonstration: bool = False,
        settings: Settings | None = None,
        known: KnownDays | None = None,
        written: datetime | None = None,
    ) -> reading.Reading:
        """Read what was typed; never raises, whatever was sent.

        `today` is the date in London; `now` (aware) judges times to the minute. With `sections` only these are
        checked and returned: put `inputs(saved answers)` under `raw` if their conditions look at other sections.
        In a demonstration only NHS numbers from the 999 test range are taken, elsewhere none of them. `settings` are
        the programme's numbers, for conditions that ask for `setting.key`, `known` days of the case by name ("opened"),
        `written` when the form was first completed, if it is being corrected.
        """
        circumstances = Circumstances(today, now, lookups or {}, demonstration, settings or {}, known or {}, written)
        return reading.read(self.definition, raw, circumstances, sections)

    def inputs(self, answers: Mapping[str, Any]) -> dict[str, list[str]]:
        """The answers as the inputs of the page that would give them, to show or amend them there."""
        questions = self.definition.questions
        said = {name: answer for name, answer in answers.items() if answer is not None}
        return inputs.scatter(questions, schema.dump(questions, said, _WRITING_BACK))

    def show(
        self, answers: Mapping[str, Any], *, lookups: Lookups | None = None, may_see_sensitive: bool = True
    ) -> tuple[showing.ShownSection, ...]:
        """The answers in words, section by section; sensitive ones withheld from those who may not see them."""
        return showing.show(self.definition, answers, showing.Reader(lookups or {}, may_see_sensitive))

    def page(
        self,
        raw: Raw,
        errors: Mapping[str, str] | None = None,
        lookups: Lookups | None = None,
        sections: Collection[str] | None = None,
        warnings: Mapping[str, str] | None = None,
    ) -> tuple[page.AskedSection, ...]:
        """The questions as a page asks them, with what was typed, what was wrong and what is unusual."""
        return page.Page(raw, lookups or {}, errors or {}, warnings or {}).sections(self.definition, sections)

    def join(
        self,
        begun: Mapping[str, Any],
        theirs: Mapping[str, Any],
        mine: Mapping[str, Any],
        sections: Collection[str] | None = None,
    ) -> joining.Joined:
        """What I answered together with what others did since: all of us began with the same answers."""
        return joining.join(self._asked(sections), begun, theirs, mine)

    def changed(
        self, before: Mapping[str, Any], after: Mapping[str, Any], sections: Collection[str] | None = None
    ) -> frozenset[str]:
        """The ids of the questions that are answered otherwise than before."""
        return joining.changed(self._asked(sections), before, after)

    def label(self, name: str) -> str:
        """The words of the question behind an input that stands in no row."""
        asked, label = self.definition.questions, name
        for step in name.split("."):
            question = next((one for one in asked if one.id == step), None)
            if question is None:
                break
            asked, label = question.fields, question.label
        return label

    def _asked(self, sections: Collection[str] | None) -> list[Section]:
        return [section for section in self.sections if sections is None or section.key in sections]

    def apply_button(self, raw: Raw) -> dict[str, list[str]]:
        """The inputs after "add another" or "remove" was pressed; unchanged if neither was."""
        return inputs.press(self.definition.questions, raw)

    def files(self, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The files that answers name: for each the input of its question, and the id under which it is kept."""
        return list(files.files_in(self.definition.questions, answers))

    def files_typed(self, raw: Raw) -> list[str]:
        """The ids of the files that stand in a form which is not read yet."""
        return [file_id for name, ids in raw.items() if self.most_files(name) for file_id in ids if file_id]

    def most_files(self, name: str) -> int:
        """How many files may be chosen in the input of this name; 0 when it is not one for files."""
        question = inputs.file_inputs(self.definition.questions).get(inputs.without_numbers(name))
        if question is None:
            return 0
        return 1 if question.kind == "file" else question.max_items or files.MOST_FILES

    def with_files(self, raw: Raw, chosen: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """The inputs with the ids of files just chosen: beside those before, or in the place of the one before."""
        filled = {name: list(values) for name, values in raw.items()}
        for name, ids in chosen.items():
            filled[name] = [*(filled.get(name, []) if self.most_files(name) > 1 else []), *ids]
        return filled

    def carry_over(self, raw: Raw, from_version: int) -> carrying.Carried:
        """A draft of an older version in this one; what no longer fits is set aside to be shown, never lost."""
        if from_version == self.version:
            return carrying.Carried({name: list(values) for name, values in raw.items()}, {})
        return carrying.carry(self.definition.questions, raw)
