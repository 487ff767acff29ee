"""By when consent and capacity are looked at again: on the day agreed, at the latest after the usual time."""

from __future__ import annotations

from datetime import date, datetime, time

from workflows.casework.case import Case
from workflows.clock import at_london, london_day
from workflows.desk import PendingDates, Work
from workflows.duties.consenting import capacity_now
from workflows.duties.papers import newest
from workflows.duties.register import Asking
from workflows.storage import cases

USUAL = "wait.consent_anniversary"
# The events of the diagram that wait until consent is confirmed again.
CONFIRMS_AGAIN = ("consent_year_over", "next_consent_year")
BEGINS = time(9)


def ask_again_by(asking: Asking) -> date | None:
    """Return the day by which consent is to be asked again; None where nobody named one that is still to come.

    Where somebody else decided for a person who lacks capacity, their day and that of the assessment count as well.
    """
    named = {"F05": "review_by"}
    if capacity_now(asking) == "lacks":
        named |= {"F06": "review_date", "F07": "review_date"}
    papers = [(newest(asking, form_key), answer) for form_key, answer in named.items()]
    days = [str(paper.answers[answer]) for paper, answer in papers if paper is not None and paper.answers.get(answer)]
    coming = [day for day in map(date.fromisoformat, days) if day > asking.work.today]
    return min([*coming, london_day(_latest(asking))]) if coming else None


def wait_until_then(asking: Asking, named: date | None) -> None:
    """Let the case wait for that day, but never longer than the programme allows, counted from when it was decided."""
    until = _latest(asking)
    if named is not None:
        until = min(until, at_london(named, BEGINS))
    asking.work.pending.append(PendingDates(asking.case, dict.fromkeys(CONFIRMS_AGAIN, until)))


def counts_until(work: Work, case: Case, given: date) -> datetime:
    """Return how long a decision of that day may be relied on at most."""
    return work.due(case, USUAL, at_london(given, BEGINS))


def _latest(asking: Asking) -> datetime:
    """Return until when the decision counts: from its own day; what is over all the same counts from now on."""
    given, counted = _decided_on(asking), asking.work.due(asking.case, USUAL)
    if given is None:
        return counted
    until = counts_until(asking.work, asking.case, given)
    return min(until, counted) if until > asking.work.now else counted


def _decided_on(asking: Asking) -> date | None:
    """Return the day that the conversation names; without one, the day on which the referrer was told."""
    conversation = newest(asking, "F05")
    said, named = (conversation, "valid_from") if conversation else (newest(asking, "F01"), "consent_date")
    day = said.answers.get(named) if said else None
    return date.fromisoformat(str(day)) if day else None


def day_has_come(asking: Asking) -> bool:
    """Say whether the consent in force is to be asked about again by now, and nobody has done so."""
    consent, conversation = cases.consent_in_force(asking.work.session, asking.case.id), newest(asking, "F05")
    if consent is None or consent.review_by is None or consent.review_by > asking.work.today:
        return False
    return conversation is None or conversation.completed_at <= consent.valid_from


def agreed_instead(asking: Asking, key: str) -> datetime | None:
    """Return the instant agreed for a wait of the diagram, where somebody named a day; None: the usual time counts."""
    paper = newest(asking, "F06") if key == "wait.capacity_returns" else None
    day = paper.answers.get("review_date") if paper else None
    named = date.fromisoformat(str(day)) if day else None
    return at_london(named, BEGINS) if named and named > asking.work.today else None
