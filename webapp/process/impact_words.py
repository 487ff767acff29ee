"""What a change would mean for the open cases, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from webapp.wording import counted, role, short_day
from workflows.casework.impact import BEGINS, ENDS, GOES_ON, RunningClock, Seen
from workflows.desk import Desk
from workflows.questions.impact import LET_GO, MOVES, NEEDS_A_CHOICE, STAYS, CaseRow, Obstacle, Report

TAGS = {MOVES: "Moves", NEEDS_A_CHOICE: "Needs a choice", STAYS: "Stays"}
HEADINGS = {MOVES: "move as they are", NEEDS_A_CHOICE: "need a choice", STAYS: "stay on their version"}
WHAT = {"name": "what it is called", "form_key": "its form", "role": "whose it is", "escalation": "its reminders",
        "team": "whose pool it is in"}  # fmt: skip
CLOCKS = {GOES_ON: "keep running", BEGINS: "begin", ENDS: "are no longer waited for"}
SHOWN = 5  # clocks of one case


def waiting_words(report: Report) -> str:
    """Say how far it is, in tenths: whoever has it read aloud hears of it ten times, not at every look."""
    if not report.in_all:
        return "The open cases are about to be tried"
    tenths = report.done * 10 // report.in_all
    return f"{tenths * 10} per cent of {counted(report.in_all, 'open case')} tried"


def headline(report: Report) -> str:
    """Say how many can move: 237 of 240 open cases can move as they are; 2 need a choice; 1 stays on its version."""
    moves, needs, stays = (report.verdicts[one] for one in (MOVES, NEEDS_A_CHOICE, STAYS))
    said = f"{moves:,} of {counted(report.done, 'open case')} can move as {'it is' if moves == 1 else 'they are'}"
    rest = [f"{needs:,} {'needs' if needs == 1 else 'need'} a choice"] if needs else []
    rest += [f"{stays:,} {'stays on its' if stays == 1 else 'stay on their'} version"] if stays else []
    return "; ".join([said, *rest]) + "."


def seen_words(desk: Desk, seen: Seen) -> str:
    """Say what somebody with a task will see differently."""
    if seen.sort == "new":
        return f"“{seen.task}” is asked at once"
    if seen.sort == "gone":
        return f"“{seen.task}” is not asked any more"
    changes = [f"{WHAT[name]}: {_said(desk, name, was)} → {_said(desk, name, now)}" for name, (was, now)
               in seen.changes.items()]  # fmt: skip
    return f"“{seen.task}”: {'; '.join([*changes, *(['the words that say why it is asked'] if seen.reworded else [])])}"


def clock_lines(row: CaseRow) -> Iterator[str]:
    """Say of a case which clocks keep running, begin and end: the next ones by name and day."""
    for what, words in CLOCKS.items():
        alike = sorted((one for one in row.clocks if one.what == what), key=lambda one: one.due_at)
        if alike:
            more = [f"and {len(alike) - SHOWN} more"] if len(alike) > SHOWN else []
            yield f"{', '.join([*map(_clock, alike[:SHOWN]), *more])} {words}"


def options(one: Obstacle, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what may be chosen for something in the way. names: what the shapes of the change are called."""
    found = [(key, f"“{names.get(key) or key}” stands instead") for key in one.choices]
    return [*found, (LET_GO, "It is no longer waited for")] if one.may_go else found


def _clock(clock: RunningClock) -> str:
    return f"“{clock.name}” ({short_day(clock.due_at)})"


def _said(desk: Desk, name: str, value: str) -> str:
    known = desk.forms.keys()
    if name == "form_key" and value in known:
        return desk.forms.form(value).title
    if name == "role":
        return role(value)
    return f"class {value}" if name == "escalation" else value or "none"
