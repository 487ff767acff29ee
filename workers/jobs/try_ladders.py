"""Try drafts of ladders on past tasks, each by itself; whoever asked looks at how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from workers.items import Items
from workflows.actions import ladder_tries
from workflows.assembly import Office
from workflows.questions.ladder_found import as_told
from workflows.questions.ladder_tried import Asked, try_ladder


def _due(office: Office, limit: int) -> Sequence[UUID]:
    return ladder_tries.tries_to_make(office.desk(), limit)


def _make(office: Office, try_id: UUID) -> None:
    desk = office.desk()
    asked = ladder_tries.wanted(desk, try_id)
    what = Asked(asked.programme, asked.draft, asked.first, asked.last)

    def tell(done: int, in_all: int) -> None:
        ladder_tries.note_progress(desk, try_id, done, in_all)

    ladder_tries.keep_found(desk, try_id, as_told(try_ladder(desk.for_actor(asked.actor), what, tell)))


def _failed(office: Office, try_id: UUID, _failure: Exception) -> None:
    ladder_tries.note_not_tried(office.desk(), try_id)


ITEMS = Items(_due, _make, _failed)
