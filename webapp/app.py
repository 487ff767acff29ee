"""What people see: pages over verbs and questions. `create_app` is the only way in."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader

from webapp import errors, guard, headers, logbook, metering, navigation, once, rescue, static_files, windows, wording
from webapp.sessions import Sessions
from workflows.assembly import Office

# Every room of the web: `webapp/<name>/routes.py` holds its blueprint as `room`. A new room is one line here,
# and one line in `webapp/navigation.py` where it has a place in the menu.
ROOMS = (
    "about",
    "auth",
    "account",
    "calendar_feed",
    "inbox",
    "tasks",
    "referrals",
    "lists",
    "messages",
    "api",
    "staff",
    "programme",
    "process",
    "operations",
    "cases",
    "buttons",
    "letters",
    "caseload",
    "overdue",
    "agenda",
    "passing",
    "finding",
)

HERE = Path(__file__).parent
LARGEST_REQUEST = 12 * 1024 * 1024  # bytes: a list of candidates or a few letters, not a film


class Roundtable(Flask):
    """The application; its pages are escaped whatever their file is called, and misspelt names are found out."""

    jinja_options = {
        "autoescape": True,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "undefined": wording.Unsaid,
        "loader": ChoiceLoader([FileSystemLoader(HERE / "templates"), PackageLoader("nhsuk_frontend_jinja")]),
    }


def create_app(office: Office) -> Flask:
    """Build the web application over an office. Raises UnguardedRoute when a page names no permission."""
    app = Roundtable(__name__)
    _configure(app, office)
    app.extensions["office"] = office
    app.session_interface = Sessions()
    csrf = CSRFProtect(app)
    logbook.keep(app)
    metering.keep(app)
    guard.stand(app, csrf)
    rescue.stand_by(app)
    windows.stand_by(app)
    once.stand_by(app)
    headers.send(app)
    errors.answer(app)
    wording.speak(app)
    static_files.serve(app)
    navigation.show(app)
    for name in ROOMS:
        app.register_blueprint(import_module(f"webapp.{name}.routes").room)
    guard.check_every_door(app)
    return app


def _configure(app: Flask, office: Office) -> None:
    settings = office.settings
    app.secret_key = settings.secret_key
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_PARTS=5_000,  # long assessments with many rows
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        PERMANENT_SESSION_LIFETIME=settings.session_minutes * 60,
        SESSION_COOKIE_NAME="roundtable",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_REFRESH_EACH_REQUEST=True,  # the hour begins again with each page
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session, which has its own end
        WTF_CSRF_CHECK_DEFAULT=False,  # the guard asks, after it knows who is there
    )
