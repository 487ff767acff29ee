"""The room of cases: everything about one case, and who has looked at it."""

from flask import Blueprint

room = Blueprint("cases", __name__)
