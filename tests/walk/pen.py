"""The pen: turns what a scenario says about a form into what its page would send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from forms import Form, Lookups, Question
from tests.builders.filled_forms import filled
from tests.walk import moments, scenario
from workflows.actions.paperwork import known_days
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.programme import Programme
from workflows.clock import LONDON
from workflows.storage.lookups import lookups_for

Raw = dict[str, list[str]]
KNOWN_DATES = frozenset({"dob", "on", "since"})  # days that lie further back than the act itself


@dataclass(frozen=True)
class Pen:
    """Fills in forms: the quiet case's answers, today's date, and over them what the scenario says."""

    office: Office
    programme: str

    def fill(
        self, form: Form, said: Mapping[str, Any], case_number: str = "", sections: Sequence[str] | None = None
    ) -> Raw:
        """Return the inputs of these sections of a form."""
        lookups = self.lookups(form, case_number)
        asked = {
            question.id: question
            for section in form.definition.sections
            if not sections or section.key in sections
            for question in section.fields
        }
        strangers = sorted(set(said) - set(asked))
        if strangers:
            raise AssertionError(f"{form.key} does not ask {', '.join(strangers)} here")
        meant = {name: self._meant(asked[name], value, lookups) for name, value in said.items()}
        said_today = self._today(asked) | meant
        known = self.known(form, case_number)
        raw = filled(form, today=self.office.desk().today, lookups=lookups, known=known, **said_today)
        return {name: values for name, values in raw.items() if name.partition("[")[0].partition(".")[0] in asked}

    def known(self, form: Form, case_number: str) -> Mapping[str, str]:
        """Return the days of a case before which nothing in a form may lie."""
        with self.office.desk().looking() as session:
            case = session.scalars(select(Case).where(Case.number == case_number)).first()
            return known_days(session, case, None, form.days_asked) if case else {}

    def lookups(self, form: Form, case_number: str = "") -> Lookups:
        """Return what a form offers today, for a case or for the programme."""
        desk = self.office.desk()
        with desk.looking() as session:
            case = session.scalars(select(Case).where(Case.number == case_number)).first() if case_number else None
            programme = (
                case.programme
                if case
                else session.scalars(select(Programme).where(Programme.key == self.programme)).one()
            )
            return lookups_for(session, programme, desk.today, case, form)

    def _today(self, asked: Mapping[str, Question]) -> dict[str, Any]:
        """What lies behind us happened today, unless the scenario says otherwise."""
        local = self.office.clock.now().astimezone(LONDON)
        given: dict[str, Any] = {}
        for name, question in asked.items():
            if question.kind == "file":
                given[name] = None
            elif question.past and name not in KNOWN_DATES:
                if question.kind == "date":
                    given[name] = str(local.date())
                elif question.kind == "datetime":
                    ago = timedelta(0) if question.not_before == "case.raised" else timedelta(minutes=5)
                    given[name] = (local - ago).strftime("%Y-%m-%dT%H:%M")
        return given

    def _meant(self, question: Question, value: Any, lookups: Lookups) -> Any:
        """Say a value as the page would: names become choices, "+14 days" a date, nothing an empty box."""
        if question.fields and isinstance(value, Mapping):
            return {name: self._meant(_inner(question, name), one, lookups) for name, one in value.items()}
        if question.kind == "repeating":
            return [self._meant(question, row, lookups) for row in value or []]
        if isinstance(value, list):
            return value
        return self._word(question, value, lookups)

    def _word(self, question: Question, value: str, lookups: Lookups) -> Any:
        if value == "" or (question.kind == "bool" and value == "no"):
            return None
        if question.kind == "lookup":
            return _chosen(question, value, lookups)
        if question.kind in ("date", "datetime"):
            return moments.near(value, self.office.clock.now()) or value.replace(" ", "T")
        return scenario.listed(value) if question.kind == "multichoice" else value


def _inner(question: Question, name: str) -> Question:
    for inner in question.fields:
        if inner.id == name:
            return inner
    raise AssertionError(f"{question.id} does not ask {name}")


def _chosen(question: Question, value: str, lookups: Lookups) -> str:
    offered = lookups.get(question.lookup, ())
    meant = [one.value for one in offered if value in (one.value, one.label) or one.label.startswith(f"{value},")]
    if len(meant) != 1:
        raise AssertionError(f"{question.id} does not offer “{value}”, but {', '.join(one.label for one in offered)}")
    return meant[0]
