"""Files that come with a referral: kept before there is a case, and given to the case once there is one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from forms import file_fault
from workflows.actions.attachments import cleaned_name, sniffed
from workflows.casework.case import Case
from workflows.casework.document import Attachment
from workflows.casework.errors import RuleBroken
from workflows.desk import Desk, Work

QUESTION = "attachments"  # of form F01


def keep_file(desk: Desk, name: str, content: bytes) -> str:
    """Keep a file of a referral that is not sent yet; returns the answer to put into the form.

    Raises RuleBroken in a sentence when the file is too big, empty or not what it says.
    """
    fault, media_type = file_fault(name, len(content)), sniffed(content)
    if fault or media_type is None:
        raise RuleBroken(fault or "The file is not a PDF, JPG, PNG or DOCX, whatever its name says")
    with desk.work() as work:
        kept = Attachment(
            name=cleaned_name(name, media_type),
            media_type=media_type,
            size=len(content),
            content=content,
            added_at=work.now,
        )
        kept.happened("file kept for a referral", size=len(content), type=media_type)
        work.session.add(kept)
        work.commit()
        return str(kept.id)


def adopt_files(work: Work, case: Case, answers: Mapping[str, Any]) -> None:
    """Give the files of a referral to its case; a file that already belongs to a case stays where it is."""
    try:
        wanted = UUID(str(answers.get(QUESTION) or ""))
    except ValueError:
        return
    ours = select(Attachment).where(Attachment.id == wanted, Attachment.case_id.is_(None)).with_for_update()
    found = work.session.scalar(ours)
    if found is not None:
        found.case_id = case.id
        found.happened("file attached", size=found.size, type=found.media_type)


def forget_files(work: Work, before: datetime) -> None:
    """Throw away files of referrals that were never sent."""
    work.session.execute(delete(Attachment).where(Attachment.case_id.is_(None), Attachment.added_at < before))
