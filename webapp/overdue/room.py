"""The room of what is overdue: the board, and the report of exceptions."""

from flask import Blueprint

room = Blueprint("overdue", __name__, url_prefix="/overdue")
