"""What happened, in the words of the service: one sentence for each act that the trail of a case knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from webapp.cases.news_words import NEWS
from webapp.cases.outline_words import PROCESSES
from webapp.cases.people_words import PEOPLE
from webapp.cases.presenters import BASES, CLOSURES, RISKS, SCOPES, STAGES
from webapp.letters.presenters import RECIPIENTS
from webapp.letters.timeline_words import LETTERS
from webapp.messages.presenters import kind_words
from webapp.notice_words import notice_words
from webapp.tasks.presenters import TABLE_WORDS
from webapp.wording import day, lowered, when
from workflows.casework.access import HELD_BACK
from workflows.casework.ending import REPORTED
from workflows.casework.ways import TEXT
from workflows.questions.case_head import FLAG_WORDS

Detail = Mapping[str, Any]


def _risk(detail: Detail, name: str) -> str:
    return lowered(RISKS.get(str(detail.get(name)), _words(detail, name)))


def _rather_than(detail: Detail) -> str:
    """What the table had said, where a clinician gave another level."""
    other = detail.get("advised") not in (None, detail.get("level"))
    return f", given by a clinician; the table said {_risk(detail, 'advised')}" if other else ""


def _words(detail: Detail, name: str) -> str:
    return str(detail.get(name, "")).replace("_", " ")


def _on(detail: Detail, name: str) -> str:
    """Say a day or an instant of a detail."""
    text = str(detail.get(name, ""))
    try:
        return day(datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text))
    except ValueError:
        return "a date not known"


def _sooner(detail: Mapping[str, Any]) -> str:
    """Why a review comes sooner than people agreed."""
    agreed = f", sooner than the {_on(detail, 'agreed')} that was agreed: the rule for this level of risk asks for it"
    return agreed if detail.get("agreed") else ""


def _contact(detail: Detail) -> str:
    at = detail.get("changed", {}).get("at", [None, None])[-1]
    outcome, route = _words(detail, "outcome"), _words(detail, "route")
    told = f"Contact ({lowered(route) or 'route not said'})" + (f": {lowered(outcome)}" if outcome else "")
    return f"{told}, on {when(datetime.fromisoformat(at))}" if at else told


def _other_reminder(detail: Detail) -> str:
    """Say when somebody is reminded since the reminders of the programme were changed, and when it was before."""
    was, to = (when(datetime.fromisoformat(at)) if (at := detail.get(name)) else "" for name in ("was", "to"))
    said = f"Reminder {to}{f' instead of {was}' if was else ''}" if to else f"No reminder {was} any more"
    return f"{said}, as version {detail.get('number')} of the reminders says: {detail.get('task')}"


def _not_shared(detail: Detail) -> str:
    """Once two reasons were written down alike: of those entries nobody can say which it was."""
    why = ": what was agreed to be shared does not reach them" if detail.get("to") else ""
    return f"The contingency plan is not shared with urgent services{why}"


def _notice(detail: Detail) -> str:
    return notice_words(str(detail.get("kind", "")))


def _moved(detail: Detail) -> str:
    """Say from when to when a date moved with a calendar."""
    was, due = (when(datetime.fromisoformat(str(detail[name]))) for name in ("was", "due"))
    day_said, why = _on(detail, "day"), f": {detail['why']}" if detail.get("why") else ""
    kinds = {"close": f"closed on {day_said}{why}", "open": f"open after all on {day_said}"}
    kinds["team"] = f"counted on the calendar of the {detail.get('team', '')} team"
    because = kinds.get(str(detail.get("calendar")), f"other hours from {day_said}")
    return f"Due {due} instead of {was} ({because}): {detail.get('task', '')}"


def _mails(what: str) -> Callable[[Detail], str]:
    def say(detail: Detail) -> str:
        times = int(detail.get("times", 1))
        way = "text message" if detail.get("by") == TEXT else "email"
        return f"{way.capitalize() if times == 1 else f'{times} {way}s'} {what}: {_notice(detail)}"

    return say


def _told_by_hand(detail: Detail) -> str:
    return RECIPIENTS.get(str(detail.get("to")), _words(detail, "to"))


def _reminder(detail: Detail) -> str:
    level = str(detail.get("level", ""))
    if level in ("at due", "L1"):
        return "Reminder, now it is due"
    return "Passed on, because it is overdue" if level.startswith("L") else "Reminder before it is due"


def _renamed(detail: Detail) -> str:
    return f"{detail.get('task', '')}{f' (was: {was})' if (was := detail.get('was')) else ''}"


def _message(detail: Detail) -> str:
    return lowered(kind_words(str(detail.get("type", ""))))


SENTENCES: Mapping[str, str | Callable[[Detail], str]] = {
    # the journey
    "stage entered": lambda d: f"Moved to: {STAGES.get(str(d.get('stage')), _words(d, 'stage'))}",
    "case closed": lambda d: f"Case closed: {CLOSURES.get(str(d.get('reason')), _words(d, 'reason'))}",
    "case reopened": lambda d: f"Case opened again at: {STAGES.get(str(d.get('stage')), _words(d, 'stage'))}",
    "closure planned": lambda d: f"To be closed: {CLOSURES.get(str(d.get('reason')), _words(d, 'reason'))}",
    "ending begun": lambda d: f"The case began to end: {REPORTED.get(str(d.get('kind')), _words(d, 'kind'))}",
    "closed over a mistaken death": "The report of the death over which this case was closed was a mistake",
    "death taken back after closing": "The record of the death was taken back: {known}",
    "death told of before the case": "The death is said to be of {on}, before this case was opened: is it this person?",
    "death confirmed": "The death was confirmed; told by {told_by}",
    "record complete": "The record is complete",
    "held until the 18th birthday": lambda d: f"Held until the 18th birthday on {_on(d, 'on')}",
    "flag raised": lambda d: f"Marked: {FLAG_WORDS.get(str(d.get('flag')), _words(d, 'flag'))}",
    "flag lowered": lambda d: f"Mark taken away: {FLAG_WORDS.get(str(d.get('flag')), _words(d, 'flag'))}",
    **PEOPLE,
    **NEWS,
    "not nominated": lambda d: f"Not taken from the list: {_words(d, 'reason')}",
    "nomination lapsed": "The nomination lapsed: nobody reviewed it in time",
    "outbound stopped": "Every letter, reminder and appointment was stopped",
    "clocks paused": "The clocks were stopped: {reason}",
    "clocks resumed": "The clocks run again",
    "referral sent": "The referral came in",
    "referral received": "The referral was received",
    "process started": lambda d: f"Begun: {_process(d)}",
    "process finished": lambda d: f"Finished: {_process(d)}",
    "process cancelled": lambda d: f"Stopped: {_process(d)}",
    "process cut off by an ending": lambda d: f"Cut off by the ending: {_process(d) or 'a process'}",
    "process stays ended": lambda d: f"Stays ended, whatever comes of the new ending: {_process(d)}",
    "process taken up again": lambda d: f"Taken up again: {_process(d)}",
    "process moved": lambda d: f"Carried on here from {d.get('from_case', '')}: {_process(d)}",
    "step moved by hand": "An operator moved the case on by hand, from “{step}” to “{to}”",
    "step begun again by hand": "An operator began “{step}” again by hand",
    "step taken away by hand": "An operator took “{step}” away by hand",
    "variable set by hand": "An operator set the variable “{variable}” by hand: {value_before}, now {value_after}",
    "asked to do it again": "Whoever did what was refused is asked to do it once more",
    "automatic step failed": lambda d: f"Did not happen by itself: {_step(d)}. It is tried again",
    "step given up by other systems": lambda d: (
        f"Other systems gave this up; whoever runs the service is told: {_step(d)}"
    ),
    "automatic step done at last": lambda d: f"Has happened by itself now: {_step(d)}",
    "automatic step to be tried again": lambda d: f"To be tried again at once: {_step(d)}",
    "automatic step tried again by hand": lambda d: f"Tried again by hand: {_step(d)}",
    "incident settled": lambda d: f"Seen to by hand, as it did not happen by itself: {_step(d)}",
    "automatic step no longer needed": lambda d: f"Need not happen any more: {_step(d)}",
    "moved to another release": lambda d: f"Follows the diagrams of release {d.get('to', '')} from now: {_process(d)}",
    "end reached": lambda d: f"Reached: {d.get('end', '')} ({_process(d)})",
    "note": "{text}",
    "button pressed": "Pressed: {button}",
    # tasks and actions
    "task opened": "Asked: {task}",
    "task claimed": "Claimed: {task}",
    "task released": "Given back to the pool: {task}",
    "task passed over by hand": "Passed over by an operator’s hand: {task}",
    "action without an owner": "Nobody is named for an action any more: {what}",
    "hand-over note written": "What only one colleague knows was written down for a hand-over",
    "hand-over note passed on": "Notes of a hand-over passed on to {to}",
    "hand-over read": "Hand-over read by {by}",
    "task known of": "Known of, though not done yet: {task}",
    "discussed at the meeting": lambda d: (
        f"Overdue, and discussed at the meeting of {_on(d, 'met_on')}: {d.get('task', '')}. What was agreed is for "
        f"{_on(d, 'until')}"
    ),
    "task put off": lambda d: f"Reminders put off until {_on(d, 'until')}, because {d.get('why')}: {d.get('task', '')}",
    "task reassigned": "Handed over to {to}: {task}",
    "task offered to others": "Offered to somebody who may know of the case: {task}",
    "task completed": "Completed: {task}",
    "task taken back": "Taken back, as it was before: {task}",
    "task redrawn": lambda d: f"Asked with other words or by another form: {_renamed(d)}",
    "task cancelled": "No longer needed: {task}",
    "task reopened": "Asked again: {task}",
    "task moved with the case": "A task moved with the case to the {to} team",
    "task put on another day": lambda d: f"Due on {_on(d, 'due')} now: {d.get('task', '')}",
    "due date moved": _moved,
    "task pulled forward": "Asked for sooner, as a matter of safety: {task}",
    "waiting for the referrer": "The referrer was asked: “{what}”. Until they answer the clock stands still: {task}",
    "referrer answered": "The referrer is waited for no longer: “{came}” ({task})",
    "referrer silent": "The referrer did not answer in time, and is waited for no longer: {task}",
    "clock paused": "Clock stopped: {task}",
    "clock resumed": "Clock runs again: {task}",
    "reminder on another day": _other_reminder,
    "reminder written": lambda d: f"{_reminder(d)}: {d.get('task', '')}",
    "outside task opened": "Handed to another system: {task}",
    "outside task fetched": "Taken by another system, {worker}: {task}",
    "outside task kept longer": "Kept longer by another system: {task}",
    "outside task done": "Done by another system, {worker}: {task}",
    "outside task failed": "Another system could not do it: {task}",
    "outside task tried again": "Handed to another system once more: {task}",
    "outside task cancelled": "No longer needed of another system: {task}",
    "outside task drawn anew": "Asked of another system as the newer diagram draws it: {task}",
    "outside task asked again": "Handed to another system again: {task}",
    "action agreed": "Action agreed: {what}",
    "action handed on": "Action handed on to {to}",
    "action settled": "Nobody has to do it any more: {what}",
    "promise settled": "{what}: {becomes}",
    "action updated": lambda d: f"Action: {lowered(_words(d, 'status'))}",
    # documents and plan
    "document filed": lambda d: f"Document {d.get('form', '')}",
    "document amended": "Document corrected",
    "file attached": "A file was attached",
    "plan published": "Care plan, version {number}, counts from now",
    "plan superseded": "Care plan, version {number}, was replaced",
    **LETTERS,
    # contacts and hospital
    "contact logged": _contact,
    "admitted to hospital": lambda d: f"Admitted to hospital ({lowered(_words(d, 'planned'))})",
    "left hospital": lambda d: f"Left hospital. Where to: {lowered(_words(d, 'destination'))}",
    "found after hospital": lambda d: f"Where the person went from hospital: {lowered(_words(d, 'destination'))}",
    "admitted again while a stay stood open": "Admitted again before the end of a stay was told: it ends with that",
    "service used": lambda d: f"A service was used: {kind_words(str(d.get('kind', '')))}",
    "admission told after the discharge": "When this stay in hospital began was told after its end",
    "second notice of the same hospital stay": "A second notice of the same stay in hospital came in",
    # messages and notices
    "message taken": lambda d: f"Message taken in: {_message(d)} (from {d.get('source', 'elsewhere')})",
    "message delivered": lambda d: f"Message reached the case: {_message(d)}",
    "message parked": lambda d: f"Message waits for somebody to look: {_message(d)}",
    "settlement proposed": lambda d: f"A colleague has to agree: {_message(d)}",
    "message settled": lambda d: f"Message settled: {_message(d)}",
    "notice written": lambda d: f"Notice to {d.get('to', 'staff')}: {_notice(d)}",
    "notice sent": _mails("sent"),
    "notice suppressed": _mails("held back"),
    "notice failed": _mails("could not be sent"),
    "notice tried again": _mails("tried again"),
    "to be told by hand": lambda d: f"To be told by hand: {_told_by_hand(d)} ({_notice(d)})",
    "nobody to tell": "Nobody holds the role to be told: {who}",
    "not invited": "Not invited to the meeting, as the case is not shared with them: {who}",
    "not asked for the plan": "Not asked to contribute to the plan, as the case is not shared with them: {who}",
    "nobody to invite": "Nobody to invite to the meeting in this role: {who}",
    # decisions and reviews
    "decision made": lambda d: f"Decided by a table: {TABLE_WORDS.get(str(d.get('table')), _words(d, 'table'))}",
    "work taken up again": "The work was taken up again: the discharge stops, the plan goes on",
    "meeting decided": lambda d: f"The meeting decided: {lowered(_words(d, 'decision'))}",
    "listed for the meeting": "Listed for the meeting",
    "listed without a discussion": "Put to the chair: the person wants no discussion between organisations",
    "listed already": "Asked for again: the case is on the agenda already",
    "virtual huddle called": "A virtual huddle was called",
    "below quorum: advice only, listed again": "The meeting was below quorum: it gave advice only; listed again",
    "priority set": lambda d: f"Priority: {_words(d, 'priority')}",
    "risk level set": lambda d: f"Risk level: {_risk(d, 'level')}{_rather_than(d)}",
    "next review set": lambda d: f"Next review by {_on(d, 'due')}{_sooner(d)}",
    "review set": lambda d: f"Review set for {_on(d, 'due')}",
    "review done": "Review done",
    "review brought forward": lambda d: f"Review brought forward to {_on(d, 'due')}",
    "safeguarding concern opened": "Safeguarding concern opened",
    "safeguarding concern closed": "Safeguarding concern closed",
    # consent and sharing
    "consent recorded": lambda d: f"Consent: {BASES.get(str(d.get('basis')), _words(d, 'basis'))}",
    "consent ended": "Consent no longer counts",
    "consent counts again": "Consent counts again: the withdrawal was a mistake",
    "override counts again": "Sharing without consent counts again: the withdrawal was a mistake",
    "consent not asked about at the review": "Consent was not asked about at the review: it is asked now",
    "sharing scope set": lambda d: _scope(str(d.get("scope"))),
    "exclusion recorded": "Left out of sharing: {who}",
    "exclusion ended": "No longer left out of sharing: {who}",
    "override approved": "Sharing without consent was approved",
    "override rejected": "Sharing without consent was rejected",
    "override ended": lambda d: f"Sharing without consent ended ({_words(d, 'outcome')})",
    "override continued": "Sharing without consent goes on",
    "override narrowed": "Sharing without consent was narrowed",
    "named in sharing without consent": "Named in sharing without consent: {who}",
    "no longer named in sharing without consent": "No longer named in sharing without consent: {who}",
    "no copy of the plan wanted": lambda d: f"No copy of the plan goes to {RECIPIENTS.get(str(d.get('to')), 'them')}",
    "contingency plan ready for urgent services": "The contingency plan is ready for urgent services",
    "contingency plan not shared: outside the scope": _not_shared,
    "contingency plan not shared: copies go to others": (
        "The contingency plan goes to no urgent service: none is named among the copies of the plan"
    ),
}


def _scope(scope: str) -> str:
    return {HELD_BACK: "Not shown before the whole list is taken in", **SCOPES}.get(scope, scope.replace("_", " "))


def _step(detail: Detail) -> str:
    return str(detail.get("step", "")) or f"what is due in “{_process(detail)}”"


def _process(detail: Detail) -> str:
    key = str(detail.get("process", ""))
    return PROCESSES.get(key, key.removeprefix("acm_").replace("_", " "))
