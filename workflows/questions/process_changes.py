"""Changes of the process: what is under way, one change with its models, what was saved of a model."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload, undefer

from workflows.casework.access import Actor, may
from workflows.casework.diagram import ModelVersion, Release
from workflows.casework.errors import NotFound
from workflows.casework.process_change import BEING_EDITED, UNDER_WAY, ChangedModel, ModelSave, Place, ProcessChange
from workflows.desk import Desk
from workflows.engine.documents import read_document
from workflows.questions.process_models import must_see, titled
from workflows.storage import runs
from workflows.storage.process_changes import change_of, model_of, published_in


@dataclass(frozen=True)
class ChangeRow:
    """A change in a list. models: their names, “bpmn:intake”; edited_at: when somebody saved last."""

    id: UUID
    title: str
    why: str
    status: str
    opened_by: str
    opened_at: datetime
    editors: tuple[str, ...]
    models: tuple[str, ...]
    edited_at: datetime


@dataclass(frozen=True)
class Published:
    """A version that was published. why, by, at: of its making."""

    number: int
    by: str
    at: datetime
    why: str


@dataclass(frozen=True)
class Save:
    """What somebody saved. mark: of the save; aside: the mark is that on which it was written, beside the others'."""

    id: UUID
    mark: int
    by: str
    at: datetime
    aside: bool
    mine: bool


@dataclass(frozen=True)
class ModelRow:
    """A model of a change.

    base: the version it began from, None: new. news: what others have published of it since. held_by: who else is
    editing it just now. copies: what was kept beside, for somebody to look at.
    """

    place: Place
    title: str
    base: Published | None
    news: Published | None
    differs: bool
    mark: int
    edited_by: str
    edited_at: datetime
    held_by: str
    held_until: datetime | None
    copies: tuple[Save, ...]


@dataclass(frozen=True)
class ChangePage:
    """One change. newest: the release that counts; may_edit: this actor, now; had_a_hand: may not approve."""

    row: ChangeRow
    began_from: int
    newest: int
    released_as: int | None
    sent_by: str | None
    sent_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    comment: str
    models: tuple[ModelRow, ...]
    may_draft: bool
    may_edit: bool
    had_a_hand: bool

    @property
    def behind(self) -> bool:
        """Whether another release counts than the one it began from: others have published since, or went back."""
        return self.began_from != self.newest and self.row.status in BEING_EDITED


@dataclass(frozen=True)
class Content:
    """What a model holds, and the mark by which a save of it is told from later ones."""

    xml: bytes
    mark: int

    @property
    def text(self) -> str:
        """The content as text, whichever way the file writes its signs."""
        return self.xml.decode(read_document(self.xml).getroottree().docinfo.encoding or "utf-8")


def changes(desk: Desk, statuses: Collection[str] = UNDER_WAY) -> tuple[ChangeRow, ...]:
    """Return the changes of these statuses, the newest first."""
    must_see(desk)
    with desk.looking() as session:
        query = select(ProcessChange).where(ProcessChange.status.in_(statuses)).order_by(ProcessChange.id.desc())
        loaded = query.options(selectinload(ProcessChange.models), selectinload(ProcessChange.editors))
        return tuple(_row(change) for change in session.scalars(loaded))


def change_page(desk: Desk, change_id: UUID) -> ChangePage:
    """Return one change with its models, each beside what is published."""
    must_see(desk)
    with desk.looking() as session:
        change, newest = change_of(session, change_id), runs.current_release(session)
        drafts = may(desk.actor, "process.draft")
        return ChangePage(
            row=_row(change),
            began_from=change.began_from,
            newest=newest.number,
            released_as=change.released_as,
            sent_by=change.sent_by,
            sent_at=change.sent_at,
            decided_by=change.decided_by,
            decided_at=change.decided_at,
            comment=change.comment,
            models=tuple(_model(session, desk, model, newest) for model in change.models),
            may_draft=drafts,
            may_edit=drafts and change.status in BEING_EDITED,
            had_a_hand=change.edited_by(desk.actor.id),
        )


def model_row(desk: Desk, place: Place) -> ModelRow:
    """Return one model of a change."""
    must_see(desk)
    with desk.looking() as session:
        return _model(session, desk, model_of(session, place), runs.current_release(session))


def content(desk: Desk, place: Place) -> Content:
    """Return a model as it stands in the change."""
    must_see(desk)
    with desk.looking() as session:
        model = model_of(session, place)
        return Content(model.xml, model.mark)


def base_xml(desk: Desk, place: Place) -> bytes | None:
    """Return what the model was when the change took it in; None of a new one."""
    must_see(desk)
    with desk.looking() as session:
        base = model_of(session, place).base_version_id
        return session.get_one(ModelVersion, base).xml if base else None


def saves(desk: Desk, place: Place) -> tuple[Save, ...]:
    """Return what was saved of a model and is still kept, the newest first, without what was kept beside."""
    must_see(desk)
    with desk.looking() as session:
        kept = [save for save in model_of(session, place).saves if not save.aside]
        return _saves(kept, desk.actor)[::-1]


def save_content(desk: Desk, place: Place, save_id: UUID) -> tuple[Save, bytes]:
    """Return one save, or what was kept beside."""
    must_see(desk)
    with desk.looking() as session:
        mine = (ModelSave.id == save_id, ModelSave.model_id == model_of(session, place).id)
        found = session.scalar(select(ModelSave).where(*mine).options(undefer(ModelSave.xml)))
        if found is None:
            raise NotFound("This save is not kept any more.")
        return _saves([found], desk.actor)[0], found.xml


def _row(change: ProcessChange) -> ChangeRow:
    return ChangeRow(
        id=change.id,
        title=change.title,
        why=change.why,
        status=change.status,
        opened_by=change.opened_by,
        opened_at=change.opened_at,
        editors=tuple(editor.name for editor in change.editors),
        models=tuple(model.place.name for model in change.models),
        edited_at=max([change.opened_at, *(model.edited_at for model in change.models)]),
    )


def _model(session: Session, desk: Desk, model: ChangedModel, newest: Release) -> ModelRow:
    base = session.get_one(ModelVersion, model.base_version_id) if model.base_version_id else None
    now = published_in(session, newest, model.place)
    other = model.in_other_hands(desk.actor, desk.clock.now())
    return ModelRow(
        place=model.place,
        title=titled(model.kind, model.key, model.xml),
        base=_published(base) if base else None,
        news=_published(now) if now and now.id != model.base_version_id else None,
        differs=base is None or base.xml != model.xml,
        mark=model.mark,
        edited_by=model.edited_by,
        edited_at=model.edited_at,
        held_by=other.by if other else "",
        held_until=other.until if other else None,
        copies=_saves([save for save in model.saves if save.aside], desk.actor),
    )


def _published(version: ModelVersion) -> Published:
    return Published(version.number, version.author, version.made_at, version.why)


def _saves(kept: Sequence[ModelSave], actor: Actor) -> tuple[Save, ...]:
    return tuple(Save(one.id, one.mark, one.by, one.at, one.aside, one.by_id == actor.id) for one in kept)
