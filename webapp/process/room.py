"""The room of the process, and how its addresses name a diagram or a table."""

from uuid import UUID

from flask import Blueprint

from workflows.casework.errors import NotFound
from workflows.casework.process_change import Place

room = Blueprint("process", __name__, url_prefix="/process")
KINDS = {"diagrams": "bpmn", "tables": "dmn"}
SORTS = {kind: sort for sort, kind in KINDS.items()}
FILE = "application/xml"


def kind_of(sort: str) -> str:
    """Return the kind that an address names: diagrams are bpmn, tables dmn."""
    if sort not in KINDS:
        raise NotFound("There is no such page.")
    return KINDS[sort]


def place_of(change_id: UUID, sort: str, key: str) -> Place:
    """Return where an address finds a model of a change."""
    return Place(change_id, kind_of(sort), key)
