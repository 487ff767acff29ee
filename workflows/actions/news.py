"""The ordinary notices to a colleague: they wait for the morning and are a part of the one message."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from workflows.actions.held_back import why_not
from workflows.casework.notice import Notice
from workflows.casework.ways import IN_THE_MORNING
from workflows.desk import Work
from workflows.duties.wording import notice_text

HEADING = "What is new:"


def news_for(work: Work, staff_id: UUID) -> list[Notice]:
    """Return and hold what somebody is to read in the morning; what may not go any more is noted as held back."""
    waiting = (Notice.staff_id == staff_id, Notice.channel == IN_THE_MORNING, Notice.status == "waiting")
    found = work.session.scalars(select(Notice).where(*waiting).order_by(Notice.id).with_for_update()).all()
    kept = []
    for notice in found:
        if why := why_not(work, notice):
            notice.suppressed(why)
        else:
            kept.append(notice)
    return kept


def named_in(news: Sequence[Notice]) -> str:
    """Name these within the words of a message, by their ids."""
    return " ".join(one.id.hex for one in news)


def still_news(work: Work, named: str) -> list[Notice]:
    """Return what a message names that may go at this moment."""
    found = [work.session.get(Notice, UUID(one)) for one in named.split()]
    return [one for one in found if one is not None and not why_not(work, one)]


def news_words(work: Work, news: Sequence[Notice]) -> str:
    """Say what is new, each thing once; empty where nothing is."""
    said = dict.fromkeys(_said(work, one) for one in news)
    return "\n\n".join([HEADING, *said, ""]) if said else ""


def _said(work: Work, notice: Notice) -> str:
    base = work.desk.settings.base_url
    place = f"cases/{notice.words['case_number']}" if "case_number" in notice.words else "inbox"
    _, body = notice_text(notice.kind, {"link": f"{base}/{place}"} | notice.words)
    return body.replace("\n\n", "\n")
