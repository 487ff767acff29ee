"""The words around candidate lists: what a list is called, how far it is, and the file of rows to mend."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from webapp.csv_files import csv_file
from webapp.wording import counted, day, when
from workflows.actions.list_files import HEADINGS
from workflows.questions.lists import CandidateRow, ListRow

STATUS = {
    "preview": "Looked through, not taken in",
    "importing": "Being taken in",
    "stopped": "Stopped: it could not be taken in",
    "imported": "Taken in",
    "discarded": "Thrown away",
}


def status_words(found: ListRow) -> str:
    """Say how far a list is."""
    if found.status == "importing":
        again = f"; tried again {when(found.next_at)}" if found.next_at else ""
        return f"{found.done:,} of {found.good:,} taken in{again}"
    return STATUS[found.status]


def good_words(found: ListRow) -> str:
    """Say how many rows are good and how many need mending."""
    good = counted(found.good, "row can be taken in", "rows can be taken in")
    return good if not found.wrong else f"{good}; {counted(found.wrong, 'row needs', 'rows need')} mending"


def born(iso: str) -> str:
    """Say a date of birth."""
    return day(date.fromisoformat(iso))


def percent(found: ListRow) -> int:
    """How much of a list is taken in, of 100."""
    return round(100 * found.done / found.good) if found.good else 100


def mending_file(rows: Sequence[CandidateRow]) -> bytes:
    """Write the rows to mend as a CSV for spreadsheets: the row, what is wrong, and the cells as they were."""
    lines = ((row.row, _wrong(row), *(row.cells.get(name, "") for name in HEADINGS)) for row in rows)
    return csv_file(("row", "what_to_mend", *HEADINGS), lines)


def _wrong(row: CandidateRow) -> str:
    return "; ".join(f"{column}: {sentence}" if column else sentence for column, sentence in row.problems)
