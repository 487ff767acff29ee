"""Files that come with a form: taken in only as what they really are, kept with its draft, then with the case."""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import undefer

from forms import Form, file_fault
from workflows.actions.drafts import Page, kept_draft
from workflows.actions.file_contents import must_be_clean, must_be_still
from workflows.actions.tasks import must_see, must_work_on
from workflows.casework.case import Case
from workflows.casework.document import Attachment, Document
from workflows.casework.errors import NotFound, RuleBroken
from workflows.desk import Desk, Work
from workflows.storage import files

Raw = dict[str, list[str]]
LONGEST_NAME = 100
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ENDINGS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", DOCX: ".docx"}
_UNSAFE = re.compile(r"[^\w.()+ -]")


NO_SUCH_FILE = "There is no such file."


@dataclass(frozen=True)
class Chosen:
    """A file somebody chose, found to be what it says it is."""

    name: str
    media_type: str
    content: bytes


ChosenFiles = Mapping[str, Sequence[Chosen]]  # by input of the form


@dataclass(frozen=True)
class Opened:
    """A file as it goes out."""

    name: str
    media_type: str
    content: bytes


def looked_at(name: str, content: bytes, scanner: str = "") -> Chosen:
    """Look at a chosen file, and let the virus scanner of the house look, where there is one.

    Raises RuleBroken in a sentence when it is too big, empty, not what it says, runs by itself or is not clean.
    """
    fault, media_type = file_fault(name, len(content)), sniffed(content)
    if fault or media_type is None:
        raise RuleBroken(fault or "The file is not a PDF, JPG, PNG or DOCX, whatever its name says")
    must_be_still(media_type, content)
    must_be_clean(scanner, content)
    return Chosen(cleaned_name(name, media_type), media_type, content)


def keep_with_draft(desk: Desk, about: str, form: Form, raw: Raw, chosen: ChosenFiles, page: Page | None = None) -> Raw:
    """Keep the answers as the actor's own draft, with the files chosen among them; returns them with the files' ids.

    A file that is no longer named by the answers has been replaced or taken out, and goes.
    """
    with desk.work() as work:
        draft = kept_draft(work, about, form.key, form.version, raw, page)
        work.session.flush()
        filled = form.with_files(raw, take_in(work, chosen, {"draft_id": draft.id}))
        draft.raw = filled
        drop_unnamed(work, Attachment.draft_id == draft.id, form.files_typed(filled))
        work.commit()
        return filled


def take_in(work: Work, chosen: ChosenFiles, owner: Mapping[str, UUID]) -> dict[str, list[str]]:
    """Keep chosen files for a draft (`owner`: its column and id); returns their ids by input."""
    return {name: [_taken_in(work, file, owner) for file in chosen_there] for name, chosen_there in chosen.items()}


def _taken_in(work: Work, file: Chosen, owner: Mapping[str, UUID]) -> str:
    kept = Attachment(
        name=file.name, media_type=file.media_type, size=len(file.content), content=file.content,
        added_at=work.now, **owner,
    )  # fmt: skip
    kept.happened("file kept with a draft", size=kept.size, type=kept.media_type)
    work.session.add(kept)
    work.session.flush()
    return str(kept.id)


def drop_unnamed(work: Work, of_draft: ColumnElement[bool], named: Collection[str]) -> None:
    """Throw away those files of a draft that its answers do not name."""
    for file in work.session.scalars(select(Attachment).where(of_draft)):
        if str(file.id) not in named:
            file.happened("file of a draft thrown away", size=file.size, type=file.media_type)
            work.session.delete(file)


def open_attachment(desk: Desk, attachment_id: UUID) -> Opened:
    """Hand a file out, and record that it was seen. A file of a case one may not see, or of a draft, does not exist."""
    with desk.work() as work:
        found = work.session.get(Attachment, attachment_id, options=[undefer(Attachment.content)])
        if found is None:
            raise NotFound(NO_SUCH_FILE)
        _must_see_file(work, found)
        work.unit.tell("file seen", "Attachment", found.case_id, file=str(found.id))
        work.commit()
        return Opened(found.name, found.media_type, found.content)


def _must_see_file(work: Work, found: Attachment) -> None:
    """A file of the record is for those who work on the case; one of a draft for whoever writes it."""
    if found.case_id is not None:
        _must_see_of_case(work, work.session.get_one(Case, found.case_id), found)
        return
    mine = and_(Attachment.id == found.id, files.of_own_drafts(work.actor.id))
    if work.session.scalar(select(Attachment.id).where(mine)) is None:
        raise NotFound(NO_SUCH_FILE)


def _must_see_of_case(work: Work, case: Case, found: Attachment) -> None:
    """Whoever is shown a part of a case only sees those of its files that they sent themselves."""
    own = select(Document.answers).where(Document.case_id == case.id, Document.author_id == work.actor.id)
    if any(str(found.id) in json.dumps(said) for said in work.session.scalars(own)):
        must_see(work, case)
    else:
        must_work_on(work, case, "file")


def sniffed(content: bytes) -> str | None:
    """Say what a file is by its first bytes; None for anything that is not taken in."""
    if content[:1024].lstrip().startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return DOCX if content.startswith(b"PK\x03\x04") and _is_document(content) else None


def _is_document(content: bytes) -> bool:
    """A Word document: only the list of its parts is read, nothing is unpacked."""
    try:
        parts = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return False
    return {"[Content_Types].xml", "word/document.xml"} <= parts


def cleaned_name(name: str, media_type: str) -> str:
    """A file name that is safe in any folder and any heading, with the ending of what the file really is."""
    plain = unicodedata.normalize("NFC", PurePath(name.replace("\\", "/")).stem)
    stem = _UNSAFE.sub("_", plain).strip(" ._")[:LONGEST_NAME]
    return f"{stem or 'file'}{ENDINGS[media_type]}"
