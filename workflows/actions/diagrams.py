"""Publishing diagrams and tables: what changed becomes a new version, and together they become a release."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.access import may
from workflows.casework.diagram import ModelVersion, Release
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound, OutOfDate, RuleBroken
from workflows.casework.programme import ProgrammeSetting
from workflows.check.asking import Answer, check
from workflows.check.here import this_service
from workflows.check.known import Known
from workflows.check.question import Question
from workflows.desk import Desk, Work
from workflows.engine.documents import read_document
from workflows.engine.drawing import drawings
from workflows.engine.outcome import ERROR, Finding
from workflows.engine.shapes import topic_of
from workflows.storage import runs
from workflows.storage.releases import tried_first

ROOM = Path(__file__).resolve().parent.parent
SHIPPED = {"bpmn": ROOM / "diagrams", "dmn": ROOM / "tables"}
WITH_THIS_VERSION = "shipped with this version of Roundtable"
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True)
class Published:
    """What publishing did: the number of the release, and which diagrams and tables are new or changed in it."""

    number: int
    changed: tuple[str, ...]


def publish_shipped(desk: Desk) -> bool:
    """Publish the diagrams and tables that came with this version of Roundtable; returns whether anything was new.

    Running cases stay on the release they began with. What was published here by somebody else stays: a new version of
    Roundtable adds its own diagrams and brings those up to date that nobody has changed. Where several machines start
    at the same moment, one publishes and the others find it done.
    """
    try:
        return _publish_shipped(desk)
    except OutOfDate:
        return _publish_shipped(desk)


def _publish_shipped(desk: Desk) -> bool:
    with desk.work() as work:
        current = _contents(work)
        theirs = {name: version for name, version in current.items() if not _came_with_us(work, version)}
        wanted = _shipped(work) | theirs
        if wanted == current:
            return False
        make_release(work, wanted, WITH_THIS_VERSION)
        work.commit()
        return True


def publish_files(desk: Desk, files: Mapping[str, bytes], why: str) -> Published:
    """Publish diagrams and tables from files, by file name, beside what is published already.

    A file takes the place of the diagram or table of its name. Raises AnswersRefused, by file, with everything that
    makes it unfit; then nothing is published. Published again unchanged, nothing happens.
    """
    if not may(desk.actor, "diagram.publish"):
        raise NotAllowed("Your role does not include publishing diagrams.")
    if not why.strip():
        raise AnswersRefused({"reason": "Say why: it stands in the history of the diagram"})
    named = {_name(file): xml for file, xml in files.items()}
    seen = check_files(desk, files)
    with desk.work() as work:
        if _newest(work.session) != seen:
            raise OutOfDate("Diagrams were published by somebody else meanwhile. Try again.")
        refuse_beside_trial(work)
        current = _contents(work)
        wanted = current | {
            f"{kind}:{key}": keep_version(work, kind, key, xml, why).id.hex for (kind, key), xml in named.items()
        }
        changed = tuple(sorted(name for name in wanted if wanted[name] != current.get(name)))
        if not changed:
            return Published(runs.current_release(work.session).number, ())
        release = make_release(work, wanted, why.strip())
        work.commit()
        return Published(release.number, changed)


def refuse_beside_trial(work: Work) -> None:
    """Refuse to publish while a release is tried with some cases first: it would be overtaken."""
    tried = tried_first(work.session)
    if tried is not None:
        raise RuleBroken(
            f"Release {tried.number} is tried with some cases first. Let it count for all, or take it back."
        )


def try_files(desk: Desk, files: Mapping[str, bytes]) -> None:
    """Check files as if they were to be published; raises AnswersRefused as publishing does."""
    check_files(desk, files)


def outside_steps(files: Mapping[str, bytes]) -> tuple[tuple[str, str], ...]:
    """List the steps of files that other systems have to do: the topic and the step, as the files name them."""
    drawn = [
        (topic_of(element), key)
        for file, xml in files.items()
        if _name(file)[0] == "bpmn"
        for drawing in drawings(read_document(xml))
        for key, element in drawing.shapes.items()
    ]
    return tuple(sorted((topic, key) for topic, key in drawn if topic))


def is_shipped(work: Work, xml: bytes) -> bool:
    """Say whether a file came with Roundtable, word for word."""
    same = select(ModelVersion.id).where(
        ModelVersion.sha256 == hashlib.sha256(xml).hexdigest(), ModelVersion.why == WITH_THIS_VERSION
    )
    return work.session.scalar(same.limit(1)) is not None


def check_files(desk: Desk, files: Mapping[str, bytes]) -> int:
    """Refuse files that would not run, or not here: alone, with each other, and with what is published.

    Returns the number of the release they were compared with.
    """
    newest, answers = look_at(desk, files)
    _refuse({one.file or "the release": _sentences(one.findings) for one in answers if not one.runnable})
    return newest


def look_at(desk: Desk, files: Mapping[str, bytes]) -> tuple[int, tuple[Answer, ...]]:
    """Return what is wrong with files, and could be better, beside the release of that number.

    Nothing is locked meanwhile: they are read at arm's length before anybody else reads them, which takes a second.
    """
    for file in files:
        _name(file)
    with desk.looking() as session:
        newest, beside, known = _newest(session), _others(session, files), _known(desk, session, files)
    return newest, check(Question(files, beside, known))


def _sentences(found: Sequence[Finding]) -> str:
    return " ".join(
        f"{one.element}: {one.message}" if one.element else one.message for one in found if one.severity == ERROR
    )


def _refuse(errors: Mapping[str, str]) -> None:
    said = {file: f"{file}: {sentences}" for file, sentences in errors.items() if sentences}
    if said:
        raise AnswersRefused(said)


def _known(desk: Desk, session: Session, files: Iterable[str]) -> Known:
    """What the diagrams may name: what is there, and the tables that come with them."""
    tables = {key for kind, key in map(_name, files) if kind == "dmn"}
    tables |= {name.partition(":")[2] for name in _contents_of(session) if name.startswith("dmn:")}
    return this_service(desk.forms, tables, session.scalars(select(ProgrammeSetting.key).distinct()))


def _newest(session: Session) -> int:
    """The number of the newest release; nought before the first."""
    return session.scalar(select(Release.number).order_by(Release.number.desc()).limit(1)) or 0


def _others(session: Session, files: Mapping[str, bytes]) -> list[bytes]:
    """The published diagrams that stay beside the new ones."""
    try:
        release = runs.current_release(session)
    except NotFound:
        return []
    mine = {key for kind, key in map(_name, files) if kind == "bpmn"}
    return [one.xml for key, one in runs.models_of(session, release.id, "bpmn").items() if key not in mine]


def _name(file: str) -> tuple[str, str]:
    """The kind and key that a file's name stands for: lifecycle.bpmn is the diagram “lifecycle”."""
    path = PurePath(file)
    key, kind = path.stem.lower().replace("-", "_").replace(" ", "_"), path.suffix.lower().lstrip(".")
    if kind not in SHIPPED:
        raise AnswersRefused({file: f"{file}: a diagram is a file .bpmn, a decision table a file .dmn"})
    if not _KEY.fullmatch(key):
        raise AnswersRefused({file: f"{file}: name the file with letters, digits and _, beginning with a letter"})
    return kind, key


