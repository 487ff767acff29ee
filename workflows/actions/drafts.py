"""Keeping what somebody has typed and not yet completed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.access import Actor
from workflows.casework.errors import NotAllowed
from workflows.casework.task import Draft
from workflows.desk import Desk, Work

NOTHING_YET = "0"  # the mark of a draft that was not begun
LISTED = ("case:", "document:", "referral:", "task:")  # forms whose page lists what was typed in another window


@dataclass(frozen=True)
class Page:
    """A page in which somebody types: its own name, and the mark of the draft it began with."""

    id: str
    began_with: str


def save_draft(
    desk: Desk, about: str, form_key: str, form_version: int, raw: Mapping[str, list[str]], page: Page | None = None
) -> datetime:
    """Keep the answers as the actor's own draft about something, over the one before; returns when it was kept.

    `about` is "task:<id>", "case:<id>:F22" or "referral:acm"; `raw` the values as typed, by input name.
    """
    with desk.work() as work:
        draft = kept_draft(work, about, form_key, form_version, raw, page)
        work.commit()
        return draft.saved_at


def kept_draft(
    work: Work, about: str, form_key: str, form_version: int, raw: Mapping[str, list[str]], page: Page | None = None
) -> Draft:
    """Put the answers into the actor's own draft, within a transaction that is already under way."""
    draft = _own(work.session, work.actor, about)
    if draft is None:
        draft = Draft(staff_id=work.actor.id, about=about)
        work.session.add(draft)
    draft.form_key, draft.form_version, draft.page = form_key, form_version, page.id if page else None
    draft.raw, draft.saved_at = {name: list(values) for name, values in raw.items()}, work.now
    return draft


def draft_for(desk: Desk, about: str) -> Draft | None:
    """Return the actor's own draft about something; nobody ever sees a colleague's."""
    with desk.looking() as session:
        return _own(session, desk.actor, about)


def place_for(desk: Desk, about: str, page: Page | None) -> str:
    """Name the draft that takes what a page holds: `about`, or one of its own where another page has written there.

    So two windows of one form never write over each other: each keeps its own words.
    """
    apart = _apart(about, page)
    if page is None or apart == about:
        return about
    with desk.looking() as session:
        draft = _own(session, desk.actor, about)
        if _own(session, desk.actor, apart) is not None:
            return apart
        ours = draft is None or draft.page == page.id or draft.mark == page.began_with
        return about if ours else apart


def drafts_apart(desk: Desk, about: str) -> dict[str, Draft]:
    """Return what the actor typed into the same form in other windows, by the name of the page."""
    form = about.partition("~")[0]
    with desk.looking() as session:
        mine = select(Draft).where(Draft.staff_id == desk.actor.id, Draft.about.startswith(form, autoescape=True))
        found = {draft.about: draft for draft in session.scalars(mine.order_by(Draft.saved_at))}
    others = {name: draft for name, draft in found.items() if name.partition("~")[0] == form and name != about}
    return {name.partition("~")[2]: draft for name, draft in others.items()}


def _apart(about: str, page: Page | None) -> str:
    if page is None or not about.startswith(LISTED):
        return about
    if about.startswith("referral:"):
        return ":".join([*about.split(":")[:2], page.id])
    return f"{about.partition('~')[0]}~{page.id}"


def discard_draft(desk: Desk, about: str) -> bool:
    """Throw the actor's draft away, because they asked or because the form is complete; say whether there was one."""
    with desk.work() as work:
        draft = _own(work.session, work.actor, about)
        if draft is not None:
            work.session.delete(draft)
        work.commit()
        return draft is not None


def _own(session: Session, actor: Actor, about: str) -> Draft | None:
    if actor.id is None:
        raise NotAllowed("Only somebody with an account keeps drafts.")
    found: Any = session.scalar(select(Draft).where(Draft.staff_id == actor.id, Draft.about == about))
    return found if isinstance(found, Draft) else None
