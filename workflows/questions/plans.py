"""The care plan of a case: the version that counts, the ones before it, and what changed between two of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import Form, Lookups, ShownSection
from forms.days import kept_day, long_date
from workflows.casework.care import CarePlan
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.clock import london_day
from workflows.desk import Desk
from workflows.duties.papers import merged
from workflows.questions.case_head import Head, head_of
from workflows.questions.documents import form_of, names_ever
from workflows.questions.sight import Opened, opened
from workflows.storage import cases

GOALS, NEXT_REVIEW = "goals", "next_review"


@dataclass(frozen=True)
class Goal:
    """A goal of the plan in the person's words, how it stands, and since which form that is known."""

    statement: str
    why: str
    target: date | None
    steps: tuple[tuple[str, str], ...]
    status: str
    status_why: str
    said_at: datetime


@dataclass(frozen=True)
class Version:
    """One version of the plan; `until` None: it counts now."""

    number: int
    since: datetime
    until: datetime | None
    document_id: UUID


@dataclass(frozen=True)
class Change:
    """One difference between two versions. `before` empty: added; `after` empty: removed."""

    about: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """What changed from one version to another: goals that came and went, and answers that read differently."""

    earlier: int
    later: int
    goals_added: tuple[str, ...]
    goals_removed: tuple[str, ...]
    goals_changed: tuple[Change, ...]
    answers: tuple[Change, ...]

    @property
    def none(self) -> bool:
        """Whether both read the same."""
        return not (self.goals_added or self.goals_removed or self.goals_changed or self.answers)


@dataclass(frozen=True)
class PlanPage:
    """The plan as it stands (or as it stood in an earlier version), its goals, and a comparison when asked for."""

    head: Head
    versions: tuple[Version, ...]
    shown: Version | None
    goals: tuple[Goal, ...]
    sections: tuple[ShownSection, ...]
    difference: Difference | None


@dataclass(frozen=True)
class _Told:
    """A version with its answers and the form they were given on."""

    version: Version
    answers: Mapping[str, Any]
    form: Form


def plan_page(desk: Desk, number: str, version: int | None = None, against: int | None = None) -> PlanPage:
    """Return the plan: the active version unless one is named; `against` compares it with an earlier one."""
    with desk.looking() as session:
        found = opened(session, desk, number)
        head = head_of(session, desk, found)
        told = _versions(session, desk, found) if head.has_papers else ()
        if not told:
            return PlanPage(head, (), None, (), (), None)
        lookups = names_ever(session, found.case.programme_id)
        one = next((each for each in told if each.version.number == version), told[-1])
        other = next((each for each in told if each.version.number == against), None)
        newest = one is told[-1]
        return PlanPage(
            head=head,
            versions=tuple(each.version for each in reversed(told)),
            shown=one.version,
            goals=_goals(one, _reviewed(session, found) if newest else None),
            sections=_as_set_now(one, _without_goals(one, lookups, found), found.case if newest else None),
            difference=_difference(one, other, lookups) if other and other is not one else None,
        )


def _versions(session: Session, desk: Desk, found: Opened) -> tuple[_Told, ...]:
    """Return every version with what the plan said in full then: parts that colleagues added included."""
    plans = session.scalars(select(CarePlan).where(CarePlan.case_id == found.case.id).order_by(CarePlan.number)).all()
    if not plans:
        return ()
    query = select(Document).where(Document.case_id == found.case.id, Document.form_key == "F18")
    papers = session.scalars(query.order_by(Document.completed_at, Document.number)).all()
    told = []
    for plan in plans:
        place = next(place for place, paper in enumerate(papers) if paper.id == plan.document_id)
        form = form_of(desk, "F18", papers[place].form_version)
        version = Version(plan.number, plan.valid_from, plan.superseded_at, plan.document_id)
        told.append(_Told(version, merged(papers[: place + 1]), form))
    return tuple(told)


def _reviewed(session: Session, found: Opened) -> Document | None:
    """Return the newest review: it knows better than the plan how the goals stand."""
    return cases.newest_document(session, found.case.id, "F21")


