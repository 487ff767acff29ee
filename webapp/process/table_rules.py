"""The rules of a decision table in a change: each is changed on a page of its own, and the whole is tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import permission
from webapp.once import acting, once
from webapp.process.changes import NOTHING
from webapp.process.room import place_of, room
from workflows.actions import table_rules as acts
from workflows.casework.errors import AnswersRefused, NotFound, OutOfDate
from workflows.casework.process_change import ChangedMeanwhile, Place
from workflows.questions import process_changes, table_tried
from workflows.questions.process_shown import Grid, grid

Answer = Response | tuple[str, int]
_TABLES = "tables"
_CELL = "cell_"


@room.get("/changes/<uuid:change_id>/tables/<key>/rules/<int:number>")
@permission("process.draft")
def rule(change_id: UUID, key: str, number: int) -> str:
    """Ask what a rule says; with `new` in the address, or a number more than there are, what a new one is to say."""
    return _page(place_of(change_id, _TABLES, key), number)


@room.post("/changes/<uuid:change_id>/tables/<key>/rules/<int:number>")
@permission("process.draft")
@once
def write_rule(change_id: UUID, key: str, number: int) -> Answer:
    """Write a rule anew, or put a new one in."""
    place, new = place_of(change_id, _TABLES, key), request.form.get("new") == "yes"
    cells = {name.removeprefix(_CELL): text for name, text in request.form.items() if name.startswith(_CELL)}
    write = acts.add_rule if new else acts.write_rule
    note = request.form.get("note", "")
    said = f"Rule {number} is saved in this change."
    return _acted(place, number, said, lambda: write(desk(), place, number, _seen(), cells, note))


@room.post("/changes/<uuid:change_id>/tables/<key>/rules/<int:number>/remove")
@permission("process.draft")
@once
def take_rule_out(change_id: UUID, key: str, number: int) -> Answer:
    """Take a rule out."""
    place = place_of(change_id, _TABLES, key)
    said = f"Rule {number} is taken out of this change."
    return _acted(place, number, said, lambda: acts.take_rule_out(desk(), place, number, _seen()))


@room.post("/changes/<uuid:change_id>/tables/<key>/rules/<int:number>/move")
@permission("process.draft")
@once
def move_rule(change_id: UUID, key: str, number: int) -> Answer:
    """Let a rule come before the one above it, or after the one below."""
    place, to = place_of(change_id, _TABLES, key), request.form.get("to", number, int)
    said = f"Rule {number} is rule {to} now."
    return _acted(place, number, said, lambda: acts.move_rule(desk(), place, number, _seen(), to))


@room.route("/changes/<uuid:change_id>/tables/<key>/try", methods=["GET", "POST"])
@permission("process.see")
def try_table(change_id: UUID, key: str) -> str:
    """Ask a table with made-up facts, which stand in no address: what it says, and why."""
    place = place_of(change_id, _TABLES, key)
    xml = process_changes.content(desk(), place).xml
    asked = request.method == "POST"
    return render_template(
        "process/table_tried.html",
        change=process_changes.change_page(desk(), change_id),
        row=process_changes.model_row(desk(), place),
        facts=table_tried.facts_asked(xml),
        offered=_offered(grid(xml)),
        typed=request.form,
        tried=table_tried.try_table(xml, request.form) if asked else None,
    )


def _acted(place: Place, number: int, said: str, change: Callable[[], None]) -> Answer:
    """Change the table once, and say so; what stands in the way is shown with what was typed, or both versions are."""
    try:
        with acting() as act:
            change()
            return act.done(_there(place), said)
    except (AnswersRefused, OutOfDate) as refused:
        return _page(place, number, {"cells": str(refused)}), 422
    except ChangedMeanwhile as meanwhile:
        return _meanwhile(place, meanwhile)


def _page(place: Place, number: int, errors: Mapping[str, str] = NOTHING) -> str:
    content = process_changes.content(desk(), place)
    table = grid(content.xml)
    row = next((one for one in table.rows if one.number == number), None)
    new = (request.values.get("new") == "yes") or row is None
    if number > len(table.rows) + 1:
        raise NotFound("There is no such rule.")
    cells = dict(row.cells) if row and not new else {}
    cells |= {name.removeprefix(_CELL): text for name, text in request.form.items() if name.startswith(_CELL)}
    return render_template(
        "process/table_rule.html",
        change=process_changes.change_page(desk(), place.change_id),
        row=process_changes.model_row(desk(), place),
        number=number,
        new=new,
        last=len(table.rows),
        columns=table.columns,
        offered=_offered(table),
        cells=cells,
        note=request.form.get("note", row.note if row and not new else ""),
        mark=content.mark,
        errors=errors,
    )


def _offered(table: Grid) -> dict[str, list[str]]:
    """What other rules say in each column, by the id of the column and by what it asks: to choose from while typing."""
    found: dict[str, list[str]] = {}
    for column in table.columns:
        said = sorted({row.cells.get(column.id, "") for row in table.rows} - {"", "-"})
        found[column.id] = found[column.says["expression"]] = said
    return found


def _seen() -> int:
    return request.form.get("seen", 0, int)


def _there(place: Place) -> str:
    return url_for("process.saved", change_id=place.change_id, sort=_TABLES, key=place.key, _anchor="rules")


def _meanwhile(place: Place, meanwhile: ChangedMeanwhile) -> Response:
    flash(str(meanwhile), "important")
    address = url_for(
        "process.beside", change_id=place.change_id, sort=_TABLES, key=place.key, save_id=meanwhile.copy_id
    )
    return redirect(address, 303)
