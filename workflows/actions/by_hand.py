"""An operator's hand on a process: a step is left, begun again or taken away, or a variable set.

First what would come of it is shown and nothing is kept; then it is done with a reason, on the very state that was
looked at, and kept with the state before and after.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from workflows.actions.faults import codes_of, sensitive_of
from workflows.actions.incidents import leaving_out_what_fails, trying
from workflows.actions.journey import follow_up, go_on, looked_at
from workflows.actions.mending import must_mend
from workflows.actions.operators import may_know
from workflows.casework import access
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, JourneyStep
from workflows.casework.errors import AnswersRefused, NotFound, OutOfDate, RuleBroken
from workflows.casework.incident import Incident, StepFailed
from workflows.casework.intervention import CANCEL, MOVE, RESTART, SET, Intervention
from workflows.casework.masking import kinds_only, masked
from workflows.casework.notice import Letter, Notice
from workflows.casework.task import Task
from workflows.desk import Desk, Work
from workflows.duties.left_open import let_close
from workflows.engine.by_hand import Token
from workflows.engine.run import Run
from workflows.storage import cases, runs
from workflows.storage.remembering import Remembered, remembering

MOVED_ON = "The case has moved on since you looked. Look at it again."
NO_PROCESS = "There is no such process, or it is kept from you."
SAID: Mapping[str, str] = {
    MOVE: "step moved by hand",
    RESTART: "step begun again by hand",
    CANCEL: "step taken away by hand",
    SET: "variable set by hand",
}
LONGEST_VALUE = 200
__all__ = ["MOVED_ON", "Hand", "Sketch", "Standing", "Token", "carry_out", "sketch", "standing"]
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True)
class Hand:
    """What an operator wants done. token_id: the place it is about; to: the step to go on from; name, value: what is
    set.
    """

    kind: str
    token_id: str = ""
    to: str = ""
    name: str = ""
    value: object = None


@dataclass(frozen=True)
class Standing:
    """Where a process stands. version: what a hand on it is laid upon. variables: those about the person hidden.

    trouble: why it cannot be read, when that is so.
    """

    version: int
    running: bool
    tokens: tuple[Token, ...]
    variables: Mapping[str, Any]
    trouble: str = ""


@dataclass(frozen=True)
class Sketch:
    """What comes of a hand. passed: what was or would be done by itself on the way; held: what fails there.

    asked, no_longer: the tasks that open and that go. letters, notices: how many are written.
    """

    case_number: str
    version: int
    what: Mapping[str, Any]
    before: tuple[Token, ...]
    after: tuple[Token, ...]
    passed: tuple[str, ...]
    held: tuple[str, ...]
    asked: tuple[str, ...]
    no_longer: tuple[str, ...]
    letters: int
    notices: int
    ends: bool


@dataclass
class _Seen:
    before: tuple[Token, ...] = ()
    after: tuple[Token, ...] = ()
    was: dict[str, object] = field(default_factory=dict)


def standing(desk: Desk, run_id: UUID) -> Standing:
    """Return where a process stands, as its engine knows it. Nothing is changed."""
    must_mend(desk)
    with desk.work() as work:
        case, run = _held(work, run_id)
        if run.status != "running":
            return Standing(run.version, False, (), {})
        try:
            resumed = looked_at(work, case, run)
        except StepFailed as unreadable:
            return Standing(run.version, True, (), {}, unreadable.failure.why)
        hidden = masked(resumed.variables(), codes_of(work, run), sensitive_of(work, run))
        told = hidden if _sees_record(work, case) else kinds_only(hidden)
        return Standing(run.version, True, resumed.tokens(), told)


def sketch(desk: Desk, run_id: UUID, hand: Hand, version: int) -> Sketch:
    """Return what would come of a hand on the state of this version; nothing of it is kept."""
    must_mend(desk)
    _must_make_sense(hand)
    return trying(desk, lambda one: _sketched(one, run_id, hand, version), keeping=False)


def _sketched(desk: Desk, run_id: UUID, hand: Hand, version: int) -> Sketch:
    with desk.work() as work:
        shown = _laid(work, run_id, hand, version)[0]
        return replace(shown, what=_for_reader(work, cases.held_of_run(work.session, run_id), shown.what))


def carry_out(desk: Desk, run_id: UUID, hand: Hand, why: str, version: int) -> Sketch:
    """Lay a hand on a process, with a reason; raises OutOfDate when it is not as it was looked at. Twice is refused."""
    must_mend(desk)
    _must_make_sense(hand)
    if not why.strip():
        raise AnswersRefused({"why": "Say why this is done by hand"})
    return _carried_out(desk, run_id, hand, why.strip(), version)


@leaving_out_what_fails
def _carried_out(desk: Desk, run_id: UUID, hand: Hand, why: str, version: int) -> Sketch:
    with desk.work() as work:
        done, run, kept = _laid(work, run_id, hand, version)
        told = {**done.what, "before": _names(done.before), "after": _names(done.after)}
        run.happened(SAID[hand.kind], process=run.process, why=why, **told)
        set_to = {"value": hand.value} if hand.kind == SET else {}
        work.session.add(
            Intervention(
                case_id=run.case_id, run_id=run.id, staff_id=work.actor.id, at=work.now, kind=hand.kind,
                what=told | set_to, why=why, state_before=kept.state, state_after=run.state, images=kept.images,
            )
        )  # fmt: skip
        work.commit()
        return done


@dataclass(frozen=True)
class _Kept:
    state: str
    images: list[dict[str, Any]]


def _laid(work: Work, run_id: UUID, hand: Hand, version: int) -> tuple[Sketch, CaseRun, _Kept]:
    case, run = _held(work, run_id)
    if run.version != version:
        raise OutOfDate(MOVED_ON)
    if run.status != "running":
        raise RuleBroken("This process has ended.")
    seen, before = _Seen(), run.state
    with remembering(work.session) as memory:
        go_on(work, case, run, lambda resumed: _do(resumed, hand, seen))
        if hand.kind == MOVE:
            _stand_for_having_done(work, run, hand.token_id)
        let_close(work, case)  # what a closing waits for may be what the hand took away
        follow_up(work)
        work.session.flush()
        found = memory.remembered()
    what = _what(work, run, hand, seen)
    return _told(work, case, run, (version, what, seen, found)), run, _Kept(before, found.images)


def _stand_for_having_done(work: Work, run: CaseRun, token_id: str) -> None:
    """Let whoever moved the case on past a step count as having done it: the second look at it is another one's."""
    left = select(Task).where(Task.run_id == run.id, Task.step_id == token_id, Task.status == "cancelled")
    for task in work.session.scalars(left):
        task.passed_over(work.actor.id)


