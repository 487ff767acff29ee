"""Drafting the ladders of a programme: each manager has a draft of their own, changed ladder by ladder, then tried."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from workflows.actions.drafts import kept_draft
from workflows.actions.ladders import publish
from workflows.actions.programmes import managed
from workflows.casework.errors import AnswersRefused, OutOfDate
from workflows.casework.ladder import Ladder
from workflows.casework.ladder_rows import Row, numbered, table_of
from workflows.casework.ladder_table import ladder_of, read_rungs, written
from workflows.casework.task import Draft
from workflows.desk import Desk
from workflows.storage.ladder_drafts import about, draft_in, last_try

FORM = "ladder"
CHANGED_SINCE = (
    "This ladder has changed since you opened the page: you saved it in another window, or a colleague published one"
)


def keep_ladder(desk: Desk, key: str, name: str, seen: str, rows: Sequence[Row]) -> None:
    """Put all rows of one ladder into the draft, in place of those that were there. Twice is once.

    seen: the mark of the ladder that was shown. Raises LadderRefused with what is wrong with them, OutOfDate where
    another was saved since: nothing is written over that nobody has seen.
    """
    with desk.work() as work:
        programme = managed(work, key)
        draft = draft_in(work.session, desk.actor, programme)
        others = [row for row in draft.rows if row["ladder"] != name]
        kept = numbered([{**row, "ladder": name} for row in rows])
        read_rungs(kept, (name,))
        if table_of(kept) == table_of(draft.of(name)):
            return
        if draft.mark_of(name) != seen:
            raise OutOfDate(CHANGED_SINCE)
        kept_draft(work, about(key), FORM, draft.began_with, {"table": [table_of(numbered([*others, *kept]))]})
        work.commit()


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
