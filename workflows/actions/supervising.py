"""What a manager decides about the cases of a coordinator: filed in each of them, and begun there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from forms import Form
from workflows.actions.paperwork import Origin, file_document
from workflows.casework import access
from workflows.casework.care import Review
from workflows.casework.case import Case
from workflows.casework.ending import COMING_TO_ITS_END
from workflows.casework.errors import AnswersRefused
from workflows.desk import PendingMessage, PendingStart, Work
from workflows.duties.agreed_actions import add_action
from workflows.duties.coordinators import ask_for_another
from workflows.duties.meeting_ways import ANSWERING, MEETING
from workflows.duties.register import on_behalf, under_way
from workflows.storage import cases, runs

SUPERVISION, CONCERN = "F28", "F22"
REVIEW_AT_ONCE = "review_brought_forward"
BRING_FORWARD = "bring_review_forward"


def must_be_cases_of_theirs(work: Work, form_key: str, answers: Mapping[str, Any]) -> None:
    """Refuse a record of supervision that names a case which is closed or not the manager's to see, or asks too much.

    A review is brought forward only where one is set.
    """
    wrong: dict[str, str] = {}
    for place, row in enumerate(_rows(answers) if form_key == SUPERVISION else ()):
        case = _case(work, row)
        if case is None:
            wrong[f"cases.{place}.case_number"] = "There is no open case of yours with this number"
        elif row["decision"] in BEGINS and _ending(work, case):
            wrong[f"cases.{place}.decision"] = COMING_TO_ITS_END
        elif row["decision"] == BRING_FORWARD and not _review_set(work, case):
            wrong[f"cases.{place}.decision"] = "No review is set in this case yet: select what else was decided"
    if wrong:
        raise AnswersRefused(wrong)


def file_decisions(work: Work, form: Form, answers: Mapping[str, Any]) -> None:
    """File what was decided about each case in that case, and begin it there. The talk itself stays out of them."""
    if form.key != SUPERVISION:
        return
    labels = _labels(form)
    for row in sorted(_rows(answers), key=lambda row: str(row["case_number"])):
        case = _case(work, row)
        if case is None:
            continue
        cases.held(work.session, case.id)
        decided = str(row["decision"])
        note = str(row.get("note") or "")
        told = {"why": note} if note and decided in BEGINS else {}  # for whoever does what begins now
        case.happened("discussed in supervision", decision=labels.get(decided, decided), **told)
        if decided in BEGINS:
            BEGINS[decided](work, case, note)


def _act_urgently(work: Work, case: Case, note: str) -> None:
    what = "\n\n".join(line for line in ("Supervision of the caseload: act urgently.", note) if line)
    paper = file_document(work, case, work.desk.forms.form(CONCERN), {"what": what}, Origin())
    variables = {"document_id": paper.id.hex, "danger_to_life": "no"}
    work.pending.append(PendingStart(case, ANSWERING, variables, work.actor.id))


def _bring_review_forward(work: Work, case: Case, note: str) -> None:
    work.pending.append(PendingMessage(case, REVIEW_AT_ONCE, {"next_review_at": work.now.isoformat()}))


def _prepare_discharge(work: Work, case: Case, note: str) -> None:
    """Let the care coordinator go towards the end: by a review, which decides it; before the first one, by an action.

    Where a review is under way already, it is what decides.
    """
    if _review_set(work, case):
        _bring_review_forward(work, case, note)
        return
    what = "\n\n".join(line for line in ("Supervision of the caseload: prepare the discharge.", note) if line)
    add_action(on_behalf(work, case), {"what": what, "owner": case.coordinator_id})


def _bring_to_meeting(work: Work, case: Case, note: str) -> None:
    """Let the care coordinator prepare and so list the case; one that goes to a meeting already goes to that one."""
    if case.stage == "mdt" or under_way(work, case, MEETING):
        case.happened("listed already")
    else:
        work.pending.append(PendingStart(case, MEETING, {"beside": True}, work.actor.id))


def _name_another(work: Work, case: Case, note: str) -> None:
    ask_for_another(work, case)


def _ending(work: Work, case: Case) -> bool:
    return case.person.dead or bool(runs.ending_under_way(work.session, case))


def _review_set(work: Work, case: Case) -> bool:
    return any(review.done_at is None for review in cases.of_case(work.session, Review, case.id))


BEGINS: dict[str, Callable[[Work, Case, str], None]] = {
    "urgent": _act_urgently,
    BRING_FORWARD: _bring_review_forward,
    "re_mdt": _bring_to_meeting,
    "discharge": _prepare_discharge,
    "reallocate": _name_another,
}


def _rows(answers: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [row for row in answers.get("cases") or () if row.get("case_number")]


def _case(work: Work, row: Mapping[str, Any]) -> Case | None:
    case = work.session.scalar(select(Case).where(Case.number == str(row["case_number"]).strip()))
    if case is None or not case.open:
        return None
    circle = cases.circle_of(work.session, case)
    return case if access.may_see_case(work.actor, case.programme_id, case.team_id, circle) else None


def _labels(form: Form) -> dict[str, str]:
    rows = next(question for question in form.definition.questions if question.id == "cases")
    decision = next(question for question in rows.fields if question.id == "decision")
    return {choice.value: choice.label for choice in decision.choices}
