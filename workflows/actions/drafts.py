"""Keeping what somebody has typed and not yet completed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.access import Actor
from workflows.casework.errors import NotAllowed
from workflows.casework.task import Draft
from workflows.desk import Desk, Work


def save_draft(desk: Desk, about: str, form_key: str, form_version: int, raw: Mapping[str, list[str]]) -> datetime:
    """Keep the answers as the actor's own draft about something, over the one before; returns when it was kept.

    `about` is "task:<id>", "case:<id>:F22" or "referral:acm"; `raw` the values as typed, by input name.
    """
    with desk.work() as work:
        draft = kept_draft(work, about, form_key, form_version, raw)
        work.commit()
        return draft.saved_at


def kept_draft(work: Work, about: str, form_key: str, form_version: int, raw: Mapping[str, list[str]]) -> Draft:
    """Put the answers into the actor's own draft, within a transaction that is already under way."""
    draft = _own(work.session, work.actor, about)
    if draft is None:
        draft = Draft(staff_id=work.actor.id, about=about)
        work.session.add(draft)
    draft.form_key, draft.form_version = form_key, form_version
    draft.raw, draft.saved_at = {name: list(values) for name, values in raw.items()}, work.now
    return draft


def draft_for(desk: Desk, about: str) -> Draft | None:
    """Return the actor's own draft about something; nobody ever sees a colleague's."""
    with desk.looking() as session:
        return _own(session, desk.actor, about)


def discard_draft(desk: Desk, about: str) -> bool:
    """Throw the actor's draft away, because they asked or because the form is complete; say whether there was one."""
    with desk.work() as work:
        draft = _own(work.session, work.actor, about)
        if draft is None:
            return False
        work.session.delete(draft)
        work.commit()
        return True


def _own(session: Session, actor: Actor, about: str) -> Draft | None:
    if actor.id is None:
        raise NotAllowed("Only somebody with an account keeps drafts.")
    found: Any = session.scalar(select(Draft).where(Draft.staff_id == actor.id, Draft.about == about))
    return found if isinstance(found, Draft) else None
