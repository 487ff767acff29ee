"""Reading a file of candidates: its encoding, its separator, its headings; or a sentence why it cannot be read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from charset_normalizer import from_bytes

from workflows.casework.errors import AnswersRefused

LARGEST = 5 * 1024 * 1024  # bytes
MOST_ROWS = 20_000
LONGEST_CELL = 2_000
SEPARATORS = (",", ";", "\t")
MOST_GUESSED = 6
CALCULATED = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would calculate a cell that begins so
SAVE_AS = "In your spreadsheet choose “Save as” and “CSV UTF-8”, then upload that file."


@dataclass(frozen=True)
class Column:
    """A column of the file: its heading, whether it must be there, and what goes into it."""

    heading: str
    required: bool
    about: str


COLUMNS = (
    Column("nhs_number", True, "10 digits, spaces allowed"),
    Column("family_name", True, "family name"),
    Column("given_name", True, "first name"),
    Column("dob", True, "date of birth: 27/03/1941 or 1941-03-27"),
    Column("gp_practice", True, "the practice: its code in this programme’s register, or its name"),
    Column("preferred_name", False, "what the person likes to be called"),
    Column("phone", False, "phone number"),
    Column("address", False, "address in one cell"),
    Column("postcode", False, "postcode"),
    Column("score", False, "risk score, from 0 to 100"),
    Column("score_name", False, "name of the score, needed when there is a score"),
    Column("score_date", False, "when the score was worked out, needed when there is a score"),
    Column("reason", False, "why this person is on the list, up to 500 characters"),
    Column("ed_12m", False, "A&E attendances in the last 12 months, a number"),
    Column("em_adm_12m", False, "emergency admissions in the last 12 months, a number"),
    Column("gp_contacts_12m", False, "contacts with the GP practice in the last 12 months, a number"),
    Column("nhs111_12m", False, "calls to NHS 111 in the last 12 months, a number"),
    Column("meds_count", False, "regular medicines, a number"),
    Column(
        "ltcs",
        False,
        "long-term conditions as the referral form names them, with “;” between, such as “COPD; Diabetes”",
    ),
    Column("multi_ltc", False, "yes or no: would the person gain from professionals working together on them"),
    Column(
        "frailty_factors",
        False,
        "frailty factors as the referral form names them, with “;” between, such as “Falls; Loneliness”",
    ),
    Column("hiu_flag", False, "yes or no: known to a high intensity use service"),
    Column("risk_admission", False, "yes or no: at risk of an unplanned admission"),
    Column("risk_care_home", False, "yes or no: at risk of a move into a care home"),
    Column("preventable", False, "yes, possibly, no or unknown: could support prevent it; needed with either risk"),
)
# The words of the forms for what the columns hold, as a heading is read.
ALSO_CALLED: Mapping[str, str] = {
    "first_name": "given_name", "surname": "family_name", "last_name": "family_name", "date_of_birth": "dob",
    "practice": "gp_practice", "phone_number": "phone",
}  # fmt: skip
HEADINGS = tuple(column.heading for column in COLUMNS)
REQUIRED = tuple(column.heading for column in COLUMNS if column.required)


@dataclass(frozen=True)
class Line:
    """One row of the file as it was typed, by heading. `torn`: it has more or fewer cells than the headings."""

    row: int
    cells: Mapping[str, str]
    torn: str = ""


@dataclass(frozen=True)
class Table:
    """What a file holds: its rows, and the headings that mean nothing here.

    `guessed`: some of what was read where the letters of the file are not sure; somebody has to say that it is right.
    """

    lines: tuple[Line, ...]
    unknown: tuple[str, ...]
    guessed: tuple[str, ...] = ()


def read_file(content: bytes) -> Table:
    """Read a file of candidates. Raises AnswersRefused (about "file") with a sentence that says how to mend it."""
    if len(content) > LARGEST:
        raise _refused("The file must be 5 MB or smaller. Split the list into several files.")
    if not content.strip():
        raise _refused("The file is empty.")
    text, sure = _text(content)
    table = _table(text, _separator(text))
    return table if sure else replace(table, guessed=_beyond_english(table.lines))


def _text(content: bytes) -> tuple[str, bool]:
    """Return the text of a file, and whether its letters are sure."""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise _refused(f"This is a spreadsheet, not a CSV file. {SAVE_AS}")
    if content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")):
        raise _refused(f"This is not a CSV file. {SAVE_AS}")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content:
        raise _refused(f"The letters of this file cannot be read: it is not saved as UTF-8. {SAVE_AS}")
    try:
        return content.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return _windows_text(content), False


def _windows_text(content: bytes) -> str:
    """Text of an older spreadsheet program; what does not look like words in it is refused rather than guessed."""
    found = from_bytes(content, cp_isolation=["cp1252"]).best()
    if found is None:
        raise _refused(f"The letters of this file cannot be read: it is neither UTF-8 nor Windows-1252. {SAVE_AS}")
    return str(found)


def _beyond_english(lines: Iterable[Line]) -> tuple[str, ...]:
    """Some cells with letters that another encoding would read as others, names first."""
    found = {cell: column for line in lines for column, cell in line.cells.items() if not cell.isascii()}
    return tuple(sorted(found, key=lambda cell: "name" not in found[cell])[:MOST_GUESSED])


def _separator(text: str) -> str:
    """The separator under which the first line holds the most headings that we know."""
    first = text.lstrip().split("\n", 1)[0]
    return max(SEPARATORS, key=lambda sign: len(set(map(_heading, first.split(sign))) & set(HEADINGS)))


def _table(text: str, separator: str) -> Table:
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as wrong:
        raise _refused(f"This is not a CSV file, or a quotation mark in it is not closed. {SAVE_AS}") from wrong
    headings = [_heading(cell) for cell in records[0]]
    _must_be_headings(headings)
    lines = tuple(
        _line(number, headings, record)
        for number, record in enumerate(records[1:], start=2)
        if any(cell.strip() for cell in record)
    )
    if not lines:
        raise _refused("The file has headings and no rows.")
    if len(lines) > MOST_ROWS:
        raise _refused(
            f"The file has {len(lines):,} rows; {MOST_ROWS:,} is the most. Split the list into several files."
        )
    return Table(lines, tuple(heading for heading in headings if heading and heading not in HEADINGS))


def _must_be_headings(headings: list[str]) -> None:
    missing = [heading for heading in REQUIRED if heading not in headings]
    if len(missing) == len(REQUIRED):
        raise _refused(
            f"The first row must hold the headings, for example {', '.join(REQUIRED)}. None of them was found."
        )
    if missing:
        raise _refused(f"{_said_missing(missing)}. The first row must hold the headings.")
    twice = sorted({heading for heading in headings if heading in HEADINGS and headings.count(heading) > 1})
    if twice:
        raise _refused(f"A column stands twice: {', '.join(twice)}. Remove one of the two.")


def _said_missing(missing: list[str]) -> str:
    if len(missing) == 1:
        return f"A column is missing: {missing[0]}"
    return f"{len(missing)} columns are missing: {', '.join(missing[:-1])} and {missing[-1]}"


def _line(row: int, headings: list[str], record: list[str]) -> Line:
    cells = {
        heading: _as_written(cell.strip())[:LONGEST_CELL]
        for heading, cell in zip(headings, record, strict=False)
        if heading in HEADINGS
    }
    extra = [cell for cell in record[len(headings) :] if cell.strip()]
    torn = ""
    if extra or len(record) < len(headings):
        torn = f"The row has {len(record)} cells and the headings have {len(headings)}: put text with a “,” into quotes"
    return Line(row, cells, torn)


def _as_written(cell: str) -> str:
    """The cell without the sign that our own file of rows to mend puts before what a spreadsheet would calculate."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(CALCULATED) else cell


def _heading(cell: str) -> str:
    read = cell.strip().strip('"').strip().lower().replace(" ", "_")
    return ALSO_CALLED.get(read, read)


def _refused(sentence: str) -> AnswersRefused:
    return AnswersRefused({"file": sentence})
