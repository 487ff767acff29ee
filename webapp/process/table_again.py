"""The decisions of past months, made again under a draft of their table: which would come out differently."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import render_template, request

from webapp.actor import desk
from webapp.guard import permission
from webapp.process.room import place_of, room
from workflows.casework.errors import AnswersRefused
from workflows.questions import decisions_again, process_changes

MONTHS = (1, 3, 6, 12)
A_MONTH = timedelta(days=30)
USUAL = 3


@room.get("/changes/<uuid:change_id>/tables/<key>/again")
@permission("process.work")
def again(change_id: UUID, key: str) -> str:
    """Make past decisions again under the table of this change; `months` in the address says how far back."""
    place = place_of(change_id, "tables", key)
    months = request.args.get("months", USUAL, int)
    if months not in MONTHS:
        raise AnswersRefused({"months": "Choose how far to look back"})
    here = desk()
    found = decisions_again.decide_again(here, process_changes.content(here, place).xml, here.today - months * A_MONTH)
    return render_template(
        "process/table_again.html",
        change=process_changes.change_page(here, change_id),
        row=process_changes.model_row(here, place),
        found=found,
        months=months,
        choices=[(str(one), f"{one} month{'' if one == 1 else 's'}") for one in MONTHS],
    )
