"""The tasks of a downtime pack as a table for a spreadsheet."""

from __future__ import annotations

import csv
from io import StringIO

from workflows.actions.list_files import CALCULATED
from workflows.clock import LONDON
from workflows.questions.downtime import Pack

HEADS = ("Due", "Overdue", "What", "Case", "Person", "Born", "Phone", "Who", "Away", "For")


def tasks_table(pack: Pack) -> bytes:
    """Return a row for each task, the longest due first; a byte order mark lets Excel read names as they are."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADS)
    for one in pack.tasks:
        due = f"{one.due_at.astimezone(LONDON):%Y-%m-%d %H:%M}"
        born = one.dob.isoformat() if one.dob else ""
        phone = f"Ask {one.ask_first} before you ring" if one.ask_first else one.phone
        said = (one.name, one.case_number, one.person, born, phone, one.holder, one.away, one.whose)
        writer.writerow((due, "yes" if one.late else "no", *(_plain(cell) for cell in said)))
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    """A cell that a spreadsheet would work out is shown as it is instead."""
    return f"'{cell}" if cell.startswith(CALCULATED) else cell
