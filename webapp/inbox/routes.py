"""The inbox: what do I do next?"""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from webapp.actor import desk, office
from webapp.guard import permission
from webapp.inbox import presenters
from webapp.overdue import presenters as overdue
from webapp.searches import MARK, recall, remember
from webapp.sessions import asked_by_itself
from workflows.actions import filters as keeping
from workflows.actions import tasks as acts
from workflows.actions.seeing import note_list_seen
from workflows.casework.errors import AnswersRefused, CaseworkError
from workflows.questions import inbox as question
from workflows.questions import task_page
from workflows.questions.duty_rota import duty_to_hand_on
from workflows.questions.first_to_read import first_to_read
from workflows.questions.inbox_filters import CLASSES, RISKS, WINDOWS, Filters, Given
from workflows.questions.inbox_views import BY_KEY
from workflows.questions.overdue_filters import Narrowed
from workflows.questions.taking_back import may_be_asked_for

room = Blueprint("inbox", __name__, url_prefix="/inbox")
MOST_AT_ONCE = 50
PROBLEM = Markup("<li>{}</li>")


@room.get("")
@permission("inbox")
def show() -> str:
    """Show one page of one view."""
    return _page({})


@room.get("/new")
@permission("inbox")
def new() -> Response:
    """Count what has come into a view since its page was made; a page that is open asks, again and again."""
    asked_by_itself()
    view, filters = request.args.get("view", ""), _filters(request.args.to_dict(flat=False))
    since = presenters.read_instant(request.args.get("since", "")) or office().clock.now()
    number = question.new_since(desk(), view, filters, since, request.args.get("had", 0, type=int))
    told = jsonify(new=number, words=presenters.new_words(number))
    told.set_etag(str(number))
    return told.make_conditional(request)


@room.post("")
@permission("inbox")
def search() -> Response:
    """Look for what was typed among everything one may look at; only its mark stands in the address."""
    typed = request.form.get("q", "")
    mark = remember(typed) if typed.strip() else ""
    return redirect(presenters.address("all", _filters({MARK: [mark]})), 303)


@room.post("/<uuid:task_id>/claim")
@permission("inbox")
def claim(task_id: UUID) -> Response:
    """Take a task from the pool; when a colleague was faster the list keeps its place and says so."""
    try:
        acts.claim_task(desk(), task_id)
    except CaseworkError as refusal:
        flash(str(refusal), "important")
        return _back()
    link = Markup('<a href="{}">Start now</a>').format(url_for("tasks.show", task_id=task_id))
    flash(Markup("The task is yours. {}").format(link))
    return _back()


@room.post("/claim")
@permission("inbox")
def claim_many() -> Response:
    """Take the ticked tasks, each by itself."""
    chosen = _chosen()
    if chosen:
        _tell(*presenters.told(acts.claim_many(desk(), chosen), "Claimed"))
    return _back()


@room.get("/hand-over")
@permission("inbox")
def ask_hand_over() -> str | Response:
    """Ask to whom tasks are handed over, and why."""
    return _hand_over_page({})


@room.post("/hand-over")
@permission("inbox")
def hand_over() -> str | Response | tuple[str, int]:
    """Hand tasks over, each by itself; with nobody chosen yet, ask."""
    typed = request.form
    if "why" not in typed:
        return _hand_over_page({})
    errors = {} if typed["why"].strip() else {"why": "Enter why, for example: on leave from Monday"}
    to = presenters.ids([typed.get("to", "")])
    if not to and typed.get("to") != "pool":
        errors = {"to": "Choose a colleague or the pool", **errors}
    if errors:
        page = _hand_over_page(errors)
        return page if isinstance(page, Response) else (page, 422)
    why = typed["why"].replace("\x00", "")
    _tell(*presenters.told(acts.reassign_many(desk(), _chosen(), to[0] if to else None, why), "Handed over"))
    return _back()


@room.post("/saved")
@permission("inbox")
def save() -> Response | tuple[str, int]:
    """Keep the present filters and the order under a name, never the words searched for."""
    given = _given(request.form.get("query", ""))
    view = next((each for each in given.get("view", ()) if each in BY_KEY), "mine")
    sort = [("sort", one) for one in given.get("sort", ()) if one in question.SORTS][:1]
    query = urlencode([("view", view), *_filters(given).lasting_pairs(), *sort])
    try:
        keeping.save_filter(desk(), request.form.get("name", ""), query)
    except AnswersRefused as refused:
        return _page(refused.errors), 422
    flash("Saved. You find it under “Saved filters”.")
    return _back()


