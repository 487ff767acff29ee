"""A case on one page: who, where on the way, why it waits, what matters to the person, what was decided and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.case import STAGES, Case, StageEntry
from workflows.casework.diagram import CaseRun
from workflows.casework.document import Document, as_corrected
from workflows.casework.incident import STEP, WAKE, Incident
from workflows.desk import Desk
from workflows.questions import reach
from workflows.questions.case_head import Head, head_of
from workflows.questions.decided import Decision, decisions_of
from workflows.questions.how_agreed import HowAgreed, how_agreed
from workflows.questions.sight import Opened, Sight, opened
from workflows.questions.waits import Awaited, OpenTask, awaited, open_tasks
from workflows.storage import cases

# Where the person's own words stand, the latest kind of form first.
OWN_WORDS = (("F18", "important_to_me", "care plan"), ("F11", "hopes", "assessment"), ("F01", "views", "referral"))


@dataclass(frozen=True)
class Stage:
    """One stage of the journey. `state`: done, here, skipped (the case went past it) or ahead."""

    key: str
    state: str
    since: datetime | None


@dataclass(frozen=True)
class OwnWords:
    """What matters to the person, as they said it, and where that is written."""

    text: str
    said_in: str
    on: datetime


@dataclass(frozen=True)
class SharedUntil:
    """Sharing without consent: how it stands and when it ends by itself."""

    status: str
    expires_at: datetime | None
    items: tuple[str, ...]
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class Sharing:
    """The consent that counts now: on what basis, how far, with whom, since and until when, and who is left out."""

    basis: str
    scope: str
    share_with: str
    since: datetime | None
    review_by: date | None
    limits: str
    discuss_mdt: str
    exclusions: int
    override: SharedUntil | None
    agreed: HowAgreed | None
    withdrawn_at: datetime | None = None  # when the person took back what they had agreed to


@dataclass(frozen=True)
class Episode:
    """Another case of the same person that the reader may open. `before`: it began earlier."""

    number: str
    opened_at: datetime
    closed_at: datetime | None
    closure_reason: str | None
    before: bool


@dataclass(frozen=True)
class CasePage:
    """Everything the first page of a case says."""

    head: Head
    journey: tuple[Stage, ...]
    tasks: tuple[OpenTask, ...]
    awaited: tuple[Awaited, ...]
    own_words: OwnWords | None
    sharing: Sharing
    decisions: tuple[Decision, ...]
    episodes: tuple[Episode, ...]
    next_review_at: datetime | None
    held_up: tuple[str, ...] = ()  # what should have happened by itself and has not yet


def head(desk: Desk, number: str) -> Head:
    """Return what tops every page of a case; NotFound when it is not the reader's to see."""
    with desk.looking() as session:
        return head_of(session, desk, opened(session, desk, number))


def case_page(desk: Desk, number: str) -> CasePage:
    """Return the first page of a case; NotFound when it is not the reader's to see."""
    with desk.looking() as session:
        found = opened(session, desk, number)
        waiting = found.case.open and not found.sight.partner
        return CasePage(
            head=head_of(session, desk, found),
            journey=_journey(session, found.case),
            tasks=open_tasks(session, desk, found),
            awaited=awaited(session, desk, found) if waiting else (),
            own_words=_own_words(session, found),
            sharing=_sharing(session, desk, found),
            decisions=() if found.sight.partner else decisions_of(session, desk, found),
            episodes=_episodes(session, desk, found.case),
            next_review_at=found.case.next_review_at,
            held_up=_held_up(session, found) if waiting else (),
        )


def _held_up(session: Session, found: Opened) -> tuple[str, ...]:
    """Return what should have happened by itself in this case and failed, as far as its reader may know.

    What another system gave up is told as what the case waits for.
    """
    query = (
        select(Incident.step_name)
        .join(CaseRun, CaseRun.id == Incident.run_id)
        .where(Incident.case_id == found.case.id, Incident.closed_at.is_(None), Incident.kind.in_((STEP, WAKE)))
        .where(CaseRun.process.not_in(found.sight.unseen_processes))
        .order_by(Incident.id)
    )
    return tuple(name or "what is due by its date" for name in session.scalars(query))