def _goals(told: _Told, review: Document | None) -> tuple[Goal, ...]:
    since = told.version.since
    newer = review.answers.get(GOALS, []) if review is not None and review.completed_at > since else []
    later = {_same(row.get("statement")): row for row in newer}
    found = []
    for row in told.answers.get(GOALS, []):
        known = later.get(_same(row.get("statement")))
        standing = known or row
        found.append(
            Goal(
                statement=str(row.get("statement", "")),
                why=str(row.get("why", "")),
                target=kept_day(row.get("target_date")),
                steps=_steps(row),
                status=str(standing.get("status") or "not_started"),
                status_why=str(standing.get("status_why") or ""),
                said_at=review.completed_at if known and review is not None else since,
            )
        )
    return tuple(found)


STEPS = (("The person", "steps_person"), ("Family or carer", "steps_carer"), ("The team", "steps_professional"))


def _steps(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((who, str(row[name])) for who, name in STEPS if row.get(name))


def _without_goals(told: _Told, lookups: Lookups, found: Opened) -> tuple[ShownSection, ...]:
    rest = {name: answer for name, answer in told.answers.items() if name != GOALS}
    return told.form.show(rest, lookups=lookups, may_see_sensitive=found.sight.sensitive)


def _as_set_now(told: _Told, sections: tuple[ShownSection, ...], case: Case | None) -> tuple[ShownSection, ...]:
    """Say of the plan that counts when it is looked at again, as that is set now: never later than the rule allows.

    What people agreed stands beside it where that is another day; `case` None: an earlier version, as it was.
    """
    if case is None or case.next_review_at is None or (day := london_day(case.next_review_at)) == _agreed_day(told):
        return sections
    asked = next(one.label for each in told.form.sections for one in each.fields if one.id == NEXT_REVIEW)
    return tuple(
        replace(
            section,
            rows=tuple(
                replace(row, text=f"{long_date(day)} (agreed: {row.text})") if row.label == asked else row
                for row in section.rows
            ),
        )
        for section in sections
    )


def _agreed_day(told: _Told) -> date | None:
    return kept_day(told.answers.get(NEXT_REVIEW))


def _difference(one: _Told, other: _Told, lookups: Lookups) -> Difference:
    earlier, later = sorted((one, other), key=lambda told: told.version.number)
    before, after = _goals_shown(earlier, lookups), _goals_shown(later, lookups)
    return Difference(
        earlier=earlier.version.number,
        later=later.version.number,
        goals_added=tuple(text for key, (text, _) in after.items() if key not in before),
        goals_removed=tuple(text for key, (text, _) in before.items() if key not in after),
        goals_changed=tuple(
            Change(f"{after[key][0]}: {change.about}", change.before, change.after)
            for key in after
            if key in before
            for change in _changes(before[key][1], after[key][1])
        ),
        answers=tuple(_changes(_rows(earlier, lookups), _rows(later, lookups))),
    )


def _goals_shown(told: _Told, lookups: Lookups) -> dict[str, tuple[str, dict[str, str]]]:
    """Return each goal by its own words, with what it says."""
    shown = {}
    for row in told.answers.get(GOALS, []):
        sections = told.form.show({GOALS: [row]}, lookups=lookups)
        rows = {each.label.partition(": ")[2]: each.text for section in sections for each in section.rows}
        shown[_same(row.get("statement"))] = (str(row.get("statement", "")), rows)
    return shown


def _rows(told: _Told, lookups: Lookups) -> dict[str, str]:
    rest = {name: answer for name, answer in told.answers.items() if name != GOALS}
    shown: Sequence[ShownSection] = told.form.show(rest, lookups=lookups, may_see_sensitive=False)
    return {row.label: row.text for section in shown for row in section.rows}


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    labels = dict.fromkeys([*before, *after])
    return [
        Change(label, before.get(label, ""), after.get(label, ""))
        for label in labels
        if before.get(label) != after.get(label)
    ]


def _same(statement: object) -> str:
    """A goal is the same goal however it is capitalised or spaced."""
    return " ".join(str(statement).split()).casefold()
