"""Pressing a button of a case: what begins beside the main journey, and what ends everything at once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.actions.after_closing import AFTER_CLOSING
from workflows.actions.answers_allowed import must_be_allowed
from workflows.actions.buttons import BY_KEY, Button, why_not_now
from workflows.actions.handing_on import hand_on
from workflows.actions.identities import ask_to_separate
from workflows.actions.incidents import leaving_out_what_fails
from workflows.actions.interrupting import interrupt
from workflows.actions.joining import ask_to_join
from workflows.actions.journey import deliver, follow_up
from workflows.actions.other_programmes import tell_other_cases
from workflows.actions.out_of_sight import Sight
from workflows.actions.paperwork import Occasion, Origin, Raw, file_document, read_form
from workflows.actions.stays_told import left_before, stay_known
from workflows.actions.supervising import file_decisions
from workflows.actions.tasks import must_see
from workflows.casework import access
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.ending import ENDINGS
from workflows.casework.errors import NotAllowed, NotFound, RuleBroken
from workflows.clock import as_utc
from workflows.desk import Desk, PendingStart, Work
from workflows.duties import perform
from workflows.duties.agreed_actions import add_action
from workflows.duties.care_home import handover_under_way
from workflows.duties.contact import log_contact
from workflows.duties.hospital import known
from workflows.duties.hospital_told import ADMISSION, DISCHARGE, keep_for_the_review
from workflows.duties.register import on_behalf
from workflows.duties.withdrawals import MISTAKEN as WITHDRAWAL_MISTAKEN
from workflows.duties.withdrawals import must_leave_something_to_go_on
from workflows.storage import cases, runs

# What these do, they do themselves: no process begins and no message is sent.
DONE_AT_ONCE: dict[str, Callable[[Work, Case, Document], Any]] = {
    "contact": lambda work, case, paper: log_contact(work, case.id, paper),
    "action": lambda work, case, paper: add_action(on_behalf(work, case), paper.answers),
    "coordinator": lambda work, case, paper: perform(on_behalf(work, case), "assessment.set_coordinator", {}),
    "somebody_else": ask_to_separate,
    "same_person": ask_to_join,
    "supervision": lambda work, case, paper: file_decisions(work, work.desk.forms.form(paper.form_key), paper.answers),
}
# By the question that says when, and by what a message calls the same.
OF_HOSPITAL = {"hospital": ("admitted_at", ADMISSION), "home": ("discharged_at", DISCHARGE)}
OF_THE_PERSON = frozenset({"death", "alive"})  # said in one case, it holds for all of theirs


@dataclass(frozen=True)
class Pressed:
    """What came of a button: its label and the case."""

    label: str
    case_number: str
    gone_to: str = ""  # whose the case is now, in words, where whoever pressed it does not see it any more


@leaving_out_what_fails
def press(desk: Desk, case_number: str, key: str, raw: Raw, checked: Collection[str] | None = None) -> Pressed:
    """Press a button: keep its form, then start the companion process or send the message, in one transaction.

    `checked` holds the warnings that somebody has seen: others raise LookAgain. None: nobody is there to look.
    """
    button = BY_KEY.get(key)
    if button is None:
        raise NotFound("There is no such button.")
    if not access.may(desk.actor, button.permission):
        raise NotAllowed(f"Your role does not include “{button.label}”.")
    with desk.work() as work:
        found = cases.by_number(work.session, case_number)
        if key in OF_THE_PERSON:
            cases.hold_all_of(work.session, found.person_id)
        case = cases.held(work.session, found.id)
        must_see(work, case)
        circle = cases.circle_of(work.session, case)
        colleague = access.works_on_case(desk.actor, case.programme_id, case.team_id, circle)
        ending = runs.ending_under_way(work.session, case)
        refusal = why_not_now(
            button, partner=not colleague, ending=ending, dead=case.person.dead, in_hospital=case.in_hospital,
            closed=not case.open,
        )  # fmt: skip
        if refusal:
            raise RuleBroken(refusal)
        form = desk.forms.form(button.form)
        occasion, sight = Occasion(case, button.sections, checked=checked), Sight.of(work, case, form.key)
        answers = read_form(work, form, raw, case.programme, occasion)
        must_be_allowed(work, case, form.key, answers, button.key)
        paper = file_document(work, case, form, answers, Origin(sections=button.sections))
        (_carry_out if case.open else _after_closing)(work, case, button, paper)
        follow_up(work)
        gone_to = sight.lost(answers, occasion)
        hand_on(work, tell_other_cases(work, case, button.key, paper))
        work.commit()
        return Pressed(button.label, case.number, gone_to)


def _carry_out(work: Work, case: Case, button: Button, paper: Document) -> None:
    if button.key in DONE_AT_ONCE:
        DONE_AT_ONCE[button.key](work, case, paper)
    elif button.key in OF_HOSPITAL and _only_kept(work, case, button, paper):
        pass
    elif button.key == "care_home" and (case.nominated or handover_under_way(work, case)):
        pass  # it is kept and stands beside the handover
    elif button.starts:
        variables = {name: paper.answers.get(name) for name in button.decides}
        work.pending.append(PendingStart(case, button.starts, variables | {"document_id": paper.id.hex}, work.actor.id))
    elif button.sends in ENDINGS:
        interrupt(work, case, button.sends, {})
    elif button.sends:
        _send(work, case, button, paper)
    case.happened("button pressed", button=button.label)


def _send(work: Work, case: Case, button: Button, paper: Document) -> None:
    if button.sends == WITHDRAWAL_MISTAKEN:
        must_leave_something_to_go_on(work, case)
    said = known({name: paper.answers.get(name) for name in button.decides})
    if not deliver(work, case, str(button.sends), said):
        raise RuleBroken(f"“{button.label}” has nothing to follow: nothing in this case waits for it now.")


def _after_closing(work: Work, case: Case, button: Button, paper: Document) -> None:
    AFTER_CLOSING[button.key](work, case, paper)
    if button.sends in ENDINGS:
        for other in cases.other_open_cases(work.session, case):
            interrupt(work, other, button.sends, {})


def _only_kept(work: Work, case: Case, button: Button, paper: Document) -> bool:
    """Whether nothing follows: of somebody only nominated, of a stay known already, of the end of one before."""
    if case.nominated:
        _keep_for_the_review(work, case, button, paper)
        return True
    return stay_known(work, case, paper) if button.key == "hospital" else left_before(work, case, paper)


def _keep_for_the_review(work: Work, case: Case, button: Button, paper: Document) -> None:
    """Do with it what is done with the message of a hospital: nothing begins for somebody who is only nominated."""
    asked, kind = OF_HOSPITAL[button.key]
    at = as_utc(datetime.fromisoformat(paper.answers[asked]))
    keep_for_the_review(on_behalf(work, case), kind, at, work.actor.name, paper.answers)
    if paper.answers.get("destination") == "died":
        interrupt(work, case, "person_died", {})
