"""What a letter of a meeting, or of medicines, that nobody posted says of the time since: it may be all they get."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from forms.days import long_date
from workflows.casework.case import Case
from workflows.casework.document import as_corrected
from workflows.casework.notice import UNTIL_AGREED, Letter
from workflows.casework.programme import Team
from workflows.duties.register import Asking
from workflows.storage import cases

OUTCOMES, MEDICINES = ("L04", "L04p"), "L15"
# Decisions that are the whole answer to a referral: their letters give the reasons and the advice, which no closing
# letter repeats, and stay as true as they were. The others promise what no longer comes once the case is closed.
ANSWERS = frozenset({"advice_to_referrer", "one_off_action", "refer_to_service", "not_suitable"})
FAREWELL = "Yours sincerely,"
NAMES_A_WORKER = re.compile(r" ?Your worker is [^\n]+?\. You can call them on [^\n]+")


def tell_of_the_team(asking: Asking, team: Team) -> None:
    """Say in what waits, drafts too, to which team the case has gone: the one that signed has it no more."""
    phone = asking.case.programme.content.get("phone")
    call = f", telephone {phone}" if phone else ""
    for letter in _waiting(asking, "draft", "ready"):
        letter.text = NAMES_A_WORKER.sub("", letter.text)  # who has the case no more
        whose = "your case" if letter.audience == "person" else "the case"
        _add(letter, f"Since the meeting {whose} has gone to {team.name}. Please turn to them from now on{call}.")


def tell_of_the_end(asking: Asking) -> None:
    """Say in what waits, where it promises more work, that the work has ended since.

    A letter of which the closing tells the same or more is retired when that is ready: see `duties.overtaken`.
    """
    for letter in _waiting(asking, "ready", also=MEDICINES):
        if not is_the_answer(asking.work.session, letter):
            ours = "our work with you" if letter.audience == "person" else "our work with the person"
            since = "Since the review of medicines" if letter.template == MEDICINES else "Since the meeting"
            _add(letter, f"{since} {ours} has ended, on {long_date(asking.work.today)}.")


def is_the_answer(session: Session, letter: Letter) -> bool:
    """Whether a letter tells that the meeting answers and takes no more on: nobody tells them that a second time."""
    if letter.template not in OUTCOMES:
        return False
    papers = as_corrected(cases.documents_of(session, letter.case_id, "F16"))
    before = [paper for paper in papers if paper.completed_at <= letter.written_at]
    if not before or before[-1].answers.get("decision") not in ANSWERS:
        return False
    return _at_its_first_meeting(session.get_one(Case, letter.case_id), before[-1].completed_at)


def _at_its_first_meeting(case: Case, at: datetime) -> bool:
    """Whether the case had come to its own meeting then, and not beyond: later and beside it the work goes on."""
    stages = {entry.stage for entry in case.stages if entry.entered_at <= at}
    return "mdt" in stages and "planning" not in stages


def _waiting(asking: Asking, *statuses: str, also: str = "") -> Iterator[Letter]:
    templates = (*OUTCOMES, also)
    agrees = and_(Letter.status == "withheld", Letter.withheld_why.in_(UNTIL_AGREED))
    waits = or_(Letter.status.in_(statuses), agrees)
    here = (Letter.case_id == asking.case.id, Letter.template.in_(templates), waits)
    yield from asking.work.session.scalars(select(Letter).where(*here).order_by(Letter.id)).all()


def _add(letter: Letter, sentence: str) -> None:
    """Add a paragraph above the farewell, or at the end of a text that somebody wrote without one."""
    before, farewell, after = letter.text.rpartition(FAREWELL)
    letter.text = f"{before}{sentence}\n\n{farewell}{after}" if farewell else f"{letter.text.rstrip()}\n\n{sentence}\n"
    letter.happened("letter says what happened since", template=letter.template, to=letter.recipient)
