"""Pages about the service itself: accessibility, privacy, and how it is."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template

from webapp.actor import office
from webapp.guard import public
from workflows.questions.health import health as how_it_is

room = Blueprint("about", __name__)


@room.get("/accessibility")
@public
def accessibility() -> str:
    """Say how far everybody can use the service, and what is known not to work."""
    return render_template("about/accessibility.html")


@room.get("/privacy")
@public
def privacy() -> str:
    """Say what is kept about whom, and who may see it."""
    return render_template("about/privacy.html")


@room.get("/health")
@public
def health() -> tuple[Response, int]:
    """Tell a monitor how the service is; 503 when somebody has to look. Nothing about anybody."""
    found = how_it_is(office().desk())
    said = jsonify(
        status="ok" if found.ok else "degraded",
        database="ok" if found.database else "down",
        schema="current" if found.schema else "behind",
        worker="ok" if found.worker else "silent",
        worker_seconds=found.worker_seconds,
        silent=[one.name for one in found.silent],
        disk=found.room,
    )
    return said, 200 if found.ok else 503
