"""How a case is said: its stages, why it waits in one sentence, its consent, and the tabs of its pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for

from webapp.tasks import presenters as task_words
from webapp.wording import counted, day, lowered, outside_line, when
from workflows.actions.buttons import Button, why_not_now
from workflows.casework.case import STAGE_NAMES
from workflows.casework.ending import STANDS
from workflows.due_words import due_in_words
from workflows.questions.case import CasePage, Sharing
from workflows.questions.case_head import Head
from workflows.questions.waits import Awaited, OpenTask

STAGES = STAGE_NAMES
CLOSURES = {
    "goals_met": "the goals were met",
    "needs_met_by_other_service": "another service meets the needs",
    "declined_at_offer": "the person declined the offer",
    "consent_withdrawn": "consent was withdrawn",
    "unable_to_contact": "the person could not be reached",
    "not_eligible_under_18": "the person is under 18",
    "not_eligible_gp": "the person is not registered with a practice of this programme",
    "not_suitable_signposted": "another service suits better",
    "duplicate": "there was an open case already",
    "moved_out_of_area": "the person moved out of the area",
    "moved_to_care_home": "the person moved to a care home",
    "long_hospital_stay": "the person stays in hospital for long",
    "died": "the person has died",
    "disengaged_by_choice": "the person chose not to go on",
    "not_nominated": "the person was not taken from the list",
    "returned_incomplete": "the referral was incomplete and nobody answered",
    "referral_withdrawn": "the referral was withdrawn",
    "error": "the record was entered in error",
}
RISKS = {
    "palliative": "Palliative care",
    "very_high": "Very high risk",
    "high": "High risk",
    "medium": "Medium risk",
    "low": "Low risk",
    "unknown": "Risk not known yet",
}
BASES = {
    "explicit": "The person agreed.",
    "explicit_limited": "The person agreed in part.",
    "public_interest_or_legal": "Shared without consent, because of serious harm or by law.",
    "attorney": "An attorney or deputy agreed for the person.",
    "best_interests": "Decided in the person’s best interests.",
    "implied_direct_care": "Direct care by health and care professionals: consent is implied.",
    "dispute": "An attorney refuses. The Caldicott lead is looking into it.",
    "wait_bi": "Not settled: a best-interests decision is needed.",
    "wait_capacity": "Not settled: capacity is to be assessed.",
    "wait_override": "Not settled: a second person decides about sharing without consent.",
    "wait_conversation": "Not settled: somebody has to talk with the person.",
    "none": "No basis for sharing is recorded.",
    "not_agreed": "The person has not agreed, or not any more.",
}
SCOPES = {
    "none": "Nothing is shared outside the team.",
    "named": "Nothing is shared beyond those who look after the case.",
    "minimum": "Only the least that is needed is shared, with those named in the decision.",
    "care_professionals": "Shared with health and care professionals only.",
    "limited": "Shared in part.",
    "full": "Shared with those who take part in the care.",
}
# News from outside that a case waits for; other messages may come, but nobody waits for them.
NEWS = {
    "referrer_reply": "the referrer to answer",
    "urgent_answered": "the urgent concern to be answered",
    "concern_settled": "what must not be lost with the case to be settled before it is closed",
    "mdt_case_decided": "the meeting to decide",
    "service_update": "news from the service",
    "hospital_discharge": "the hospital to discharge the person",
    "care_home_handed_over": "the care home team to be handed the case",
    "hospital_destination_told": "word of where the person went from hospital",
}
# Dates that say more in words of their own than their name in the diagram does.
DATES = {
    "review_opens": "The next review opens on {day}.",
    "review_missed": "If the review is not done before, the person is contacted on {day}.",
    "letter_unanswered": "Waiting until {day} for the person to answer our letter.",
    "eighteenth_birthday": "Held until the 18th birthday on {day}.",
    "wait_for_capacity": "Waiting until {day} to assess capacity again.",
    "actions_check_again": "Waiting for the agreed actions to be finished; looked at again on {day}.",
    "step_down_over": "Stepping down: the last contact is due from {day}.",
    "supervision_due": "The caseload is discussed in supervision on {day}.",
    "tools_repeat_due": "The measures are taken again on {day}.",
    "next_consent_year": "Consent is confirmed again on {day}.",
    "undo_time_over": "A manager can take the notice of death back until {day}; then the case is closed.",
    "week_in_hospital": "How it goes in hospital is asked again on {day}.",
    "four_weeks_in_hospital": "A manager decides on {day} what a long stay in hospital means for the case.",
    "chase_safeguarding": "The local authority is asked again on {day}.",
    "service_silent": "Waiting for the service to answer; it is asked again on {day}.",
    "service_still_silent": "Waiting for the service to answer; it is asked again on {day}.",
    "watch_closely": "The urgent concern is looked at again on {day}.",
}
# The same while the person is in hospital.
STOPPED = {
    "review_opens": "The next review waits until the person has left hospital.",
    "review_missed": "Nobody counts the review as missed until the person has left hospital.",
    "letter_unanswered": "The person has more time to answer our letter: they are in hospital.",
    "wait_for_capacity": "Capacity is assessed again when the person has left hospital.",
    "step_down_over": "The last contact waits until the person has left hospital.",
    "tools_repeat_due": "The measures wait until the person has left hospital.",
}
# What tables look at and do not say in words of their own.
FACTS = {
    "ed_12m": "A&E visits in 12 months",
    "gp_contacts_12m": "GP contacts in 12 months",
    "nhs111_12m": "Calls to 111 in 12 months",
    "em_adm_12m": "Emergency admissions in 12 months",
    "suitability": "Reasons that apply",
}
OUTCOMES_TOLD = task_words.OUTCOMES_TOLD
BESIDE = frozenset(
    {"review_missed", "supervision_due", "tools_repeat_due", "next_consent_year", "four_weeks_in_hospital"}
)
# What still makes sense when a case is ending: to write down, and to put right.
STUCK = (
    "Nobody is asked to do anything and no date is waited for. This should not happen: tell your manager and whoever "
    "runs the service."
)
SAFETY = "S"  # the class of what reminds at once and never stands still
ORDINALS = frozenset({"first"})  # begin the name and the key of a task, and are no verb
VERBS = frozenset(
    {
        "agree", "ask", "change", "choose", "confirm", "find", "follow", "give", "hand", "join", "look", "name", "plan",
        "put", "refer", "say", "see", "set", "take", "talk", "tell", "write",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Tab:
    """One tab of a case."""

    label: str
    href: str
    here: bool


TABS = (
    ("Case", "cases.one"),
    ("Timeline", "cases.timeline"),
    ("Documents", "cases.documents"),
    ("Plan and goals", "cases.plan"),
    ("People", "cases.people"),
    ("Letters", "letters.of_case"),
    ("Process", "cases.process"),
)
NOT_FOR_PARTNERS, REPLY = frozenset({"letters.of_case", "cases.process"}), "referrer_reply"


def tabs(head: Head, here: str) -> list[Tab]:
    """Return the tabs of a case that its reader may open."""
    return [
        Tab(label, url_for(endpoint, number=head.number), endpoint == here)
        for label, endpoint in TABS
        if not (head.sight.partner and endpoint in NOT_FOR_PARTNERS)
    ]


def basis(sharing: Sharing) -> str:
    """Say on what basis the case is shared; where it was decided that it is not, why."""
    found = "not_agreed" if sharing.basis == "none" and sharing.scope == "named" else sharing.basis
    since = sharing.withdrawn_at
    return f"The person withdrew on {day(since)}." if since else BASES.get(found, found.replace("_", " "))


def waiting(page: CasePage, now: datetime) -> list[str]:
    """Say everything a case waits for, a sentence each: safety, what is overdue, its own process, its companions."""
    if not page.head.open:
        return []
    asked = [task_sentence(task, now) for task in sorted(page.tasks, key=how_pressing)]
    news = [news_sentence(one) for one in page.awaited if one.message in NEWS]
    dates = sorted((one for one in page.awaited if one.message is None), key=lambda one: one.key in BESIDE)
    told = [*asked, *news, *(date_sentence(one) for one in dates)]
    return told if told or page.head.sight.partner else [STUCK]


def how_pressing(task: OpenTask) -> tuple[bool, ...]:
    """What is about safety stands first, by its due date, then what is overdue; what stands still comes last."""
    grave = task.escalation == SAFETY
    return not grave, *(not grave and one for one in (not task.overdue, task.paused, not task.main))


def task_sentence(task: OpenTask, now: datetime) -> str:
    """Say for whom and what the case waits: "Waiting for Dr Rao to sign the assessment; due Thu 26 Nov, 17:00."."""
    if task.stuck or task.left_behind:
        nobody = f"nobody is here who could do “{task.name}” and may know of this case"
        away = f"{task.holder} is away, and nobody covers who could do “{task.name}”"
        return f"Waiting to be handed on: {nobody if task.stuck else away}{_due(task, now)}."
    return f"Waiting for {holder(task)} {to_do(task)}{_due(task, now)}."


def holder(task: OpenTask) -> str:
    """Say in whose hands a task is: a name, or the role whose pool it lies in."""
    return task.holder or f"the {task.whose}"


def to_do(task: OpenTask) -> str:
    """Say a task as something to do. Its name is a verb phrase, as its key begins with that verb, or a title."""
    first = task.name.split(" ", 1)[0].casefold()
    if first in VERBS or (first == task.key.split("_", 1)[0] and first not in ORDINALS):
        return f"to {lowered(task.name)}"
    return f"to complete “{task.name}”"


def news_sentence(one: Awaited) -> str:
    """Say which news the case waits for, and since when."""
    return f"Waiting for {NEWS.get(one.message or '', lowered(one.name))}, since {day(one.since)}."


def date_sentence(one: Awaited) -> str:
    """Say which date, or which other system, the case waits for; no date is known while its clock stands still."""
    if one.outside:
        return outside_line(one.name, one.since, one.given_up)
    if one.due_at is None:
        return STOPPED.get(one.key, f"The clock of “{one.name}” stands still.")
    words = DATES.get(one.key)
    on = day(one.due_at)
    return words.format(day=on) if words else f"Waiting until {on}: {lowered(one.name)}."


def why_not(button: Button, head: Head) -> str | None:
    """Say why a button makes no sense in this case now; None when it does."""
    return why_not_now(
        button,
        partner=head.sight.partner,
        ending=head.ending,
        dead=bool(head.strip.died_on),
        in_hospital=head.in_hospital,
        closed=not head.open,
    )


def offered(buttons: Sequence[Button], head: Head, awaited: Collection[str | None] = (REPLY,)) -> list[Button]:
    """Return the buttons that make sense now: a case that is ending takes up nothing new, a partner changes little.

    While somebody is in hospital their way out stands where the admission stood. `awaited`: the messages waited for.
    """
    heard = (one for one in buttons if one.sends != REPLY or REPLY in awaited)
    possible = [button for button in heard if why_not(button, head) is None]
    return sorted(possible, key=lambda button: _place(button, buttons)) if head.in_hospital else possible


def _place(button: Button, buttons: Sequence[Button]) -> int:
    """Where a button stands during a stay: the admission and the way out have changed places."""
    keys = [one.key for one in buttons]
    other = {"hospital": "home", "home": "hospital"}.get(button.key, button.key)
    return keys.index(other if other in keys else button.key)


def fact(label: str) -> str:
    """Say what a table looked at."""
    return FACTS.get(label, label.replace("_", " "))


def closed_sentence(head: Head) -> str:
    """Say when and why a case was closed."""
    why = CLOSURES.get(head.closure_reason or "", (head.closure_reason or "").replace("_", " "))
    kept = f" The record is kept until {day(head.retain_until)}." if head.retain_until else ""
    return f"Closed on {day(head.closed_at)}: {why}.{kept}"


def stopped_because(head: Head) -> str:
    """Say after which report nothing goes out any more, in the words of the strip."""
    return STANDS.get(head.ending, "the case is ending" if head.open else "the case is closed")


def ended_or_ending(died_on: date | None, ending: str, closed: bool = False) -> str:
    """Say in a list what the strip of a case says first: a death, or what was reported and is not yet settled."""
    if died_on:
        return f"Died on {day(died_on)}"
    return STANDS.get(ending, "the case is ending").capitalize() if ending and not closed else ""


def in_one_sentence(sentences: Sequence[str]) -> str:
    """Say the most pressing thing, and how many more there are."""
    if len(sentences) < 2:
        return "".join(sentences)
    return f"{sentences[0]} And {counted(len(sentences) - 1, 'more', 'more')}."


def _due(task: OpenTask, now: datetime) -> str:
    if task.paused:
        return "; its clock stands still"
    if task.due_at is None:
        return ""
    if task.overdue:
        return f"; it was due {when(task.due_at)} and is {due_in_words(task.due_at, now, task.calendar)}"
    return f"; due {when(task.due_at)}"
