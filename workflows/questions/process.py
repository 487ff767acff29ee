"""Where a case stands in its diagrams: drawn with tokens, and told step by step for who does not see the drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.diagram import CaseRun, JourneyStep, Release, Waiting
from workflows.casework.errors import NotFound
from workflows.casework.incident import Incident
from workflows.casework.roles import in_a_sentence, one_of
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.engine.outline import OutlineStep
from workflows.engine.parsing import Library
from workflows.engine.refusals import DiagramRefused
from workflows.questions.case_head import Head, head_of
from workflows.questions.sight import Opened, opened

NO_PROCESS = "There is no such process, or it is not yours to see."


@dataclass(frozen=True)
class RunRow:
    """One process of the case: the main one, or a companion beside it."""

    id: UUID
    process: str
    name: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    release: int
    stuck: str  # why waking it failed, when that is so


@dataclass(frozen=True)
class Way:
    """A way on from a step: what it is called, and the step it leads to."""

    called: str
    key: str
    name: str


@dataclass(frozen=True)
class ToldStep:
    """One step in words. `state`: here, done or ahead. `inside`: the process it goes into, told where it first comes.

    `also`: that process was told at another step already; its name.
    """

    key: str
    name: str
    kind: str
    role: str
    state: str
    times: int
    last_at: datetime | None
    last_by: str
    ways: tuple[Way, ...]
    edges: tuple[Way, ...]
    inside: ToldProcess | None = None
    also: str = ""
    held_by: str = ""  # who has it in hand now
    whose: str = ""  # by all roles that may do it, as the programme calls them


@dataclass(frozen=True)
class ToldProcess:
    """A process in words: its steps in reading order. `here`: the case stands inside it."""

    process: str
    name: str
    steps: tuple[ToldStep, ...]
    here: bool


@dataclass(frozen=True)
class Drawn:
    """What the drawing of one process shows: where the case stands, and what lies behind it."""

    process: str
    name: str
    tokens: tuple[str, ...]
    done: tuple[str, ...]


@dataclass(frozen=True)
class ProcessPage:
    """The process tab: all processes of the case, one of them drawn and told."""

    head: Head
    runs: tuple[RunRow, ...]
    run: RunRow | None
    told: ToldProcess | None
    drawn: Drawn | None
    parts: tuple[Drawn, ...]  # every process inside the chosen run, for choosing another drawing


@dataclass
class Walked:
    """What happened in a run so far, by step."""

    tokens: set[str] = field(default_factory=set)
    times: dict[str, int] = field(default_factory=dict)
    last: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)  # who has an open step in hand
    order: dict[str, int] = field(default_factory=dict)  # the place of a step's last passing


def process_page(desk: Desk, number: str, run_id: UUID | None = None, part: str = "") -> ProcessPage:
    """Return the process tab; the main process and the part where the case stands, unless others are named."""
    with desk.looking() as session:
        found = opened(session, desk, number)
        if found.sight.partner:
            raise NotFound(NO_PROCESS)
        head, runs = head_of(session, desk, found), _runs(session, desk, found)
        chosen = next((run for run, _ in runs if run.id == run_id), runs[0][0] if runs and run_id is None else None)
        if chosen is None:
            if run_id is not None:
                raise NotFound(NO_PROCESS)
            return ProcessPage(head, (), None, None, None, ())
        release = next(release for run, release in runs if run is chosen)
        drawing = outline_of(desk.library, release, chosen.process)
        walked = walked_so_far(session, chosen, drawing)
        told = Teller(drawing, walked, found.case.programme.role_names).process(chosen.process)
        parts = tuple(drawn_of(name, drawing, walked) for name in drawing.by_process)
        drawn = next((each for each in parts if each.process == part), None) or innermost(parts, drawing)
        return ProcessPage(head, tuple(run for run, _ in runs), chosen, told, drawn, parts)


def diagram_xml(desk: Desk, number: str, run_id: UUID, part: str = "") -> tuple[bytes, Mapping[str, str]]:
    """Return a drawing of the case, as published in the release it runs on, and what the roles are called."""
    with desk.looking() as session:
        found = opened(session, desk, number)
        run = session.get(CaseRun, run_id)
        if run is None or run.case_id != found.case.id or found.sight.partner:
            raise NotFound(NO_PROCESS)
        try:
            drawing = desk.library.spec(run.release_id.hex, run.process).diagram_xml(part or None)
            return drawing, found.case.programme.role_names
        except DiagramRefused as refused:
            raise NotFound(NO_PROCESS) from refused


def _runs(session: Session, desk: Desk, found: Opened) -> list[tuple[RunRow, str]]:
    query = (
        select(CaseRun, Release.number)
        .join(Release, CaseRun.release_id == Release.id)
        .where(CaseRun.case_id == found.case.id, CaseRun.process.not_in(found.sight.unseen_processes))
        .order_by(CaseRun.id)
    )
    rows = session.execute(query).all()
    return [(run_row(desk, run, release), run.release_id.hex) for run, release in rows]


def run_row(desk: Desk, run: CaseRun, release: int) -> RunRow:
    """Return one process as it is named in its drawing."""
    name = outline_of(desk.library, run.release_id.hex, run.process).names[run.process]
    stuck = (run.failed_why or "") if run.failures else ""
    return RunRow(run.id, run.process, name, run.status, run.started_at, run.ended_at, release, stuck)


@dataclass(frozen=True)
class Drawing:
    """A run's diagrams in words: all steps, by process, with the names of the processes."""

    top: str
    by_process: Mapping[str, tuple[OutlineStep, ...]]
    names: Mapping[str, str]

    def step_names(self) -> dict[str, str]:
        """The name of every step."""
        return {step.key: step.name for steps in self.by_process.values() for step in steps}


