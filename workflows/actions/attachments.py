"""Files that come with a form: taken in only as what they really are, seen only by those who may see the case."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePath
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import undefer

from forms import file_fault
from workflows.actions.tasks import must_see
from workflows.casework.case import Case
from workflows.casework.document import Attachment
from workflows.casework.errors import NotFound, RuleBroken
from workflows.desk import Desk
from workflows.storage import cases

LONGEST_NAME = 100
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ENDINGS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", DOCX: ".docx"}
_UNSAFE = re.compile(r"[^\w.()+ -]")


@dataclass(frozen=True)
class Opened:
    """A file as it goes out."""

    name: str
    media_type: str
    content: bytes


def attach_file(desk: Desk, case_id: UUID, name: str, content: bytes) -> UUID:
    """Keep a file with a case. Raises RuleBroken in a sentence when it is too big, empty or not what it says."""
    fault = file_fault(name, len(content))
    media_type = sniffed(content)
    if fault or media_type is None:
        raise RuleBroken(fault or "The file is not a PDF, JPG, PNG or DOCX, whatever its name says")
    with desk.work() as work:
        case = cases.held(work.session, case_id)
        must_see(work, case)
        kept = Attachment(
            case_id=case.id,
            name=cleaned_name(name, media_type),
            media_type=media_type,
            size=len(content),
            content=content,
            added_at=work.now,
        )
        kept.happened("file attached", size=len(content), type=media_type)
        work.session.add(kept)
        work.commit()
        return kept.id


def open_attachment(desk: Desk, attachment_id: UUID) -> Opened:
    """Hand a file out, and record that it was seen. A file of a case one may not see does not exist."""
    with desk.work() as work:
        found = work.session.get(Attachment, attachment_id, options=[undefer(Attachment.content)])
        case = work.session.get(Case, found.case_id) if found is not None and found.case_id else None
        if found is None or case is None:
            raise NotFound("There is no such file.")
        must_see(work, case)
        work.unit.tell("file seen", "Attachment", case.id, file=str(found.id))
        work.commit()
        return Opened(found.name, found.media_type, found.content)


def files_of(desk: Desk, case_id: UUID, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of those files that belong to the case; others are nobody's business here."""
    with desk.looking() as session:
        query = select(Attachment.id, Attachment.name).where(Attachment.case_id == case_id, Attachment.id.in_(ids))
        return {row[0]: row[1] for row in session.execute(query)}


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
    """A Word document without macros: only the list of its parts is read, nothing is unpacked."""
    try:
        parts = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return False
    return {"[Content_Types].xml", "word/document.xml"} <= parts and not any("vba" in part.lower() for part in parts)


def cleaned_name(name: str, media_type: str) -> str:
    """A file name that is safe in any folder and any heading, with the ending of what the file really is."""
    plain = unicodedata.normalize("NFC", PurePath(name.replace("\\", "/")).stem)
    stem = _UNSAFE.sub("_", plain).strip(" ._")[:LONGEST_NAME]
    return f"{stem or 'file'}{ENDINGS[media_type]}"
