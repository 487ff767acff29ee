"""Remind before and at the due date."""

from __future__ import annotations

from workflows.actions.reminders import remind_of_safety, send_daily_digest
from workflows.assembly import Office


def of_safety(office: Office) -> tuple[int, int]:
    """Remind at once of what is about safety."""
    return remind_of_safety(office.desk()).tasks, 0


def daily_digest(office: Office) -> tuple[int, int]:
    """Write each person one message about what is due, once a day from nine."""
    return send_daily_digest(office.desk()).notices, 0