def outline_of(library: Library, release: str, process: str) -> Drawing:
    """Read a process with everything it calls; a release never changes."""
    spec = library.spec(release, process)
    by_process: dict[str, list[OutlineStep]] = {process: []}
    for step in spec.outline():
        by_process.setdefault(step.process, []).append(step)
    names = {name: str(spec.element(name).get("name") or name) for name in by_process}
    return Drawing(process, {name: tuple(steps) for name, steps in by_process.items()}, names)


def walked_so_far(session: Session, run: RunRow, drawing: Drawing) -> Walked:
    """Return what a process has passed so far, and where it stands."""
    walked = Walked()
    passed = select(JourneyStep.key, JourneyStep.at, JourneyStep.by).where(JourneyStep.run_id == run.id)
    for place, (key, at, by) in enumerate(session.execute(passed.order_by(JourneyStep.id))):
        walked.times[key] = walked.times.get(key, 0) + 1
        walked.last[key], walked.order[key] = (at, by), place
    open_steps = select(Task.key, StaffMember.name).outerjoin(StaffMember, StaffMember.id == Task.assignee_id)
    for key, holder in session.execute(open_steps.where(Task.run_id == run.id, Task.open)):
        walked.tokens.add(key)
        walked.held |= {key: holder} if holder else {}
    walked.tokens |= _waited_at(session, run, drawing)
    failed = select(Incident.step_key).where(Incident.run_id == run.id, Incident.closed_at.is_(None))
    walked.tokens |= {key.partition(".")[0] for key in session.scalars(failed)}
    _mark_callers(drawing, walked)
    return walked


def _waited_at(session: Session, run: RunRow, drawing: Drawing) -> set[str]:
    """Return the dates and messages the case stands at; events on an edge only watch, nobody stands there."""
    edges = {event for steps in drawing.by_process.values() for step in steps for event in step.boundary}
    return set(session.scalars(select(Waiting.key).where(Waiting.run_id == run.id))) - edges


def _mark_callers(drawing: Drawing, walked: Walked) -> None:
    """Where the case stands inside a called process it also stands at the step that called it."""
    callers: dict[str, list[OutlineStep]] = {}
    before: dict[str, list[str]] = {}
    for steps in drawing.by_process.values():
        for step in steps:
            if step.calls:
                callers.setdefault(step.calls, []).append(step)
            for _, target in step.next:
                before.setdefault(target, []).append(step.key)
    waiting = [name for name, steps in drawing.by_process.items() if walked.tokens & {step.key for step in steps}]
    seen: set[str] = set()
    while waiting:
        process = waiting.pop()
        if process in seen or process not in callers:
            continue
        seen.add(process)
        # Of several steps that call it, the one that was come to last is the one the case stands at.
        caller = max(callers[process], key=lambda step: _reached_at(walked, before.get(step.key, ())))
        walked.tokens.add(caller.key)
        waiting.append(caller.process)


def _reached_at(walked: Walked, before: Sequence[str]) -> int:
    return max((walked.order.get(key, -1) for key in before), default=-1)


def drawn_of(process: str, drawing: Drawing, walked: Walked) -> Drawn:
    """Return what the drawing of one process shows."""
    keys = [step.key for step in drawing.by_process[process]]
    tokens = tuple(key for key in keys if key in walked.tokens)
    done = tuple(key for key in keys if key in walked.times and key not in walked.tokens)
    return Drawn(process, drawing.names[process], tokens, done)


def innermost(parts: Sequence[Drawn], drawing: Drawing) -> Drawn:
    """Return the drawing where the case stands; the innermost, because the outer ones only point at it."""
    calls = {step.key for steps in drawing.by_process.values() for step in steps if step.calls}
    standing = [part for part in parts if set(part.tokens) - calls]
    return standing[-1] if standing else parts[0]


@dataclass
class Teller:
    """Puts a run's diagrams into words, each process where it is first called."""

    drawing: Drawing
    walked: Walked
    names: Mapping[str, str]
    told: set[str] = field(default_factory=set)

    def process(self, name: str) -> ToldProcess:
        """Tell one process with everything inside it."""
        self.told.add(name)
        steps = tuple(self._step(step) for step in self.drawing.by_process[name])
        return ToldProcess(name, self.drawing.names[name], steps, any(step.state == "here" for step in steps))

    def _step(self, step: OutlineStep) -> ToldStep:
        names = self.drawing.step_names()
        at, by = self.walked.last.get(step.key, (None, ""))
        inside = self.process(step.calls) if step.calls and step.calls not in self.told else None
        return ToldStep(
            key=step.key,
            name=step.name,
            kind=step.kind,
            role=step.role,
            whose=in_a_sentence(one_of(step.role, step.also), self.names),
            state=self._state(step.key),
            times=self.walked.times.get(step.key, 0),
            last_at=at,
            last_by=by,
            held_by=self.walked.held.get(step.key, ""),
            ways=tuple(Way(called, key, names.get(key, key)) for called, key in step.next),
            edges=tuple(Way("", key, names.get(key, key)) for key in step.boundary),
            inside=inside,
            also=self.drawing.names[step.calls] if step.calls and inside is None else "",
        )

    def _state(self, key: str) -> str:
        if key in self.walked.tokens:
            return "here"
        return "done" if key in self.walked.times else "ahead"
