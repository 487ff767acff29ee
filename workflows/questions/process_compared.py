"""Two versions of a diagram or table beside each other: published ones, or what a change makes of one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from workflows.casework.process_change import Place
from workflows.casework.programme import ProgrammeSetting
from workflows.desk import Desk
from workflows.engine.comparing import (
    ADDED,
    CHANGED,
    MOVED,
    REMOVED,
    REWORDED,
    Compared,
    Detail,
    Difference,
    compare_diagrams,
)
from workflows.engine.comparing_tables import compare_tables
from workflows.questions.process_changes import base_xml, content, save_content
from workflows.questions.process_models import version_xml

__all__ = ["ADDED", "CHANGED", "MOVED", "REMOVED", "REWORDED", "Beside", "Compared", "Detail", "Difference"]


@dataclass(frozen=True)
class Beside:
    """Two versions of a model, and what differs; was: None of a new one."""

    kind: str
    was: bytes | None
    now: bytes
    compared: Compared


def versions_beside(desk: Desk, kind: str, key: str, one: int, other: int) -> Beside:
    """Compare two published versions, by their numbers."""
    return beside(kind, version_xml(desk, kind, key, one), version_xml(desk, kind, key, other))


def change_beside(desk: Desk, place: Place) -> Beside:
    """Compare a model of a change with the version it began from."""
    return beside(place.kind, base_xml(desk, place), content(desk, place).xml)


def save_beside(desk: Desk, place: Place, save_id: UUID) -> Beside:
    """Compare what stands in a change now with one of its saves, or with what was kept beside."""
    return beside(place.kind, content(desk, place).xml, save_content(desk, place, save_id)[1])


def names_known(desk: Desk) -> dict[str, str]:
    """Return what people call the times and forms that diagrams name by their keys."""
    with desk.looking() as session:
        named = select(ProgrammeSetting.key, ProgrammeSetting.label).order_by(ProgrammeSetting.key, ProgrammeSetting.id)
        times = {key: label for key, label in session.execute(named) if label}
    return times | {key: desk.forms.form(key).title for key in desk.forms.keys()}  # noqa: SIM118 - no mapping


def beside(kind: str, was: bytes | None, now: bytes) -> Beside:
    """Compare two contents of one kind; what is new differs from nothing."""
    compare = compare_diagrams if kind == "bpmn" else compare_tables
    return Beside(kind, was, now, Compared((), {}) if was is None else compare(was, now))
