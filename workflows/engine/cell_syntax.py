"""How the cells of a decision table are written: every form there is, with what it takes and what it leaves.

The engine reads these forms (cells.py), the check of a table refuses everything else, and
docs/decision-tables.md shows them to those who write tables; tests hold the three together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a cell: an example, what it means, values it takes, values it does not take."""

    cell: str
    means: str
    takes: tuple[object, ...]
    leaves: tuple[object, ...]


SYNTAX: Final = (
    Form("-", "anything, known or not", (7, "given", True, None), ()),
    Form('"given"', "just this word", ("given",), ("refused", None)),
    Form('"has", "not_needed"', "one of these", ("has", "not_needed"), ("lacks", None)),
    Form('not("other", "none")', "anything but these, an unknown word too", ("local", None), ("other", "none")),
    Form("18", "just this number", (18, 18.0), (17, "18", None)),
    Form("1, 3, 5", "one of these numbers", (3,), (2, None)),
    Form("< 18", "less than", (17, -1), (18, "17", None)),
    Form("<= 18", "at most", (18,), (19, None)),
    Form("> 0.25", "more than", (0.26,), (0.25, None)),
    Form(">= 3", "at least", (3, 4), (2, None)),
    Form("not(< 18)", "a known number that is not less", (18, 70), (17, None)),
    Form(">= meds_flag", "at least what another input or a threshold says", (10,), (9, None)),
    Form("> stable_weeks + 4", "compared with something reckoned", (13,), (12, None)),
    Form("[8..9]", "between, both ends included", (8, 8.5, 9), (7, 10, None)),
    Form("(8..10)", "between, both ends left out; ]8..10[ means the same", (9,), (8, 10, None)),
    Form("[8..10)", "the left end included, the right end left out", (8, 9.9), (10, None)),
    Form("(8..10]", "the left end left out, the right end included", (8.1, 10), (8, None)),
    Form("< 2, > 30", "one of these comparisons", (1, 31), (2, 30, None)),
    Form("true", "yes", (True,), (False, "true", 1, None)),
    Form("false", "no", (False,), (True, 0, None)),
    Form('"unknown"', "not known, or missing; unknown and null mean the same", (None, "unknown"), (0, False, "")),
    Form('not("unknown")', "anything that is known", (0, "given", False), (None, "unknown")),
    Form('false, "unknown"', "no, or not known", (False, None), (True,)),
    Form('date("2026-11-16")', "that day, in London", ("2026-11-16", "2026-11-16T23:30:00Z"), ("2026-11-17", None)),
    Form('>= date("2026-04-01")', "that day or later", ("2026-04-01",), ("2026-03-31", "soon", None)),
    Form(
        '[date("2026-04-01")..date("2027-03-31")]', "a day in that year",
        ("2026-04-01", "2027-03-31"), ("2027-04-01", None),
    ),
    Form("< date(review_on)", "a day before another date", ("2026-11-15",), ("2026-11-16", None)),
    Form(
        '> date and time("2026-11-16T09:00:00Z")', "after that instant; say the time zone, Z for UTC",
        ("2026-11-16T09:00:01Z",), ("2026-11-16T10:00:00+01:00", "2026-11-17", None),
    ),
    Form('<= duration("P14D")', "at most 14 days; 14D says the same", ("P2W", "14D", "336H"), ("15D", None)),
    Form('> duration("2WD")', "more than two working days, not to be compared with days", ("3WD",), ("3D", None)),
)  # fmt: skip
# What the forms above that look at other inputs suppose these to be.
EXAMPLE_INPUTS: Final[Mapping[str, object]] = {"meds_flag": 10, "stable_weeks": 8, "review_on": "2026-11-16"}
