"""What happened in a case, newest first: who did what, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session

from workflows.casework.audit import AuditEntry, chain_of
from workflows.casework.base import UtcDateTime
from workflows.casework.diagram import JourneyStep
from workflows.casework.document import Document
from workflows.casework.task import Task
from workflows.clock import as_utc
from workflows.desk import Desk
from workflows.questions.case_head import Head, head_of
from workflows.questions.sight import Opened, opened
from workflows.questions.timeline_details import LETTERS, in_plain_words
from workflows.storage import alleged, completions

PAGE = 40
# The acts a reader can choose among; an act that is named nowhere is told under "other".
KINDS: Mapping[str, frozenset[str]] = {
    "journey": frozenset(
        {
            "stage entered", "case closed", "case reopened", "closure planned", "ending begun", "death confirmed",
            "record complete", "held until the 18th birthday", "flag raised", "flag lowered", "team assigned",
            "care coordinator named", "care coordinator no longer named", "discussed in supervision",
            "referral open again", "what came by mistake went back",
            "person matched", "another referral came in", "not nominated",
            "joined an open case", "on a list as well", "details taken over", "details kept",
            "referral read by the team", "urgent concern carried on in another case", "urgent concern came along",
            "nomination lapsed", "outbound stopped", "clocks paused", "clocks resumed", "referral sent",
            "process started", "process finished", "process cancelled", "process cut off by an ending",
            "process taken up again", "process stays ended", "process moved", "moved to another release", "note",
            "closed over a mistaken death", "death taken back after closing", "death told of before the case",
            "button pressed",
            "automatic step failed", "step given up by other systems",
            "automatic step done at last", "automatic step no longer needed",
            "step moved by hand", "step begun again by hand", "step taken away by hand", "variable set by hand",
            "automatic step to be tried again", "automatic step tried again by hand", "incident settled",
        }
    ),
    "tasks": frozenset(
        {
            "task opened", "task claimed", "task released", "task reassigned", "task completed", "task taken back",
            "task cancelled", "task moved with the case", "task moved", "task pulled forward",
            "task put on another day", "due date moved",
            "task reopened", "task known of", "task put off", "clock paused", "clock resumed",
            "waiting for the referrer", "referrer answered", "referrer silent",
            "task redrawn", "reminder written", "reminder on another day", "discussed at the meeting", "action agreed",
            "action updated",
        }
    ),
    "documents": frozenset(
        {"document filed", "document amended", "document moved", "plan published", "plan superseded"}
    ),
    "letters": LETTERS,
    "contacts": frozenset(
        {
            "contact logged", "admitted to hospital", "left hospital", "found after hospital", "service used",
            "second notice of the same hospital stay", "admission told after the discharge",
        }
    ),
    "messages": frozenset(
        {
            "message taken", "message delivered", "message parked", "message settled", "notice written",
            "notice sent", "notice suppressed", "notice failed", "notice tried again", "to be told by hand",
            "nobody to tell", "not invited", "nobody to invite",
        }
    ),
    "decisions": frozenset(
        {
            "decision made", "meeting decided", "listed for the meeting", "listed without a discussion",
            "listed already", "virtual huddle called", "below quorum: advice only, listed again",
            "priority set", "risk level set", "work taken up again",
            "next review set", "review set", "review done", "review brought forward",
            "safeguarding concern opened", "safeguarding concern closed",
        }
    ),
    "sharing": frozenset(
        {
            "consent recorded", "consent ended", "consent not asked about at the review", "sharing scope set",
            "exclusion recorded", "exclusion ended",
            "override approved", "override rejected", "override ended", "override continued", "override narrowed",
            "named in sharing without consent", "no longer named in sharing without consent",
            "no copy of the plan wanted", "contingency plan ready for urgent services",
            "contingency plan not shared: outside the scope", "contingency plan not shared: copies go to others",
        }
    ),
}  # fmt: skip
# Looks are no part of what happened: `questions.looked` tells of them, to those who watch over privacy.
VIEWS = frozenset({"record seen", "task seen", "file seen", "message seen"})
# Steps of the machinery that say nothing to a reader, or say twice what another entry tells.
UNTOLD = frozenset(
    {
        "process went on", "case number taken", "message received", "notice taken for sending", "waking failed",
        "task opened", "contact corrected", "review set", "letter written",
        "referral received", "referral begun", "draft referral saved",
        "process waits for what failed", "automatic step failed again",
        "reminder moved", "notice waits for the morning",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `detail` as the trail keeps it, with the words of forms and letters instead of codes;
    `document_id`, `title`: the paper it is about.
    """

    at: datetime
    who: str
    act: str
    detail: Mapping[str, Any]
    document_id: UUID | None = None
    title: str = ""


@dataclass(frozen=True)
class Timeline:
    """A page of a case's timeline. `after`: where the next page goes on; None on the last."""

    head: Head
    entries: tuple[Entry, ...]
    kinds: tuple[str, ...]  # what the reader may choose among
    kind: str
    after: str | None


def timeline(desk: Desk, number: str, kind: str = "", after: str = "") -> Timeline:
    """Return a page of the timeline, of one kind of act or of all; an unknown kind is all."""
    with desk.looking() as session:
        found = opened(session, desk, number)
        chosen = kind if kind in KINDS else ""
        places = _places(session, found, chosen, after)
        entries = _entries(session, desk, found, [place[2:] for place in places[:PAGE]])
        more = cursor(*places[PAGE - 1][:3]) if len(places) > PAGE else None
        return Timeline(head_of(session, desk, found), entries, tuple(KINDS), chosen, more)


