"""How a task's page says things: its clock, what pauses it, and what happens after it is done."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from flask import url_for
from markupsafe import Markup

from webapp.actor import current_actor
from webapp.inbox.presenters import CASE_PAGE, case_address, draft_time, person_words
from webapp.wording import gone_words, held_up_line, when
from workflows.actions.next_tasks import TaskDone
from workflows.casework.access import may
from workflows.casework.case import STAGE_NAMES
from workflows.casework.errors import Colleagues
from workflows.due_words import due_in_words, exactly, left_in_words
from workflows.questions.inbox_rows import Row
from workflows.questions.left_over import LeftOver
from workflows.questions.sharing_beside import Sharing
from workflows.questions.task_form import PassedOn, TaskForm
from workflows.questions.task_page import Afterwards, TaskPage

SAFETY = "It is about safety: its clock never stops, and reminders go out at once."
SAFETY_STOPS = "It is about safety: reminders go out at once. Its clock stops while the person is in hospital."
PROMISED = "It is promised to a person."
STOPS, RUNS_ON = (
    "Its clock stops while the person is in hospital.",
    "Its clock runs on while the person is in hospital.",
)
STOPS_TOO = "Its clock stops while the person is in hospital, and while the referrer owes an answer."
SCOPE_WORDS = {
    "none": "No basis for sharing is recorded yet. Share nothing outside the team that looks into the referral.",
    "named": "Nothing may be shared beyond those who look after the case: the person has not agreed, or not any more.",
    "minimum": "Only the minimum may be shared, and only with those named in the decision: the person has not agreed.",
    "care_professionals": "May be shared with health and care professionals only.",
    "limited": "Agreed in part: something may not be shared, or not with everybody.",
    "full": "The person agreed that the team may share what it needs to.",
}
NOT_ASKED_YET = (
    "With whom to share has not been asked yet: until then it is health, social care and voluntary organisations."
)
TABLE_WORDS = {
    "eligibility": "Eligibility",
    "suitability": "Reasons for suitability",
    "suitability_verdict": "Suitability",
    "consent_basis": "Basis for sharing",
    "priority": "Priority",
    "routing": "Team",
    "risk_level": "Risk level",
    "review_interval": "Review interval",
    "discharge_readiness": "Readiness for discharge",
}
# Tables whose outcome is a word that says something by itself; the others have only their reason to tell.
BUTTON = "nhsuk-button nhsuk-button--secondary nhsuk-button--small app-told__back"
TOLD_FORM = "told-form"  # of the buttons in what is told
OUTCOMES_TOLD = frozenset({"eligibility", "suitability_verdict", "priority", "risk_level", "discharge_readiness"})
NOTHING_SENT = Markup()


def due_line(task: TaskPage, now: datetime) -> str:
    """Say when a task is due."""
    if task.paused_at is not None:
        return f"Clock stopped since {when(task.paused_at)}{f': {task.paused_why}' if task.paused_why else ''}"
    if task.due_at is None:
        return "No date"
    words = due_in_words(task.due_at, now, task.calendar)
    if task.overdue:
        return f"▲ Overdue by {words.removesuffix(' overdue')} (it was due {when(task.due_at)})"
    return f"Due {words}"


def left_line(task: TaskPage, now: datetime) -> str:
    """Say what a clock that stands still has left, and what it would be; empty where it runs."""
    if task.left is None or task.would_be is None:
        return ""
    would_be = exactly(task.would_be, now) if task.would_be >= now else due_in_words(task.would_be, now, task.calendar)
    return (
        f"{left_in_words(task.left)} If its clock went on now, it would be {'due ' * (task.would_be >= now)}{would_be}."
    )


def class_line(task: TaskPage) -> str:
    """Say what kind of promise a task is, and whether its clock stops while the person is in hospital."""
    if task.escalation == "S":
        return SAFETY_STOPS if task.pauses else SAFETY
    stops = STOPS_TOO if task.may_wait else STOPS if task.pauses else RUNS_ON
    return f"{PROMISED} {stops}" if task.escalation == "A" else stops


def holder_line(task: TaskPage) -> str:
    """Say in whose hands a task is."""
    if task.mine:
        return "It is yours."
    if task.covered:
        return f"It is {task.assignee}’s, whom you cover."
    if task.assignee:
        return f"It is {task.assignee}’s."
    return f"Nobody has it yet. It is for the {task.whose}{f' in {task.team}' if task.team else ''}."


def draft_line(found: TaskForm, now: datetime) -> str:
    """Say when the draft was kept, or where the answers come from."""
    if found.draft_at is not None:
        return f"Draft saved {draft_time(found.draft_at, now)}"
    return "Some answers are filled in from the record: check them." if found.drawn else ""


def sharing_line(sharing: Sharing) -> str:
    """Say how far information may travel."""
    if sharing.scope == "full" and not sharing.asked:
        return f"The person agreed to the referral. {NOT_ASKED_YET}"
    return SCOPE_WORDS.get(sharing.scope, sharing.scope)


def ended_line(task: TaskPage) -> str:
    """Say who completed a task and when, or why it is no longer needed."""
    if task.status == "completed":
        who = "You" if task.ended_by_me else task.ended_by or "Somebody"
        return f"{who} completed this task on {when(task.ended_at)}."
    return f"This task is no longer needed since {when(task.ended_at)}: {task.ended_why or 'the case moved on'}."


def faster(task: TaskPage) -> str:
    """Say in a few words what came before one's own act; "" when nobody was faster and it simply may not be."""
    if task.ended_by_me:
        return "You had completed this already"
    if task.status != "open":
        return "Somebody else was faster"
    return f"{task.assignee} has this now" if task.assignee and not task.mine else ""


