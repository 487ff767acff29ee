"""The overdue board: who may fall through, and what is done about it."""

from __future__ import annotations

from flask import render_template, request

from webapp.actor import desk, office
from webapp.guard import permission
from webapp.overdue import noise, report
from webapp.overdue import presenters as words
from webapp.overdue.chart import chart_of
from webapp.overdue.room import room
from workflows.actions.seeing import note_list_seen
from workflows.casework.overdue import KINDS
from workflows.questions.overdue import overdue_board
from workflows.questions.overdue_filters import Narrowed

__all__ = ["noise", "report", "room"]


@room.get("")
@permission("overdue.see")
def board() -> str:
    """Show what is overdue: numbers, the trend, and the people, the worst first."""
    narrowed = Narrowed.read(request.args.to_dict(flat=False))
    found = overdue_board(desk(), narrowed)
    note_list_seen(desk(), "overdue board", (case.number for case in found.cases))
    number = found.count(narrowed, "age", "holder")  # of the past nothing else is known
    return render_template(
        "overdue/board.html",
        board=found,
        narrowed=narrowed,
        chart=chart_of(found.weeks, {kind: number(kind=kind) for kind in KINDS}),
        now=office().clock.now(),
        kinds=KINDS,
        many=any(task.to_hand_on for case in found.cases for task in case.tasks),
        words=words,
    )
