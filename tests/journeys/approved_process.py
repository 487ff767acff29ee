"""A change that waits for approval, with what it means for the open cases, and one that was published with them."""

from __future__ import annotations

from uuid import UUID

from tests.journeys.street import Street
from workers.jobs import move_cases, work_out_impacts
from workflows.actions import impacts, process_changes, process_saves, publishing
from workflows.actions.publishing import Start
from workflows.casework.process_change import Place
from workflows.desk import Desk
from workflows.questions.impact import cases_to_move
from workflows.questions.process_changes import content

EDITOR = "Joanna Whitworth"
APPROVER = "Dr Priya Menon"


def approved(street: Street) -> dict[str, str]:
    """Publish one change with the open cases, and send another; returns their ids by the names of the tour."""
    editor, approver = (street.office.desk(street.town.who(name)) for name in (EDITOR, APPROVER))
    published = _sent(editor, "assessment", b"First contact", b"First words with the person")
    _worked_out(street, approver, published)
    publishing.approve(approver, published, Start(cases=cases_to_move(approver, published, {}, ())))
    move_cases.ITEMS.work(street.office)
    sent = _sent(editor, "intake", b"Check who the person is", b"Make sure who the person is")
    _worked_out(street, approver, sent)
    return {"change_published": str(published), "change_sent": str(sent)}


def _sent(editor: Desk, key: str, was: bytes, now: bytes) -> UUID:
    place = Place(process_changes.open_change(editor, f"Plainer words in {key}"), "bpmn", key)
    process_changes.take_in(editor, place)
    process_saves.save_model(editor, place, content(editor, place).xml.replace(was, now), 1)
    process_changes.send(editor, place.change_id, "People asked what to do")
    return place.change_id


def _worked_out(street: Street, approver: Desk, change_id: UUID) -> None:
    impacts.ask_for_impact(approver, change_id)
    work_out_impacts.ITEMS.work(street.office)
