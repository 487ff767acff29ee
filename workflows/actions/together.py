"""Completing a form that colleagues have filled in since it was begun: what they wrote and what I wrote both stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from forms import BEGUN_WITH, Form, Joined, Reading
from workflows.actions.paperwork import Occasion, Raw, read_form, reading_of
from workflows.casework import access
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.errors import AnswersRefused, Colleagues, LookAgain
from workflows.desk import Work
from workflows.duties.papers import NOTHING_YET, merged
from workflows.storage import cases
from workflows.storage.lookups import lookups_for

Answers = dict[str, Any]
KEEP_OR_CHANGE = "Keep your answer or change it"


@dataclass(frozen=True)
class Meanwhile:
    """The papers of a form (or one with its corrections): those that a page began with, and those filed after that."""

    before: Sequence[Document]
    since: Sequence[Document]

    @property
    def begun(self) -> Answers:
        """What the form said when the page was opened."""
        return merged(self.before)

    @property
    def theirs(self) -> Answers:
        """What the form says now."""
        return merged([*self.before, *self.since])


def read_together(
    work: Work, case: Case, form: Form, raw: Raw, occasion: Occasion
) -> tuple[Answers, Colleagues | None]:
    """Return the answers of a form joined with what was filed since its page was opened, and whose words came in.

    Where nothing was, or the page does not say what it began with, it is read as any form. Raises as `read_form`
    does; LookAgain also for an answer that both changed and that can stand once only, naming who wrote what.
    """
    meanwhile = _meanwhile(work, case, form, raw)
    authors = _authors(work, form, meanwhile, occasion) if meanwhile else {}
    if meanwhile is None or not authors:
        return read_form(work, form, raw, case.programme, occasion), None
    return _Filling(work, case, form, occasion, meanwhile, authors).read(raw)


def read_correction(
    work: Work, case: Case, form: Form, raw: Raw, occasion: Occasion, versions: Sequence[Document]
) -> tuple[Answers, Colleagues | None]:
    """Return the answers of a correction joined with those that were filed since its page was opened.

    `versions`: the document and what corrected it, oldest first. Raises as `read_together` does.
    """
    known = [version.id.hex for version in versions]
    begun = next(iter(raw.get(BEGUN_WITH, ())), "")
    place = known.index(begun) + 1 if begun in known else 1
    meanwhile = Meanwhile(versions[:place], versions[place:])
    authors = _authors(work, form, meanwhile, occasion)
    if not authors:
        return read_form(work, form, raw, case.programme, occasion), None
    return _Filling(work, case, form, occasion, meanwhile, authors).read(raw)


def taken_away(work: Work, case: Case, form: Form, raw: Raw, occasion: Occasion, answers: Answers) -> dict[str, None]:
    """Return the questions of a part whose answers stood on the page that was sent, or were joined in, and are gone.

    A page that does not say with what it began takes nothing away: it may never have shown what stands there.
    """
    meanwhile = _meanwhile(work, case, form, raw) if occasion.sections is not None else None
    if meanwhile is None:
        return {}
    gone = form.changed(meanwhile.theirs, answers, occasion.sections) - answers.keys()
    return dict.fromkeys(sorted(gone))


@dataclass(frozen=True)
class _Filling:
    """A form that is completed after colleagues filed theirs; `authors`: who answered anew, by question."""

    work: Work
    case: Case
    form: Form
    occasion: Occasion
    meanwhile: Meanwhile
    authors: Mapping[str, tuple[str, ...]]

    def read(self, raw: Raw) -> tuple[Answers, Colleagues | None]:
        """Join what was sent with what was filed, as `read_together` says."""
        mine = self._reading(raw)
        if wrong := self._mine_to_put_right(mine, raw):
            raise AnswersRefused(wrong)
        joined = self.form.join(self.meanwhile.begun, self.meanwhile.theirs, mine.answers, self.occasion.sections)
        colleagues = self._colleagues(joined)
        both = self._reading(self.form.inputs(joined.answers))
        if both.errors:
            raise AnswersRefused(dict(both.errors), colleagues)
        self._must_be_seen(both, self._sentences(joined), colleagues)
        came_in = self.form.changed(mine.answers, both.answers, self.occasion.sections)
        return dict(both.answers), colleagues if came_in else None

    def _reading(self, raw: Raw) -> Reading:
        return reading_of(self.work, self.form, raw, self.case.programme, self.occasion)

    def _mine_to_put_right(self, mine: Reading, raw: Raw) -> dict[str, str]:
        """What is wrong in what I sent; not what is missing only where a colleague has answered it meanwhile."""
        missing = [name for name in mine.errors if not _typed(name, raw)]
        if not self._told or set(mine.errors) - set(missing):
            return dict(mine.errors)
        return {name: mine.errors[name] for name in missing if name.partition(".")[0] not in self.meanwhile.theirs}

    @cached_property
    def _told(self) -> bool:
        """Whether what colleagues wrote may be read out; a partner organisation's page was blank for that reason."""
        circle = cases.circle_of(self.work.session, self.case)
        return access.works_on_case(self.work.actor, self.case.programme_id, self.case.team_id, circle)

    def _colleagues(self, joined: Joined) -> Colleagues:
        newest = self.meanwhile.since[-1].id.hex
        together = self.form.inputs(joined.answers) | {BEGUN_WITH: [newest]} if self._told else None
        names = dict.fromkeys(_author(self.work, paper) for paper in self.meanwhile.since)
        wrote = {name for each in self.authors.values() for name in each}
        return Colleagues(tuple(name for name in names if name in wrote), self.form.title, together)

    def _must_be_seen(self, both: Reading, asked: Mapping[str, str], colleagues: Colleagues) -> None:
        """Ask to look again. A page that shows all words begins anew with them; one that may not is asked once."""
        if self.occasion.checked is None:
            return
        new = dict(asked) if self._told else self.occasion.unseen(asked)
        if new or self.occasion.unseen(both.warnings):
            usual = {name: told for name, told in both.warnings.items() if name not in new}
            raise LookAgain(usual | new, colleagues)

    def _sentences(self, joined: Joined) -> dict[str, str]:
        """Say by input who answered otherwise what I changed too, where the question is still asked."""
        open_questions = [name for name in joined.asked if self._is_shown(name, joined)]
        return {name: self._sentence(name) for name in open_questions}

    def _is_shown(self, name: str, joined: Joined) -> bool:
        question = name.partition(".")[0]
        if question in joined.answers:
            return True
        with_theirs = joined.answers | {question: self.meanwhile.theirs[question]}
        return question in self._reading(self.form.inputs(with_theirs)).answers

    def _sentence(self, name: str) -> str:
        who = self.authors[name.partition(".")[0]][-1]
        has = "You have" if who == "You" else f"{who} has"
        about, said = f"“{self.form.label(name)}”", self._theirs_in_words(name)
        if said is None:
            return f"{has} taken away the answer to {about} since you began. {KEEP_OR_CHANGE}"
        words = f" with “{said}”" if self._told else ""
        return f"{has} answered {about}{words} since you began. {KEEP_OR_CHANGE}"

    def _theirs_in_words(self, name: str) -> str | None:
        """What a colleague answered there; None where the answer was taken away."""
        question, _, inner = name.partition(".")
        answer = self.meanwhile.theirs.get(question)
        if inner and answer is not None:
            answer = {inner: answer[inner]} if inner in answer else None
        if answer is None:
            return None
        lookups = lookups_for(self.work.session, self.case.programme, self.work.today, self.case, self.form)
        return self.form.show({question: answer}, lookups=lookups)[0].rows[0].text


