"""The room of tasks: what is asked of somebody, and what became of it."""

from flask import Blueprint

room = Blueprint("tasks", __name__)