def case_page(task: TaskPage, page: str = CASE_PAGE) -> str:
    """Return the address of a page of the task's case; empty where only the task is the reader's."""
    return case_address(task.case_number, page) if task.opens_case else ""


def ways_to_add(task: TaskPage, left: LeftOver) -> list[tuple[str, str]]:
    """Offer where in the case what was typed too late can go, as sentences with their addresses."""
    number, ways = task.case_number, []
    if left.document_id and may(current_actor(), "document.amend"):
        amend = url_for("cases.amend", number=number, document_id=left.document_id)
        ways.append(("correct the form you completed", amend))
    if may(current_actor(), "case.act"):
        ways.append(("log it as a contact", url_for("buttons.ask", number=number, key="contact")))
    return ways


def passed_on_line(task: PassedOn) -> str:
    """Say why a task that one had open is not here any more."""
    if task.ended_by_me:
        return "You completed this task; the case is now with another team."
    if task.completed:
        return "Somebody else took this on; the case is now with another team."
    return "This task is no longer needed; the case is now with another team."


def what_happens_next(after: Afterwards, now: datetime, opened: Collection[UUID | None] = ()) -> str:
    """Say in one sentence what happens next in a case: of all that is open what was `opened` a moment ago."""
    if after.closed:
        return "The case is closed."
    if after.tasks:
        task = next((one for one in after.tasks if one.id in opened), after.tasks[0])
        by = f", {due_in_words(task.due_at, now, after.calendar)}" if task.due_at else ""
        return f"Next in this case: “{task.name}”, {task.whose}{', its clock stands still' if task.paused else by}."
    if after.awaited:
        return f"The case now waits for {after.awaited[0]}."
    return "Nothing more is asked in this case for now."


def done_words(
    done: TaskDone, task_id: UUID, after: Afterwards, following: Row | None, now: datetime, sent: Markup = NOTHING_SENT
) -> Markup:
    """Say what was done, what it `sent`, what happens next, and the next task of one's own, with its link."""
    if done.again:
        said = Markup("You had already completed “{}”. Nothing was done twice.").format(done.task_name)
    else:
        together = f"{joined_line(done.colleagues)} " if done.colleagues else ""
        follows = held_up_line(done.held_up) if done.held_up else what_happens_next(after, now, done.opened)
        follows = gone_words(done.gone_to) if done.gone_to else follows
        what = "Written down, and still to do" if done.asked_again else "Done"
        said = Markup("{}: “{}”. {}{}").format(what, done.task_name, together, follows)
    return said + sent + _next_words(done, following) + (_take_back_button(task_id) if done.reversible else "")


def _next_words(done: TaskDone, following: Row | None) -> Markup:
    if done.next_task_id is not None:
        address, name = url_for("tasks.show", task_id=done.next_task_id), f"{done.next_task_name}, same case"
    elif following is not None:
        address = url_for("tasks.show", task_id=following.id)
        name = f"{following.name}, {person_words(following.initials, following.age)}"
    else:
        return Markup()
    return Markup(' Next: <a href="{}">{}</a>').format(address, name)


def _take_back_button(task_id: UUID) -> Markup:
    """A button within what is told; the form it belongs to stands beside it (parts/told.html)."""
    address = url_for("tasks.take_back", task_id=task_id)
    return Markup(
        ' <button type="submit" form="{}" formaction="{}" class="{}" data-take-back>Take it back</button>'
    ).format(TOLD_FORM, address, BUTTON)


def kept_elsewhere(task: TaskPage) -> Markup:
    """Say that what was typed into a completed form in another window was not sent with it, and where it is."""
    address = url_for("tasks.show", task_id=task.id)
    return Markup(
        'What you typed into it in another window was not sent with it. It is kept: <a href="{}">look at it</a>.'
    ).format(address)


def joined_line(colleagues: Colleagues) -> str:
    """Say whose words in the same form were joined with those of its writer."""
    *others, last = colleagues.names
    who = f"{', '.join(others)} and {last}" if others else last
    has = "has" if not others and last != "You" else "have"
    both = "all of it stands" if others else "both stand"
    return f"{who} {has} added to “{colleagues.form_title}” since you began; {both} in it."


def stage_name(stage: str) -> str:
    """Name where a case is on its way."""
    return STAGE_NAMES[stage]
