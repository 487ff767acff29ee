"""Changing a decision table of a change of the process, rule by rule: each act is one save."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workflows.actions.process_saves import save_model
from workflows.casework.errors import AnswersRefused, OutOfDate
from workflows.casework.process_change import Place
from workflows.desk import Desk
from workflows.engine import rewriting_tables as tables
from workflows.engine.refusals import TableRefused
from workflows.storage.process_changes import model_of

OVERTAKEN = "Somebody saved another version meanwhile. Look at it, then change it again."


def write_rule(desk: Desk, place: Place, number: int, seen: int, cells: Mapping[str, str], note: str) -> None:
    """Write a rule anew. seen: the mark of the save that was shown; raises OutOfDate where another stands by now."""
    _rewritten(desk, place, seen, lambda xml: tables.with_rule(xml, number, cells, note))


def add_rule(desk: Desk, place: Place, number: int, seen: int, cells: Mapping[str, str], note: str) -> None:
    """Put a rule in, so that it has this number."""
    _rewritten(desk, place, seen, lambda xml: tables.with_new_rule(xml, number, cells, note))


def take_rule_out(desk: Desk, place: Place, number: int, seen: int) -> None:
    """Take a rule out; the last one stays."""
    _rewritten(desk, place, seen, lambda xml: tables.without_rule(xml, number))


def move_rule(desk: Desk, place: Place, number: int, seen: int, to: int) -> None:
    """Let a rule have another number."""
    _rewritten(desk, place, seen, lambda xml: tables.with_rule_moved(xml, number, to))


def _rewritten(desk: Desk, place: Place, seen: int, change: Callable[[bytes], bytes]) -> None:
    with desk.looking() as session:
        model = model_of(session, place)
        xml, mark = model.xml, model.mark
    if mark != seen:
        raise OutOfDate(OVERTAKEN)
    try:
        changed = change(xml)
    except TableRefused as refused:
        raise AnswersRefused({"rule": str(refused)}) from refused
    save_model(desk, place, changed, seen)
