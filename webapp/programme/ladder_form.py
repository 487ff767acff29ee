"""The form of a whole ladder, a row of inputs for each rung: what it offers, what was typed, what is wrong with it.

Each row has a number of its own, which its inputs carry in their names (`amount-3`) as long as the page is typed in;
`row` lists the numbers in their order. Its level follows from its time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from werkzeug.datastructures import MultiDict

from workflows.casework.ladder import AT_ONCE, DONE, DUE, PACES, PEOPLE, PLACES, SAFETY, SEEN
from workflows.casework.ladder_rows import AFTER, AT, BEFORE, Row, numbered, side_of
from workflows.casework.ladder_table import Fault, LadderRefused, read_rungs
from workflows.casework.roles import ROLE_NAMES
from workflows.casework.ways import EMAIL, TEXT
from workflows.durations import LONGEST

Typed = MultiDict[str, str]
SHARE = "%"
SIDES = {BEFORE: "before it is due", AT: "when it is due", AFTER: "after it was due"}
UNITS = {
    "WD": "working days", "WH": "working hours", "D": "days", "W": "weeks", "H": "hours", "M": "minutes",
    "UD": "days, weekends and holidays too", "UH": "hours between 8 in the morning and 8 in the evening",
}  # fmt: skip
UNTILS = {DONE: "Only doing it", SEEN: "Doing it, or somebody saying that they know of it"}
PLACES_FOR_WHOM = 3
MOST_ROWS = 20
# Roles that nobody is written to as: they refer, or look after the machine.
_NOT_TOLD = ("referrer", "process_editor", "process_approver", "analyst", "sysadmin")
# The input at which something is wrong with a cell of the table, and what is said there if not the table's own words.
_INPUTS = {"when": "amount", "whom": "whom1", "every": "again", "by": "text"}
_WORDS = {
    "by": "Nobody is told on this rung, so nobody is told by text message",
    "until": "Nothing but doing the task stops the last rung: choose “Only doing it”",
    "every": "Say both after what time it is said again and how often, or leave both empty",
}


def choices(ladder: str) -> dict[str, list[tuple[str, str]]]:
    """Return what the form of a ladder offers, by its inputs."""
    people = [(key, f"{words[:1].upper()}{words[1:]}") for key, words in PEOPLE.items()]
    roles = sorted(((key, name) for key, name in ROLE_NAMES.items() if key not in _NOT_TOLD), key=lambda one: one[1])
    paces = {key: words for key, words in PACES.items() if ladder == SAFETY or key != AT_ONCE}
    return {
        "side": list(SIDES.items()),
        "unit": [*UNITS.items(), (SHARE, "per cent of its time used")],
        "whom": [*people, *roles],
        "how": [(key, f"{words[:1].upper()}{words[1:]}") for key, words in paces.items()],
        "shown": list(PLACES.items()),
        "again_unit": list(UNITS.items()),
        "until": list(UNTILS.items()),
    }


def typed_of(rows: Iterable[Row]) -> Typed:
    """Return the rows of a ladder as the inputs of the form hold them."""
    typed = MultiDict[str, str]()
    for place, row in enumerate(rows):
        _put(typed, str(place), row)
    return typed


def _put(typed: Typed, number: str, row: Row) -> None:
    amount, unit = _split(row["when"].lstrip("+-"))
    again, again_unit = _split(row["every"])
    inputs = {
        "side": side_of(row), "amount": amount, "unit": unit or "WD", "only": row["only"], "how": row["how"],
        "again": again, "again_unit": again_unit or "WD", "times": row["times"], "until": row["until"],
        "text": TEXT if TEXT in row["by"].split() else "",
    }  # fmt: skip
    inputs |= {f"whom{place}": whom for place, whom in enumerate(row["whom"].split(), 1)}
    typed.add("row", number)
    typed.update({f"{name}-{number}": value for name, value in inputs.items()})
    for shown in row["shown"].split():
        typed.add(f"shown-{number}", shown)


def _split(length: str) -> tuple[str, str]:
    amount = "".join(sign for sign in length if sign.isdigit())
    return (amount, length[len(amount) :]) if amount else ("", "")


def numbers(typed: Typed) -> list[str]:
    """Return the numbers of the rows, in the order in which they stand."""
    return [one for one in dict.fromkeys(typed.getlist("row")) if one.isdecimal()][:MOST_ROWS]


def next_number(typed: Typed) -> str:
    """Return the number that a further row would have."""
    return str(max((int(one) for one in numbers(typed)), default=-1) + 1)


def with_row(typed: Typed) -> Typed:
    """Return the form with a further row, for a rung after the due date."""
    number = next_number(typed)
    return MultiDict([*typed.items(multi=True), ("row", number), (f"side-{number}", AFTER), (f"how-{number}", "daily")])


def without_row(typed: Typed, number: str) -> Typed:
    """Return the form without a row."""
    return MultiDict(one for one in typed.items(multi=True) if one != ("row", number))


def rows_typed(typed: Typed, name: str) -> list[dict[str, str]]:
    """Return what was typed as rows of the table; the level of each is given by its time."""
    return [_row(typed, name, number) for number in numbers(typed)]


def _row(typed: Typed, name: str, number: str) -> dict[str, str]:
    def of(part: str) -> str:
        return typed.get(f"{part}-{number}", "").strip()

    named = [of(f"whom{place}") for place in range(1, places_for_whom(typed) + 1)]
    again = of("again")
    return {
        "ladder": name,
        "level": "",
        "when": _when(of("side"), of("amount"), of("unit")),
        "only": of("only"),
        "whom": " ".join(dict.fromkeys(one for one in named if one)),
        "how": of("how"),
        "shown": " ".join(typed.getlist(f"shown-{number}")),
        "every": f"{again}{of('again_unit')}" if again else "",
        "times": of("times"),
        "until": of("until") or DONE,
        "by": f"{EMAIL} {TEXT}" if of("text") else "",
    }


def places_for_whom(typed: Typed) -> int:
    """Return how many people each row asks for: three, or as many as a file named."""
    named = [name[4:].partition("-")[0] for name, value in typed.items() if name.startswith("whom") and value]
    return min(max([PLACES_FOR_WHOM, *(int(one) for one in named if one.isdecimal())]), len(ROLE_NAMES) + len(PEOPLE))


def _when(side: str, amount: str, unit: str) -> str:
    if side == AT:
        return DUE
    if side == AFTER:
        return f"+{amount}{unit}"
    return f"{amount}%" if unit == SHARE else f"-{amount}{unit}"


def errors_in(typed: Typed, name: str) -> dict[str, str]:
    """Say at each input what is wrong with it, all of it at once, in the order of the page; nothing: it can be kept."""
    errors: dict[str, str] = {}
    rows: list[dict[str, str]] = []
    for number in numbers(typed):
        row, wrong = _row(typed, name, number), dict(_wrong(typed, number))
        errors |= {f"{_INPUTS[column]}-{number}": words for column, words in wrong.items()}
        rows.append({**row, "number": number, **_harmless(row, wrong)})
    errors = {**_refused(rows, name), **errors}
    order = {number: place for place, number in enumerate(numbers(typed))}
    return dict(sorted(errors.items(), key=lambda one: order.get(one[0].rpartition("-")[2], -1)))


def _wrong(typed: Typed, number: str) -> Iterable[tuple[str, str]]:
    """Say which cells cannot even be read, and why."""
    side, unit = typed.get(f"side-{number}", ""), typed.get(f"unit-{number}", "")
    if side != AT and not _whole(typed.get(f"amount-{number}", "")):
        yield "when", "Enter how long before or after it is due, as a whole number"
    elif side == AFTER and unit == SHARE:
        yield "when", "A share of its time can only be used before it is due: choose another length of time"
    elif side == BEFORE and unit == SHARE and int(typed[f"amount-{number}"]) > 99:
        yield "when", "Enter a share of its time from 1 to 99 per cent"
    again = typed.get(f"again-{number}", "").strip()
    if again and not _whole(again):
        yield "every", "Enter after how long it is said again, as a whole number, or leave it empty"


def _whole(text: str) -> bool:
    amount = text.strip()
    return amount.isdecimal() and 1 <= int(amount) <= LONGEST


def _harmless(row: Row, wrong: Mapping[str, str]) -> dict[str, str]:
    """Put something readable where a cell cannot be read, so that what is wrong with the others is said too."""
    found: dict[str, str] = {}
    if "when" in wrong:
        found["when"] = "+1WD" if row["when"].startswith("+") else "-1WD"
    if "every" in wrong:
        found |= {"every": "", "times": ""}
    return found


def _refused(rows: Sequence[Row], name: str) -> dict[str, str]:
    """Say what is wrong with a ladder by its own rules, at the inputs."""
    level_of: dict[str, str] = {}
    try:
        placed = numbered(rows)
        level_of = {row["level"]: row["number"] for row in placed}
        read_rungs(placed, (name,))
    except LadderRefused as refused:
        return {_input(fault, level_of): _said(fault) for fault in reversed(refused.found)}
    return {}


def _input(fault: Fault, level_of: Mapping[str, str]) -> str:
    number = level_of.get(fault.level)
    return f"{_INPUTS.get(fault.column, fault.column)}-{number}" if number and fault.column else "rungs"


def _said(fault: Fault) -> str:
    words = _WORDS.get(fault.column, fault.words.rstrip("."))
    return f"{words[:1].upper()}{words[1:]}"


def levels(typed: Typed, name: str) -> dict[str, str]:
    """Return the level of each row by its number, as far as its time can be read."""
    read = [number for number in numbers(typed) if "when" not in dict(_wrong(typed, number))]
    rows = [{**_row(typed, name, number), "number": number} for number in read]
    try:
        return {row["number"]: row["level"] for row in numbered(rows)}
    except LadderRefused:
        return {}
