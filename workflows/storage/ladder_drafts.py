"""Finding the draft that somebody has of a programme's ladders, and how it was tried last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.access import Actor
from workflows.casework.ladder_rows import rows_in
from workflows.casework.ladder_table import LadderRefused, ladder_of, written
from workflows.casework.ladder_try import LadderTry
from workflows.casework.programme import Programme
from workflows.casework.task import Draft

NOT_BEGUN = "0"


@dataclass(frozen=True)
class LadderDraft:
    """The rows of a draft, as `ladder_table.COLUMNS` name their cells; not begun, those that count today.

    mark: two drafts with the same mark say the same. began_with: the number of the version that counted then.
    """

    rows: tuple[Mapping[str, str], ...]
    mark: str
    began_with: int
    saved_at: datetime | None = None

    @property
    def table(self) -> str:
        """The ladder of the draft as it would be published; empty while it is none."""
        try:
            return written(ladder_of(self.rows))
        except LadderRefused:
            return ""


def about(key: str) -> str:
    """Name the draft of a programme's ladders among those of its writer."""
    return f"ladder:{key}"


def draft_in(session: Session, actor: Actor, programme: Programme) -> LadderDraft:
    """Return the actor's own draft; nobody ever sees a colleague's."""
    mine = select(Draft).where(Draft.staff_id == actor.id, Draft.about == about(programme.key))
    found = session.scalar(mine)
    if found is None:
        rows = rows_in(written(programme.ladder))
        return LadderDraft(tuple(rows), NOT_BEGUN, programme.ladder_number)
    return LadderDraft(tuple(rows_in(found.raw["table"][0])), found.mark, found.form_version, found.saved_at)


def last_try(session: Session, actor: Actor, programme: Programme, draft: LadderDraft) -> LadderTry | None:
    """Return the last try of this very draft by this person."""
    theirs = (LadderTry.programme_id == programme.id, LadderTry.staff_id == actor.id)
    same = select(LadderTry).where(*theirs, LadderTry.content == draft.table)
    return (
        session.scalar(same.order_by(LadderTry.asked_at.desc(), LadderTry.id.desc()).limit(1)) if draft.table else None
    )
