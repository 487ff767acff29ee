"""How an agenda says things: the day of a meeting, why a case comes to it, how late something is, what was agreed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from flask import url_for

from webapp.cases.presenters import RISKS
from webapp.ladder_words import level_words
from webapp.wording import counted, weekday, when
from workflows.casework.agenda import AGAIN, NEW, PUT_OFF, URGENT
from workflows.casework.meeting_days import Sitting
from workflows.questions.agenda import Agenda, Overdue
from workflows.questions.agenda_round import Sent
from workflows.questions.agenda_rows import Agreed, LeftUndone, Listed, Person

_TIMES = {2: "second", 3: "third"}
COMES_AS = {URGENT: "Urgent", PUT_OFF: "Put off before", NEW: "New", AGAIN: "Comes back"}


def meets(sitting: Sitting | None) -> str:
    """Say when and where a meeting is."""
    if sitting is None:
        return "No meeting is known"
    return ", ".join(filter(None, (f"{weekday(sitting.day)}, {when(sitting.at).rpartition(', ')[2]}", sitting.where)))


def sent_words(sent: Sent, found: Agenda) -> str:
    """Say who sent an agenda round and when; to whoever did, also how much stands on it since."""
    if sent.at is None:
        return "Not sent round yet."
    more = "" if sent.items in (found.items, None) else f"; now {found.items}"
    often = f", for the {_TIMES.get(sent.times, f'{sent.times}th')} time" if sent.times > 1 else ""
    number = "" if sent.items is None else f", with {counted(sent.items, 'item')}"
    return f"Sent round by {sent.by}, {when(sent.at)}{often}{number}{more}."


def other_days(found: Agenda) -> Iterator[tuple[str, str]]:
    """Yield the meetings before and after this one, and the next, each with the address of its agenda."""
    if found.earlier:
        yield f"Earlier: {weekday(found.earlier)}", _address(found, found.earlier)
    if not found.next:
        yield "The next meeting", _address(found, None)
    if found.later:
        yield f"Later: {weekday(found.later)}", _address(found, found.later)


def _address(found: Agenda, day: date | None) -> str:
    return url_for("agenda.show", team_id=found.team_id, day=day.isoformat() if day else None)


def name(of: Person) -> str:
    """Name a person with their age, as the caseload does."""
    return of.name if of.age is None else f"{of.name}, {of.age}"


def risk(of: Person) -> str:
    """Say how grave it would be to lose sight of somebody."""
    return RISKS.get(of.risk_level, of.risk_level)


def room(found: Agenda) -> str:
    """Say how many cases there are, and whether one meeting has time for them."""
    said = counted(len(found.cases), "case")
    if found.past:
        return f"{said}: people were invited to this meeting, and nothing is decided yet"
    if len(found.cases) > found.capacity:
        return f"{said}: more than the {found.capacity} that one meeting has time for"
    return f"{said}; one meeting has time for {found.capacity}"


def invited(row: Listed, found: Agenda) -> str:
    """Say whether people were invited to a case; until then this meeting is only proposed for it."""
    if row.sitting is None:
        return "Not yet"
    here = found.sitting is not None and row.sitting.day == found.sitting.day
    return "Yes" if here else f"Not yet; not decided on {weekday(row.sitting.day)}"


def late_words(row: LeftUndone) -> str:
    """Say how late something is, in working days; of an earlier meeting, that it was done since."""
    if row.paused:
        return "Its clock stands still"
    late = f"{counted(row.days, 'working day')} late"
    return f"Done {when(row.done_at)}, {late}" if row.done_at else f"▲ {late}"


def told_lines(row: LeftUndone) -> Iterator[str]:
    """Yield who was told of it, rung by rung."""
    for one in row.told:
        yield f"{level_words(one.level)}: {', '.join(one.names)} told {when(one.at)}"


def agreed_words(one: Agreed) -> str:
    """Say what a meeting agreed."""
    by = f" Noted by {one.by}." if one.by else ""
    return f"{weekday(one.met_on)}: “{one.what}”, by {weekday(one.until)}.{by}"


def may_note(found: Agenda, today: date) -> bool:
    """Say whether what this meeting agreed can be noted: not before it has met."""
    return found.sitting is not None and found.sitting.day <= today


def unsaid_words(one: Overdue) -> str:
    """Say at which meetings nothing was noted."""
    return f"It stood on the agenda of {counted(len(one.unsaid), 'meeting')} of which nothing was noted:"


def late_heading(found: Agenda) -> str:
    """Call what a ladder brought to the meeting what it is: reviews, as a rule."""
    return "Overdue reviews" if all(one.row.review for one in found.late) else "Overdue reviews and other steps"


def hidden_words(found: Agenda) -> str:
    """Count what its reader may not know of; nothing else is said of it."""
    number = found.hidden
    return (
        f"{counted(number, 'more case is', 'more cases are')} on this agenda and not shared with you." if number else ""
    )


def huddle_words(found: Agenda) -> str:
    """Count the cases that are decided outside meetings."""
    if not found.huddles:
        return ""
    number = counted(found.huddles, "case waits", "cases wait")
    why = "in a huddle, or because the person may not be discussed by several organisations"
    return f"{number} for a decision without a meeting: {why}."
