"""Filling in a form for a case: read it, or say what is wrong with it; and keep it as a document."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from forms import Form, Reading
from workflows.actions.colleague_left_out import colleague_named
from workflows.actions.home_visits import against_the_visit_rule
from workflows.actions.not_ready import against_the_advice
from workflows.actions.not_shared_with import not_shared_with
from workflows.actions.nothing_added import nothing_added
from workflows.actions.taken_over import only_taken_over
from workflows.actions.told_in_short import told_in_short
from workflows.actions.unknown_risk import signed_without_level
from workflows.casework.care import HospitalEpisode
from workflows.casework.case import Case
from workflows.casework.document import Attachment, Document
from workflows.casework.errors import AnswersRefused, LookAgain, plainly, seen_as
from workflows.casework.programme import Programme
from workflows.casework.task import Task
from workflows.clock import london_day
from workflows.desk import Work
from workflows.duties.exclusions import keep_out
from workflows.duties.hand_overs import hand_over
from workflows.duties.narrowing import heed_at_once
from workflows.duties.papers import merged
from workflows.duties.referrers import somebody_referred
from workflows.storage import cases, files
from workflows.storage.alleged import CONCERN, is_kept_from
from workflows.storage.lookups import lookups_for

CONSENT = "F05"
Raw = Mapping[str, Sequence[str]]
GONE = "The file is not kept any more. Choose it again"


@dataclass(frozen=True)
class Occasion:
    """For what a form is filled in.

    `began`: when the process that asks for it began, such as with a concern that was raised. `written`: when it was
    first completed, if it is corrected now. `checked`: the warnings its writer has seen (see `LookAgain.seen`); None
    where nobody is there to look again, as when another system sends the form.
    """

    case: Case | None = None
    sections: Collection[str] | None = None
    began: datetime | None = None
    written: datetime | None = None
    checked: Collection[str] | None = None

    def unseen(self, warnings: Mapping[str, str]) -> dict[str, str]:
        """Return the warnings, by input, that its writer has not seen yet in these words."""
        if self.checked is None:
            return {}
        seen = {plainly(one) for one in self.checked}
        return {name: told for name, told in warnings.items() if seen_as(name, told) not in seen}


def read_form(
    work: Work, form: Form, raw: Raw, programme: Programme, occasion: Occasion = Occasion()
) -> dict[str, Any]:
    """Return the clean answers of a form; raise AnswersRefused with a message for each question that is wrong.

    With sections only these are asked; what the other sections say already counts for their conditions. Raises
    LookAgain for what is unusual and was not seen yet, once nothing is wrong.
    """
    reading = reading_of(work, form, raw, programme, occasion)
    if reading.errors:
        raise AnswersRefused(dict(reading.errors))
    in_this_case = (work, occasion.case, form.key, reading.answers)
    warnings = {
        **reading.warnings,
        **against_the_visit_rule(*in_this_case),
        **signed_without_level(*in_this_case),
        **against_the_advice(*in_this_case),
        **not_shared_with(*in_this_case),
        **told_in_short(*in_this_case),
        **nothing_added(work, occasion.case, form, reading.answers, occasion.sections),
        **colleague_named(work, occasion.case, form, reading.answers),
        **only_taken_over(work, occasion.case, form, reading.answers, occasion.sections),
    }
    if occasion.unseen(warnings):
        raise LookAgain(warnings)
    return dict(reading.answers)


def reading_of(work: Work, form: Form, raw: Raw, programme: Programme, occasion: Occasion) -> Reading:
    """Return what a form came to, its answers with what is wrong or unusual in them."""
    case, sections = occasion.case, occasion.sections
    if sections and case is not None:
        raw = _of_other_sections(work, form, case, sections) | dict(raw)
    return form.read(
        raw,
        today=work.today,
        now=work.now,
        lookups=lookups_for(work.session, programme, work.today, case, form),
        sections=sections,
        demonstration=work.desk.settings.demonstration,
        settings=programme.thresholds(work.today),
        known=known_days(work.session, case, occasion.began, form.days_asked) if case else {},
        written=occasion.written,
    )


def _of_other_sections(work: Work, form: Form, case: Case, sections: Collection[str]) -> dict[str, list[str]]:
    """What the form says already outside the sections asked now; inside them only what is sent now counts."""
    asked = {question.id for section in form.sections if section.key in sections for question in section.fields}
    earlier = merged(cases.documents_of(work.session, case.id, form.key))
    return form.inputs({name: answer for name, answer in earlier.items() if name not in asked})


def known_days(
    session: Session, case: Case, began: datetime | None = None, asked: Collection[str] | None = None
) -> dict[str, str]:
    """Return the days of a case that its forms may ask for, or those asked; see `forms.conditions.KNOWN_DAYS`."""
    days: dict[str, Callable[[], str]] = {
        "opened": lambda: london_day(case.opened_at).isoformat(),
        "referred": lambda: london_day(case.opened_at).isoformat() if somebody_referred(session, case) else "",
        "born": lambda: case.person.dob.isoformat() if case.person.dob else "",
        "left_hospital": lambda: _left_hospital(session, case),
        "raised": lambda: began.replace(second=0, microsecond=0).isoformat() if began else "",
    }
    known = {name: day() for name, day in days.items() if asked is None or name in asked}
    return {name: day for name, day in known.items() if day}


def _left_hospital(session: Session, case: Case) -> str:
    stay = session.scalar(
        select(HospitalEpisode.discharged_at)
        .where(HospitalEpisode.case_id == case.id, HospitalEpisode.discharged_at.is_not(None))
        .order_by(HospitalEpisode.discharged_at.desc())
        .limit(1)
    )
    return london_day(stay).isoformat() if stay else ""


@dataclass(frozen=True)
class Origin:
    """Where a document comes from: the process and task or the referral it answers, its sections, who wrote it.

    `corrects`: it mends the words of an earlier one, and carries nothing out.
    """

    run_id: UUID | None = None
    task_id: UUID | None = None
    sections: Sequence[str] | None = None
    author: str = ""
    referral_id: UUID | None = None
    corrects: bool = False
    number: int = 0  # the number it gets, where that is known already


def file_document(
    work: Work, case: Case, form: Form, answers: Mapping[str, Any], origin: Origin = Origin()
) -> Document:
    """Keep a completed form as a document of the case, with its files; nothing is ever overwritten.

    Whom it leaves out is left out from this moment. It is known to the database at once, for what is to lean on it.

    Raises AnswersRefused at the question of a file that is not kept any more.
    """
    document = hand_in(work, case, form, answers, origin)
    work.session.flush()
    return document


def hand_in(work: Work, case: Case, form: Form, answers: Mapping[str, Any], origin: Origin) -> Document:
    """As `file_document`, for whoever does nothing with the document itself: whoever asks for it finds it."""
    _adopt_files(work, case, form.files(answers), origin.referral_id)
    document = Document(
        case_id=case.id,
        run_id=origin.run_id,
        task_id=origin.task_id,
        form_key=form.key,
        form_version=form.version,
        number=origin.number or cases.next_number(work.session, case.id, form.key),
        title=form.title,
        answers=dict(answers),
        sections=list(origin.sections) if origin.sections else None,
        author=origin.author or work.actor.name,
        author_id=work.actor.id,
        completed_at=work.now,
    )
    document.happened("document filed", form=form.key, number=document.number)
    work.session.add(document)
    # Before the next step is asked of anybody: it may be one of those who must not know.
    if form.key == CONSENT and not origin.corrects:
        keep_out(work, case, answers)
        heed_at_once(work, case, answers)
    if form.key == CONCERN:
        _take_from_those_named(work, case)
    return document


def _take_from_those_named(work: Work, case: Case) -> None:
    """Put back into the pool what follows a safeguarding concern and lies in the hands of whom it names."""
    theirs = select(Task).where(Task.case_id == case.id, Task.open, Task.assignee_id.is_not(None))
    for task in work.session.scalars(theirs).all():
        if is_kept_from(work.session, task, task.assignee_id):
            hand_over(work, task, None, "it is somebody else’s to do")


def _adopt_files(work: Work, case: Case, named: Sequence[tuple[str, str]], referral_id: UUID | None) -> None:
    """Give files of the actor's drafts, or of the referral, to the case; one that is the case's already stays there."""
    if not named:
        return
    whose = [files.of_case(case.id), files.of_own_drafts(work.actor.id)]
    if referral_id is not None:
        whose.append(files.of_referral(referral_id))
    for name, file_id in named:
        found = _file(work, file_id, or_(*whose))
        if found is None:
            raise AnswersRefused({name: GONE})
        if found.case_id is None:
            found.case_id, found.draft_id, found.referral_id = case.id, None, None
            found.happened("file attached", size=found.size, type=found.media_type)


def _file(work: Work, file_id: str, whose: ColumnElement[bool]) -> Attachment | None:
    try:
        wanted = UUID(file_id)
    except ValueError:
        return None
    return work.session.scalar(select(Attachment).where(Attachment.id == wanted, whose).with_for_update())
