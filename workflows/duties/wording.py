"""The words of letters and notices: templates as files, filled with what the case knows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from sqlalchemy import select

from workflows.casework.diagram import DecisionRecord
from workflows.casework.errors import RuleBroken
from workflows.casework.notice import Letter
from workflows.clock import london_day
from workflows.duties.outcomes import current_plan
from workflows.duties.papers import answers
from workflows.duties.register import Asking

# What the meeting decided, as colleagues read it.
DECISIONS = {
    "case_manage": "The team will work with the person and name one person to hold the threads.",
    "advice_to_referrer": "The team gives advice; no further work by the team is needed now.",
    "one_off_action": "The team agreed one action and does not need to do more now.",
    "refer_to_service": "The team refers the person to a service that fits better.",
    "defer_more_info": "The team needs more information and will discuss it again.",
    "not_suitable": "The team found that this programme is not the right help.",
    "urgent_now": "The team acts at once.",
    "continue": "The work goes on as planned.",
    "step_down": "The work becomes less intensive.",
    "discharge": "The work comes to an end.",
}
# The same to the person themselves.
DECISIONS_TO_YOU = {
    "case_manage": "We will work with you. One of us will be your worker and keep everything together.",
    "advice_to_referrer": "We gave advice to the person who asked us about you. You do not need more from us now.",
    "one_off_action": "We agreed one thing to do for you. You do not need more from us now.",
    "refer_to_service": "Another service can help you better. We are asking them.",
    "defer_more_info": "We need to know more first. Then we will talk about it again.",
    "not_suitable": "We found that this is not the right help for you.",
    "urgent_now": "You need help at once, and we are getting it for you.",
    "continue": "We carry on with your plan.",
    "step_down": "You need less help from us now, so we will be in touch less often.",
    "discharge": "You do not need our help any more, so we will stop.",
}
# What follows from a decision, where the meeting wrote nothing of its own.
NEXT = {
    "case_manage": "The care coordinator makes a care and support plan with the person.",
    "one_off_action": "The team closes its record when the action is done.",
    "refer_to_service": "The service takes over when it has accepted the referral.",
    "urgent_now": "The care coordinator gets in touch with the person today.",
    "continue": "The plan is reviewed with the person.",
    "step_down": "The care coordinator keeps in touch for a while before the work ends.",
    "discharge": "The care coordinator agrees with the person how the work ends, and how to come back.",
}
NEXT_TO_YOU = {
    "case_manage": "Your worker will call you. Together you will write down your plan.",
    "one_off_action": "We will close our record when it is done.",
    "refer_to_service": "The other service will get in touch with you.",
    "urgent_now": "We will get in touch with you today.",
    "continue": "We will look at your plan with you again.",
    "step_down": "Your worker will still be in touch for a while.",
    "discharge": "Your worker will talk with you about how we stop, and how you can come back.",
}
LETTERS = Path(__file__).resolve().parent.parent / "letters"
BY_HAND = "by_hand"


@dataclass(frozen=True)
class LetterTemplate:
    """One template: its title, whom it addresses, its text."""

    title: str
    audience: str
    text: str
    needs_consent: bool  # goes only to whom the person agreed to share with
    after_death: bool  # may still go out when the person has died
    waits_in_hospital: bool  # asks the person to do something at home, so it waits until they are there
    overtaken_by: tuple[str, ...]  # what makes it needless while it waits, see `duties.overtaken`
    by_hand: bool = False  # somebody tells it by phone or post

    def fill(self, words: Mapping[str, str]) -> str:
        """Return the letter with the words in their places.

        What nobody knows is not said: a sentence that needs it is left out, and a heading with nothing below it.
        """
        kept: list[str] = []
        for paragraph in self.text.split("\n\n"):
            said = " ".join(_sayable(paragraph, words)) if _is_prose(paragraph) else paragraph
            if set(Template(said).get_identifiers()) <= set(words) and said.strip():
                kept.append(said)
            elif kept and _is_heading(kept[-1]):
                kept.pop()
        return Template("\n\n".join(kept)).substitute(words)


def _is_prose(paragraph: str) -> bool:
    return "\n" not in paragraph.strip() and bool(re.search(r"[.?!]", paragraph))


def _is_heading(paragraph: str) -> bool:
    """Whether a paragraph only announces the next one: one short line that is no sentence and no salutation."""
    return "\n" not in paragraph.strip() and paragraph.strip()[-1].isalpha() and "$" not in paragraph


def _sayable(paragraph: str, words: Mapping[str, str]) -> Iterator[str]:
    for sentence in re.split(r"(?<=[.?!]) ", paragraph):
        if set(Template(sentence).get_identifiers()) <= set(words):
            yield sentence


class _Dashes(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "–"


@cache
def _register(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((LETTERS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def letter_template(key: str) -> LetterTemplate:
    """Return a template by its key, such as L04p; what is told by phone or post bears the name of its notice."""
    if key in _register(BY_HAND):
        return _told_by_hand(key)
    entry = _register("letters").get(key)
    if entry is None:
        raise RuleBroken(f"There is no letter template “{key}”.")
    return LetterTemplate(
        entry["title"], entry["audience"], _text(key), entry["needs_consent"], entry["after_death"],
        entry["waits_in_hospital"], tuple(entry["overtaken_by"]),
    )  # fmt: skip


def _told_by_hand(kind: str) -> LetterTemplate:
    entry = _register(BY_HAND)[kind]
    text = "\n\n".join((f"Subject: {entry['title']}", "$date", *entry["say"], "$team_name\n$programme_name"))
    return LetterTemplate(
        entry["title"], "professional", f"{text}\n", entry["needs_consent"], entry["after_death"], False,
        tuple(entry["overtaken_by"]), by_hand=True,
    )  # fmt: skip


def template_for(key: str, recipient: str) -> str:
    """Return the template to use: the person gets the plain-language version of a letter where there is one."""
    plain = f"{key}p"
    return plain if recipient == "person" and plain in _register("letters") else key


def template_of(letter: Letter) -> LetterTemplate:
    """Return the template a letter was written from, as its recipient gets it."""
    return letter_template(template_for(letter.template, letter.recipient))


def letter_title(key: str, recipient: str) -> str:
    """Return what a letter is called, as its recipient gets it; empty when there is no such template any more."""
    known = _register("letters") | _register(BY_HAND)
    return str(known.get(template_for(key, recipient), {}).get("title", ""))


def notice_kinds() -> frozenset[str]:
    """Return every kind of notice that has words."""
    return frozenset(_register("notices"))


@cache
def _text(key: str) -> str:
    return (LETTERS / f"{key}.txt").read_text(encoding="utf-8")


def notice_text(kind: str, words: dict[str, Any]) -> tuple[str, str]:
    """Return subject and body of a notice; neither ever names a person."""
    entry = _register("notices").get(kind)
    if entry is None:
        raise RuleBroken(f"There is no notice “{kind}”.")
    filled = _Dashes({name: str(value) for name, value in words.items()})
    return Template(entry["subject"]).safe_substitute(filled), Template(entry["body"]).safe_substitute(filled)


def letter_words(asking: Asking, recipient: str) -> dict[str, str]:
    """Return everything a letter may say about the case, in words; what nobody knows is left out."""
    case, person, content = asking.case, asking.case.person, asking.case.programme.content
    words = {
        "date": in_words(asking.work.today),
        "case_number": case.number,
        "programme_name": case.programme.name,
        "team_name": case.team.name if case.team else "The intake team",
        "person_name": person.name,
        "person_dob": in_words(person.dob),
        "recipient_name": _recipient(asking, recipient),
        "coordinator_name": case.coordinator.name if case.coordinator else "the team",
        "coordinator_phone": content.get("phone"),
        "emergency_advice": content.get("emergency_advice"),
        "opened_on": in_words(london_day(case.opened_at)),
        "received_on": in_words(london_day(case.opened_at)),
        "closed_on": in_words(asking.work.today),
        "next_review": in_words(_next_review(asking)),
    }
    to_them = recipient in {"person", "carer"}
    meeting = _meeting_words(asking, to_them)
    found = words | _referral_words(asking) | meeting | _plan_words(asking) | _ending_words(asking)
    return {name: str(value) for name, value in found.items() if value not in (None, "")}


def in_words(day: date | None) -> str:
    """Return a date as people write it: 3 November 2026."""
    return f"{day.day} {day:%B %Y}" if day else ""


def _recipient(asking: Asking, recipient: str) -> str:
    known = {"person": asking.case.person.name, "referrer": answers(asking, "F01").get("referrer_name")}
    named = {"gp": "Doctor", "ward": "Colleague", "team": "Colleague", "carer": "Carer"}
    return str(known.get(recipient) or named.get(recipient, "Colleague"))


def _referral_words(asking: Asking) -> dict[str, Any]:
    said, triage = answers(asking, "F01"), answers(asking, "F03")
    wait = asking.work.due(asking.case.programme, "wait.no_contact_letter")
    return {
        "referrer_name": said.get("referrer_name"),
        "reasons": triage.get("return_reason") or _reason(asking),
        "signpost": triage.get("signpost_note"),
        "reply_by": in_words(london_day(wait)),
    }


def _next_review(asking: Asking) -> date | None:
    """When the plan is looked at again: as it is set, or (before that) as the plan or the meeting says."""
    if asking.case.next_review_at is not None:
        return london_day(asking.case.next_review_at)
    return _day(answers(asking, "F18").get("next_review")) or _day(answers(asking, "F16").get("next_review"))


def _meeting_words(asking: Asking, to_them: bool) -> dict[str, Any]:
    said = answers(asking, "F16")
    if not said:
        return {}
    decided = str(said.get("decision"))
    actions = [f"• {row['what']} (by {in_words(date.fromisoformat(row['due']))})" for row in said.get("actions", [])]
    return {
        "meeting_date": in_words(_day(said.get("meeting")) or asking.work.today),
        "decision": (DECISIONS_TO_YOU if to_them else DECISIONS).get(decided, "The team will look at it again."),
        "reasons": said.get("rationale"),
        "actions": "\n".join(actions) or "No further actions were agreed.",
        "what_next": said.get("advice") or said.get("missing") or (NEXT_TO_YOU if to_them else NEXT).get(decided),
    }


def _plan_words(asking: Asking) -> dict[str, Any]:
    said, plan = answers(asking, "F18"), current_plan(asking)
    if not said:
        return {}
    return {
        "plan_version": plan.number if plan else 1,
        "goals": "\n".join(f"• {goal.get('statement', '')}" for goal in said.get("goals", [])),
        "contingency": "\n".join(
            f"• If {row.get('if_this', '')}: {row.get('do_this', '')}" for row in said.get("contingency", [])
        ),
        "services": "\n".join(f"• {_support(row)}" for row in said.get("support", [])),
    }


def _support(row: Mapping[str, Any]) -> str:
    """One line of agreed support: what, who does it, how often, how to reach them."""
    who = ", ".join(str(row[name]) for name in ("who", "how_often", "contact") if row.get(name))
    return f"{row.get('what', '')} ({who})" if who else str(row.get("what", ""))


def _ending_words(asking: Asking) -> dict[str, Any]:
    leaving, moved, stay = answers(asking, "F25"), answers(asking, "F27"), answers(asking, "F24")
    return {
        "handover_to": leaving.get("handover_to") or moved.get("to_organisation"),
        "how_to_come_back": leaving.get("how_to_come_back") or asking.case.programme.content.get("how_to_come_back"),
        "hospital": stay.get("hospital"),
    }


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _reason(asking: Asking) -> str:
    tables = ("eligibility", "suitability_verdict")
    newest = asking.work.session.scalar(
        select(DecisionRecord)
        .where(DecisionRecord.case_id == asking.case.id, DecisionRecord.table.in_(tables))
        .order_by(DecisionRecord.id.desc())
        .limit(1)
    )
    return newest.explain if newest else ""
