"""The room of programmes: how each is set up, and what its managers change."""

from flask import Blueprint

room = Blueprint("programme", __name__, url_prefix="/programme")
