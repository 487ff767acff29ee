"""Let open cases go over to what was published, or back; each by itself, and one that fails stays where it was."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from workers.items import Items
from workflows.actions import publication_moves
from workflows.assembly import Office


def _due(office: Office, limit: int) -> Sequence[UUID]:
    return publication_moves.moves_to_make(office.desk(), limit)


def _move(office: Office, move_id: UUID) -> None:
    publication_moves.make_move(office.desk(), move_id)


ITEMS = Items(_due, _move)
