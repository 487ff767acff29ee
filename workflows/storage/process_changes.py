"""Finding changes of the process and their models, and what is published beside them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from workflows.casework.diagram import ModelVersion, Release
from workflows.casework.errors import NotFound
from workflows.casework.impact import Files
from workflows.casework.process_change import ChangedModel, Place, ProcessChange

NO_CHANGE = "There is no such change of the process."
NO_MODEL = "This change holds no such diagram or table."


def change_of(session: Session, change_id: UUID, held: bool = False) -> ProcessChange:
    """Return a change; held, it is this act's alone, as whoever held it before has left it."""
    query = select(ProcessChange).where(ProcessChange.id == change_id)
    if held:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound(NO_CHANGE)
    return found


def model_of(session: Session, place: Place) -> ChangedModel:
    """Return a model of a change, with its content."""
    here = (ChangedModel.change_id == place.change_id, ChangedModel.kind == place.kind, ChangedModel.key == place.key)
    query = select(ChangedModel).where(*here).options(undefer(ChangedModel.xml))
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(NO_MODEL)
    return found


def files_of_change(change: ProcessChange) -> Files:
    """Return the diagrams and tables of a change as they stand."""
    return {(model.kind, model.key): model.xml for model in change.models}


def published_in(session: Session, release: Release, place: Place) -> ModelVersion | None:
    """Return the version of a diagram or table in a release; None where it has none."""
    version_id = release.contents.get(place.name)
    return session.get(ModelVersion, UUID(version_id)) if version_id else None
