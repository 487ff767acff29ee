"""Closed by default: every page names the permission it needs, or says that it is public."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Flask, Request, Response, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response as AnyResponse

from webapp import rescue
from webapp.actor import office, recognise
from webapp.newcomers import no_role_yet
from workflows.actions import sessions
from workflows.actions.sessions import Entered
from workflows.casework.access import PERMISSIONS, Actor, may
from workflows.casework.errors import NotAllowed
from workflows.questions import people

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_MARK = "_roundtable_door"


class UnguardedRoute(RuntimeError):
    """A page names no permission; the application does not start."""


def permission(name: str) -> Callable[[View], View]:
    """Open a page to those whose role holds the permission (see casework/access.py)."""
    if name not in PERMISSIONS:
        raise UnguardedRoute(f"There is no permission “{name}”.")
    return _marked(name)


def public(view: View) -> View:
    """Open a page to everybody, signed in or not."""
    return _marked(PUBLIC)(view)


def _marked(door: str) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _MARK, door)
        return view

    return mark


def door_of(view: Callable[..., Any], method: str = "") -> str | None:
    """Return what a view function asks for; a class of views is asked for the method, then as a whole."""
    whole = getattr(view, "view_class", view)
    by_method = getattr(whole, method.lower(), None) if method else None
    return cast("str | None", getattr(by_method, _MARK, None) or getattr(whole, _MARK, None))


def check_every_door(app: Flask) -> None:
    """Refuse to start while any route names neither a permission nor that it is public."""
    open_doors = sorted(
        f"{method} {rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if door_of(app.view_functions[rule.endpoint], method) is None
    )
    if open_doors:
        raise UnguardedRoute("These routes name no permission: " + "; ".join(open_doors))


@dataclass(frozen=True)
class SignedIn:
    """Somebody who is signed in: who they are, and the session they began."""

    actor: Actor
    session_id: UUID
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return what the cookie holds; it is worthless once they have signed out."""
        return self.session_id.hex


def let_in(entered: Entered) -> None:
    """Let the browser into the session that has begun; whatever it held before is dropped."""
    session.clear()
    session.permanent = True
    session["since"] = office().clock.now().isoformat()
    login_user(SignedIn(entered.actor, entered.session_id))
    recognise(entered.actor)


def let_out() -> None:
    """End the session of this browser, on the server too."""
    if current_user.is_authenticated:
        sessions.end(office().desk(current_user.actor), current_user.session_id)
    session.clear()
    logout_user()


def stand(app: Flask, csrf: CSRFProtect) -> None:
    """Put the guard at every door of the application."""
    login = LoginManager(app)
    login.session_protection = "basic"
    login.user_loader(_remembered)
    app.extensions["keyed_rooms"] = {}
    static = app.view_functions.get("static")
    if static is not None:
        public(static)

    @app.before_request
    def ask() -> AnyResponse | None:
        view = app.view_functions.get(request.endpoint or "")
        if view is None:
            _recognise_whoever_asks()
            return None  # no such page: the router answers
        identify = app.extensions["keyed_rooms"].get(request.blueprint)
        if identify is not None:
            _ask_for_key(identify, door_of(view, request.method))
            return None
        return _ask_for_person(door_of(view, request.method), csrf)


def admit_by_key(app: Flask, blueprint: str, identify: Callable[[Request], Actor | None]) -> None:
    """Let other systems into a room by a key in the request instead of a session; no cookie counts there."""
    app.extensions["keyed_rooms"][blueprint] = identify


def _ask_for_key(identify: Callable[[Request], Actor | None], door: str | None) -> None:
    if door == PUBLIC:
        return
    actor = identify(request)
    if actor is None:
        raise Unauthorized("Give a valid key in the Authorization header.")
    recognise(actor)
    _must_hold(actor, door)


def _ask_for_person(door: str | None, csrf: CSRFProtect) -> AnyResponse | None:
    if request.endpoint == "static":
        return None
    if not _recognise_whoever_asks() and door != PUBLIC:
        return _show_the_way_in()
    if door != PUBLIC:
        _must_hold(current_user.actor, door)
    csrf.protect(apply_exemptions=True)
    return None


def _recognise_whoever_asks() -> bool:
    """Note who is signed in, if anybody: a page that says what went wrong has their menu, too."""
    if current_user.is_authenticated:
        recognise(current_user.actor)
    return bool(current_user.is_authenticated)


def _must_hold(actor: Actor, door: str | None) -> None:
    if not actor.roles and actor.id is not None:
        raise no_role_yet(office().desk(actor), actor.id)
    if door is None or not may(actor, door):
        raise NotAllowed("Your role does not open this page.")


def _show_the_way_in() -> Response | AnyResponse:
    """Send a reader to the sign-in page; keep what a writer had typed; refuse anything else."""
    if request.method in SAFE:
        return redirect(url_for("auth.sign_in", next=rescue.address(request)))
    if rescue.keep_typed(request):
        return redirect(url_for("auth.sign_in", next=rescue.page_before(request), kept="yes"), 303)
    raise Unauthorized("You are not signed in, or your session has ended.")


def _remembered(remembered: str) -> SignedIn | None:
    """Look up whom a session belongs to: not ended, of an account in use, with the password of that time."""
    try:
        session_id = UUID(remembered)
    except ValueError:
        return None
    found = people.signed_in(office().desk(), session_id)
    return SignedIn(found, session_id) if found else None
