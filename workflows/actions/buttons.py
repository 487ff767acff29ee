"""The buttons of a case: what each asks, begins or ends, and when it makes sense."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.actions.after_closing import AFTER_CLOSING
from workflows.casework import access
from workflows.casework.ending import COMING_TO_ITS_END, ENDINGS, REPORTED


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
        ("case", "people", "papers"), starts="acm_mdt",
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
        "supervision", "Record supervision", "Talk the caseload of its care coordinator through, case by case.",
        "case.reallocate", "F28",
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
        "not_withdrawn", "Consent was not withdrawn",
        "Takes the withdrawal back: the case, its tasks and what is shared return as they were.",
        "case.undo_withdrawal", "F45", sends="withdrawal_mistaken", grave=True,
    ),
    Button(
        "moved", "Moved out of the area", "Hands over safely and ends the case.", "case.end", "F26", ("moved",),
        sends="moved_out_of_area", grave=True,
    ),
    Button(
        "somebody_else", "This is somebody else",
        "What was joined with this record is about another person. When a colleague agrees it goes back.",
        "case.end", "F39",
    ),
    Button(
        "same_person", "Join with another record",
        "The person has another record here. You see both side by side; when a colleague agrees they are one record.",
        "case.end", "F44", grave=True,
    ),
    Button(
        "error", "Entered in error", "Marks the record as wrong; nothing is deleted.", "case.error", "F26",
        ("error",), sends="entered_in_error", grave=True,
    ),
)  # fmt: skip
BY_KEY = {button.key: button for button in BUTTONS}
# What is still possible while a case comes to its end, and what a partner organisation may begin.
WHILE_ENDING = frozenset({"contact", "urgent", "safeguarding", "death", "alive", "not_withdrawn", "error"})
OF_THE_LIVING = frozenset({"urgent"})  # nothing that cannot wait is left to do once a death is confirmed
FOR_PARTNERS = frozenset({"contact", "action", "urgent", "safeguarding"})
# What is said where the button would end something that never began.
NOTHING_TO_END = {
    "alive": "No death has been notified.",
    "not_withdrawn": "No withdrawal of consent is under way.",
    "home": "No stay in hospital stands open here. Record the admission first, then the way out.",
}


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
    if (ending and button.key not in WHILE_ENDING) or (dead and button.key not in WHILE_ENDING - OF_THE_LIVING):
        return COMING_TO_ITS_END
    if ending and ENDINGS.get(button.sends or "") == ending:
        return f"This stands here already: {REPORTED.get(ending, '')}. See what the case waits for."
    never_began = {
        "alive": not (ending == "died" or dead),
        "not_withdrawn": ending != "withdrawn",
        "home": not in_hospital,
    }
    return NOTHING_TO_END[button.key] if never_began.get(button.key) else None


def _why_not_after_closing(button: Button, *, partner: bool, dead: bool) -> str | None:
    if partner or button.key not in AFTER_CLOSING:
        return "The case is closed. A new referral opens a new episode."
    if button.key == "death":
        return "The death is already recorded." if dead else None
    return None if dead else NOTHING_TO_END[button.key]
