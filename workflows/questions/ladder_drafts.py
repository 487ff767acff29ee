"""The draft of a programme's ladders that somebody is writing, what is wrong with it, and how it was tried last."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.casework.access import may_manage
from workflows.casework.errors import NotAllowed
from workflows.casework.ladder import Ladder
from workflows.casework.ladder_table import LadderRefused, ladder_of
from workflows.casework.ladder_try import LadderTry
from workflows.desk import Desk
from workflows.questions.ladder_found import Tried, read_told
from workflows.questions.programmes import seen_programme
from workflows.storage.ladder_drafts import LadderDraft, draft_in, last_try


@dataclass(frozen=True)
class DraftPage:
    """A draft with its ladder (None while it is none), its faults, and its last try."""

    draft: LadderDraft
    ladder: Ladder | None
    faults: tuple[str, ...]
    today: Ladder
    number: int
    trial: LadderTry | None
    found: Tried | None


def draft_page(desk: Desk, key: str) -> DraftPage:
    """Return the actor's own draft, or today's table where none is begun; raises NotAllowed."""
    with desk.looking() as session:
        programme = seen_programme(session, desk.actor, key)
        if not may_manage(desk.actor, programme.id):
            raise NotAllowed("Only a service manager of the programme changes its reminders.")
        draft = draft_in(session, desk.actor, programme)
        ladder: Ladder | None = None
        faults: tuple[str, ...] = ()
        try:
            ladder = ladder_of(draft.rows)
        except LadderRefused as refused:
            faults = refused.faults
        trial = last_try(session, desk.actor, programme, draft)
        found = read_told(trial.found) if trial and trial.found else None
        return DraftPage(draft, ladder, faults, programme.ladder, programme.ladder_number, trial, found)
