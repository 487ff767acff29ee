"""Drafting the ladders of a programme: each manager has a draft of their own, changed a row at a time, then tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import select

from workflows.actions.drafts import kept_draft
from workflows.actions.ladders import publish
from workflows.actions.programmes import managed
from workflows.casework.errors import AnswersRefused, NotFound, OutOfDate
from workflows.casework.ladder import Ladder
from workflows.casework.ladder_rows import Row, numbered, table_of
from workflows.casework.ladder_table import ladder_of, written
from workflows.casework.task import Draft
from workflows.desk import Desk
from workflows.storage.ladder_drafts import about, draft_in, last_try

FORM = "ladder"
CHANGED_SINCE = (
    "This draft has changed since you opened the page, perhaps in another window. Look at it, and try again."
)


def put_rung(desk: Desk, key: str, seen: str, row: Row, place: int | None = None) -> None:
    """Put a row into the draft, in place of another or as a new one. `seen`: the mark of the draft that was shown.

    Raises LadderRefused with what is wrong with the row, OutOfDate where the draft has changed since.
    """

    def change(rows: list[dict[str, str]]) -> Sequence[Row]:
        others = rows if place is None else [one for number, one in enumerate(rows) if number != place]
        return numbered([*others, row])

    _change(desk, key, seen, change)


def remove_rung(desk: Desk, key: str, seen: str, place: int) -> None:
    """Take a row out of the draft."""

    def change(rows: list[dict[str, str]]) -> Sequence[Row]:
        if not 0 <= place < len(rows):
            raise NotFound("There is no such row in the draft.")
        return numbered([one for number, one in enumerate(rows) if number != place])

    _change(desk, key, seen, change)


def draft_from(desk: Desk, key: str, ladder: Ladder) -> None:
    """Begin the draft anew with a whole ladder: one that was published before, or that was read from a file."""
    with desk.work() as work:
        number = managed(work, key).ladder_number
        kept_draft(work, about(key), FORM, number, {"table": [written(ladder)]})
        work.commit()


def discard(desk: Desk, key: str) -> None:
    """Throw the actor's draft away."""
    with desk.work() as work:
        mine = select(Draft).where(Draft.staff_id == desk.actor.id, Draft.about == about(key))
        for draft in work.session.scalars(mine):
            work.session.delete(draft)
        work.commit()


def publish_draft(desk: Desk, key: str, why: str) -> int:
    """Publish the actor's draft, which has been tried as it stands; returns its number."""
    with desk.work() as work:
        programme = managed(work, key)
        draft = draft_in(work.session, desk.actor, programme)
        tried = last_try(work.session, desk.actor, programme, draft)
        if tried is None or tried.ended_at is None or tried.failed:
            raise AnswersRefused({"why": "Try this draft first, as it stands now"})
        part = desk.within(work)
        number = publish(part, key, ladder_of(draft.rows), why, draft.began_with)
        discard(part, key)
        work.commit()
        return number


def _change(desk: Desk, key: str, seen: str, change: Callable[[list[dict[str, str]]], Sequence[Row]]) -> None:
    with desk.work() as work:
        programme = managed(work, key)
        draft = draft_in(work.session, desk.actor, programme)
        if draft.mark != seen:
            raise OutOfDate(CHANGED_SINCE)
        table = table_of(change([dict(row) for row in draft.rows]))
        kept_draft(work, about(key), FORM, draft.began_with, {"table": [table]})
        work.commit()
