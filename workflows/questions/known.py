"""What a case already knows that bears on a task, so that nobody hunts for it in a second window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import Lookups, ShownSection
from workflows.casework import access
from workflows.casework.care import Contact
from workflows.casework.case import Case, StageEntry
from workflows.casework.consent import Exclusion
from workflows.casework.diagram import DecisionRecord
from workflows.casework.document import Document
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.duties.papers import merged
from workflows.questions.task_page import seen_task
from workflows.storage import cases
from workflows.storage.lookups import lookups_for

# What to have beside one when filling in a form: other forms of the case, in this order.
BESIDE = {
    "F02": ("F01",),
    "F03": ("F01",),
    "F03b": ("F10", "F01"),
    "F04": ("F01",),
    "F07": ("F06", "F05"),
    "F08": ("F05",),
    "F09": ("F03",),
    "F12": ("F11",),
    "F13": ("F11",),
    "F14": ("F11",),
    "F15": ("F11", "F14"),
    "F16": ("F15",),
    "F18": ("F16", "F11"),
    "F19": ("F18",),
    "F21": ("F18",),
    "F22b": ("F22",),
    "F23b": ("F23",),
    "F24b": ("F24",),
    "F25": ("F21", "F18"),
}
# Where the person speaks: form and question, the ones that say most about them first.
OWN_WORDS = (
    ("F18", "important_to_me"),
    ("F21", "person_view"),
    ("F15", "person_view"),
    ("F16", "views_of_person"),
    ("F11", "hopes"),
    ("F11", "good_day"),
    ("F01", "views"),
)
GRAVE_FLAGS = ("urgent", "safeguarding_open", "no_contact")
MOST_EVENTS = MOST_REASONS = 3


@dataclass(frozen=True)
class Strip:
    """Who the person is: tops everything about them. `alerts`: words, and whether they are grave."""

    name: str
    preferred: str
    dob: date | None
    age: int | None
    nhs_number: str | None
    died_on: date | None
    alerts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Sharing:
    """How far information may travel, on what basis, since when, and who is left out."""

    scope: str
    basis: str
    since: datetime | None
    review_by: date | None
    limits: str
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """Words somebody wrote down, from which form, when, and by whom."""

    words: str
    source: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Reason:
    """What a decision table said and why."""

    table: str
    explain: str
    at: datetime


@dataclass(frozen=True)
class Happened:
    """Something that happened in the case."""

    at: datetime
    what: str
    by: str


@dataclass(frozen=True)
class Paper:
    """A completed form, in words."""

    title: str
    at: datetime
    by: str
    sections: tuple[ShownSection, ...]


@dataclass(frozen=True)
class Known:
    """Everything beside a task's form."""

    person: Strip
    stage: str
    priority: str
    risk: str
    coordinator: str
    sharing: Sharing
    asked: Said | None
    own_words: Said | None
    last_contact: Happened | None
    events: tuple[Happened, ...]
    reasons: tuple[Reason, ...]
    earlier: tuple[Paper, ...]  # other parts of the same form, filled in by others
    beside: tuple[Paper, ...]


def known_for(desk: Desk, task_id: UUID) -> Known:
    """Gather what bears on a task of a case the actor may see."""
    with desk.looking() as session:
        task = seen_task(session, desk.actor, task_id)
        return Gathering(desk, session, task).known()


