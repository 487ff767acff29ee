"""The buttons of a case: what staff may begin beside the main journey, and what may end everything at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.actions.after_closing import AFTER_CLOSING
from workflows.actions.answers_allowed import must_be_allowed
from workflows.actions.identities import ask_to_separate
from workflows.actions.incidents import leaving_out_what_fails
from workflows.actions.journey import deliver, follow_up
from workflows.actions.out_of_sight import Sight
from workflows.actions.paperwork import Occasion, Origin, Raw, file_document, read_form
from workflows.actions.stays_told import left_before, stay_known
from workflows.actions.tasks import must_see
from workflows.casework import access
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.ending import COMING_TO_ITS_END, ENDINGS, PROCESSES, REPORTED
from workflows.casework.errors import NotAllowed, NotFound, RuleBroken
from workflows.clock import as_utc
from workflows.desk import Desk, PendingStart, Work
from workflows.duties import perform
from workflows.duties.care_home import handover_under_way
from workflows.duties.contact import log_contact
from workflows.duties.endings import end_from_where_it_stands
from workflows.duties.hospital import known
from workflows.duties.hospital_told import ADMISSION, DISCHARGE, keep_for_the_review
from workflows.duties.mdt import add_action
from workflows.duties.register import on_behalf, under_way
from workflows.storage import cases, runs


@dataclass(frozen=True)
class Button:
    """One button: the form it asks for, and the process it starts or the message it sends."""

    key: str
    label: str
    about: str
    permission: str
    form: str
    sections: tuple[str, ...] | None = None
    starts: str | None = None
    sends: str | None = None
    decides: tuple[str, ...] = ()  # answers that become the process's first decision variables
    settled: tuple[str, ...] = ()  # questions that have one answer here, begun with it: not shown while it stands
    grave: bool = False  # ends or interrupts everything: asks for confirmation


BUTTONS = (
    Button("contact", "Log contact", "Write down a contact with the person or about them.", "case.act", "F20"),
    Button(
        "action", "Add action", "Agree something that one person will do by a date.", "case.act", "F34",
    ),
    Button(
        "urgent", "Raise urgent concern", "Something cannot wait. In danger to life call 999 first.", "case.warn",
        "F22", starts="acm_urgent", decides=("danger_to_life",),
    ),
    Button(
        "safeguarding", "Safeguarding concern", "Send a concern to the local authority and follow it up.", "case.act",
        "F23", starts="acm_safeguarding",
    ),
    Button(
        "hospital", "Record the admission",
        "The person was admitted to hospital. Told of twice, it is one stay; days later, it ends the one before.",
        "case.act", "F24", ("admission",),
        starts="acm_hospital",
    ),
    Button(
        "home", "Left hospital", "The person was discharged from hospital.", "case.act", "F24", ("discharge",),
        sends="hospital_discharge", decides=("destination", "discharged_at"),
    ),
    Button(
        "care_home", "Moved into a care home",
        "The person lives in a care home now: its team is handed the case. From hospital press “Left hospital”.",
        "case.act", "F41", starts="acm_care_home",
    ),
    Button(
        "reply", "The referrer answered", "Write down what the referrer answered to our questions.", "case.act",
        "F02", ("reply",), sends="referrer_reply",
    ),
    Button(
        "consent", "Change consent", "The person changed what may be shared, or with whom.", "case.act", "F05",
        starts="acm_consent_change", decides=("choice", "capacity_doubt"),
    ),
    Button(
        "details", "Changed details", "The person has another address, number, name or carer, or another GP practice.",
        "case.act", "F42", starts="acm_new_information",
    ),
    Button(
        "mdt", "Request MDT", "Bring the case to the table outside its usual turn.", "case.act", "F15",
        starts="acm_mdt",
    ),
    Button(
        "service", "Refer to a service", "Refer the person to another service and follow it to its outcome.",
        "case.act", "F20b", starts="acm_service_referral",
    ),
    Button(
        "transfer", "Hand over to another team", "The person now belongs to another neighbourhood.", "case.end", "F27",
        ("handover",), starts="acm_transfer", decides=("to_team",), settled=("kind",),
    ),
    Button(
        "coordinator", "Name another care coordinator",
        "A colleague takes the case over, with what waits for its care coordinator.",
        "case.reallocate", "F09",
    ),
    Button(
        "death", "The person has died", "Stops every letter, reminder and appointment at once.", "case.death", "F26",
        ("death",), sends="person_died", grave=True,
    ),
    Button(
        "alive", "The death notice was wrong", "Takes it back: the case and its tasks return as they were.",
        "case.undo_death", "F35", sends="death_mistaken", grave=True,
    ),
    Button(
        "withdrawal", "Consent withdrawn", "Stops sharing at once and ends the case.", "case.end", "F26",
        ("withdrawn",), sends="consent_withdrawn", grave=True,
    ),
    Button(
        "moved", "Moved out of the area", "Hands over safely and ends the case.", "case.end", "F26", ("moved",),
        sends="moved_out_of_area", grave=True,
    ),
    Button(
        "somebody_else", "This is somebody else",
        "A referral was joined with the wrong record. When a colleague agrees it goes back, with what came with it.",
        "case.end", "F39",
    ),
    Button(
        "error", "Entered in error", "Marks the record as wrong; nothing is deleted.", "case.error", "F26",
        ("error",), sends="entered_in_error", grave=True,
    ),
)  # fmt: skip
# What these do, they do themselves: no process begins and no message is sent.
DONE_AT_ONCE: dict[str, Callable[[Work, Case, Document], Any]] = {
    "contact": lambda work, case, paper: log_contact(work, case.id, paper),
    "action": lambda work, case, paper: add_action(on_behalf(work, case), paper.answers),
    "coordinator": lambda work, case, paper: perform(on_behalf(work, case), "assessment.set_coordinator", {}),
    "somebody_else": ask_to_separate,
}
# By the question that says when, and by what a message calls the same.
OF_HOSPITAL = {"hospital": ("admitted_at", ADMISSION), "home": ("discharged_at", DISCHARGE)}
OF_THE_PERSON = frozenset({"death", "alive"})  # said in one case, it holds for all of theirs
BY_KEY = {button.key: button for button in BUTTONS}
# What is still possible while a case comes to its end, and what a partner organisation may begin.
WHILE_ENDING = frozenset({"contact", "safeguarding", "death", "alive", "error"})
FOR_PARTNERS = frozenset({"contact", "action", "urgent", "safeguarding"})
# What is said where the button would end something that never began.
NOTHING_TO_END = {
    "alive": "No death has been notified.",
    "home": "No stay in hospital stands open here. Record the admission first, then the way out.",
}


@dataclass(frozen=True)
class Pressed:
    """What came of a button: its label and the case."""

    label: str
    case_number: str
    gone_to: str = ""  # whose the case is now, in words, where whoever pressed it does not see it any more


def buttons_for(actor: access.Actor, case_open: bool) -> tuple[Button, ...]:
    """Return the buttons the actor may press; on a closed case what may still be said of the person."""
    possible = (button for button in BUTTONS if case_open or button.key in AFTER_CLOSING)
    return tuple(button for button in possible if access.may(actor, button.permission))


def why_not_now(
    button: Button, *, partner: bool, ending: str, dead: bool, in_hospital: bool, closed: bool = False
) -> str | None:
    """Say why a button makes no sense now; None when it does. `ending`: its kind in casework.ending, if one began."""
    if closed:
        return _why_not_after_closing(button, partner=partner, dead=dead)
    if partner and button.key not in FOR_PARTNERS:
        return "This is for the team that looks after the case. Tell its care coordinator."
    if (ending or dead) and button.key not in WHILE_ENDING:
        return COMING_TO_ITS_END
    if ending and ENDINGS.get(button.sends or "") == ending:
        return f"This stands here already: {REPORTED.get(ending, '')}. See what the case waits for."
    never_began = {"alive": not (ending == "died" or dead), "home": not in_hospital}
    return NOTHING_TO_END[button.key] if never_began.get(button.key) else None


def _why_not_after_closing(button: Button, *, partner: bool, dead: bool) -> str | None:
    if partner or button.key not in AFTER_CLOSING:
        return "The case is closed. A new referral opens a new episode."
    if button.key == "death":
        return "The death is already recorded." if dead else None
    return None if dead else NOTHING_TO_END[button.key]


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
        said = known({name: paper.answers.get(name) for name in button.decides})
        if not deliver(work, case, button.sends, said):
            raise RuleBroken(f"“{button.label}” has nothing to follow: nothing in this case waits for it now.")
    case.happened("button pressed", button=button.label)


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


def interrupt(work: Work, case: Case, message: str, payload: Mapping[str, Any]) -> None:
    """Send an ending to the case. One that is only nominated, or already ending, is ended from where it stands.

    What was reported already is not begun again: the second report finds the first one waiting to be confirmed.
    """
    if under_way(work, case, PROCESSES[ENDINGS[message]]):
        return
    if deliver(work, case, message, payload):
        return
    end_from_where_it_stands(on_behalf(work, case), ENDINGS[message])
