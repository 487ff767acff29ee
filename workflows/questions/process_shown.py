"""A diagram or table as its readers see it: its steps in words, or its rules as rows."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from workflows.casework.roles import in_a_sentence, one_of
from workflows.engine.comparing_tables import Grid, grid
from workflows.engine.documents import bpmn, read_document
from workflows.engine.outline import OutlineStep, outline
from workflows.questions.process import ToldStep, Way

MOST_PROCESSES = 50  # of one file; a diagram has one

__all__ = ["Grid", "Outline", "grid", "outlines"]


@dataclass(frozen=True)
class Outline:
    """One process of a diagram: its steps in reading order."""

    process: str
    name: str
    steps: tuple[ToldStep, ...]


def outlines(xml: bytes) -> tuple[Outline, ...]:
    """Tell a diagram by itself, without what it calls in other diagrams."""
    root = read_document(xml)
    drawn = {one.get("id", ""): one for one in root.iter(bpmn("process"))}
    names = {one.get("id", ""): one.get("name", "") for one in root.iter() if one.get("id")}
    return tuple(_told(key, element, names) for key, element in list(drawn.items())[:MOST_PROCESSES])


def _told(key: str, element: etree._Element, names: dict[str, str]) -> Outline:
    elsewhere = etree.Element(bpmn("process"))
    steps = outline(key, lambda process: element if process == key else elsewhere)
    return Outline(key, element.get("name") or key, tuple(_step(one, names) for one in steps))


def _step(step: OutlineStep, names: dict[str, str]) -> ToldStep:
    return ToldStep(
        key=step.key,
        name=step.name,
        kind=step.kind,
        role=step.role,
        whose=in_a_sentence(one_of(step.role, step.also)),
        state="ahead",
        times=0,
        last_at=None,
        last_by="",
        ways=tuple(Way(called, key, names.get(key) or key) for called, key in step.next),
        edges=tuple(Way("", key, names.get(key) or key) for key in step.boundary),
        also=step.calls or "",
    )
