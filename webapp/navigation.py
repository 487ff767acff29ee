"""The menu: each place is shown to those who may open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, get_flashed_messages, request, url_for

from webapp.actor import allowed, current_actor, desk, office
from workflows.desk import Desk
from workflows.questions import health, incidents, letters, messages, programmes


@dataclass(frozen=True)
class Place:
    """One entry of the menu."""

    label: str
    endpoint: str
    permission: str
    waiting: Callable[[Desk], int] | None = None  # what waits there for somebody: its count stands in the menu


# In the order in which they are shown. A new room adds one line.
PLACES = (
    Place("Inbox", "inbox.show", "inbox"),
    Place("Find a person", "finding.find", "case.see"),
    Place("Caseload", "caseload.board", "case.see"),
    Place("Overdue", "overdue.board", "overdue.see"),
    Place("Agenda", "agenda.teams", "agenda.see"),
    Place("Letters", "letters.to_send", "letter.send", letters.waiting_count),
    Place("Refer", "referrals.own", "referral.make"),
    Place("Lists", "lists.overview", "list.import"),
    Place("Messages", "messages.queue", "message.settle", messages.parked_count),
    Place("Process", "process.all_models", "process.work"),
    Place("Programme", "programme.all_programmes", "programme.see"),
    Place("Staff", "staff.everybody", "staff.manage"),
    Place("Operations", "operations.board", "operations.see", incidents.open_count),
)


@dataclass(frozen=True)
class Shown:
    """A place as the menu shows it."""

    label: str
    href: str
    here: bool


def places() -> list[Shown]:
    """Return the places that whoever is asking may open."""
    return [
        Shown(_label(place), url_for(place.endpoint), _room(place.endpoint) == request.blueprint)
        for place in PLACES
        if allowed(place.permission) and place.endpoint in current_app.view_functions
    ]


def _label(place: Place) -> str:
    count = place.waiting(desk()) if place.waiting else 0
    return f"{place.label} ({count})" if count else place.label


def home() -> str:
    """Return the address where somebody's work begins: the first place they may open."""
    first = places()
    return first[0].href if first else url_for("account.own")


def show(app: Flask) -> None:
    """Offer the frame's words to the templates, as functions: a page that does not ask costs nothing."""
    app.jinja_env.globals.update(
        places=places,
        home=home,
        allowed=allowed,
        current_actor=current_actor,
        session_minutes=lambda: office().settings.session_minutes,
        viruses_searched=lambda: bool(office().settings.virus_scanner),
        demonstration=lambda: office().settings.demonstration,
        worker_silence=lambda: health.worker_silence(office().desk()),
        emergency_numbers=lambda: programmes.emergency_numbers(office().desk()),
        told=get_flashed_messages,
    )


def _room(endpoint: str) -> str:
    return endpoint.partition(".")[0]
