"""What the screening tools said. An incomplete score is unknown, never zero."""

from __future__ import annotations

from typing import Any

from workflows.casework.document import Document
from workflows.duties.papers import last_said, newest
from workflows.duties.register import Asking, duty

TOOL_FIELDS = {"PHQ2": "phq2", "GAD2": "gad2", "UCLA3": "ucla3", "ONS4": "ons4"}


def tool_score(asking: Asking, tool: str) -> int:
    """Return the newest total of an instrument, -1 when it was not (completely) asked."""
    scored = last_said(asking, ("F12", "F11"), _has_a_total).get(TOOL_FIELDS[tool])
    return int(scored.answer["total"]) if scored else -1


def _has_a_total(answer: Any) -> bool:
    return isinstance(answer, dict) and answer.get("total") is not None


@duty("tools.due")
def tools_due(asking: Asking) -> dict[str, bool]:
    """Say whether the measures are to be taken again: the programme's interval has passed since the last time."""
    last: Document | None = newest(asking, "F12")
    if last is None:
        return {"tools_due": True}
    again = asking.work.due(asking.case, "wait.repeat_tools", last.completed_at)
    return {"tools_due": again <= asking.work.now}
