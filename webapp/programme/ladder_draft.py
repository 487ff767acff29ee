"""Drafting the reminders of a programme: a ladder at a time, or a whole table from a file."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import permission
from webapp.programme import ladder_form as form
from webapp.programme.ladder_change_words import differences
from webapp.programme.ladder_form import Typed
from webapp.programme.ladder_sections import ABOUT, sections
from webapp.programme.ladders import table_file
from webapp.programme.room import room
from workflows.actions import ladder_drafts as changes
from workflows.casework.errors import NotFound, OutOfDate
from workflows.casework.ladder import NAMES, Ladder
from workflows.casework.ladder_rows import numbered
from workflows.casework.ladder_table import LadderRefused, read_ladder, read_rungs
from workflows.questions import programmes
from workflows.questions.ladder_drafts import DraftPage, draft_page

BIGGEST = 100_000  # of a file; a table of ladders has a few thousand signs
NOT_TEXT = "This is no table of text: save the spreadsheet as “CSV UTF-8”"
ADD, OUT, SAVE = "add", "out-", "save"
NOTHING: Mapping[str, str] = MappingProxyType({})


@room.get("/<key>/reminders/draft")
@permission("programme.manage")
def reminders_draft(key: str) -> str:
    """Show the actor's draft, with what differs from today."""
    return _page(key, {})


@room.get("/<key>/reminders/draft.csv")
@permission("programme.manage")
def reminders_draft_file(key: str) -> Response:
    """Hand the draft out as a table; while it is no whole ladder, that of today."""
    found = draft_page(desk(), key)
    return table_file(found.ladder or found.today, f"reminders-{key}-draft.csv")


@room.post("/<key>/reminders/draft/file")
@permission("programme.manage")
def reminders_upload(key: str) -> Response | tuple[str, int]:
    """Take a table from a file into the draft."""
    sent = request.files.get("file")
    content = sent.stream.read(BIGGEST + 1) if sent else b""
    if not content or len(content) > BIGGEST:
        return _page(key, {"file": "Choose a file with the table, of at most 100 kB"}), 422
    try:
        ladder = read_ladder(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return _page(key, {"file": NOT_TEXT}), 422
    except LadderRefused as refused:
        return _page(key, {f"file-{place}": fault for place, fault in enumerate(refused.faults)}), 422
    changes.draft_from(desk(), key, ladder)
    flash("Your draft is now the table of the file. Nothing counts before you publish it.")
    return redirect(url_for("programme.reminders_draft", key=key), 303)


@room.post("/<key>/reminders/draft/discard")
@permission("programme.manage")
def reminders_discard(key: str) -> Response:
    """Throw the draft away."""
    changes.discard(desk(), key)
    flash("Your draft is thrown away. What counts today has not changed.")
    return redirect(url_for("programme.reminders", key=key), 303)


@room.get("/<key>/reminders/draft/ladder/<name>")
@permission("programme.manage")
def reminders_ladder(key: str, name: str) -> str:
    """Show all rungs of one ladder as a form."""
    found = _ladder_known(key, name)
    return _form(key, name, found, form.typed_of(found.draft.of(name)))


@room.post("/<key>/reminders/draft/ladder/<name>")
@permission("programme.manage")
def reminders_keep_ladder(key: str, name: str) -> Response | tuple[str, int]:
    """Put a ladder into the draft as it was typed; or show the form with a row more or less, and keep nothing."""
    found, typed, act = _ladder_known(key, name), request.form, request.form.get("act", SAVE)
    if act == ADD:
        return _form(key, name, found, form.with_row(typed)), HTTPStatus.OK
    if act.startswith(OUT):
        return _form(key, name, found, form.without_row(typed, act.removeprefix(OUT))), HTTPStatus.OK
    if errors := form.errors_in(typed, name):
        return _form(key, name, found, typed, errors), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        changes.keep_ladder(desk(), key, name, typed.get("seen", ""), form.rows_typed(typed, name))
    except OutOfDate as moved:
        return _form(key, name, draft_page(desk(), key), typed, {"rungs": str(moved)}, moved=True), HTTPStatus.CONFLICT
    flash(f"{NAMES[name]}: kept in your draft. Nothing counts before you publish it.")
    return redirect(url_for("programme.reminders_draft", key=key, _anchor=name), 303)


def _ladder_known(key: str, name: str) -> DraftPage:
    if name not in NAMES:
        raise NotFound("There is no such ladder.")
    return draft_page(desk(), key)


def _page(key: str, errors: Mapping[str, str]) -> str:
    found = draft_page(desk(), key)
    return render_template(
        "programme/reminders_draft.html",
        page=programmes.programme(desk(), key),
        found=found,
        sections=sections(Ladder(read_rungs(found.draft.rows, ()))),
        differs=differences(found.today, found.ladder) if found.ladder else [],
        errors={**errors, **{fault.partition(":")[0]: fault for fault in found.faults}},
    )


def _form(
    key: str, name: str, found: DraftPage, typed: Typed, errors: Mapping[str, str] = NOTHING, moved: bool = False
) -> str:
    mark = found.draft.mark_of(name)
    return render_template(
        "programme/reminders_ladder.html",
        page=programmes.programme(desk(), key),
        found=found,
        name=name,
        title=NAMES[name],
        about=ABOUT[name],
        typed=typed,
        numbers=form.numbers(typed),
        next_number=form.next_number(typed),
        levels=form.levels(typed, name),
        offered=form.choices(name),
        whom_places=range(1, form.places_for_whom(typed) + 1),
        seen=mark if moved else typed.get("seen", mark),
        moved=moved,
        instead=_instead(name, found, typed) if moved else [],
        errors=errors,
    )


def _instead(name: str, found: DraftPage, typed: Typed) -> list[str]:
    """Say what would change in what was saved meanwhile if this were kept after all."""
    theirs, mine = found.draft.of(name), numbered(form.rows_typed(typed, name))
    return differences(*(Ladder(read_rungs(rows, ())) for rows in (theirs, mine)))
