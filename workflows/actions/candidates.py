"""A release that is not published: the diagrams and tables of a change beside the published rest, to be tried."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from secrets import randbelow
from uuid import UUID

from workflows.casework.base import new_id
from workflows.casework.diagram import ModelVersion, Release
from workflows.casework.impact import Files
from workflows.desk import Desk, TableShelf, Work
from workflows.storage import runs

BEYOND = 1_000_000_000  # no release and no version ever has such a number: two that try never meet, nor who publishes
TRIED = "only tried"


@dataclass(frozen=True)
class Candidate:
    """A release to be tried. desk: the one at which it can be run. files: what differs from the published."""

    desk: Desk
    release: UUID
    number: int
    contents: Mapping[str, str]
    versions: Mapping[tuple[str, str], UUID]
    files: Files

    def put_down(self, work: Work) -> Release:
        """Put its rows down in this transaction, which has to be given up."""
        for (kind, key), xml in self.files.items():
            work.session.add(_version(work, self.versions[kind, key], kind, key, xml, self.number))
        release = Release(
            id=self.release, number=self.number, contents=dict(self.contents), published_at=work.now,
            published_by=work.actor.name, why=TRIED,
        )  # fmt: skip
        release.happened("release published", number=self.number, why=TRIED)
        work.session.add(release)
        work.session.flush()
        return release


def candidate(desk: Desk, files: Files) -> Candidate:
    """Make a release of these diagrams and tables beside the published; nothing is written. Raises DiagramRefused."""
    versions = {name: new_id() for name in files}
    with desk.looking() as session:
        current = runs.current_release(session)
        diagrams = {key: one.xml for key, one in runs.models_of(session, current.id, "bpmn").items()}
        contents = {**current.contents, **{f"{kind}:{key}": one.hex for (kind, key), one in versions.items()}}
    diagrams |= {key: xml for (kind, key), xml in files.items() if kind == "bpmn"}
    release = new_id()
    library = desk.library.with_candidate(release.hex, list(diagrams.values()))
    library.holds(release.hex, "")  # what cannot be read says so before any case is tried
    there = replace(desk, library=library, tables=TableShelf())
    return Candidate(there, release, BEYOND + randbelow(BEYOND), contents, versions, files)


def _version(work: Work, its: UUID, kind: str, key: str, xml: bytes, number: int) -> ModelVersion:
    seal = hashlib.sha256(xml).hexdigest()
    version = ModelVersion(
        id=its, kind=kind, key=key, number=number, xml=xml, sha256=seal, author=work.actor.name, why=TRIED,
        made_at=work.now,
    )  # fmt: skip
    version.happened("version kept", kind=kind, key=key, number=number)
    return version
