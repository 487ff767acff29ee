"""Reading a table of ladders, and what is wrong with one, in the words of whoever wrote it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from workflows.casework.ladder import (
    AT_DUE,
    AT_ONCE,
    DONE,
    DUE,
    LEVELS,
    NAMES,
    NOBODY,
    PACES,
    PEOPLE,
    PLACES,
    SAFETY,
    SAME_DAY,
    SEEN,
    Ladder,
    Rung,
)
from workflows.casework.roles import ROLE_NAMES
from workflows.casework.ways import EMAIL, WAYS
from workflows.durations import Duration, DurationError

STANDARD = Path(__file__).resolve().parent.parent / "ladders" / "standard.csv"
COLUMNS = ("ladder", "level", "when", "only", "whom", "how", "shown", "every", "times", "until", "by")
LATER = frozenset({"by"})  # columns that older tables lack
MOST_TIMES = 20
_SHARE = re.compile(r"([1-9][0-9]?)%")
_SPAN = re.compile(r"([+-])(.+)")


@dataclass(frozen=True)
class Fault:
    """What is wrong, in a sentence, and where: a ladder, its level (L2) and a column, as far as it is one cell."""

    words: str
    ladder: str = ""
    level: str = ""
    column: str = ""

    def __str__(self) -> str:
        place = f"{self.ladder} {self.level}".strip()
        return f"{place}: {self.words}" if place else self.words


class LadderRefused(ValueError):
    """A table that is no ladder; `found` says what has to be put right, `faults` the same in sentences."""

    def __init__(self, found: Sequence[Fault]) -> None:
        self.found = tuple(dict.fromkeys(found))
        self.faults = tuple(str(fault) for fault in self.found)
        super().__init__(" ".join(self.faults))


@lru_cache(maxsize=64)
def read_ladder(table: str) -> Ladder:
    """Read a table of ladders (CSV, with the headings of `COLUMNS`). Raises LadderRefused with every fault found."""
    rows = csv.DictReader(io.StringIO(table.lstrip("\ufeff")), strict=True)
    try:
        given = [{str(key or "").strip(): _text(cell) for key, cell in row.items()} for row in rows]
    except csv.Error as broken:
        raise LadderRefused([Fault(f"The file is not a table of commas: {broken}.")]) from broken
    headings = {str(one).strip() for one in rows.fieldnames or ()} | LATER
    missing = [name for name in COLUMNS if name not in headings]
    if missing:
        raise LadderRefused([Fault(f"The table has no column “{name}”.") for name in missing])
    return ladder_of(given)


def ladder_of(rows: Sequence[Mapping[str, str]]) -> Ladder:
    """Make a ladder of rows of cells, by the names of `COLUMNS`. Raises LadderRefused with every fault found."""
    rungs = read_rungs(rows)
    return Ladder(tuple(sorted(rungs, key=lambda rung: (list(NAMES).index(rung.ladder), rung.level))))


def read_rungs(rows: Sequence[Mapping[str, str]], ladders: Sequence[str] = tuple(NAMES)) -> tuple[Rung, ...]:
    """Read all rows of some ladders. Raises LadderRefused with every fault found, of rows and of whole ladders."""
    faults: list[Fault] = []
    rungs: list[Rung] = []
    for row in rows:
        try:
            rungs.append(read_rung(row))
        except LadderRefused as refused:
            faults += refused.found
    for name in ladders:
        faults += _faults_of(name, [row for row in rows if row.get("ladder") == name and row.get("level") in LEVELS])
    if faults:
        raise LadderRefused(faults)
    return tuple(rungs)


@lru_cache(maxsize=1)
def standard() -> Ladder:
    """Return the ladder that counts until a programme publishes its own."""
    return read_ladder(STANDARD.read_text(encoding="utf-8"))


def written(ladder: Ladder) -> str:
    """Return the table as it is kept and handed out: a CSV file."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows(cells(rung) for rung in ladder.rungs)
    return text.getvalue()


def _text(cell: object) -> str:
    # A spreadsheet is kept from calculating with “-1WD” by an apostrophe before it.
    return " ".join(cell.split()).lstrip("'") if isinstance(cell, str) else ""


def read_rung(row: Mapping[str, str]) -> Rung:
    """Read one row by itself. Raises LadderRefused with what is wrong with it."""
    name, level = row.get("ladder", ""), row.get("level", "")
    if name not in NAMES or level not in LEVELS:
        words = f"a row begins with S, A, B, C or review, and a level: {', '.join(LEVELS)}."
        raise LadderRefused([Fault(words, name or "A row", level)])
    rung = Rung(
        name,
        LEVELS.index(level) + 1,
        row.get("when", ""),
        row.get("only", ""),
        tuple(dict.fromkeys(row.get("whom", "").split())),
        row.get("how", "") or NOBODY,
        tuple(dict.fromkeys(row.get("shown", "").split())),
        _every(row),
        _times(row),
        row.get("until", "") or DONE,
        tuple(sorted(set(row.get("by", "").split()))) or (EMAIL,),
    )
    faults = [Fault(words, name, level, column) for column, words in _faults(rung)]
    if faults:
        raise LadderRefused(faults)
    return rung


