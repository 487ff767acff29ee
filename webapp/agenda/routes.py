"""The agenda of a team's meetings, and what was agreed there about what is overdue."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk, office
from webapp.agenda import presenters as words
from webapp.guard import permission
from webapp.once import acting, once
from webapp.typed_days import wanted_day
from webapp.wording import counted, when
from workflows.actions.agenda import Said, note_discussed
from workflows.actions.agenda_round import MEANWHILE, Round, send_round
from workflows.actions.seeing import note_list_seen
from workflows.casework.errors import AnswersRefused, NotFound, OutOfDate
from workflows.questions.agenda import Agenda, agenda, teams_that_meet
from workflows.questions.agenda_round import items_for_each, sent_round
from workflows.questions.task_page import task_page

room = Blueprint("agenda", __name__, url_prefix="/agenda")
OF_TASK = "/<uuid:team_id>/<day>/<uuid:task_id>"
SENT = "Sent round: {} will hear that it is ready. What is sent names nobody."
NOTED = "Noted for “{}”. It stays on the agenda until it is done."


@room.get("")
@permission("agenda.see")
def teams() -> str | Response:
    """List the teams at whose meetings one takes part; with only one, show its agenda."""
    found = teams_that_meet(desk())
    if len(found) == 1:
        return redirect(url_for("agenda.show", team_id=found[0].id))
    return render_template("agenda/teams.html", teams=found, words=words)


@room.get("/<uuid:team_id>")
@permission("agenda.see")
def show(team_id: UUID) -> str:
    """Show what is on the table at the next meeting of a team, or at the meeting of a day."""
    found = agenda(desk(), team_id, _day(request.args.get("day", "")))
    note_list_seen(desk(), "agenda", _shown(found))
    return render_template(
        "agenda/agenda.html",
        found=found,
        sent=sent_round(desk(), team_id, found.sitting.day) if found.next and found.sitting else None,
        words=words,
        today=desk().today,
        printed_at=when(office().clock.now()),
    )


@room.post("/<uuid:team_id>/send")
@permission("agenda.send")
@once
def send(team_id: UUID) -> Response:
    """Tell those who take part that the agenda of the next meeting is ready."""
    found, met_on = agenda(desk(), team_id), request.form.get("met_on", "")
    if found.sitting is None or found.sitting.day.isoformat() != met_on:
        raise OutOfDate(MEANWHILE)
    asked = Round(found.sitting.at, items_for_each(desk(), team_id), request.form.get("times", 0, type=int))
    with acting() as act:
        told = send_round(desk(), team_id, asked)
        return act.done(url_for("agenda.show", team_id=team_id), SENT.format(counted(told, "colleague")))


@room.get(OF_TASK)
@permission("agenda.see")
def ask_discussed(team_id: UUID, day: str, task_id: UUID) -> str:
    """Ask what a meeting agreed about something overdue."""
    return _page(team_id, _met_on(day), task_id, {})


@room.post(OF_TASK)
@permission("agenda.see")
@once
def discussed(team_id: UUID, day: str, task_id: UUID) -> Response | tuple[str, int]:
    """Note what a meeting agreed about something overdue."""
    met_on, name = _met_on(day), task_page(desk(), task_id).name
    agreed = request.form.get("agreed", "").replace("\x00", "")
    try:
        until = wanted_day(request.form, "until")
        with acting() as act:
            note_discussed(desk(), task_id, Said(met_on, agreed, until))
            return act.done(url_for("agenda.show", team_id=team_id, day=day), NOTED.format(name))
    except AnswersRefused as refused:
        return _page(team_id, met_on, task_id, refused.errors), 422


def _page(team_id: UUID, met_on: date, task_id: UUID, errors: dict[str, str]) -> str:
    return render_template(
        "agenda/discussed.html",
        team_id=team_id,
        met_on=met_on,
        task=task_page(desk(), task_id),
        typed=request.form,
        errors=errors,
        words=words,
    )


def _shown(found: Agenda) -> list[str]:
    decided = [row.of for row in found.cases] + [row.of for row in found.decided]
    late = [one.row.of for one in found.late] + [row.of for row in found.apart]
    return [of.number for of in (*decided, *late)]


def _day(text: str) -> date | None:
    """Read a day of an address; what is none is passed over."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _met_on(text: str) -> date:
    found = _day(text)
    if found is None:
        raise NotFound("There is no such day.")
    return found
