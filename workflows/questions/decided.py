"""What the decision tables said about a case, and why: what each looked at, which rules applied, in which version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, undefer

from forms import Catalogue
from forms.definition import every_question
from workflows.casework.care import OwnLevel
from workflows.casework.diagram import DecisionRecord, ModelVersion
from workflows.desk import Desk
from workflows.engine.decisions import DecisionTable
from workflows.questions.reasons import given_instead
from workflows.questions.sight import Opened
from workflows.storage import cases

RESTRICTED = "Restricted"
# The groups of the programme's leaflet, by the names that the table of reasons gives them.
REASONS = {
    "BASE": "referred or nominated",
    "A_ADMISSION": "an admission that support could prevent",
    "A_CARE_HOME": "a care-home move that support could prevent",
    "B_HIU": "very frequent use of services",
    "C_MULTI_LTC": "several long-term conditions",
    "D_FRAILTY": "several factors of frailty",
}
_NONE = re.compile(
    r"(?P<label>.+) \(-1 (?P<words>.+)\)"
)  # tables know no empty number: their heading says what -1 means


@dataclass(frozen=True)
class LookedAt:
    """One thing a table looked at: its heading in the table, and what it found."""

    label: str
    value: object


@dataclass(frozen=True)
class Decision:
    """The newest answer of one table: its outcome, the reason in plain English, and what it rests on."""

    table: str
    name: str
    outcome: object
    explain: str
    rules: tuple[int, ...]
    version: int
    at: datetime
    looked_at: tuple[LookedAt, ...]
    earlier: int  # how often the table was asked before
    instead: OwnLevel | None = None  # the level of risk that a clinician gave instead, while it counts
    until: datetime | None = None  # when the person withdrew, since when it does not count any more


def decisions_of(session: Session, desk: Desk, found: Opened) -> tuple[Decision, ...]:
    """Return the newest decision of each table, the latest first."""
    place = func.row_number().over(partition_by=DecisionRecord.table, order_by=DecisionRecord.id.desc())
    times = func.count().over(partition_by=DecisionRecord.table)
    ranked = (
        select(DecisionRecord.id, place.label("place"), times.label("times"))
        .where(DecisionRecord.case_id == found.case.id)
        .subquery()
    )
    query = (
        select(DecisionRecord, ModelVersion.number, ranked.c.times)
        .join(ranked, and_(DecisionRecord.id == ranked.c.id, ranked.c.place == 1))
        .join(ModelVersion, DecisionRecord.table_version_id == ModelVersion.id)
        .order_by(DecisionRecord.at.desc(), DecisionRecord.id.desc())
    )
    rows = [row for row in session.execute(query) if not found.sight.kept_from_reader(row[0].inputs)]
    tables = _tables(session, [record.table_version_id for record, _, _ in rows])
    hidden = frozenset[str]() if found.sight.sensitive else sensitive_answers(desk.forms)
    limits = {setting.key.replace(".", "_"): setting.label for setting in found.case.programme.settings}
    told = tuple(
        _decision(record, tables[record.table_version_id], version, times, _Headings(limits, hidden))
        for record, version, times in rows
    )
    withdrawn = cases.withdrawn_at(session, found.case)
    return tuple(
        replace(
            one,
            instead=given_instead(session, found, one.table, one.outcome),
            until=withdrawn if withdrawn and one.table == "consent_basis" and one.at < withdrawn else None,
        )
        for one in told
    )


@dataclass(frozen=True)
class _Headings:
    """What the programme calls its limits, and what this reader may not read."""

    limits: Mapping[str, str]
    hidden: frozenset[str]

    def looked_at(self, table: DecisionTable, name: str, value: object) -> LookedAt:
        labels = {column.expression: column.label for column in table.inputs}
        limit = self.limits.get(name)
        label = labels.get(name) or (f"{limit} (a setting)" if limit else name)
        if name in self.hidden:
            value = RESTRICTED
        if (told := _NONE.fullmatch(label)) is not None:
            return LookedAt(told["label"], told["words"] if value == -1 else value)
        return LookedAt(label, value)


def _decision(record: DecisionRecord, table: DecisionTable, version: int, times: int, headings: _Headings) -> Decision:
    return Decision(
        table=record.table,
        name=table.name,
        outcome=record.outputs.get(record.table),
        explain=record.explain,
        rules=tuple(int(rule) for rule in record.rules),
        version=version,
        at=record.at,
        looked_at=tuple(headings.looked_at(table, name, value) for name, value in record.inputs.items()),
        earlier=times - 1,
    )


_read: dict[UUID, DecisionTable] = {}  # a version never changes once it is kept


def _tables(session: Session, versions: list[UUID]) -> dict[UUID, DecisionTable]:
    missing = [version for version in versions if version not in _read]
    if missing:
        query = select(ModelVersion).where(ModelVersion.id.in_(missing)).options(undefer(ModelVersion.xml))
        for version in session.scalars(query):
            _read[version.id] = DecisionTable.parse(version.xml)
    return {version: _read[version] for version in versions}


@cache
def sensitive_answers(forms: Catalogue) -> frozenset[str]:
    """Return the questions whose answers stand behind the padlock in any form."""
    return frozenset(
        question.id
        for key in forms.keys()  # noqa: SIM118 - a catalogue is not a dictionary
        for question in every_question(forms.form(key).definition.questions)
        if question.sensitive
    )


def said_plainly(value: Any) -> str:
    """Say a fact as a person would: yes, no, not known, or what it is."""
    if value in (None, "unknown", -1):
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(said_plainly(item) for item in value) or "none"
    return REASONS.get(str(value), str(value).replace("_", " "))
