"""From the diagrams of one published release to something that can run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask

from workflows.engine.documents import bpmn, local_name, read_document
from workflows.engine.outline import OutlineStep, outline
from workflows.engine.refusals import DiagramRefused
from workflows.engine.shapes import DiagramReader
from workflows.engine.steps import PersonStep
from workflows.engine.timers import dates_at

# Data objects two levels up make SpiffWorkflow's reader loop for ever; scripts are never run.
_NEVER_READ = frozenset(
    {"dataObject", "dataObjectReference", "dataStore", "dataStoreReference", "ioSpecification", "scriptTask"}
    | {"preScript", "postScript", "adHocSubProcess", "transaction", "correlationProperty"}
)


@dataclass(frozen=True, slots=True)
class StepInfo:
    """What a diagram says about one step for people, without any run.

    key: id of the shape. role: lane. process: id of the process it is drawn in.
    """

    key: str
    name: str
    role: str
    properties: Mapping[str, str]
    documentation: str
    process: str


@dataclass(frozen=True, slots=True)
class Document:
    """One file of a release: the bytes as published and the tree read from them."""

    xml: bytes
    root: etree._Element


class Spec:
    """One process of one release, ready to run, together with every process it calls.

    Shared by all runs and threads: nothing in here changes after loading.
    """

    def __init__(self, release: str, top: Any, called: dict[str, Any], documents: Mapping[str, Document]) -> None:
        self.release = release
        self.process: str = top.name
        self.top = top
        self.called = called
        self._documents = documents

    def drawn_in(self, name: str) -> str:
        """The process in which a process or embedded sub-process of this name is drawn."""
        if name in self._documents:
            return name
        for process, document in self._documents.items():
            if any(element.get("id") == name for element in _process(document, process).iter(bpmn("subProcess"))):
                return process
        raise DiagramRefused(f"The release holds no process '{name}'.")

    def processes(self) -> tuple[str, ...]:
        """The ids of this process and of every process it calls, directly or through others."""
        names = (self.process, *(self.drawn_in(name) for name in self.called))
        return tuple(dict.fromkeys(names))

    def diagram_xml(self, process: str | None = None) -> bytes:
        """The published file that draws a process (this one unless named)."""
        return self._document(process).xml

    def element(self, process: str | None = None) -> etree._Element:
        """The XML element of a process (this one unless named)."""
        return _process(self._document(process), process or self.process)

    def steps(self) -> tuple[StepInfo, ...]:
        """Every step a person may be asked to do, in called processes too; told once and kept."""
        return self._steps

    @cached_property
    def _steps(self) -> tuple[StepInfo, ...]:
        found = []
        for task_specs in (self.top, *self.called.values()):
            process = self.drawn_in(task_specs.name)
            found += [
                _step_info(spec, process) for spec in task_specs.task_specs.values() if isinstance(spec, PersonStep)
            ]
        return tuple(found)

    def dates_about_a_person(self) -> frozenset[str]:
        """The dates that tell something of whoever the case is about, such as a birthday: by their keys."""
        shapes = (shape for process in (self.top, *self.called.values()) for shape in process.task_specs.values())
        timers = (pair for shape in shapes for pair in dates_at(shape))
        return frozenset(key for key, timer in timers if timer.asked_anew)

    def outline(self) -> tuple[OutlineStep, ...]:
        """The diagram told as a list in reading order, with the processes it calls; told once and kept."""
        return self._outline

    @cached_property
    def _outline(self) -> tuple[OutlineStep, ...]:
        return outline(self.process, self.element)

    def _document(self, process: str | None) -> Document:
        try:
            return self._documents[process or self.process]
        except KeyError:
            raise DiagramRefused(f"The release holds no process '{process}'.") from None


class Library:
    """Finds the spec of a process in a release; each is read once and then shared by all threads.

    ``load`` gives the XML of all diagrams of a release. Called processes are found inside the
    same release only, so a published case never changes under a running one.
    """

    def __init__(self, load: Callable[[str], Sequence[bytes]]) -> None:
        self._load = load
        self._releases: dict[str, tuple[Any, dict[str, Document]]] = {}
        self._specs: dict[tuple[str, str], Spec] = {}
        self._lock = threading.Lock()

    def spec(self, release: str, process: str) -> Spec:
        """The spec of a process; raises DiagramRefused when it cannot be read safely."""
        found = self._specs.get((release, process))
        if found is not None:
            return found
        with self._lock:
            if (release, process) not in self._specs:
                self._specs[release, process] = self._read(release, process)
            return self._specs[release, process]

    def holds(self, release: str, process: str) -> bool:
        """Whether a release draws a process; raises DiagramRefused when it cannot be read safely."""
        with self._lock:
            return process in self._opened(release)[1]

    def with_candidate(self, release: str, files: Sequence[bytes]) -> Library:
        """This library with one release more, which is not published: only whoever holds it sees that one."""
        return _WithCandidate(self, release, files)

    def _opened(self, release: str) -> tuple[Any, dict[str, Document]]:
        if release not in self._releases:
            self._releases[release] = _read_release(self._load(release))
        return self._releases[release]

    def _read(self, release: str, process: str) -> Spec:
        reader, documents = self._opened(release)
        if process not in documents:
            raise DiagramRefused(f"The release '{release}' holds no process '{process}'.")
        try:
            top, called = reader.get_spec(process), reader.get_subprocess_specs(process)
        except ValidationException as error:
            raise DiagramRefused(f"The diagram '{process}' cannot be run: {error}") from error
        except RecursionError:
            raise DiagramRefused(f"The diagram '{process}' is too long or turns in a circle.") from None
        for spec in (top, *called.values()):
            _connect_repeated_steps(spec)
        return Spec(release, top, called, documents)


class _WithCandidate(Library):
    """A library and a release that is only tried."""

    def __init__(self, published: Library, release: str, files: Sequence[bytes]) -> None:
        super().__init__(lambda _: files)
        self._published, self._candidate = published, release

    def spec(self, release: str, process: str) -> Spec:
        """The spec of a process in a published release, or in the one that is tried."""
        return super().spec(release, process) if release == self._candidate else self._published.spec(release, process)

    def holds(self, release: str, process: str) -> bool:
        """Whether a published release, or the one that is tried, draws a process."""
        holding = super().holds if release == self._candidate else self._published.holds
        return holding(release, process)


def _read_release(files: Sequence[bytes]) -> tuple[Any, dict[str, Document]]:
    reader, documents = DiagramReader(), {}
    for xml in files:
        document = Document(xml, read_document(xml))
        _refuse_unreadable(document.root)
        try:
            reader.add_bpmn_xml(document.root)
        except ValidationException as error:
            raise DiagramRefused(f"The diagram cannot be read: {error}") from error
        for element in document.root.iter(bpmn("process")):
            documents[element.get("id", "")] = document
    return reader, documents


def _refuse_unreadable(root: etree._Element) -> None:
    for element in root.iter():
        if local_name(element) in _NEVER_READ:
            raise DiagramRefused(f"A diagram may not hold a {local_name(element)}.")


def _connect_repeated_steps(spec: Any) -> None:
    # SpiffWorkflow connects these on first use, in a spec shared by all threads: two at once lose one.
    for task_spec in spec.task_specs.values():
        if isinstance(task_spec, LoopTask):
            child = spec.task_specs[task_spec.task_spec]
            if not child.completed_event.is_connected(task_spec.merge_child):
                child.completed_event.connect(task_spec.merge_child)


def _step_info(spec: Any, process: str) -> StepInfo:
    return StepInfo(
        key=spec.bpmn_id,
        name=spec.bpmn_name or spec.bpmn_id,
        role=spec.lane or "",
        properties=dict(spec.properties),
        documentation=(spec.documentation or "").strip(),
        process=process,
    )


def _process(document: Document, process: str) -> etree._Element:
    return next(element for element in document.root.iter(bpmn("process")) if element.get("id") == process)