Place = tuple[datetime, int, UUID, str]  # when, where in the trail, which row, of which table


def _places(session: Session, found: Opened, kind: str, after: str) -> list[Place]:
    """Find what the page holds: entries of the trail, and the ends of processes that were reached."""
    told = select(AuditEntry.at, AuditEntry.seq.label("place"), AuditEntry.id, literal("trail").label("source")).where(
        AuditEntry.chain == chain_of(found.case.id), _wanted(found, kind)
    )
    parts: list[Any] = [told]
    if kind in {"", "journey"} and not found.sight.partner:
        ends = select(JourneyStep.at, literal(0).label("place"), JourneyStep.id, literal("end").label("source"))
        seen = JourneyStep.process.not_in(found.sight.unseen_processes)
        parts.append(ends.where(JourneyStep.case_id == found.case.id, JourneyStep.kind == "end", seen))
    both = union_all(*parts).subquery()
    key = tuple_(both.c.at, both.c.place, both.c.id)
    query = select(both.c.at, both.c.place, both.c.id, both.c.source)
    begun = read_cursor(after)
    if begun is not None:
        query = query.where(key < tuple_(literal(begun[0], UtcDateTime()), begun[1], literal(begun[2])))
    query = query.order_by(both.c.at.desc(), both.c.place.desc(), both.c.id.desc()).limit(PAGE + 1)
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


def _wanted(found: Opened, kind: str) -> ColumnElement[bool]:
    if kind:
        wanted: ColumnElement[bool] = AuditEntry.act.in_(KINDS[kind])
    else:
        wanted = AuditEntry.act.not_in(UNTOLD | VIEWS)
    form = func.coalesce(AuditEntry.detail["form"].as_string(), "")
    wanted = and_(wanted, form.not_in(found.sight.untold)) if found.sight.untold else wanted
    wanted = and_(wanted, ~of_the_concern(found)) if found.sight.accused else wanted
    if not found.sight.partner:
        return wanted
    own = AuditEntry.actor_id == found.sight.reader_id
    return and_(wanted, or_(own, AuditEntry.act == "stage entered"))


def of_the_concern(found: Opened) -> ColumnElement[bool]:
    """Whatever tells of a safeguarding concern, its tasks under their names too."""
    names = select(Task.name).where(Task.case_id == found.case.id, alleged.about_it())
    task = func.coalesce(AuditEntry.detail["task"].as_string(), "")
    form = func.coalesce(AuditEntry.detail["form"].as_string(), "")
    words = func.lower(AuditEntry.act + cast(AuditEntry.detail, Text))
    return or_(words.contains("safeguarding"), task.in_(names), form.in_(sorted(alleged.ITS_FORMS)))


def _entries(session: Session, desk: Desk, found: Opened, places: list[tuple[UUID, str]]) -> tuple[Entry, ...]:
    trail = _by_id(session, AuditEntry, [row_id for row_id, source in places if source == "trail"])
    ends = _by_id(session, JourneyStep, [row_id for row_id, source in places if source == "end"])
    papers = _papers(session, found, [entry.detail for entry in trail.values() if entry.act == "document filed"])
    names = found.case.programme.role_names
    return tuple(
        _told(desk, trail[row_id], papers, names) if source == "trail" else _reached(ends[row_id])
        for row_id, source in places
    )


def _by_id(session: Session, noun: Any, ids: list[UUID]) -> dict[UUID, Any]:
    if not ids:
        return {}
    return {row.id: row for row in session.scalars(select(noun).where(noun.id.in_(ids)))}


Papers = Mapping[tuple[Any, Any, datetime], tuple[UUID | None, str]]
TAKEN_BACK = "taken back since"


def _papers(session: Session, found: Opened, filed: list[dict[str, Any]]) -> Papers:
    """Find the documents that the entries tell of; those that the reader may not open have neither id nor title."""
    if not filed:
        return {}
    forms = {str(detail.get("form")) for detail in filed}
    query = select(Document.form_key, Document.number, Document.completed_at, Document.id, Document.title).where(
        Document.case_id == found.case.id, Document.form_key.in_(forms), found.sight.papers()
    )
    standing = {(key, number, at): (paper_id, title) for key, number, at, paper_id, title in session.execute(query)}
    return dict.fromkeys(completions.papers_taken_back(session, found.case.id), (None, TAKEN_BACK)) | standing


def _told(desk: Desk, entry: AuditEntry, papers: Papers, names: Mapping[str, str]) -> Entry:
    document_id, title = None, ""
    detail = in_plain_words(desk.forms, entry.act, entry.detail, names)
    if entry.act == "document filed":
        filed = (entry.detail.get("form"), entry.detail.get("number"), entry.at)
        document_id, title = papers.get(filed, (None, ""))
    return Entry(entry.at, entry.actor, entry.act, detail, document_id, title)


def _reached(step: JourneyStep) -> Entry:
    return Entry(step.at, step.by, "end reached", {"end": step.name, "process": step.process})


def cursor(at: datetime, place: int, row_id: UUID) -> str:
    """Spell where the next page goes on."""
    return f"{at.isoformat()}~{place}~{row_id}"


def read_cursor(spelled: str) -> tuple[datetime, int, UUID] | None:
    """Read where a page goes on; what cannot be read begins at the top."""
    try:
        at, place, row_id = spelled.split("~")
        return as_utc(datetime.fromisoformat(at)), int(place), UUID(row_id)
    except ValueError:
        return None