def _meanwhile(work: Work, case: Case, form: Form, raw: Raw) -> Meanwhile | None:
    """Tell apart what the page began with and what was filed since; None where it does not say so."""
    begun = next(iter(raw.get(BEGUN_WITH, ())), "")
    if not begun:
        return None
    papers = cases.documents_of(work.session, case.id, form.key)
    known = [NOTHING_YET, *(paper.id.hex for paper in papers)]
    if begun not in known:
        return None
    place = known.index(begun)
    return Meanwhile(papers[:place], papers[place:])


def _authors(work: Work, form: Form, meanwhile: Meanwhile, occasion: Occasion) -> dict[str, tuple[str, ...]]:
    """Name, for each question that was answered anew since, who did so, the last one last."""
    found: dict[str, tuple[str, ...]] = {}
    papers, said = list(meanwhile.before), meanwhile.begun
    for paper in meanwhile.since:
        papers.append(paper)
        now = merged(papers)
        for question in form.changed(said, now, occasion.sections):
            found[question] = (*found.get(question, ()), _author(work, paper))
        said = now
    return found


def _typed(question: str, raw: Raw) -> bool:
    """Whether anything stands in the inputs of a question."""
    parts = (f"{question}[", f"{question}.")
    return any(
        any(value.strip() for value in values)
        for name, values in raw.items()
        if (name == question or name.startswith(parts)) and not name.endswith(".count")
    )


def _author(work: Work, paper: Document) -> str:
    """Name whoever filed a paper, to the one who reads it now."""
    return "You" if paper.author_id is not None and paper.author_id == work.actor.id else paper.author
