"""Letters: what a case has, what a team has to send, and each one as it goes out."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.cases.frame import frame, seen
from webapp.guard import permission
from webapp.letters import presenters as words
from workflows.actions.letters import change_text, mark_sent
from workflows.actions.seeing import note_list_seen
from workflows.casework.errors import AnswersRefused
from workflows.questions.letters import LetterPage, letter_page, letters_of_case, letters_to_send

room = Blueprint("letters", __name__)


@room.get("/cases/<number>/letters")
@permission("case.see")
def of_case(number: str) -> str:
    """List the letters of a case."""
    found = letters_of_case(desk(), number)
    seen(found.head, "letters")
    return render_template("letters/of_case.html", found=found, words=words, **frame(found.head))


@room.get("/letters")
@permission("letter.send")
def to_send() -> str:
    """List the letters that wait to be checked or sent."""
    team = request.args.get("team", "")
    found = letters_to_send(desk(), team)
    note_list_seen(desk(), "letters to send", (letter.case_number for letter in found.letters))
    return render_template("letters/to_send.html", found=found, team=team, words=words)


@room.get("/letters/<uuid:letter_id>")
@permission("case.see")
def one(letter_id: UUID) -> str:
    """Show a letter as it goes out; printing the page prints the letter alone."""
    page = letter_page(desk(), letter_id)
    seen(page.head, f"letter “{page.letter.title}”")
    return _page(page, {})


@room.post("/letters/<uuid:letter_id>/sent")
@permission("letter.send")
def sent(letter_id: UUID) -> Response | tuple[str, int]:
    """Note that a letter was posted or handed over, or how somebody was told."""
    page = letter_page(desk(), letter_id)
    try:
        why = mark_sent(desk(), letter_id, request.form.get("how"), request.form.get("before", ""))
    except AnswersRefused as refused:
        return _page(page, refused.errors, request.form.get("before", "")), 422
    if why:
        flash(f"Do not send it: {why}. It is held back. If it has gone out already, tell your manager.", "important")
    else:
        done = "told" if page.letter.route == words.TELL else "sent"
        flash(f"Marked as {done}: {page.letter.title}. It stands in the timeline of {page.head.number}.")
    return redirect(url_for("letters.of_case", number=page.head.number), 303)


@room.get("/letters/<uuid:letter_id>/text")
@permission("letter.send")
def change(letter_id: UUID) -> str:
    """Ask for the text of a draft."""
    page = letter_page(desk(), letter_id)
    seen(page.head, f"letter “{page.letter.title}”, to reword it")
    return _change_page(letter_id, page.text, page.seen, {})


@room.post("/letters/<uuid:letter_id>/text")
@permission("letter.send")
def save_text(letter_id: UUID) -> Response | tuple[str, int]:
    """Keep the text of a draft."""
    text, read = request.form.get("text", ""), request.form.get("read", "")
    try:
        change_text(desk(), letter_id, text, read)
    except AnswersRefused as refused:
        return _change_page(letter_id, text, read, refused.errors), 422
    flash("The letter is reworded. It is sent when the task that checks it is completed.")
    return redirect(url_for("letters.one", letter_id=letter_id), 303)


def _page(page: LetterPage, errors: dict[str, str], before: str = "") -> str:
    shown = frame(page.head, "letters.of_case")
    return render_template("letters/letter.html", page=page, words=words, errors=errors, before=before, **shown)


def _change_page(letter_id: UUID, text: str, read: str, errors: dict[str, str]) -> str:
    page = letter_page(desk(), letter_id)
    return render_template(
        "letters/change.html", page=page, text=text, read=read, errors=errors, **frame(page.head, "letters.of_case")
    )
