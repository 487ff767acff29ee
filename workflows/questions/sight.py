"""How much of one case its reader sees: all that a colleague needs, or the part that was shared with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session, joinedload, lazyload

from workflows.casework.access import (
    CARE_ROLES,
    MANAGERS,
    Actor,
    Circle,
    holds_role,
    may_see_case,
    may_see_sensitive,
    may_see_views,
    works_on_case,
)
from workflows.casework.case import Case
from workflows.casework.consent import Consent, Exclusion
from workflows.casework.document import Document
from workflows.casework.errors import NotFound
from workflows.casework.hidden import NO_SUCH_CASE
from workflows.casework.programme import Programme
from workflows.desk import Desk
from workflows.storage import alleged, cases
from workflows.storage.gone_elsewhere import why_hidden_now

# What a partner may read once the person agreed to share with such organisations: the plan and the shared work.
PARTNER_FORMS = frozenset({"F17", "F18", "F20b", "F34"})
# A talk about a colleague's work is no part of anybody's record: their manager reads it, and the colleague.
SUPERVISION, CONCERNED = "F28", "coordinator"


@dataclass(frozen=True)
class Sight:
    """How much somebody sees of one case.

    `partner`: only what was shared and their own work. That is the plan where the person agreed to share with their
    organisation (`in_scope`), or what a decision without consent names for them (`receives`). `sensitive`: the
    padlocked answers too. `views`: also who has looked. `asked`: only a task is put before them, the case is another
    team's. `manages`: the work of those who look after the case is theirs to supervise. `accused`: a safeguarding
    concern names them, and nothing of it is theirs to see.
    """

    reader_id: UUID | None
    partner: bool
    in_scope: bool
    sensitive: bool
    views: bool
    receives: bool = False
    asked: bool = False
    manages: bool = False
    accused: bool = False

    def paper(self, paper: Document) -> bool:
        """Say whether a document may be opened."""
        if self.accused and paper.form_key in alleged.ITS_FORMS:
            return False
        if paper.author_id is not None and paper.author_id == self.reader_id:
            return True
        if paper.form_key == SUPERVISION and not (self.manages or paper.answers.get(CONCERNED) == str(self.reader_id)):
            return False
        return not self.partner or (self.in_scope and paper.form_key in PARTNER_FORMS)

    def papers(self) -> ColumnElement[bool]:
        """The same as a condition on `Document`."""
        concerned = Document.answers[CONCERNED].as_string() == str(self.reader_id)
        whole: ColumnElement[bool] = true() if self.manages else or_(Document.form_key != SUPERVISION, concerned)
        shared = Document.form_key.in_(PARTNER_FORMS) if self.in_scope else Document.form_key.in_(())
        readable = or_(Document.author_id == self.reader_id, shared if self.partner else whole)
        return and_(readable, Document.form_key.not_in(alleged.ITS_FORMS)) if self.accused else readable

    @property
    def unseen_processes(self) -> frozenset[str]:
        """The processes of which the reader sees nothing."""
        return alleged.ITS_PROCESSES if self.accused else frozenset()

    def flags(self, raised: Iterable[str]) -> tuple[str, ...]:
        """Return the marks of the case that the reader may see."""
        return tuple(flag for flag in raised if not (self.accused and flag == alleged.ITS_FLAG))

    def kept_from_reader(self, inputs: Mapping[str, Any]) -> bool:
        """Say whether a decision was made with what the reader must not know."""
        return self.accused and bool(inputs.get(alleged.ITS_FLAG))

    @property
    def untold(self) -> frozenset[str]:
        """The forms of which the timeline tells the reader nothing."""
        return frozenset() if self.manages else frozenset({SUPERVISION})


@dataclass(frozen=True)
class Opened:
    """A case that its reader may see, with what decides how much of it."""

    case: Case
    sight: Sight
    consent: Consent | None
    exclusions: tuple[Exclusion, ...]


def opened(session: Session, desk: Desk, number: str, *, for_task: bool = False) -> Opened:
    """Open a case for reading. One that is not the reader's to see does not exist: NotFound, the same words.

    Raises NotShared instead where a colleague of its team is kept out only by how far it is shared. `for_task`: one of
    its tasks was found to be the reader's to see; then the case opens as far as that task needs.
    """
    case = session.scalar(
        select(Case)
        .where(Case.number == number)
        .options(joinedload(Case.programme).options(lazyload(Programme.settings), lazyload(Programme.teams)))
    )
    if case is None:
        raise NotFound(NO_SUCH_CASE)
    circle = cases.circle_of(session, case)
    if not for_task and not may_see_case(desk.actor, case.programme_id, case.team_id, circle):
        raise why_hidden_now(session, desk.actor, case, circle)
    standing = and_(Exclusion.case_id == case.id, Exclusion.ended_at.is_(None))
    exclusions = tuple(session.scalars(select(Exclusion).where(standing).order_by(Exclusion.since)))
    sight = replace(sight_of(desk.actor, case, circle), accused=alleged.named_in(session, case.id, desk.actor.id))
    return Opened(case, sight, cases.consent_in_force(session, case.id), exclusions)


def sight_of(actor: Actor, case: Case, circle: Circle) -> Sight:
    """Say how much an actor sees of a case they may open."""
    colleague = works_on_case(actor, case.programme_id, case.team_id, circle)
    agreed = any(actor.sectors(role) & circle.sectors for role in actor.roles & CARE_ROLES)
    theirs = may_see_case(actor, case.programme_id, case.team_id, circle)
    return Sight(
        reader_id=actor.id,
        partner=not colleague,
        in_scope=agreed and theirs,
        sensitive=colleague and may_see_sensitive(actor),
        views=may_see_views(actor, case.programme_id, case.team_id, circle),
        receives=actor.id in circle.recipients,
        asked=not theirs,
        manages=any(holds_role(actor, role, case.programme_id, case.team_id) for role in sorted(MANAGERS)),
    )
