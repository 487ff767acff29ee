"""Files for spreadsheets, in which no cell is calculated."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

from workflows.actions.list_files import CALCULATED


def csv_file(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write rows as CSV in UTF-8 with the mark by which spreadsheets know it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([_safe(str(cell)) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def handed_out(content: bytes, name: str) -> Response:
    """Answer with a CSV file to be kept under a name."""
    kept = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype="text/csv", headers=kept)


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(CALCULATED) else cell
