"""Drafting the reminders of a programme: a rung at a time, or a whole table from a file."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import permission
from webapp.programme.ladder_change_words import differences
from webapp.programme.ladder_sections import ABOUT
from webapp.programme.ladder_words import told, when_words
from webapp.programme.ladders import table_file
from webapp.programme.room import room
from webapp.programme.rung_form import choices, places_for_whom, row_typed, typed_of
from workflows.actions import ladder_drafts as changes
from workflows.casework.errors import NotFound, OutOfDate
from workflows.casework.ladder import NAMES
from workflows.casework.ladder_rows import AT
from workflows.casework.ladder_table import LadderRefused, read_ladder, read_rung
from workflows.questions import programmes
from workflows.questions.ladder_drafts import DraftPage, draft_page

BIGGEST = 100_000  # of a file; a table of ladders has a few thousand signs
NOT_TEXT = "This is no table of text: save the spreadsheet as “CSV UTF-8”"


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


@room.get("/<key>/reminders/draft/rung")
@permission("programme.manage")
def reminders_rung(key: str) -> str:
    """Show the form of a rung: one of the draft, or a new one."""
    found, place = draft_page(desk(), key), _place(request.args)
    if place is None:
        name = request.args.get("ladder", "A")
        return _form(key, found, MultiDict({"ladder": name if name in NAMES else "A", "side": "after"}), {})
    if place >= len(found.draft.rows):
        raise NotFound("There is no such row in your draft.")
    return _form(key, found, typed_of(found.draft.rows[place]), {})


@room.post("/<key>/reminders/draft/rung")
@permission("programme.manage")
def reminders_keep_rung(key: str) -> Response | tuple[str, int]:
    """Put a rung into the draft."""
    typed = request.form
    row = row_typed(typed)
    try:
        read_rung({**row, "level": _level(row)})
        changes.put_rung(desk(), key, typed.get("seen", ""), row, _place(typed))
    except LadderRefused as refused:
        return _form(key, draft_page(desk(), key), typed, _errors(typed, refused)), 422
    except OutOfDate as moved:
        return _form(key, draft_page(desk(), key), typed, {"amount": str(moved)}), 409
    flash(f"Kept in your draft: {when_words(row['when'], row['only'])}.")
    return redirect(url_for("programme.reminders_draft", key=key, _anchor=row["ladder"]), 303)


@room.post("/<key>/reminders/draft/remove")
@permission("programme.manage")
def reminders_remove(key: str) -> Response | tuple[str, int]:
    """Take a rung out of the draft."""
    try:
        changes.remove_rung(desk(), key, request.form.get("seen", ""), _place(request.form) or 0)
    except OutOfDate as moved:
        return _page(key, {"draft": str(moved)}), 409
    flash("Taken out of your draft.")
    return redirect(url_for("programme.reminders_draft", key=key), 303)


def _page(key: str, errors: Mapping[str, str]) -> str:
    found = draft_page(desk(), key)
    rows = [(place, row["ladder"], _told(row)) for place, row in enumerate(found.draft.rows)]
    return render_template(
        "programme/reminders_draft.html",
        page=programmes.programme(desk(), key),
        found=found,
        classes=[(name, NAMES[name], ABOUT[name], [one for one in rows if one[1] == name]) for name in NAMES],
        differs=differences(found.today, found.ladder) if found.ladder else [],
        errors={**errors, **{fault.partition(":")[0]: fault for fault in found.faults}},
    )


def _told(row: Mapping[str, str]) -> object:
    return told(read_rung(row))


def _form(key: str, found: DraftPage, typed: MultiDict[str, str], errors: Mapping[str, str]) -> str:
    name = typed.get("ladder", "A")
    return render_template(
        "programme/rung.html",
        page=programmes.programme(desk(), key),
        found=found,
        typed=typed,
        place=_place(request.values),
        title=NAMES.get(name, ""),
        offered=choices(name),
        whom_places=range(1, places_for_whom(typed) + 1),
        errors=errors,
    )


def _place(given: Mapping[str, str]) -> int | None:
    text = given.get("place", "")
    return int(text) if text.isdigit() else None


def _level(row: Mapping[str, str]) -> str:
    return "L1" if row["when"] == "due" else "L2" if row["when"].startswith("+") else "R1"


_INPUTS = (("again", "again"), ("how often", "again"), ("whom", "whom1"), ("told", "how"), ("time", "amount"))


def _errors(typed: Mapping[str, str], refused: LadderRefused) -> dict[str, str]:
    """Say beside each input what is wrong with it."""
    said = ((fault, fault.partition(": ")[2] or fault) for fault in refused.faults)
    errors = {_where(fault): f"{words[:1].upper()}{words[1:]}" for fault, words in said}
    if typed.get("side") != AT and not typed.get("amount", "").strip().isdigit():
        errors["amount"] = "Enter how long before or after it is due, as a whole number"
    if typed.get("again", "").strip() and not typed["again"].strip().isdigit():
        errors["again"] = "Enter a whole number, or leave it empty to say it once"
    return errors


def _where(fault: str) -> str:
    """Name the input that a fault is about."""
    return next((name for word, name in _INPUTS if word in fault), "amount")
