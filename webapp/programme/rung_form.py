"""The form of one rung: what it offers to choose from, and what was chosen as a row of the table."""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from workflows.casework.ladder import AT_ONCE, DONE, DUE, NAMES, PACES, PEOPLE, PLACES, SAFETY, SAME_DAY, SEEN
from workflows.casework.ladder_rows import AFTER, AT, BEFORE, side_of
from workflows.casework.roles import ROLE_NAMES
from workflows.casework.ways import EMAIL, TEXT

SHARE = "%"
SIDES = {BEFORE: "Before it is due", AT: "When it is due", AFTER: "After it was due"}
UNITS = {
    "WD": "working days", "WH": "working hours", "D": "days", "W": "weeks", "H": "hours", "M": "minutes",
    "UD": "days, weekends and holidays too", "UH": "hours between 8 in the morning and 8 in the evening",
}  # fmt: skip
UNTILS = {
    DONE: "Only doing it: this comes even if somebody knows of it",
    SEEN: "Doing it, or somebody saying that they know of it",
}
PLACES_FOR_WHOM = 3
# Roles that nobody is written to as: they refer, or look after the machine.
_NOT_TOLD = ("referrer", "process_editor", "process_approver", "analyst", "sysadmin")


def choices(ladder: str) -> dict[str, list[tuple[str, str]]]:
    """Return what the form of a rung offers, by its inputs."""
    people = [(key, f"{words[:1].upper()}{words[1:]}") for key, words in PEOPLE.items()]
    roles = sorted(((key, name) for key, name in ROLE_NAMES.items() if key not in _NOT_TOLD), key=lambda one: one[1])
    paces = {key: words for key, words in PACES.items() if ladder == SAFETY or key != AT_ONCE}
    return {
        "side": list(SIDES.items()),
        "unit": [*UNITS.items(), (SHARE, "per cent of its time used (before it is due)")],
        "whom": [*people, *roles],
        "how": [(key, f"{words[:1].upper()}{words[1:]}") for key, words in paces.items()],
        "shown": list(PLACES.items()),
        "again_unit": list(UNITS.items()),
        "until": list(UNTILS.items()),
    }


def typed_of(row: Mapping[str, str]) -> MultiDict[str, str]:
    """Return a row as the inputs of the form hold it."""
    typed = MultiDict({"ladder": row["ladder"], "side": side_of(row), "how": row["how"], "until": row["until"]})
    amount, unit = _split(row["when"].lstrip("+-"))
    typed.update({"amount": amount, "unit": unit or "WD", "times": row["times"]})
    again, again_unit = _split(row["every"])
    typed.update({"again": again, "again_unit": again_unit or "WD"})
    if row["only"]:
        typed["only"] = SAME_DAY
    for place, whom in enumerate(row["whom"].split(), 1):
        typed[f"whom{place}"] = whom
    typed.setlist("shown", row["shown"].split())
    if TEXT in row["by"].split():
        typed["text"] = TEXT
    return typed


def _split(length: str) -> tuple[str, str]:
    amount = "".join(sign for sign in length if sign.isdigit())
    return (amount, length[len(amount) :]) if amount else ("", "")


def row_typed(typed: MultiDict[str, str]) -> dict[str, str]:
    """Return what was chosen as a row of the table; its level is given by its place."""
    named = [typed.get(f"whom{place}", "") for place in range(1, places_for_whom(typed) + 1)]
    ladder = typed.get("ladder", "")
    again = typed.get("again", "").strip()
    return {
        "ladder": ladder if ladder in NAMES else "",
        "level": "",
        "when": _when(typed.get("side", ""), typed.get("amount", "").strip(), typed.get("unit", "")),
        "only": typed.get("only", ""),
        "whom": " ".join(dict.fromkeys(one for one in named if one)),
        "how": typed.get("how", ""),
        "shown": " ".join(typed.getlist("shown")),
        "every": f"{again}{typed.get('again_unit', '')}" if again else "",
        "times": typed.get("times", "").strip(),
        "until": typed.get("until", ""),
        "by": f"{EMAIL} {TEXT}" if typed.get("text") else "",
    }


def places_for_whom(typed: Mapping[str, str]) -> int:
    """Return how many people the form asks for: three, or as many as a file named."""
    named = [int(name[4:]) for name in typed if name.startswith("whom") and name[4:].isdigit()]
    return min(max([PLACES_FOR_WHOM, *named]), len(ROLE_NAMES) + len(PEOPLE))


def _when(side: str, amount: str, unit: str) -> str:
    if side == AT:
        return DUE
    if side == AFTER:
        return f"+{amount}{unit}"
    return f"{amount}%" if unit == SHARE else f"-{amount}{unit}"
