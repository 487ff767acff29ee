"""Finding the draft that somebody has of a programme's ladders, and how it was tried last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.access import Actor
from workflows.casework.ladder_rows import rows_in, table_of
from workflows.casework.ladder_table import LadderRefused, ladder_of, written
from workflows.casework.ladder_try import LadderTry
from workflows.casework.programme import Programme
from workflows.casework.task import Draft


@dataclass(frozen=True)
class LadderDraft:
    """The rows of a draft, as `ladder_table.COLUMNS` name their cells; not begun, those that count today.

    began_with: the number of the version that counted when it was begun.
    """

    rows: tuple[Mapping[str, str], ...]
    began_with: int
    saved_at: datetime | None = None

    def of(self, name: str) -> list[Mapping[str, str]]:
        """Return the rows of one ladder."""
        return [row for row in self.rows if row["ladder"] == name]

    def mark_of(self, name: str) -> str:
        """Return a mark of one ladder: as long as it is the same, nobody has saved another."""
        return sha256(table_of(self.of(name)).encode()).hexdigest()[:16]

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
        return LadderDraft(tuple(rows), programme.ladder_number)
    return LadderDraft(tuple(rows_in(found.raw["table"][0])), found.form_version, found.saved_at)


def last_try(session: Session, actor: Actor, programme: Programme, draft: LadderDraft) -> LadderTry | None:
    """Return the last try of this very draft by this person."""
    theirs = (LadderTry.programme_id == programme.id, LadderTry.staff_id == actor.id)
    same = select(LadderTry).where(*theirs, LadderTry.content == draft.table)
    return (
        session.scalar(same.order_by(LadderTry.asked_at.desc(), LadderTry.id.desc()).limit(1)) if draft.table else None
    )
