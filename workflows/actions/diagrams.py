"""Publishing diagrams and tables: what changed becomes a new version, and together they become a release."""

from __future__ import annotations

import hashlib
from pathlib import Path

from lxml import etree

from workflows.casework.diagram import ModelVersion, Release
from workflows.casework.errors import NotFound
from workflows.desk import Desk, Work
from workflows.storage import runs

ROOM = Path(__file__).resolve().parent.parent
SHIPPED = {"bpmn": ROOM / "diagrams", "dmn": ROOM / "tables"}


def publish_shipped(desk: Desk) -> bool:
    """Publish the diagrams and tables that came with this version of Roundtable; returns whether anything was new.

    Running cases stay on the release they began with.
    """
    with desk.work() as work:
        contents = {
            f"{kind}:{path.stem}": _version(work, kind, path)
            for kind, folder in SHIPPED.items()
            for path in sorted(folder.glob(f"*.{kind}"))
        }
        wanted = {name: version.id.hex for name, version in contents.items()}
        number = _newest_number(work, wanted)
        if number is None:
            return False
        release = Release(
            number=number,
            contents=wanted,
            published_at=work.now,
            published_by=work.actor.name,
            why="shipped with this version of Roundtable",
        )
        release.happened("release published", number=number)
        work.session.add(release)
        work.commit()
        return True


def _newest_number(work: Work, wanted: dict[str, str]) -> int | None:
    """Return the number of the release to make; None when the newest one already holds just this."""
    try:
        newest = runs.current_release(work.session)
    except NotFound:
        return 1
    return None if newest.contents == wanted else newest.number + 1


def _version(work: Work, kind: str, path: Path) -> ModelVersion:
    xml = path.read_bytes()
    etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    seal = hashlib.sha256(xml).hexdigest()
    newest = runs.newest_version(work.session, kind, path.stem)
    if newest is not None and newest.sha256 == seal:
        return newest
    version = ModelVersion(
        kind=kind,
        key=path.stem,
        number=(newest.number if newest else 0) + 1,
        xml=xml,
        sha256=seal,
        author=work.actor.name,
        why="shipped with this version of Roundtable",
        made_at=work.now,
    )
    version.happened("version kept", kind=kind, key=path.stem, number=version.number)
    work.session.add(version)
    work.session.flush()
    return version
