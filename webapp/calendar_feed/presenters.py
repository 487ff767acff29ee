"""One's due dates and meetings as a calendar reads them (iCalendar, RFC 5545): a case number, a step, a day, a link."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from webapp.wording import when
from workflows.clock import london_day
from workflows.questions.calendar_feed import MEETING, TASK, Entry

MADE_BY = "-//Roundtable//Due dates and meetings//EN"
READ_AGAIN = timedelta(hours=1)
UNTIL_DUE = timedelta(minutes=15)  # what is due at a minute ends there, and is long enough to be seen
ONE_MEETING = timedelta(hours=1)  # nobody says when a meeting ends
COVERED = "For a colleague on leave for whom you cover."


def mark_of(entries: Sequence[Entry]) -> str:
    """Return a mark of what a calendar is told: as long as nothing changes it is the same."""
    return hashlib.sha256(repr([astuple(one) for one in entries]).encode()).hexdigest()[:32]


def calendar_of(entries: Sequence[Entry], base_url: str, now: datetime) -> bytes:
    """Return the entries as a calendar; every instant in UTC."""
    calendar = Calendar()
    for name, value in (("prodid", MADE_BY), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH")):
        calendar.add(name, value)
    calendar.add("x-wr-calname", "Roundtable")
    calendar.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for one in entries:
        calendar.add_component(_event(one, base_url, now))
    written: bytes = calendar.to_ical()
    return written


def _event(one: Entry, base_url: str, now: datetime) -> Event:
    """An entry as an event: under the same name as long as it is the same, so that a date that moves moves there."""
    link = f"{base_url}/tasks/{one.id}" if one.kind == TASK else f"{base_url}/cases/{one.case_number}"
    event = Event()
    event.add("uid", f"{one.kind}-{one.id}@{urlsplit(base_url).hostname}")
    event.add("sequence", one.version)
    event.add("dtstamp", now)
    event.add("summary", f"{one.name}, {one.case_number}")
    event.add("description", "\n".join((_words(one), *([COVERED] if one.covered else []), link)))
    event.add("url", link)
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE" if one.kind == MEETING else "TRANSPARENT")
    _put_on_its_day(event, one)
    return event


def _words(one: Entry) -> str:
    return f"Begins {when(one.at)}." if one.kind == MEETING else f"Due {when(one.at)}."


def _put_on_its_day(event: Event, one: Entry) -> None:
    if one.whole_day:
        event.add("dtstart", london_day(one.at))
        event.add("dtend", london_day(one.at) + timedelta(days=1))
    elif one.kind == MEETING:
        event.add("dtstart", one.at)
        event.add("dtend", one.at + ONE_MEETING)
    else:
        event.add("dtstart", one.at - UNTIL_DUE)
        event.add("dtend", one.at)
