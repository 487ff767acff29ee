"""How much of one case its reader sees: all that a colleague needs, or the little a partner was given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session, joinedload, lazyload

from workflows.casework.access import NOT_CARE_PROFESSIONALS, Actor, may, may_see_case, may_see_sensitive
from workflows.casework.case import Case
from workflows.casework.consent import Consent, Exclusion
from workflows.casework.document import Document
from workflows.casework.errors import NotFound
from workflows.casework.programme import Programme
from workflows.desk import Desk
from workflows.storage import cases

# What a partner may read once the person agreed to share with such organisations: the plan and the shared work.
PARTNER_FORMS = frozenset({"F17", "F18", "F20b", "F34"})
NO_SUCH_CASE = "There is no such case, or it is not yours to see."


@dataclass(frozen=True)
class Sight:
    """How much somebody sees of one case.

    `partner`: only what was shared with partner organisations (`in_scope`: the person agreed to that) and their own
    work. `sensitive`: the padlocked answers too. `views`: also who has looked.
    """

    reader_id: UUID | None
    partner: bool
    in_scope: bool
    sensitive: bool
    views: bool

    def paper(self, form_key: str, author_id: UUID | None) -> bool:
        """Say whether a document may be opened."""
        if not self.partner or (author_id is not None and author_id == self.reader_id):
            return True
        return self.in_scope and form_key in PARTNER_FORMS

    def papers(self) -> ColumnElement[bool]:
        """The same as a condition on `Document`."""
        if not self.partner:
            return true()
        shared = Document.form_key.in_(PARTNER_FORMS) if self.in_scope else Document.form_key.in_(())
        return or_(Document.author_id == self.reader_id, shared)


@dataclass(frozen=True)
class Opened:
    """A case that its reader may see, with what decides how much of it."""

    case: Case
    sight: Sight
    consent: Consent | None
    exclusions: tuple[Exclusion, ...]


def opened(session: Session, desk: Desk, number: str) -> Opened:
    """Open a case for reading. One that is not the reader's to see does not exist: NotFound, the same words."""
    case = session.scalar(
        select(Case)
        .where(Case.number == number)
        .options(joinedload(Case.programme).options(lazyload(Programme.settings), lazyload(Programme.teams)))
    )
    if case is None:
        raise NotFound(NO_SUCH_CASE)
    standing = and_(Exclusion.case_id == case.id, Exclusion.ended_at.is_(None))
    exclusions = tuple(session.scalars(select(Exclusion).where(standing).order_by(Exclusion.since)))
    excluded = [exclusion.staff_id for exclusion in exclusions if exclusion.staff_id is not None]
    if not may_see_case(desk.actor, case.programme_id, case.team_id, excluded, case.reach):
        raise NotFound(NO_SUCH_CASE)
    consent = cases.consent_in_force(session, case.id)
    return Opened(case, sight_of(desk.actor, case, excluded, consent), consent, exclusions)


def sight_of(actor: Actor, case: Case, excluded: list[UUID], consent: Consent | None) -> Sight:
    """Say how much an actor sees of a case they may open."""
    care_posts = tuple(post for post in actor.posts if post.role not in NOT_CARE_PROFESSIONALS)
    colleague = replace(actor, posts=care_posts)
    partner = not may_see_case(colleague, case.programme_id, case.team_id, excluded, case.reach)
    agreed = case.sharing_scope == "full" or (consent is not None and "vcse" in consent.share_with)
    return Sight(
        reader_id=actor.id,
        partner=partner,
        in_scope=agreed,
        sensitive=not partner and may_see_sensitive(actor),
        views=may(actor, "audit.see"),
    )