@room.post("/saved/<uuid:filter_id>/remove")
@permission("inbox")
def forget(filter_id: UUID) -> Response:
    """Remove a saved filter."""
    flash(f"The saved filter “{keeping.forget_filter(desk(), filter_id)}” is removed.")
    return _back()


def _page(errors: dict[str, str]) -> str:
    sent = request.form.get("query", "")
    asked = _given(sent) if request.method == "POST" else request.args.to_dict(flat=False)
    filters, now = _filters(asked), office().clock.now()
    sort = next((each for each in asked.get("sort", ()) if each in question.SORTS), "")
    after = next(iter(presenters.ids(asked.get("after", ()))), None)
    found = question.inbox(desk(), next(iter(asked.get("view", ())), ""), filters, sort, after)
    free = question.first_in_pool(desk()) if found.view.key == "mine" and not found.rows else None
    shown = (*found.rows, *found.news, *((free,) if free else ()))
    note_list_seen(desk(), f"inbox, {found.view.key}", (row.case_number for row in shown))
    return render_template(
        "inbox/inbox.html",
        found=found,
        lines=[presenters.line(row, now) for row in found.rows],
        tabs=presenters.tabs(found, filters),
        filters=filters,
        choices=question.choices(desk(), found, filters.forms),
        offered={"class": CLASSES, "due": WINDOWS, "risk": RISKS, "sort": question.SORTS},
        sort=sort,
        after=after,
        free=presenters.line(free, now) if free else None,
        to_read=first_to_read(desk()),
        duty_left=duty_to_hand_on(desk()),
        backs=may_be_asked_for(desk(), [row.id for row in found.rows if row.opens_case and row.ended_at]),
        greeting=presenters.greeting(now),
        here=presenters.address(found.view.key, filters, sort, after),
        first=presenters.address(found.view.key, filters, sort),
        following=presenters.address(found.view.key, filters, sort, found.more),
        new_url=presenters.new_address(found, filters, now),
        unfiltered=presenters.address(found.view.key, Filters()),
        address=presenters.address,
        words=presenters,
        errors=errors,
    )


def _hand_over_page(errors: dict[str, str]) -> str | Response:
    chosen = _chosen()
    if not chosen:
        return _back()
    rows = question.rows_named(desk(), chosen)
    note_list_seen(desk(), "inbox, to hand over", (row.case_number for row in rows))
    cannot = request.values.get("cannot")
    colleagues = task_page.who_could_do_any(desk(), [row.id for row in rows])
    return render_template(
        "inbox/hand_over.html",
        lines=[presenters.line(row, office().clock.now()) for row in rows],
        colleagues=[one for one in colleagues if not (cannot and one[0] == desk().actor.id)],
        typed=request.form,
        cannot=cannot,
        errors=errors,
        back=_list_before(),
    )


def _chosen() -> list[UUID]:
    chosen = presenters.ids(request.values.getlist("task"))[:MOST_AT_ONCE]
    if not chosen:
        flash("Tick the tasks first, then choose what to do with them.", "important")
    return chosen


def _tell(success: str, problems: list[Markup]) -> None:
    if success:
        flash(success)
    if problems:
        lines = Markup("").join(PROBLEM.format(problem) for problem in problems)
        flash(Markup('These were not: <ul class="nhsuk-list nhsuk-list--bullet">{}</ul>').format(lines), "important")


def _back() -> Response:
    """Go back to the list as it was."""
    return redirect(_list_before(), 303)


def _list_before() -> str:
    """The list a form came from, made anew from what it says: nobody can be led anywhere else.

    It is a view of the inbox, or the overdue board.
    """
    back = request.values.get("back", "")
    given = _given(back)
    if back.partition("?")[0] == url_for("overdue.board"):
        narrowed = Narrowed.read(given)
        return overdue.address(narrowed, narrowed.page)
    view = next((each for each in given.get("view", ()) if each in BY_KEY), "mine")
    after = next(iter(presenters.ids(given.get("after", ()))), None)
    sort = next((each for each in given.get("sort", ()) if each in question.SORTS), "")
    return presenters.address(view, _filters(given), sort, after)


def _filters(given: Given) -> Filters:
    """The filters of an address, with what its mark stands for in this browser."""
    mark, words = recall(given)
    return Filters.read({**given, "q": [words]}, mark)


def _given(address: str) -> dict[str, list[str]]:
    """The filters in an address that the page itself sent along."""
    try:
        return parse_qs(urlsplit(address).query or address, max_num_fields=100)
    except ValueError:
        return {}