def _contents(work: Work) -> dict[str, str]:
    return _contents_of(work.session)


def _contents_of(session: Session) -> dict[str, str]:
    try:
        return dict(runs.current_release(session).contents)
    except NotFound:
        return {}


def _shipped(work: Work) -> dict[str, str]:
    """The diagrams and tables of this version of Roundtable, kept as versions."""
    return {
        f"{kind}:{path.stem}": keep_version(work, kind, path.stem, path.read_bytes(), WITH_THIS_VERSION).id.hex
        for kind, folder in SHIPPED.items()
        for path in sorted(folder.glob(f"*.{kind}"))
    }


def _came_with_us(work: Work, version_id: str) -> bool:
    return work.session.get_one(ModelVersion, UUID(version_id)).why == WITH_THIS_VERSION


def make_release(work: Work, contents: dict[str, str], why: str) -> Release:
    """Let versions belong together from now on, as the newest release."""
    release = Release(
        number=_newest(work.session) + 1,
        contents=contents,
        published_at=work.now,
        published_by=work.actor.name,
        why=why,
    )
    release.happened("release published", number=release.number, why=why)
    work.session.add(release)
    return release


def keep_version(work: Work, kind: str, key: str, xml: bytes, why: str, author: str = "") -> ModelVersion:
    """Return the version that holds just this, made now unless there is one; by whoever acts unless said otherwise."""
    read_document(xml)
    seal = hashlib.sha256(xml).hexdigest()
    newest = runs.newest_version(work.session, kind, key)
    known = runs.same_version(work.session, kind, key, seal)
    if known is not None:
        return known
    version = ModelVersion(
        kind=kind,
        key=key,
        number=(newest.number if newest else 0) + 1,
        xml=xml,
        sha256=seal,
        author=author or work.actor.name,
        why=why,
        made_at=work.now,
    )
    version.happened("version kept", kind=kind, key=key, number=version.number)
    work.session.add(version)
    work.session.flush()
    return version
