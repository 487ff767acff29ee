"""Ending a case because something befell the person: from wherever it stands, and once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.actions.journey import deliver
from workflows.casework.case import Case
from workflows.casework.ending import ENDINGS, PROCESSES
from workflows.desk import Work
from workflows.duties.endings import end_from_where_it_stands
from workflows.duties.register import on_behalf, under_way


def interrupt(work: Work, case: Case, message: str, payload: Mapping[str, Any]) -> None:
    """Send an ending to the case. One that is only nominated, or already ending, is ended from where it stands.

    What was reported already is not begun again: the second report finds the first one waiting to be confirmed.
    """
    if under_way(work, case, PROCESSES[ENDINGS[message]]):
        return
    if deliver(work, case, message, payload):
        return
    end_from_where_it_stands(on_behalf(work, case), ENDINGS[message])
