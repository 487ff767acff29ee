"""How the caseload is said: risk in a word, how long nobody spoke to the person, what is late."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from flask import url_for

from webapp.cases.presenters import RISKS, STAGES, ended_or_ending
from webapp.wording import counted, due
from workflows.clock import LONDON
from workflows.questions.case_head import FLAG_WORDS, GRAVE
from workflows.questions.caseload import Card, Narrowed
from workflows.questions.out_of_hours import Paper
from workflows.questions.waits import OpenTask

REASONS = {
    "urgent": "An urgent concern is open",
    "safety_task": "A task about safety is open",
    "safeguarding_open": "A safeguarding concern is open",
    "very_high": "Very high risk",
    "palliative": "Palliative care",
}


def stage(key: str) -> str:
    """Name a stage."""
    return STAGES.get(key, key)


def risk(card: Card) -> str:
    """Say the risk level."""
    return RISKS.get(card.risk_level, card.risk_level)


def here(card: Card) -> str:
    """Say for how long a case has been at its stage."""
    return f"{counted(card.days_here, 'day')} here" if card.days_here else "here since today"


def alerts(card: Card) -> list[tuple[str, bool]]:
    """Say what to know before anything is done, and whether it is grave: a death or its report, then the marks."""
    first = ended_or_ending(card.died_on, card.ending)
    marks = [(FLAG_WORDS.get(flag, flag), flag in GRAVE) for flag in card.flags]
    return [(first, True), *marks] if first else marks


def silence(card: Card, now: datetime) -> str:
    """Say how long ago anybody spoke to the person, in days of the calendar."""
    if card.last_contact_at is None:
        return "No contact yet"
    days = (now.astimezone(LONDON).date() - card.last_contact_at.astimezone(LONDON).date()).days
    return "Contact today" if days <= 0 else f"Last contact {counted(days, 'day')} ago"


def open_until(task: OpenTask) -> str:
    """Say until when a task is open, and in whose hands it is."""
    if task.paused:
        until = "its clock stands still"
    elif task.due_at is None:
        until = "no date"
    else:
        until = due(task.due_at, task.calendar)
    return f"{until}; {task.holder or f'nobody’s yet, {task.whose} pool'}"


def respect(paper: Paper) -> str:
    """Say whether a ReSPECT or DNACPR form exists and where it is kept, as far as the case knows."""
    exists = {"Yes": "There is one", "No": "None", "": "Not recorded"}.get(paper.exists, paper.exists)
    return f"{exists}. Kept: {paper.kept}" if paper.kept and paper.exists != "No" else exists


def overdue(card: Card) -> str:
    """Say how many tasks are late; empty when none is."""
    return f"▲ {counted(card.overdue, 'task')} overdue" if card.overdue else ""


def address(narrowed: Narrowed, **other: str) -> str:
    """Return the address of the board as it is narrowed, with something changed."""
    wanted = {"team": narrowed.team, "coordinator": narrowed.coordinator, "stage": narrowed.stage, **other}
    query = urlencode({name: value for name, value in wanted.items() if value})
    return url_for("caseload.board") + (f"?{query}" if query else "")
