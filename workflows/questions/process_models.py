"""What is published: the diagrams and tables of today, and the versions of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from workflows.casework.access import may
from workflows.casework.diagram import ModelVersion, Release
from workflows.casework.errors import NotAllowed, NotFound
from workflows.casework.process_change import UNDER_WAY, ChangedModel, ProcessChange
from workflows.desk import Desk
from workflows.engine.documents import local_name, read_document
from workflows.engine.refusals import DiagramRefused
from workflows.storage import runs

NOT_YOURS = "Your role does not include seeing the process."
NO_VERSION = "There is no such version."
_NAMED = {"bpmn": "process", "dmn": "decision"}


@dataclass(frozen=True)
class Version:
    """One version of a diagram or table. releases: the numbers of those it belongs to; current: it counts today."""

    id: UUID
    number: int
    author: str
    why: str
    made_at: datetime
    releases: tuple[int, ...] = ()
    current: bool = False


@dataclass(frozen=True)
class Model:
    """A diagram (bpmn) or table (dmn) of today. changes: what is under way that edits it, by id its title."""

    kind: str
    key: str
    title: str
    version: Version
    changes: Mapping[UUID, str]


@dataclass(frozen=True)
class ModelPage:
    """One diagram or table with its versions, the newest first; what is only drafted has none."""

    kind: str
    key: str
    title: str
    versions: tuple[Version, ...]
    changes: Mapping[UUID, str]

    @property
    def current(self) -> Version | None:
        """The version that counts today."""
        return next((version for version in self.versions if version.current), None)


def models(desk: Desk, kind: str = "", words: str = "") -> tuple[Model, ...]:
    """Return what counts today, by name: of one kind, with these words in the name or key."""
    must_see(desk)
    with desk.looking() as session:
        release, under_way = runs.current_release(session), _under_way(session)
        found = [
            Model(version.kind, key, title_of(version), _version(version), under_way.get((version.kind, key), {}))
            for one in ((kind,) if kind else tuple(_NAMED))
            for key, version in runs.models_of(session, release.id, one).items()
        ]
    wanted = words.casefold().split()
    fits = [one for one in found if all(word in f"{one.title} {one.key}".casefold() for word in wanted)]
    return tuple(sorted(fits, key=lambda one: (one.kind, one.title.casefold(), one.key)))


def model_page(desk: Desk, kind: str, key: str) -> ModelPage:
    """Return one diagram or table with all its versions."""
    must_see(desk)
    with desk.looking() as session:
        mine = (ModelVersion.kind == kind, ModelVersion.key == key)
        query = (
            select(ModelVersion).where(*mine).order_by(ModelVersion.number.desc()).options(undefer(ModelVersion.xml))
        )
        kept = session.scalars(query).all()
        if not kept:
            raise NotFound("There is no such diagram or table.")
        numbers = _releases(session, f"{kind}:{key}")
        now = runs.current_release(session).contents.get(f"{kind}:{key}")
        named = next((one for one in kept if one.id.hex == now), kept[0])
        rows = tuple(_version(one, numbers.get(one.id.hex, ()), one.id.hex == now) for one in kept)
        return ModelPage(kind, key, title_of(named), rows, _under_way(session).get((kind, key), {}))


def version_xml(desk: Desk, kind: str, key: str, number: int) -> bytes:
    """Return what a version holds."""
    must_see(desk)
    with desk.looking() as session:
        mine = (ModelVersion.kind == kind, ModelVersion.key == key, ModelVersion.number == number)
        found = session.scalar(select(ModelVersion.xml).where(*mine))
    if found is None:
        raise NotFound(NO_VERSION)
    return found


def must_see(desk: Desk) -> None:
    """Refuse who may not see the process."""
    if not may(desk.actor, "process.see"):
        raise NotAllowed(NOT_YOURS)


def title_of(version: ModelVersion) -> str:
    """Return what a version is called by the people who read it."""
    return titled(version.kind, version.key, version.xml)


@lru_cache(maxsize=512)
def titled(kind: str, key: str, xml: bytes) -> str:
    """Return what a diagram or table calls itself; its key where it says nothing."""
    try:
        root = read_document(xml)
    except DiagramRefused:
        return key
    named = (child.get("name", "").strip() for child in root if local_name(child) == _NAMED[kind])
    return next(filter(None, named), key)


def _version(kept: ModelVersion, releases: Sequence[int] = (), current: bool = True) -> Version:
    return Version(kept.id, kept.number, kept.author, kept.why, kept.made_at, tuple(releases), current)


def _releases(session: Session, name: str) -> dict[str, list[int]]:
    """By the id of a version, the numbers of the releases that hold it."""
    found: dict[str, list[int]] = {}
    for number, contents in session.execute(select(Release.number, Release.contents).order_by(Release.number)):
        if name in contents:
            found.setdefault(contents[name], []).append(number)
    return found


def _under_way(session: Session) -> dict[tuple[str, str], dict[UUID, str]]:
    query = (
        select(ChangedModel.kind, ChangedModel.key, ProcessChange.id, ProcessChange.title)
        .join(ProcessChange, ProcessChange.id == ChangedModel.change_id)
        .where(ProcessChange.status.in_(UNDER_WAY))
        .order_by(ProcessChange.id)
    )
    found: dict[tuple[str, str], dict[UUID, str]] = {}
    for kind, key, change_id, title in session.execute(query):
        found.setdefault((kind, key), {})[change_id] = title
    return found
