"""How the inbox says things: what is due, whose it is, and what happens if it is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from flask import current_app, url_for
from markupsafe import Markup

from webapp.actor import desk
from webapp.ladder_words import left_words
from webapp.wording import counted, when
from workflows.actions.tasks import ItemResult
from workflows.clock import LONDON, as_utc
from workflows.due_words import due_in_words
from workflows.questions.concern import REFERRAL, Raised
from workflows.questions.inbox import Inbox
from workflows.questions.inbox_filters import Filters
from workflows.questions.inbox_rows import ELSEWHERE, UNSHARED, Row
from workflows.questions.inbox_views import VIEWS

RISK_WORDS = {
    "palliative": "palliative",
    "very_high": "very high risk",
    "high": "high risk",
    "medium": "medium risk",
    "low": "low risk",
    "unknown": "risk not yet known",
}
WITHHELD_WORDS = {ELSEWHERE: "The case is with another team", UNSHARED: "The case is not shared with you any more"}
ONLY_WHEN_NEEDED = frozenset({"stuck"})  # views that most people never have anything in
CASE_PAGE, PROCESS_PAGE = "cases.one", "cases.process"  # the case's own pages


@dataclass(frozen=True)
class Line:
    """A task in the list, in words. `mark` is a shape, so that nothing depends on colour alone."""

    row: Row
    mark: str
    state: str  # overdue, today, later, paused or done: decides the look
    due: str
    whose: str
    person: str
    risk: str
    left: str  # what happens if it is left
    draft: str
    concern: str  # what an urgent task is about, and who raised it


@dataclass(frozen=True)
class Tab:
    """A view with its count and its address; the filters stay."""

    name: str
    number: int
    href: str
    here: bool


def line(row: Row, now: datetime) -> Line:
    """Say everything about a row."""
    state = state_of(row, now)
    return Line(
        row=row,
        mark={"overdue": "▲", "today": "●", "paused": "❚❚", "done": "✓"}.get(state, "○"),
        state=state,
        due=due_words(row, state, now),
        whose=whose(row),
        person=WITHHELD_WORDS.get(row.withheld) or person_words(row.initials, row.age),
        risk=RISK_WORDS.get(row.risk, row.risk.replace("_", " ")),
        left=if_left(row, state),
        draft=f"started, draft {draft_time(row.draft_at, now)}" if row.draft_at and not row.ended_at else "",
        concern=concern_words(row.concern) if row.concern else "",
    )


def concern_words(raised: Raised) -> str:
    """Say in a line what an urgent concern says, by whom and since when."""
    danger = "A life is in danger. " if raised.danger and not raised.signs else ""
    labels = {question.id: question.label for question in desk().forms.form(REFERRAL).definition.questions}
    said = f"“{raised.words}”" if raised.words else f"{'; '.join(labels[sign] for sign in raised.signs)}."
    return f"{danger}{said} {raised.by}, {when(raised.at)}"


def state_of(row: Row, now: datetime) -> str:
    """Say how pressing a row is, in one word."""
    if row.ended_at is not None:
        return "done"
    if row.paused_at is not None:
        return "paused"
    if row.overdue:
        return "overdue"
    same_day = row.due_at is not None and row.due_at.astimezone(LONDON).date() == now.astimezone(LONDON).date()
    return "today" if same_day else "later"


def due_words(row: Row, state: str, now: datetime) -> str:
    """Say when a task is due, as people do; overdue is a word as well as a shape."""
    if state == "done":
        return f"Done {when(row.ended_at)}"
    if state == "paused":
        return f"Clock stopped{f': {row.paused_why}' if row.paused_why else ''}"
    if row.due_at is None:
        return "No date"
    words = due_in_words(row.due_at, now, row.calendar)
    return f"Overdue by {words.removesuffix(' overdue')}" if state == "overdue" else words[:1].upper() + words[1:]


def whose(row: Row) -> str:
    """Say in whose hands a task is."""
    if row.ended_at is not None:
        return "done by you"
    if row.barred and (row.mine or not row.assignee):
        return f"somebody else has to do this: you did “{row.barred}”"
    if row.mine:
        return "yours"
    if row.covered:
        return f"{row.assignee}’s, whom you cover"
    return ", ".join(filter(None, (row.assignee, row.away))) or f"nobody’s yet, {row.whose} pool"


def person_words(initials: str, age: int | None) -> str:
    """Name a person in a list that others may glance at: initials and age."""
    return initials if age is None else f"{initials}, {age}"


def if_left(row: Row, state: str) -> str:
    """Say what the service does by itself if nobody acts: whom it tells next, and when."""
    if state in ("done", "paused") or row.due_at is None:
        return "No reminders while its clock stands still" if state == "paused" else ""
    return left_words(row.next_rung, row.remind_at, row.level, row.calendar, row.overdue)


def draft_time(saved_at: datetime, now: datetime) -> str:
    """Say when a draft was kept: the time alone is enough for one of today."""
    local = saved_at.astimezone(LONDON)
    return f"{local:%H:%M}" if local.date() == now.astimezone(LONDON).date() else when(saved_at)


def tabs(found: Inbox, filters: Filters) -> list[Tab]:
    """Return the views with their counts, the searched-for one beside them while it is open."""
    shown = [
        Tab(view.name, found.counts[view.key], address(view.key, filters), view.key == found.view.key)
        for view in VIEWS
        if view.key not in ONLY_WHEN_NEEDED or found.counts[view.key] or view.key == found.view.key
    ]
    if found.view.key in {view.key for view in VIEWS}:
        return shown
    return [*shown, Tab(found.view.name, found.found, address(found.view.key, filters), True)]


def address(view: str, filters: Filters, sort: str = "", after: UUID | None = None) -> str:
    """Return the address of a view: whoever it is sent to sees it in the same order, through the same filters."""
    pairs = [("view", view), *filters.pairs()]
    pairs += [("sort", sort)] if sort else []
    pairs += [("after", str(after))] if after else []
    return f"{url_for('inbox.show')}?{urlencode(pairs)}"


def new_address(found: Inbox, filters: Filters, now: datetime) -> str:
    """Return where an open page asks what is new in its view; what is done does not wait for anybody."""
    if found.view.newest_first:
        return ""
    pairs = [("view", found.view.key), *filters.pairs(), ("since", now.isoformat()), ("had", str(found.found))]
    return f"{url_for('inbox.new')}?{urlencode(pairs)}"


def new_words(number: int) -> str:
    """Say how many tasks are new; nothing where there are none."""
    return counted(number, "new task") if number else ""


def read_instant(spelled: str) -> datetime | None:
    """Read when a page was made; None where it cannot be read."""
    try:
        return as_utc(datetime.fromisoformat(spelled))
    except ValueError:
        return None


def greeting(now: datetime) -> str:
    """Greet by the time of day in London."""
    hour = now.astimezone(LONDON).hour
    return "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"


def case_address(number: str, page: str = CASE_PAGE) -> str:
    """Return the address of a page of a case; empty while this installation has none."""
    return url_for(page, number=number) if page in current_app.view_functions else ""


def told(results: Sequence[ItemResult], done: str) -> tuple[str, list[Markup]]:
    """Say what became of a bulk act: how many went through, and of each of the others which it is and why not."""
    problems = [_problem(result) for result in results if result.problem]
    went = len(results) - len(problems)
    return (f"{done}: {went} of {len(results)}." if went else "", problems)


def _problem(result: ItemResult) -> Markup:
    if not result.case_number:
        return Markup("{}: {}").format(result.name, result.problem)
    address = url_for("tasks.show", task_id=result.task_id)
    return Markup('<a href="{}">{}, {}</a>: {}').format(address, result.name, result.case_number, result.problem)


def ids(given: Iterable[str]) -> list[UUID]:
    """Return the tasks that were ticked; what is no id is passed over."""
    found = []
    for each in dict.fromkeys(given):
        try:
            found.append(UUID(each))
        except ValueError:
            continue
    return found
