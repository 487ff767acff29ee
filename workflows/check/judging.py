"""Looking at one file that somebody brought, family by family. This runs in a process of its own (reader.py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from lxml import etree

from workflows.check import soundness
from workflows.check.conditions import condition_faults
from workflows.check.families import DATA, DECISION, FORM, SERVICE, SOUNDNESS, UNREADABLE, within
from workflows.check.fitting import misfits
from workflows.check.question import DIAGRAM, TABLE, Question
from workflows.check.tables import proofs
from workflows.engine.decisions import find_table_faults
from workflows.engine.documents import bpmn, read_document
from workflows.engine.drawing import drawings
from workflows.engine.lint import find_faults, find_faults_between
from workflows.engine.outcome import ERROR, WARNING, Finding
from workflows.engine.parsing import Library
from workflows.engine.refusals import DiagramRefused, EngineRefused

_UNDECIDED: Final = "undecided"
_MOST_ELEMENTS: Final = 100_000  # a diagram of two thousand shapes has a fifth of that


def judge(name: str, asked: Question) -> tuple[Finding, ...]:
    """Everything that was found in one file by itself."""
    xml = asked.files[name]
    try:
        if name.lower().endswith(DIAGRAM):
            return within(_in_diagram(xml, asked), asked.only)
        if name.lower().endswith(TABLE):
            return within(_in_table(xml, asked), asked.only)
    except DiagramRefused as refusal:
        return (Finding("", UNREADABLE, str(refusal)),)
    except RecursionError:
        return (Finding("", UNREADABLE, "The file is nested too deeply; it is not taken."),)
    return (Finding("", UNREADABLE, "A diagram is a file .bpmn, a decision table a file .dmn."),)


def judge_together(asked: Question) -> list[tuple[str, Finding]]:
    """What only shows when the diagrams stand beside each other, with the file it belongs to ("" for several)."""
    drawn = asked.diagrams
    release = [*drawn.values(), *_staying(asked)]
    found = within(find_faults_between(release), asked.only)
    told = _with_their_files(found, drawn) if found else []
    if found or FORM not in asked.only:
        return told
    library = Library(lambda _: release)
    return [(name, one) for name, xml in drawn.items() for one in _as_engine(library, xml)]


def _staying(asked: Question) -> list[bytes]:
    """The diagrams beside the files, but for those that give way to them."""
    if not asked.give_way:
        return list(asked.beside)
    brought = {process for xml in asked.diagrams.values() for process in _processes(read_document(xml))}
    return [xml for xml in asked.beside if not brought & set(_processes(read_document(xml)))]


def _in_diagram(xml: bytes, asked: Question) -> Iterator[Finding]:
    root = read_document(xml)
    if {FORM, DATA} & set(asked.only):
        yield from find_faults(xml)
    if DATA in asked.only:
        yield from (fault for drawing in drawings(root) for fault in condition_faults(drawing))
    if SOUNDNESS in asked.only:
        yield from _unsound(root)
    if {SERVICE, DATA} & set(asked.only) and asked.known is not None:
        yield from misfits(root, asked.known)


def _unsound(root: etree._Element) -> Iterator[Finding]:
    if sum(1 for _ in root.iter()) > _MOST_ELEMENTS:
        yield Finding("", f"{SOUNDNESS}.{_UNDECIDED}", "The file holds too much to be played through.", WARNING)
        return
    for one in soundness.judge(root):
        severity = WARNING if one.rule == _UNDECIDED else ERROR  # what nobody can say keeps nobody from publishing
        yield Finding(one.element, f"{SOUNDNESS}.{one.rule}", one.message, severity, one.fix, tuple(one.path))


def _in_table(xml: bytes, asked: Question) -> Iterator[Finding]:
    if {DECISION, FORM} & set(asked.only):
        yield from (faults := find_table_faults(xml))
        if not faults and DECISION in asked.only:
            yield from proofs(xml)


def _as_engine(library: Library, xml: bytes) -> Iterator[Finding]:
    """Read each process as the engine does before it runs it."""
    for process in _processes(read_document(xml)):
        try:
            library.spec("brought", process).outline()
        except EngineRefused as refusal:
            yield Finding(process, UNREADABLE, str(refusal))
            return


def _processes(root: etree._Element) -> list[str]:
    return [process.get("id", "") for process in root.iter(bpmn("process"))]


def _with_their_files(found: Sequence[Finding], drawn: Mapping[str, bytes]) -> list[tuple[str, Finding]]:
    """Findings with the one file that holds something of their id ("" where several do, or none)."""
    held = {name: {one.get("id") for one in read_document(xml).iter()} for name, xml in drawn.items()}
    holding = [[name for name, ids in held.items() if one.element in ids] for one in found]
    return [(files[0] if len(files) == 1 else "", one) for files, one in zip(holding, found, strict=True)]