@dataclass(frozen=True)
class Gathering:
    """Reads one case for one task."""

    desk: Desk
    session: Session
    task: Task

    @property
    def case(self) -> Case:
        """The case."""
        return self.task.case

    def known(self) -> Known:
        """Put everything together."""
        papers = cases.documents_of(self.session, self.case.id)
        lookups = lookups_for(self.session, self.case.programme, self.desk.today, self.case)
        return Known(
            person=strip_of(self.case, self.desk.today),
            stage=self.case.stage,
            priority=self.case.priority,
            risk=self.case.risk_level,
            coordinator=self.case.coordinator.name if self.case.coordinator else "",
            sharing=self.sharing(papers),
            asked=_said(papers, (("F01", "question"),)),
            own_words=_said(papers, OWN_WORDS),
            last_contact=self.last_contact(),
            events=self.events(papers),
            reasons=self.reasons(),
            earlier=self.earlier(papers, lookups),
            beside=self.beside(papers, lookups),
        )

    def sharing(self, papers: Sequence[Document]) -> Sharing:
        """The consent that counts now."""
        consent = cases.consent_in_force(self.session, self.case.id)
        shut_out = self.session.scalars(
            select(Exclusion.who).where(Exclusion.case_id == self.case.id, Exclusion.ended_at.is_(None))
        )
        said = merged(paper for paper in papers if paper.form_key == "F05")
        return Sharing(
            scope=self.case.sharing_scope,
            basis=consent.basis if consent else "",
            since=consent.valid_from if consent else None,
            review_by=consent.review_by if consent else None,
            limits=str(said.get("limits", "")) if self.case.sharing_scope == "limited" else "",
            left_out=tuple(shut_out),
        )

    def last_contact(self) -> Happened | None:
        """The last contact with the person, or attempt at one."""
        found = self.session.scalar(
            select(Contact).where(Contact.case_id == self.case.id).order_by(Contact.at.desc()).limit(1)
        )
        what = ", ".join(word.replace("_", " ") for word in (found.outcome, found.route) if word) if found else ""
        return Happened(found.at, what, found.by) if found else None

    def events(self, papers: Sequence[Document]) -> tuple[Happened, ...]:
        """The newest events: forms completed and stages entered."""
        stages = self.session.scalars(select(StageEntry).where(StageEntry.case_id == self.case.id))
        found = [Happened(paper.completed_at, f"{paper.title} completed", paper.author) for paper in papers]
        found += [Happened(each.entered_at, f"Stage: {each.stage.replace('_', ' ')}", "") for each in stages]
        found.reverse()  # of the same instant, the later one first
        return tuple(sorted(found, key=lambda each: each.at, reverse=True)[:MOST_EVENTS])

    def reasons(self) -> tuple[Reason, ...]:
        """The newest word of each decision table in the task's own process."""
        found = self.session.scalars(
            select(DecisionRecord).where(DecisionRecord.run_id == self.task.run_id).order_by(DecisionRecord.id.desc())
        )
        newest: dict[str, DecisionRecord] = {}
        for record in found:
            newest.setdefault(record.table, record)
        return tuple(Reason(each.table, each.explain, each.at) for each in list(newest.values())[:MOST_REASONS])

    def earlier(self, papers: Sequence[Document], lookups: Lookups) -> tuple[Paper, ...]:
        """What others wrote in the other parts of the same form, when a task fills only some of it."""
        if self.task.sections is None:
            return ()
        same = [paper for paper in papers if paper.form_key == self.task.form_key]
        return tuple(self.paper(paper, lookups) for paper in [p for p in same if p.run_id == self.task.run_id] or same)

    def beside(self, papers: Sequence[Document], lookups: Lookups) -> tuple[Paper, ...]:
        """The newest of each form that one wants beside this one."""
        newest = {paper.form_key: paper for paper in papers}
        return tuple(self.paper(newest[key], lookups) for key in BESIDE.get(self.task.form_key, ()) if key in newest)

    def paper(self, paper: Document, lookups: Lookups) -> Paper:
        """A completed form in the words of its time, padlocked answers withheld from those who may not see them."""
        form = self.desk.forms.form(paper.form_key, paper.form_version)
        may_see = access.may_see_sensitive(self.desk.actor)
        shown = form.show(paper.answers, lookups=lookups, may_see_sensitive=may_see)
        return Paper(paper.title, paper.completed_at, paper.author, shown)


def strip_of(case: Case, today: date) -> Strip:
    """Return who the person of a case is, with what must not be overlooked."""
    person = case.person
    alerts = [(flag.replace("_", " "), flag in GRAVE_FLAGS) for flag in case.flags]
    if person.details.get("interpreter") == "yes":
        alerts.append(("interpreter needed", False))
    if person.details.get("message_safe") == "no":
        alerts.append(("do not leave messages", True))
    preferred = person.preferred_name if person.preferred_name != person.given_name else ""
    return Strip(
        name=f"{person.given_name} {person.family_name}",
        preferred=preferred,
        dob=person.dob,
        age=person.age(person.deceased_on or today),
        nhs_number=person.nhs_number,
        died_on=person.deceased_on,
        alerts=tuple(alerts),
    )


def _said(papers: Sequence[Document], places: Sequence[tuple[str, str]]) -> Said | None:
    """The newest of these answers; of one day's, the one that is named first."""
    rank = {place: number for number, place in enumerate(places)}
    found = [
        (paper.completed_at.date(), -rank[(key, question)], paper, str(paper.answers[question]))
        for key, question in places
        for paper in papers
        if paper.form_key == key and paper.answers.get(question)
    ]
    if not found:
        return None
    _day, _rank, paper, words = max(found, key=lambda each: (each[0], each[1], each[2].completed_at))
    return Said(words, paper.title, paper.completed_at, paper.author)
