"""How the buttons of a case speak: what will happen before a grave one, and what happens next after each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from webapp.wording import counted
from workflows.actions.buttons import Button
from workflows.actions.companions import OF_HOSPITAL
from workflows.questions.case_form import AtStake
from workflows.questions.case_head import Head

URGENT = frozenset({"urgent", "safeguarding"})  # emergency numbers come first
AFTERWARDS: Mapping[str, str] = {
    "contact": "The contact is written down. It stands in the timeline.",
    "action": "The action is agreed. Whoever does it finds it in their inbox.",
    "urgent": "The concern is raised. The duty clinician is asked to acknowledge it; follow it under “Open now”. "
    "In danger to life call 999.",
    "safeguarding": "The concern is written down, and the case is marked. Where it is not sent to the local authority "
    "yet, sending it is a task for today: see “Open now”.",
    "hospital": "The stay in hospital is written down. Clocks that are not about safety stand still until discharge.",
    "home": "The way out of hospital is written down. The clocks go on. Next: contact the person, soon.",
    "reply": "The answer is written down, and the referral goes on with it.",
    "alive": "The notice is taken back. The case and its tasks are as they were.",
    "consent": "The conversation is written down. What may be shared is worked out anew from it.",
    "details": "The news is written down. The record changes when its care coordinator has compared it.",
    "mdt": "The case goes to the meeting outside its usual turn.",
    "service": "The referral is written down. Follow it to its outcome under “Open now”.",
    "transfer": "The handover is begun. Your own manager is asked first, then the other team. "
    "Until then the case stays here.",
    "coordinator": "The colleague named is the care coordinator from now on; what waited for the one before is theirs.",
    "supervision": "The talk is written down, for you and the colleague. What was decided stands in each case.",
    "death": "Everything is stopped. Next: a colleague confirms the date of death, and who told us.",
    "withdrawal": "Sharing has stopped. Next: confirm with the person, and tell those who hold copies.",
    "not_withdrawn": "The withdrawal is taken back. The case, its tasks and what is shared are as they were.",
    "moved": "Our own work here has ended. Next: hand over to the new area, if the person agrees.",
    "somebody_else": "It is put before a colleague, who agrees or proposes something else. Until then nothing changes.",
    "same_person": "It is put before a colleague, who sees both records and agrees or proposes something else. "
    "Until then nothing changes.",
    "error": "The record is marked as entered in error. Next: a manager looks at it.",
}


def _tasks(stake: AtStake) -> str:
    if not stake.tasks:
        return "No task is open."
    return f"{counted(stake.tasks, 'open task is', 'open tasks are')} withdrawn."


def _letters(stake: AtStake) -> str:
    return f"{counted(stake.letters, 'letter')} not yet sent: what is for the person is held back."


def _death(stake: AtStake) -> list[str]:
    return [
        "This stops every letter, reminder and appointment at once.",
        _tasks(stake),
        *([_letters(stake)] if stake.letters else []),
        "The coordinator is asked to confirm the date, and who told us.",
        "A manager can take it back within 24 hours if it was a mistake.",
    ]


def _withdrawal(stake: AtStake) -> list[str]:
    return [
        "This stops sharing at once, and ends the case.",
        _tasks(stake),
        *([_letters(stake)] if stake.letters else []),
        "Somebody is asked to confirm it with the person and to tell those who hold copies.",
        "A manager can take it back until the case is closed if it was a mistake.",
        "What was written is kept: withdrawal does not erase the record.",
    ]


def _moved(stake: AtStake) -> list[str]:
    return [
        "This ends the work of this team, and begins the handover to the new area.",
        _tasks(stake),
        "Nothing is handed over without the person’s consent.",
    ]


def _error(stake: AtStake) -> list[str]:
    return [
        "This marks the record as entered in error, and stops everything in it.",
        _tasks(stake),
        *([_letters(stake)] if stake.letters else []),
        "Nothing is deleted: the record stays, with the mark and your reason.",
    ]


def _alive(_: AtStake) -> list[str]:
    return [
        "This takes the death notice back, and lets the case go on where it stood.",
        "Tasks, dates and processes return as they were. Letters held back meanwhile wait again: drafts to be checked, "
        "finished ones to be sent.",
    ]


def _same_person(_: AtStake) -> list[str]:
    return [
        "This asks a colleague to agree that both records are of one person. Until then nothing changes.",
        "Then the cases of both stand in one record, each with its letters, consent and marks as they are.",
        "The record that is not kept is set aside with all it says. “This is somebody else” takes the join back.",
    ]


def _not_withdrawn(_: AtStake) -> list[str]:
    return [
        "This takes the withdrawal back, and lets the case go on where it stood.",
        "Tasks, dates and processes return as they were, and what was shared is shared again. Letters held back "
        "meanwhile wait again: drafts to be checked, finished ones to be sent.",
        "Whoever was told to stop hears that it was a mistake.",
    ]


AFTER_CLOSING = {
    "death": [
        "This records the death. Letters of all cases of the person that are not sent yet are held back.",
        "A referral that comes later is answered with it. Where another case of the person is open, it ends.",
        "A manager can take it back if it was a mistake.",
    ],
    "alive": [
        "This takes the record of the death back. The case stays closed; a new referral opens a new episode.",
        "Letters that were held back because of it wait again: drafts to be checked, finished ones to be sent.",
    ],
}
CONSEQUENCES: Mapping[str, Callable[[AtStake], list[str]]] = {
    "death": _death,
    "alive": _alive,
    "withdrawal": _withdrawal,
    "not_withdrawn": _not_withdrawn,
    "moved": _moved,
    "error": _error,
    "same_person": _same_person,
}


def consequences(button: Button, stake: AtStake, case_open: bool = True) -> list[str]:
    """Say what a grave button will do, a sentence each."""
    if not case_open:
        return AFTER_CLOSING[button.key]
    say = CONSEQUENCES.get(button.key)
    return say(stake) if say else [button.about, _tasks(stake)]


def afterwards(key: str, head: Head) -> str:
    """Say what was done, and what happens next."""
    if not head.open:
        return "The death is recorded." if key == "death" else "The notice is taken back."
    if head.nominated and key in OF_HOSPITAL:
        return "It is kept for whoever reviews the nomination, and they are told. Nothing else begins before that."
    return AFTERWARDS.get(key, "Done.")


def draft_name(number: str, button: Button) -> str:
    """Name the draft of a button's form; buttons that share a form keep their drafts apart."""
    name = f"case:{number}:{button.form}"
    return f"{name}:{button.key}" if button.sections else name
