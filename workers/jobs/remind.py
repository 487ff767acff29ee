"""Remind before and at the due date."""

from __future__ import annotations

from workers.items import each
from workflows.actions.reminders import remind_of_safety, safety_to_remind_of, send_daily_digest
from workflows.assembly import Office


def of_safety(office: Office) -> tuple[int, int]:
    """Remind at once of what is about safety, task by task; one that fails is tried again at the next round."""
    desk = office.desk()
    return each(safety_to_remind_of(desk), lambda task_id: remind_of_safety(desk, task_id), lambda *_: None)


def daily_digest(office: Office) -> tuple[int, int]:
    """Write each person one message about what is due, once a day from nine."""
    return send_daily_digest(office.desk()).notices, 0
