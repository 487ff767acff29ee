"""What a change would mean for the open cases, as far as that is worked out: in numbers, by reason, case by case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import distinct, exists, func, select
from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, JourneyStep
from workflows.casework.errors import NotFound, OutOfDate
from workflows.casework.impact import Files, Impact, ImpactOnCase, RunningClock, Seen, seal_of
from workflows.desk import Desk
from workflows.engine.documents import read_document
from workflows.engine.prospect import MOVES, NEEDS_A_CHOICE, STAYS, Obstacle
from workflows.questions.process_models import must_see
from workflows.storage import runs
from workflows.storage.process_changes import change_of, files_of_change

__all__ = ["MOVES", "NEEDS_A_CHOICE", "STAYS", "CaseRow", "CasesPage", "Obstacle", "Report"]
PAGE = 50
VERDICTS = (MOVES, NEEDS_A_CHOICE, STAYS)
LET_GO = "-"  # chosen: a date or a message beside a step is no longer waited for
OVERTAKEN = "The report is not of this state any more. Have it worked out anew."


@dataclass(frozen=True)
class CaseRow:
    """What came of one case."""

    number: str
    verdict: str
    why: str
    obstacles: tuple[Obstacle, ...]
    seen: tuple[Seen, ...]
    clocks: tuple[RunningClock, ...]


@dataclass(frozen=True)
class Report:
    """A report, with how many cases each thing holds of, the most frequent first.

    fits: it is of the change and the release as they stand. gone_on: cases that went on or began since. reasons: why
    cases do not move as they are. seen: what people will see differently. choices: with which more of them move.
    names: of the shapes of the change, by key.
    """

    id: UUID
    asked_at: datetime
    ended_at: datetime | None
    done: int
    in_all: int
    stopped: bool
    failed: bool
    release: int
    fits: bool
    gone_on: int
    verdicts: Mapping[str, int]
    reasons: tuple[tuple[str, int], ...]
    seen: tuple[tuple[Seen, int], ...]
    choices: tuple[Obstacle, ...]
    names: Mapping[str, str]

    @property
    def under_way(self) -> bool:
        """Whether it is being worked out."""
        return self.ended_at is None

    @property
    def whole(self) -> bool:
        """Whether every open case was tried."""
        return not (self.under_way or self.stopped or self.failed)


@dataclass(frozen=True)
class CasesPage:
    """One page of the cases of a report. found: of this verdict in all."""

    rows: tuple[CaseRow, ...]
    found: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.found // PAGE))


def report(desk: Desk, change_id: UUID) -> Report | None:
    """Return the newest report of a change; None before anybody asked for one."""
    must_see(desk)
    with desk.looking() as session:
        asked = _newest(session, change_id)
        return None if asked is None else _report(session, asked)


def cases_page(desk: Desk, change_id: UUID, verdict: str, page: int) -> CasesPage:
    """Return a page of the cases of one verdict (or all), by their numbers."""
    must_see(desk)
    with desk.looking() as session:
        asked = _newest(session, change_id)
        if asked is None:
            raise NotFound("Nobody has asked for this report yet.")
        query = select(ImpactOnCase, Case.number).join(Case, Case.id == ImpactOnCase.case_id)
        query = query.where(ImpactOnCase.impact_id == asked.id)
        if verdict:
            query = query.where(ImpactOnCase.verdict == verdict)
        found = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        number = min(max(page, 1), max(1, -(-found // PAGE)))
        shown = query.order_by(Case.number).limit(PAGE).offset((number - 1) * PAGE)
        return CasesPage(tuple(_row(row, case) for row, case in session.execute(shown)), found, number)


def cases_to_move(
    desk: Desk, change_id: UUID, chosen: Mapping[str, str], left_out: Iterable[str]
) -> dict[UUID, dict[str, str]]:
    """Return the open cases that go over with a change: those that move, and those for which a choice was made.

    chosen: by key of what is in the way, the key that stands instead, or LET_GO. left_out: numbers of cases that stay.
    Raises OutOfDate unless the report is whole and of the change and the release as they stand.
    """
    must_see(desk)
    with desk.looking() as session:
        asked = _newest(session, change_id)
        if asked is None or not asked.fits(_seal(session, change_id), runs.current_release(session).number):
            raise OutOfDate(OVERTAKEN)
        instead = {key: "" if how == LET_GO else how for key, how in chosen.items() if how}
        query = select(ImpactOnCase).join(Case, Case.id == ImpactOnCase.case_id)
        query = query.where(ImpactOnCase.impact_id == asked.id, ImpactOnCase.verdict.in_((MOVES, NEEDS_A_CHOICE)))
        rows = session.scalars(query.where(Case.number.not_in(list(left_out)))).all()
        needed = {row.case_id: [one["key"] for one in row.found["obstacles"]] for row in rows}
    return {
        case_id: {key: instead[key] for key in keys}
        for case_id, keys in needed.items() if all(key in instead for key in keys)
    }  # fmt: skip


def _newest(session: Session, change_id: UUID) -> Impact | None:
    query = select(Impact).where(Impact.change_id == change_id).order_by(Impact.asked_at.desc(), Impact.id.desc())
    return session.scalar(query.limit(1))


def _seal(session: Session, change_id: UUID) -> str:
    return seal_of(files_of_change(change_of(session, change_id)))


def _names(files: Files) -> dict[str, str]:
    shapes = (shape for xml in files.values() for shape in read_document(xml).iter("{*}*"))
    return {shape.get("id", ""): shape.get("name", "") for shape in shapes if shape.get("name")}


def _report(session: Session, asked: Impact) -> Report:
    its = select(ImpactOnCase.verdict, ImpactOnCase.why, ImpactOnCase.found)
    rows = session.execute(its.where(ImpactOnCase.impact_id == asked.id)).all()
    files, newest = files_of_change(change_of(session, asked.change_id)), runs.current_release(session).number
    obstacles = [_obstacle(one) for row in rows for one in row.found["obstacles"]]
    staying = [row for row in rows if row.verdict != MOVES]
    counted = Counter(why for row in staying for why in _reasons(row.why, row.found))
    return Report(
        id=asked.id, asked_at=asked.asked_at, ended_at=asked.ended_at, done=asked.done, in_all=asked.in_all,
        stopped=asked.stopped, failed=asked.failed, release=asked.release_number,
        fits=asked.seal == seal_of(files) and asked.release_number == newest, gone_on=_gone_on(session, asked),
        verdicts={verdict: sum(row.verdict == verdict for row in rows) for verdict in VERDICTS},
        reasons=tuple(counted.most_common()), seen=_seen(rows), choices=_choices(obstacles),
        names=_names(files),
    )  # fmt: skip


def _reasons(why: str, found: Mapping[str, Any]) -> Iterable[str]:
    return dict.fromkeys(one["why"] for one in found["obstacles"]) or (why,)


def _choices(obstacles: Iterable[Obstacle]) -> tuple[Obstacle, ...]:
    """Each thing in the way that a choice settles, once."""
    return tuple({one.key: one for one in obstacles if one.choices or one.may_go}.values())


def _seen(rows: Iterable[Any]) -> tuple[tuple[Seen, int], ...]:
    """What people will see differently, alike told once, the most frequent first."""
    alike: Counter[str] = Counter()
    first: dict[str, Seen] = {}
    for row in rows:
        for one in row.found["seen"]:
            key = str(sorted(one.items(), key=str))
            alike[key] += 1
            first.setdefault(key, Seen.read(one))
    return tuple((first[key], times) for key, times in alike.most_common())


def _gone_on(session: Session, asked: Impact) -> int:
    """How many cases went on since they were tried, or began since."""
    since = asked.ended_at
    if since is None:
        return 0
    tried = exists().where(ImpactOnCase.case_id == CaseRun.case_id, ImpactOnCase.impact_id == asked.id)
    begun = select(func.count(distinct(CaseRun.case_id))).where(CaseRun.status == "running", ~tried)
    moved = select(func.count(distinct(JourneyStep.case_id))).where(
        JourneyStep.at > since, exists().where(
            ImpactOnCase.case_id == JourneyStep.case_id, ImpactOnCase.impact_id == asked.id
        ),
    )  # fmt: skip
    return (session.scalar(begun) or 0) + (session.scalar(moved) or 0)


def _row(row: ImpactOnCase, number: str) -> CaseRow:
    return CaseRow(
        number, row.verdict, row.why, tuple(_obstacle(one) for one in row.found["obstacles"]),
        tuple(Seen.read(one) for one in row.found["seen"]),
        tuple(RunningClock.read(one) for one in row.found["clocks"]),
    )  # fmt: skip


def _obstacle(kept: Mapping[str, Any]) -> Obstacle:
    return Obstacle(**{**kept, "choices": tuple(kept["choices"])})
