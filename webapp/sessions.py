"""The cookie of a session: each page that somebody opens begins its hour anew, what a page asks by itself does not."""

from __future__ import annotations

from flask import Flask, g
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class Sessions(SecureCookieSessionInterface):
    """Signed cookies, as Flask has them, that a page left open does not keep alive."""

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Say whether this answer begins the session's time anew."""
        by_itself = g.get("asked_by_itself", False)
        return session.modified or (not by_itself and super().should_set_cookie(app, session))


def asked_by_itself() -> None:
    """Note that no person asked this, but a page that is open."""
    g.asked_by_itself = True
