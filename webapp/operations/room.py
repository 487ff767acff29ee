"""The room of those who run the service."""

from __future__ import annotations

from flask import Blueprint

room = Blueprint("operations", __name__, url_prefix="/operations")