def _for_reader(work: Work, case: Case, what: Mapping[str, Any]) -> Mapping[str, Any]:
    """Say of the value that was there only what whoever looks may see; what they set they know."""
    if "value_before" not in what or _sees_record(work, case):
        return what
    return {**what, **kinds_only({"value_before": what["value_before"]})}


def _do(resumed: Run, hand: Hand, seen: _Seen) -> None:
    _look(resumed, seen)
    if hand.kind == MOVE:
        resumed.move_on(hand.token_id, hand.to)
    elif hand.kind == RESTART:
        resumed.begin_again(hand.token_id)
    elif hand.kind == CANCEL:
        resumed.take_away(hand.token_id)
    else:
        resumed.set_variable(hand.name, hand.value)
    seen.after = resumed.tokens()


def _look(resumed: Run, seen: _Seen) -> None:
    seen.before, seen.was = resumed.tokens(), resumed.variables()


def _what(work: Work, run: CaseRun, hand: Hand, seen: _Seen) -> dict[str, Any]:
    """Say what the hand is laid on; of a variable its value before and after, those about the person hidden."""
    if hand.kind == SET:
        codes, sensitive = codes_of(work, run), sensitive_of(work, run)
        values = [
            masked({hand.name: one}, codes, sensitive)[hand.name] for one in (seen.was.get(hand.name), hand.value)
        ]
        return {"variable": hand.name, "value_before": values[0], "value_after": values[1]}
    on = next((one for one in seen.before if one.id == hand.token_id), None)
    told = {"step": on.name if on else "", "key": on.key if on else ""}
    if hand.kind == MOVE and on is not None:
        told["to"] = dict(on.targets).get(hand.to, hand.to)
    return told


def _told(work: Work, case: Case, run: CaseRun, laid: tuple[int, dict[str, Any], _Seen, Remembered]) -> Sketch:
    version, what, seen, found = laid
    made = _ids(found, lambda image: image["was"] is None)
    touched = _ids(found, lambda image: image["was"] is not None)
    session = work.session
    passed = session.scalars(
        select(JourneyStep.name).where(JourneyStep.id.in_(made["journey_step"]), JourneyStep.kind != "user")
    )
    asked = session.scalars(select(Task.name).where(Task.id.in_(made["task"]), Task.status == "open"))
    gone = session.scalars(select(Task.name).where(Task.id.in_(touched["task"]), Task.status == "cancelled"))
    held = session.scalars(select(Incident.step_name).where(Incident.id.in_(made["incident"])))
    return Sketch(
        case_number=case.number,
        version=version,
        what=what,
        before=seen.before,
        after=seen.after,
        passed=tuple(passed),
        held=tuple(held),
        asked=tuple(asked),
        no_longer=tuple(gone),
        letters=len(made[Letter.__tablename__]),
        notices=len(made[Notice.__tablename__]),
        ends=run.status != "running",
    )


class _ByTable(dict[str, list[UUID]]):
    def __missing__(self, table: str) -> list[UUID]:
        return []


def _ids(found: Remembered, chosen: Any) -> _ByTable:
    by_table = _ByTable()
    for image in found.images:
        if chosen(image):
            by_table.setdefault(image["table"], []).append(UUID(image["id"]))
    return by_table


def _names(tokens: Iterable[Token]) -> Sequence[str]:
    return [one.name for one in tokens]


def _must_make_sense(hand: Hand) -> None:
    if hand.kind not in SAID:
        raise NotFound("There is no such act.")
    if hand.kind == SET and not _NAME.fullmatch(hand.name):
        raise AnswersRefused({"name": "Name the variable as the diagram does: small letters, digits and strokes"})
    if hand.kind == SET and isinstance(hand.value, str) and len(hand.value) > LONGEST_VALUE:
        raise AnswersRefused({"value": f"The value must be {LONGEST_VALUE} characters or fewer"})


def _sees_record(work: Work, case: Case) -> bool:
    circle = cases.circle_of(work.session, case)
    return access.may_see_case(work.actor, case.programme_id, case.team_id, circle)


def _held(work: Work, run_id: UUID) -> tuple[Case, CaseRun]:
    """Hold a process with its case. One of a case that is kept from whoever asks does not exist for them."""
    try:
        case = cases.held_of_run(work.session, run_id)
    except NotFound:
        raise NotFound(NO_PROCESS) from None
    if not may_know(work, case, "operations.mend"):
        raise NotFound(NO_PROCESS)
    return case, runs.held(work.session, run_id)