def _every(row: Mapping[str, str]) -> Duration | None:
    cell, where = row.get("every", ""), (row["ladder"], row["level"], "every")
    if not cell:
        return None
    try:
        every = Duration.parse(cell)
    except DurationError as refused:
        raise LadderRefused([Fault(str(refused), *where)]) from refused
    if every.amount == 0:
        raise LadderRefused([Fault("what is said again needs some time between.", *where)])
    return every


def _times(row: Mapping[str, str]) -> int:
    cell = row.get("times", "")
    if not cell:
        return 0
    if not cell.isdecimal() or int(cell) > MOST_TIMES:
        words = f"say how often it is said again as a number from 1 to {MOST_TIMES}."
        raise LadderRefused([Fault(words, row["ladder"], row["level"], "times")])
    return int(cell)


def _faults(rung: Rung) -> Iterator[tuple[str, str]]:
    """Say in which column of a row something is wrong, and what."""
    for words in _faults_of_time(rung):
        yield "when", words
    yield from _faults_of_telling(rung)
    if set(rung.shown) - set(PLACES):
        yield "shown", f"it can be shown on: {', '.join(PLACES)}."
    if rung.only not in ("", SAME_DAY):
        yield "only", f"“only” can be “{SAME_DAY}” or nothing."
    if (rung.every is None) != (rung.times == 0):
        yield "every", "say both after what time it is said again and how often, or neither."
    if rung.until not in (DONE, SEEN):
        yield "until", f"“until” is “{DONE}” or “{SEEN}”."


def _faults_of_telling(rung: Rung) -> Iterator[tuple[str, str]]:
    unknown = [one for one in rung.whom if one not in PEOPLE and one not in ROLE_NAMES]
    if unknown:
        said = ", ".join(f"“{one}”" for one in unknown)
        yield "whom", f"nobody is called {said}: name {', '.join(PEOPLE)} or a role."
    if rung.how not in PACES:
        yield "how", f"“{rung.how}” is not a way to tell somebody: {', '.join(PACES)}."
    elif (rung.how == NOBODY) == bool(rung.whom):
        yield "whom", "say both whom to tell and how, or neither."
    for words in _faults_of_ways(rung):
        yield "by", words
    if rung.how == AT_ONCE and rung.ladder != SAFETY:
        yield "how", "only what is about safety is told at once; the rest goes into the morning message."


def _faults_of_ways(rung: Rung) -> Iterator[str]:
    if set(rung.by) - set(WAYS):
        yield f"it can go by: {', '.join(WAYS)}."
    elif EMAIL not in rung.by:
        yield "email stays among the ways: it reaches whoever has given no number for texts."
    if rung.how == NOBODY and rung.by != (EMAIL,):
        yield "nobody is told, so it goes by no way."


def _faults_of_time(rung: Rung) -> Iterator[str]:
    if rung.level == AT_DUE:
        if rung.when != DUE:
            yield f"L1 is the moment at which a task is due: write “{DUE}”."
        return
    sign = "-" if rung.before_due else "+"
    if rung.before_due and _SHARE.fullmatch(rung.when):
        return
    found = _SPAN.fullmatch(rung.when)
    if found is None or found[1] != sign:
        yield (
            "before a task is due write a share of its time such as 50%, or a time such as -1WD."
            if rung.before_due
            else "after a task is due write a time such as +2WD."
        )
        return
    try:
        if Duration.parse(found[2]).amount == 0:
            yield "a time of nothing is the moment at which the task is due."
    except DurationError as refused:
        yield str(refused)


def _faults_of(name: str, rows: Sequence[Mapping[str, str]]) -> Iterator[Fault]:
    """Say what is wrong with a ladder as a whole, whatever may be wrong with its rows."""
    levels = [LEVELS.index(row["level"]) + 1 for row in rows]
    doubled = sorted({level for level in levels if levels.count(level) > 1})
    yield from (Fault(f"{LEVELS[level - 1]} stands there twice.", name) for level in doubled)
    due = [row for row in rows if row["level"] == LEVELS[AT_DUE - 1]]
    if not due:
        yield Fault("there is no rung L1, at which somebody hears that a task is due.", name)
    elif not any(row.get("whom", "").split() for row in due):
        yield Fault("when a task is due, somebody has to be told.", name, LEVELS[AT_DUE - 1], "whom")
    above = [level for level in sorted(levels) if level >= AT_DUE]
    if due and above != list(range(AT_DUE, AT_DUE + len(above))):
        yield Fault("after L1 come L2, L3 and so on, without a gap.", name)
    last = LEVELS[max(levels, default=AT_DUE) - 1]
    if any(row.get("until") == SEEN and row["level"] == last for row in rows):
        words = f"nothing but doing the task stops the last rung; its “until” is “{DONE}”."
        yield Fault(words, name, last, "until")


def cells(rung: Rung) -> tuple[str, ...]:
    """Return a rung as a row of the table."""
    every, times = (str(rung.every), str(rung.times)) if rung.every else ("", "")
    return (
        rung.ladder, rung.name, rung.when, rung.only, " ".join(rung.whom), rung.how, " ".join(rung.shown), every,
        times, rung.until, "" if rung.by == (EMAIL,) else " ".join(rung.by),
    )  # fmt: skip
