"""What a ladder does next, as people say it."""

from __future__ import annotations

from datetime import datetime

from webapp.wording import when
from workflows.casework.ladder import AT_DUE, AT_ONCE, PACES, PEOPLE, PLACES, Rung
from workflows.casework.roles import ROLE_NAMES, in_a_sentence

LAST_RUNG = "Everybody whom it concerns has been told"


def left_words(rung: Rung | None, at: datetime | None, level: int, overdue: bool) -> str:
    """Say what happens if a task that has climbed so far is left; `rung` comes next, at that instant."""
    if rung is None or at is None:
        return LAST_RUNG if level > AT_DUE else ""
    return next_words(rung, at, overdue)


def next_words(rung: Rung, at: datetime, overdue: bool = False) -> str:
    """Say what happens on a rung that comes at an instant, unless the task is done."""
    how = PACES[rung.how]
    if rung.level < AT_DUE:
        return f"Reminder {how} from {when(at)}, and when it falls due"
    if rung.level == AT_DUE:
        return f"A reminder goes out {how}{'' if overdue else ' when it falls due'}"
    if not rung.whom:
        return f"Stands {' and '.join(PLACES[one] for one in rung.shown)} from {when(at)} unless it is done"
    pace = "" if rung.how == AT_ONCE else f", {how}"
    return f"{whom_words(rung).capitalize()} told {when(at)}{pace}, unless it is done"


def whom_words(rung: Rung) -> str:
    """Name whom a rung concerns, within a sentence: team manager, service manager and safeguarding lead."""
    named = [PEOPLE.get(one) or in_a_sentence(one, ROLE_NAMES) for one in rung.whom]
    return " and ".join([", ".join(named[:-1]), named[-1]] if named[1:] else named)
