"""Candidates: a list of invented people at risk, as a practice's computer would print it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta

FIRST = ("Ada", "Ben", "Cora", "Dev", "Elsie", "Femi", "Gwen", "Hugo", "Iris", "Jonah")
LAST = ("Abbot", "Bright", "Calder", "Dunne", "Ekwe", "Fenn", "Garth", "Hale", "Imrie", "Joss")
PRACTICES = ("ZZ003", "ZZ004")  # both belong to the East team
HEADINGS = ("nhs_number", "family_name", "given_name", "dob", "gp_practice", "score", "score_name", "score_date")
LAST_TEST_NUMBER = 999_099_999  # NHS numbers that begin with 999 belong to nobody


def list_of(rows: int, day: date) -> bytes:
    """Return a CSV file of so many people, the ones at highest risk first."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(HEADINGS)
    numbers = _numbers()
    for row in range(rows):
        born = date(1930, 1, 1) + timedelta(days=17 * row)
        name = (f"{LAST[row // 10 % 10]}-{LAST[row // 100 % 10]}", FIRST[row % 10])
        score = (f"{90 - row * 60 / rows:.1f}", "Example risk score", day.isoformat())
        writer.writerow((next(numbers), *name, born.isoformat(), PRACTICES[row % 2], *score))
    return sheet.getvalue().encode()


def _numbers() -> Iterator[str]:
    """Count down the test numbers, leaving out those without a check digit."""
    for stem in range(LAST_TEST_NUMBER, 0, -1):
        check = 11 - sum(int(digit) * weight for digit, weight in zip(str(stem), range(10, 1, -1), strict=True)) % 11
        if check != 10:
            yield f"{stem}{0 if check == 11 else check}"
