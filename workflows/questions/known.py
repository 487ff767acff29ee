"""What a case already knows that bears on a task, so that nobody hunts for it in a second window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import Lookups, ShownSection
from workflows.casework.case import STAGE_NAMES, Case, StageEntry
from workflows.casework.document import Document, as_corrected
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.duties.left_open import CUT_OFF
from workflows.duties.open_promises import WAS_OPEN, open_promises
from workflows.duties.papers import merged
from workflows.questions.agreed_action import Agreed, agreed_action
from workflows.questions.case_head import Head, head_of
from workflows.questions.concern import ANSWER, REFERRAL, URGENT_READ, concern_among, document_of
from workflows.questions.documents import names_ever
from workflows.questions.in_their_words import OWN_WORDS, Said, newest_said
from workflows.questions.last_contact import last_contact
from workflows.questions.letters import ToCheck, letters_to_check
from workflows.questions.reasons import Reason, reasons_for
from workflows.questions.sharing_beside import Sharing, sharing_of
from workflows.questions.sight import Opened, Sight, opened
from workflows.questions.task_page import seen_task
from workflows.questions.whom_to_call import PROFESSIONALS, Emergency, emergency_of
from workflows.questions.whose_words import whose_words
from workflows.storage import cases

# What to have beside one when filling in a form: other forms of the case, in this order.
BESIDE = {
    "F02": ("F01",),
    "F03": ("F00", "F01", "F37", "F22"),
    "F03b": ("F10", "F01"),
    "F04": ("F04", "F01"),
    "F33": ("F03", "F01"),
    "F07": ("F06", "F05"),
    "F08": ("F05",),
    "F09": ("F03",),
    "F10": ("F01",),
    **dict.fromkeys(("F12", "F13"), ("F11",)),
    "F14": ("F01", "F11"),
    "F15": ("F11", "F14"),
    "F16": ("F15",),
    "F18": ("F16", "F11"),
    "F21": ("F18",),
    "F22b": ("F18", "F01"),
    "F23b": ("F23",),
    "F24b": ("F24",),
    "F25": ("F21", "F18"),
    "F27": ("F41",),
    "F38": ("F42", "F37", "F01"),
}
# Whoever goes to somebody's home reads of the referral who may be a danger there.
ABOUT_A_VISIT = dict.fromkeys((("F10", "F01"), ("F14", "F01")), ("staff_safety",))
# Of a new referral what one reads first; all of it stands beside the form.
NEWS_READ, FIRST_READ = "F38", ("urgency", "consent", "views", "referrer")
REFERRED = ("F01", "F37")  # news that another referral brings
AGREES_TO = {"F19": "F18"}  # what is agreed stands above the form that agrees it, in full
SIGNATURE = "summary"  # whoever signs the assessment sees everything it rests on
BESIDE_THE_SIGNATURE = ("F14", "F13", "F12")
LISTED, LETTER_CHECK, DISCHARGE = "F00", "F32", "F25"  # what a list says is one part of its form, the review another
MOST_EVENTS = 3


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

    head: Head
    sharing: Sharing
    asked: Said | None
    own_words: Said | None
    last_contact: Happened | None
    events: tuple[Happened, ...]
    reasons: tuple[Reason, ...]
    earlier: tuple[Paper, ...]  # to be read first: other parts of the same form, or what the form agrees to
    concern: Paper | None  # when the task is to answer an urgent concern
    to_ring: tuple[Emergency, ...]  # who can act today, for whoever answers it
    action: Agreed | None  # when the task is to do what was agreed
    beside: tuple[Paper, ...]
    letters: tuple[ToCheck, ...]  # drafts, when the task is to check them
    promised: tuple[str, ...]  # what is open of it, when the task is to plan or agree a discharge
    cut_off: tuple[str, ...]  # safety steps that an ending took away, for whoever says who sees to them
    was_open: tuple[str, ...]  # what was agreed or asked of a service, for whoever confirms the ending


def known_for(desk: Desk, task_id: UUID) -> Known:
    """Gather what bears on a task of a case the actor may see."""
    with desk.looking() as session:
        task = seen_task(session, desk.actor, task_id)
        return Gathering(desk, session, task, opened(session, desk, task.case.number, for_task=True)).known()


@dataclass(frozen=True)
class Gathering:
    """Reads one case for one task, as far as its reader may look: a partner is shown only what was shared."""

    desk: Desk
    session: Session
    task: Task
    found: Opened

    @property
    def case(self) -> Case:
        """The case."""
        return self.found.case

    @property
    def sight(self) -> Sight:
        """How much of it the reader sees."""
        return self.found.sight

    def known(self) -> Known:
        """Put everything together."""
        every = cases.documents_of(self.session, self.case.id)
        papers = [paper for paper in every if self.may_read(paper)]
        lookups = names_ever(self.session, self.case.programme_id)
        return Known(
            head=head_of(self.session, self.desk, self.found),
            sharing=sharing_of(self.session, self.found, papers),
            asked=newest_said(papers, (("F01", "question"),)),
            own_words=newest_said(papers, OWN_WORDS),
            last_contact=None if self.sight.partner else self.last_contact(papers),
            events=self.events(papers),
            reasons=() if self.sight.partner else reasons_for(self.session, self.task, self.found),
            earlier=self.earlier(papers, lookups),
            concern=self.concern(papers, lookups),
            to_ring=self.to_ring(),
            action=agreed_action(self.session, self.task, papers),
            beside=self.beside(papers, lookups),
            letters=self.letters(),
            promised=self.promised(),
            cut_off=self.told_by_an_ending(CUT_OFF),
            was_open=self.told_by_an_ending(WAS_OPEN),
        )

    def may_read(self, paper: Document) -> bool:
        """Whether a paper is the reader's to read; whoever is only asked to do this task reads its other parts."""
        part_of_it = paper.form_key == self.task.form_key and self.of_this_process(paper)
        if self.task.form_key == ANSWER:  # nobody can answer a concern that they may not read
            part_of_it = part_of_it or paper is concern_among([paper], self.task.variables)
        return self.sight.paper(paper) or (self.sight.asked and part_of_it)

    def of_this_process(self, paper: Document) -> bool:
        """Whether a paper was written in the task's own process, or is what the process began with."""
        return paper.run_id == self.task.run_id or paper.id == self.begun_with

    def last_contact(self, papers: Sequence[Document]) -> Happened | None:
        """The last contact with the person, or attempt at one."""
        told = last_contact(self.session, self.case.id, papers)
        return Happened(*told) if told else None

    def events(self, papers: Sequence[Document]) -> tuple[Happened, ...]:
        """The newest events: forms completed and stages entered."""
        stages = self.session.scalars(select(StageEntry).where(StageEntry.case_id == self.case.id))
        tasks = select(Task.id, Task.name).where(Task.case_id == self.case.id, Task.status == "completed")
        # Several tasks may share one form: people know a paper by the task it was written for. A form without a task
        # says what began, such as a stay in hospital, and not that it is over.
        names = {task_id: f"“{name}” completed" for task_id, name in self.session.execute(tasks)}
        named = [(paper, names.get(paper.task_id or paper.id, f"{paper.title}: form filled in")) for paper in papers]
        found = [Happened(paper.completed_at, told, paper.author) for paper, told in named]
        found += [Happened(each.entered_at, f"Moved to: {STAGE_NAMES[each.stage]}", "") for each in stages]
        found.reverse()  # of the same instant, the later one first
        return tuple(sorted(found, key=lambda each: each.at, reverse=True)[:MOST_EVENTS])

    def earlier(self, papers: Sequence[Document], lookups: Lookups) -> tuple[Paper, ...]:
        """What others wrote in the other parts of the same form, when a task fills only some of it."""
        if self.task.form_key == NEWS_READ:
            begun = (paper for paper in papers if paper.id == self.begun_with)
            return tuple(self.paper(one, lookups, FIRST_READ if one.form_key in REFERRED else ()) for one in begun)
        if self.task.form_key in AGREES_TO:
            return self.put_together(
                [paper for paper in papers if paper.form_key == AGREES_TO[self.task.form_key]], lookups
            )
        if self.task.sections is None:
            return ()
        same = [paper for paper in papers if paper.form_key == self.task.form_key]
        return tuple(self.paper(paper, lookups) for paper in list(filter(self.of_this_process, same)) or same)

    def concern(self, papers: Sequence[Document], lookups: Lookups) -> Paper | None:
        """What was raised, and by whom, for whoever answers it."""
        raised = concern_among(papers, self.task.variables) if self.task.form_key == ANSWER else None
        if raised is None:
            return None
        found = self.paper(raised, lookups, URGENT_READ if raised.form_key == REFERRAL else ())
        member = raised.author_member
        about = (member.profession, member.email) if member and raised.form_key != REFERRAL else ()
        return replace(found, by=", ".join(filter(None, (raised.author, *about))))

    def to_ring(self) -> tuple[Emergency, ...]:
        """Whom whoever answers a concern can ring: those of the programme who act today."""
        return emergency_of(self.case.programme.content, PROFESSIONALS) if self.task.form_key == ANSWER else ()

    def put_together(self, parts: Sequence[Document], lookups: Lookups) -> tuple[Paper, ...]:
        """What several people wrote into one form, as it stands now."""
        by = ", ".join(dict.fromkeys(whose_words(parts)))
        return tuple(replace(self.paper(part, lookups, said=merged(parts)), by=by) for part in parts[-1:])

    def beside(self, papers: Sequence[Document], lookups: Lookups) -> tuple[Paper, ...]:
        """The newest of each form that one wants beside this one."""
        newest = {paper.form_key: paper for paper in as_corrected(papers)}
        newest |= {paper.form_key: paper for paper in papers if paper.id == self.begun_with}
        wanted = BESIDE_THE_SIGNATURE if SIGNATURE in (self.task.sections or ()) else BESIDE.get(self.task.form_key, ())
        listed = [paper for paper in as_corrected(papers) if paper.form_key == LISTED in wanted]
        stand = [
            self.paper(newest[key], lookups, ABOUT_A_VISIT.get((self.task.form_key, key), ()))
            for key in wanted
            if key in newest and key != LISTED
        ]
        return tuple(paper for paper in (*self.put_together(listed, lookups), *stand) if paper.sections)

    def letters(self) -> tuple[ToCheck, ...]:
        """The drafts that whoever checks letters says are right."""
        if self.task.form_key != LETTER_CHECK or not self.task.open or self.sight.partner:
            return ()
        return letters_to_check(self.session, self.case.id, self.desk.today)

    def promised(self) -> tuple[str, ...]:
        """What was promised and is open, for whoever decides about the end."""
        if self.task.form_key != DISCHARGE or not self.task.open or self.sight.partner:
            return ()
        return tuple(one.line for one in open_promises(self.session, self.case))

    def told_by_an_ending(self, variable: str) -> tuple[str, ...]:
        """What an ending told the process of this task of what it cut off."""
        told = self.task.variables.get(variable, ()) if self.task.open and not self.sight.partner else ()
        return tuple(str(line) for line in told)

    @property
    def begun_with(self) -> UUID | None:
        """The document that the task's process is about, such as the one concern among several."""
        return document_of(self.task.variables)

    def paper(
        self, paper: Document, lookups: Lookups, sections: Sequence[str] = (), said: Mapping[str, Any] | None = None
    ) -> Paper:
        """A completed form in the words of its time, padlocked answers withheld from those who may not see them."""
        form = self.desk.forms.form(paper.form_key, paper.form_version)
        shown = form.show(said or paper.answers, lookups=lookups, may_see_sensitive=self.sight.sensitive)
        if sections:
            titles = {section.title for section in form.sections if section.key in sections}
            ticked = (replace(one, rows=tuple(row for row in one.rows if row.text != "No")) for one in shown)
            shown = tuple(section for section in ticked if section.title in titles and section.rows)
        return Paper(paper.title, paper.completed_at, paper.author, shown)
