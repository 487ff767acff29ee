"""Referrals that somebody on the staff has begun and not sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.access import Actor
from workflows.casework.task import Draft

FIRST_DRAFT = "first"


@dataclass(frozen=True)
class OpenDraft:
    """A referral one has begun."""

    programme_key: str
    programme: str
    saved_at: datetime
    person: str  # as far as named
    which: str  # tells several drafts to one programme apart


def drafts_of(session: Session, actor: Actor, names: Mapping[str, str]) -> tuple[OpenDraft, ...]:
    """Return the actor's drafts to these programmes (names by key), youngest first."""
    mine = select(Draft).where(Draft.staff_id == actor.id, Draft.about.startswith("referral:"))
    found = []
    for draft in session.scalars(mine.order_by(Draft.saved_at.desc())):
        _, key, *which = draft.about.split(":")
        if key in names:
            named = name_typed(draft.raw)
            found.append(OpenDraft(key, names[key], draft.saved_at, named, which[0] if which else FIRST_DRAFT))
    return tuple(found)


def draft_about(programme_key: str, which: str) -> str:
    """Name a draft referral to a programme among the actor's drafts."""
    return f"referral:{programme_key}" + ("" if which == FIRST_DRAFT else f":{which}")


def name_typed(answers: Mapping[str, Any]) -> str:
    """Return whom a referral is about, as its writer named them so far; empty when they have not."""
    said = (answers.get(name) or "" for name in ("given_name", "family_name"))
    return " ".join(filter(None, (str(one[0] if isinstance(one, list) else one).strip() for one in said)))
