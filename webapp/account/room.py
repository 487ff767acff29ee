"""The room of one's own account."""

from __future__ import annotations

from flask import Blueprint

room = Blueprint("account", __name__, url_prefix="/account")
