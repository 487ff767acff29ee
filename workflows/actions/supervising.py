"""What a manager decides about the cases of a coordinator: filed in each of them, and begun there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from forms import Form
from workflows.actions.paperwork import Origin, file_document
from workflows.casework import access
from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused
from workflows.desk import PendingMessage, PendingStart, Work
from workflows.duties.coordinators import ASKS_FOR_ANOTHER
from workflows.storage import cases

SUPERVISION, CONCERN = "F28", "F22"


def must_be_cases_of_theirs(work: Work, form_key: str, answers: Mapping[str, Any]) -> None:
    """Refuse a record of supervision that names a case which is closed, or not the manager's to see."""
    rows = _rows(answers) if form_key == SUPERVISION else ()
    wrong = {
        f"cases.{place}.case_number": "There is no open case of yours with this number"
        for place, row in enumerate(rows)
        if _case(work, row) is None
    }
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
        case.happened("discussed in supervision", decision=labels.get(decided, decided))
        if decided in BEGINS:
            BEGINS[decided](work, case, str(row.get("note") or ""))


def _act_urgently(work: Work, case: Case, note: str) -> None:
    what = "\n\n".join(line for line in ("Supervision of the caseload: act urgently.", note) if line)
    paper = file_document(work, case, work.desk.forms.form(CONCERN), {"what": what}, Origin())
    variables = {"document_id": paper.id.hex, "danger_to_life": "no"}
    work.pending.append(PendingStart(case, "acm_urgent", variables, work.actor.id))


def _bring_review_forward(work: Work, case: Case, note: str) -> None:
    work.pending.append(PendingMessage(case, "review_brought_forward", {"next_review_at": work.now.isoformat()}))


def _ask_for_another(work: Work, case: Case, note: str) -> None:
    work.pending.append(PendingStart(case, ASKS_FOR_ANOTHER, {}))


BEGINS: dict[str, Callable[[Work, Case, str], None]] = {
    "urgent": _act_urgently,
    "bring_review_forward": _bring_review_forward,
    "reallocate": _ask_for_another,
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