def _journey(session: Session, case: Case) -> tuple[Stage, ...]:
    entered: dict[str, datetime] = {}
    query = select(StageEntry.stage, StageEntry.entered_at).where(StageEntry.case_id == case.id)
    for stage, at in session.execute(query.order_by(StageEntry.id)):
        entered[stage] = at  # a stage entered again counts from the last time
    # Somebody who was referred was never on a list; the stage before it is not part of their way.
    stages = [stage for stage in STAGES if stage != "identified" or stage in entered]
    return tuple(Stage(stage, _state(stage, case.stage, entered), entered.get(stage)) for stage in stages)


def _state(stage: str, now: str, entered: dict[str, datetime]) -> str:
    if stage == now:
        return "here"
    if stage in entered:
        return "done"
    return "skipped" if STAGES.index(stage) < STAGES.index(now) else "ahead"


def _own_words(session: Session, found: Opened) -> OwnWords | None:
    if found.sight.partner and not found.sight.in_scope:
        return None
    query = (
        select(
            Document.form_key,
            Document.completed_at,
            *(_answer(name) for _, name, _ in OWN_WORDS),
            Document.id,
            Document.amends_id,
        )
        .where(Document.case_id == found.case.id, Document.form_key.in_([form for form, _, _ in OWN_WORDS]))
        .order_by(Document.completed_at, Document.number)
    )
    rows: list[Any] = as_corrected(list[Any](session.execute(query)))
    for place, (form_key, _, said_in) in enumerate(OWN_WORDS):
        said = [row for row in rows if row[0] == form_key and row[2 + place]]
        if said:
            return OwnWords(str(said[-1][2 + place]), said_in, said[-1][1])
    return None


def _answer(name: str) -> Any:
    return Document.answers[name].as_string()


def _sharing(session: Session, desk: Desk, found: Opened) -> Sharing:
    consent = found.consent
    details: dict[str, Any] = consent.details if consent else {}
    asked = desk.forms.form("F05")
    if found.case.narrowed:
        consent = None  # it says more than counts until the person was asked
    shown = asked.show({"share_with": consent.share_with}) if consent and consent.share_with else ()
    return Sharing(
        basis=consent.basis if consent else "wait_conversation" if found.case.narrowed else "none",
        scope=found.case.reach,
        share_with=shown[0].rows[0].text if shown else "",
        since=consent.valid_from if consent else None,
        review_by=consent.review_by if consent else None,
        limits="" if found.sight.partner else str(details.get("limits") or ""),
        discuss_mdt=consent.discuss_mdt if consent else "unknown",
        exclusions=len(found.exclusions),
        override=_override(session, found),
        agreed=None if found.case.narrowed else how_agreed(session, found),
        withdrawn_at=cases.withdrawn_at(session, found.case),
    )


def _override(session: Session, found: Opened) -> SharedUntil | None:
    """Return what is shared without consent. Whoever receives it reads the items, not who else does."""
    kept = cases.newest_override(session, found.case.id)
    if kept is None or kept.status in {"ended", "rejected"}:
        return None
    if not found.sight.partner:
        return SharedUntil(kept.status, kept.expires_at, _texts(kept.items), _texts(kept.recipients))
    return SharedUntil(kept.status, kept.expires_at, _texts(kept.items), ()) if found.sight.receives else None


def _texts(rows: list[Any]) -> tuple[str, ...]:
    """Return rows of a form as text: what each says, its parts after one another; an account's key is no text."""
    parts = (_said(row) if isinstance(row, dict) else (row,) for row in rows)
    return tuple(", ".join(str(part) for part in each if part) for each in parts)


def _said(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(value for name, value in row.items() if name != "user")


def _episodes(session: Session, desk: Desk, case: Case) -> tuple[Episode, ...]:
    query = (
        select(Case.number, Case.opened_at, Case.closed_at, Case.closure_reason)
        .where(Case.person_id == case.person_id, Case.id != case.id, reach.may_see(desk.actor))
        .order_by(Case.opened_at)
    )
    return tuple(Episode(*row, before=row[1] <= case.opened_at) for row in session.execute(query))


__all__ = ["CasePage", "Head", "Sight", "case_page", "head"]
