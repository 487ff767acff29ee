"""The decisions that a table has really made, made again under a draft of it: which would come out differently.

Nothing is changed. What was known then is what was kept with each decision.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, select, true
from sqlalchemy.orm import Session

from workflows.casework.access import may
from workflows.casework.case import Case
from workflows.casework.diagram import DecisionRecord
from workflows.casework.errors import NotAllowed
from workflows.casework.programme import Programme
from workflows.clock import at_london
from workflows.desk import Desk
from workflows.engine.decisions import DecisionTable
from workflows.engine.hits import is_same
from workflows.engine.refusals import EngineRefused, NoRuleMatched, RulesDisagree
from workflows.questions import reach
from workflows.storage import alleged

AT_A_TIME = 1000
MOST_SHOWN = 20
FEW_OF_A_KIND = 5
NO_RULE, SEVERAL, NO_WAY = "no rule applies", "several rules apply", "it cannot be worked out"
REASONS = frozenset({"explain", "reason_code"})  # why it was decided so; what was decided are the other answers
NOT_YOURS = "Your role does not include changing the process."

Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Shift:
    """What was decided, what would be decided now, and how often that is so."""

    was: str
    now: str
    times: int


@dataclass(frozen=True)
class Instance:
    """One decision that would come out differently. rules: the numbers of the rules of the draft that decide."""

    case_number: str
    at: datetime
    was: str
    now: str
    rules: tuple[int, ...]


@dataclass(frozen=True)
class DecidedAgain:
    """What became of all decisions since a day: how many there were, and how many come out differently.

    refused: of these, how many the draft has no answer to. shifts: the most frequent first. instances: some of those
    in cases that the reader may open, the newest first. not_kept: what the draft reads and was not kept then, which
    counted as not known, with how often; thresholds of the programme that it reads anew count as they are today.
    """

    table: str
    since: date
    decisions: int
    different: int
    refused: int
    shifts: tuple[Shift, ...]
    instances: tuple[Instance, ...]
    not_kept: tuple[tuple[str, int], ...]


def decide_again(desk: Desk, draft: bytes, since: date, progress: Progress = lambda *_: None) -> DecidedAgain:
    """Make the decisions of a table since a day (London) again under a draft; `progress(done, all)` is told of it.

    Raises NotAllowed for whoever neither drafts nor approves, TableRefused and DiagramRefused for a draft that cannot
    be read.
    """
    if not may(desk.actor, "process.draft") and not may(desk.actor, "diagram.publish"):
        raise NotAllowed(NOT_YOURS)
    table = DecisionTable.parse(draft)
    with desk.looking() as session:
        made = _made(table.id, at_london(since, time(0)))
        every = session.scalar(made.with_only_columns(func.count(DecisionRecord.id))) or 0
        again = _Again(table, _thresholds(session, desk.today))
        progress(0, every)
        for number, row in enumerate(_stream(session, made, desk), 1):
            again.take(row)
            if number % AT_A_TIME == 0:
                progress(number, every)
        progress(every, every)
        return again.told(since, every)


def _made(table: str, since: datetime) -> Select[Any]:
    return (
        select(DecisionRecord.id)
        .join(Case, Case.id == DecisionRecord.case_id)
        .where(DecisionRecord.table == table, DecisionRecord.at >= since)
    )


def _stream(session: Session, made: Select[Any], desk: Desk) -> Iterator[Row[Any]]:
    """Read the decisions, the newest first. seen: whether whoever asks may open the case and learn what it rests on."""
    actor = desk.actor
    seen = and_(reach.may_see(actor), ~alleged.names(actor.id)) if actor.id else true()
    columns = (
        DecisionRecord.inputs, DecisionRecord.outputs, DecisionRecord.at, Case.number, Case.programme_id,
        seen.label("seen"),
    )  # fmt: skip
    query = made.with_only_columns(*columns).order_by(DecisionRecord.at.desc(), DecisionRecord.id.desc())
    return iter(session.execute(query.execution_options(yield_per=AT_A_TIME)))


def _thresholds(session: Session, today: date) -> dict[UUID, dict[str, Any]]:
    return {programme.id: programme.limits(today) for programme in session.scalars(select(Programme))}


@dataclass
class _Again:
    """One draft over one decision after the other; only sums and a few instances are kept."""

    table: DecisionTable
    thresholds: Mapping[UUID, Mapping[str, Any]]
    shifts: Counter[tuple[str, str]] = field(default_factory=Counter)
    shown: Counter[tuple[str, str]] = field(default_factory=Counter)
    not_kept: Counter[str] = field(default_factory=Counter)
    instances: list[Instance] = field(default_factory=list)
    refused: int = 0

    def take(self, row: Row[Any]) -> None:
        """Make one decision again."""
        limits = self.thresholds.get(row.programme_id, {})
        self.not_kept.update(name for name in self.table.needs if name not in row.inputs and name not in limits)
        outputs, rules, refusal = self._decided({**limits, **row.inputs})
        shift = (
            (_outcome(self.table.id, row.outputs), refusal) if refusal else _shift(self.table.id, row.outputs, outputs)
        )
        self.refused += bool(refusal)
        if shift is not None:
            self.shifts[shift] += 1
            self._show(row, shift, rules)

    def _decided(self, known: Mapping[str, Any]) -> tuple[Mapping[str, object], tuple[int, ...], str]:
        try:
            decided = self.table.decide(known)
        except NoRuleMatched:
            return {}, (), NO_RULE
        except RulesDisagree:
            return {}, (), SEVERAL
        except EngineRefused:
            return {}, (), NO_WAY
        return decided.outputs, decided.rules, ""

    def _show(self, row: Row[Any], shift: tuple[str, str], rules: tuple[int, ...]) -> None:
        if row.seen and self.shown[shift] < FEW_OF_A_KIND and len(self.instances) < MOST_SHOWN:
            self.shown[shift] += 1
            self.instances.append(Instance(row.number, row.at, *shift, rules))

    def told(self, since: date, every: int) -> DecidedAgain:
        """Return the sums."""
        shifts = sorted(self.shifts.items(), key=lambda one: (-one[1], one[0]))
        return DecidedAgain(
            table=self.table.id, since=since, decisions=every, different=self.shifts.total(), refused=self.refused,
            shifts=tuple(Shift(*shift, times) for shift, times in shifts), instances=tuple(self.instances),
            not_kept=tuple(sorted(self.not_kept.items())),
        )  # fmt: skip


def _shift(table: str, was: Mapping[str, object], now: Mapping[str, object]) -> tuple[str, str] | None:
    """What was decided beside what would be; nothing if it is the same. Answers that are new say nothing of the old."""
    differing = [name for name in was if name in now and name not in REASONS and not is_same(was[name], now[name])]
    if table in differing:
        return _outcome(table, was), _outcome(table, now)
    if not differing:
        return None
    name = differing[0]
    return (
        f"{_outcome(table, was)} ({name}: {_said(was[name])})",
        f"{_outcome(table, now)} ({name}: {_said(now[name])})",
    )


def _outcome(table: str, outputs: Mapping[str, object]) -> str:
    """The answer that a table is named after, or else all its answers."""
    if table in outputs:
        return _said(outputs[table])
    return ", ".join(f"{name}: {_said(value)}" for name, value in outputs.items() if name not in REASONS)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_said, value)) or "none"
    return "nothing" if value is None else str(value)
