"""Reminders and escalation of a programme: what counts today, in words, and what counted before."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.csv_files import csv_file, handed_out
from webapp.guard import permission
from webapp.programme.ladder_change_words import differences
from webapp.programme.ladder_sections import sections
from webapp.programme.room import room
from workflows.actions import ladder_drafts
from workflows.casework.ladder import DUTY, Ladder
from workflows.casework.ladder_table import COLUMNS, cells
from workflows.questions import ladders, programmes


@room.get("/<key>/reminders")
@permission("programme.see")
def reminders(key: str) -> str:
    """Say who is told when that something runs out, and which tables counted before."""
    found = ladders.versions(desk(), key)
    return render_template(
        "programme/reminders.html",
        page=programmes.programme(desk(), key),
        here="reminders",
        version=found[0],
        versions=found,
        tells_on_duty=any(DUTY in rung.whom for rung in found[0].ladder.rungs),
        sections=sections(found[0].ladder),
    )


@room.get("/<key>/reminders/<int:number>")
@permission("programme.see")
def reminders_version(key: str, number: int) -> str:
    """Show one version, and what differs from the one before it and from today's."""
    found = ladders.versions(desk(), key)
    version = ladders.version(desk(), key, number)
    before = next((one for one in found if one.number == number - 1), None)
    return render_template(
        "programme/reminders_version.html",
        page=programmes.programme(desk(), key),
        version=version,
        today=found[0],
        from_before=differences(before.ladder, version.ladder) if before else None,
        to_today=differences(version.ladder, found[0].ladder) if version is not found[0] else [],
        sections=sections(version.ladder),
    )


@room.get("/<key>/reminders/<int:number>.csv")
@permission("programme.see")
def reminders_file(key: str, number: int) -> Response:
    """Hand a version out as a table."""
    return table_file(ladders.version(desk(), key, number).ladder, f"reminders-{key}-{number}.csv")


@room.post("/<key>/reminders/<int:number>/again")
@permission("programme.manage")
def reminders_again(key: str, number: int) -> Response:
    """Begin the draft with a version of earlier days, to go back to it or on from it."""
    ladder_drafts.draft_from(desk(), key, ladders.version(desk(), key, number).ladder)
    flash(f"Your draft is now version {number}. Nothing counts before you publish it.")
    return redirect(url_for("programme.reminders_draft", key=key), 303)


def table_file(ladder: Ladder, name: str) -> Response:
    """Return a ladder as a file for a spreadsheet."""
    return handed_out(csv_file(COLUMNS, [cells(rung) for rung in ladder.rungs]), name)
