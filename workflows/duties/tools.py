"""What the screening tools said. An incomplete score is unknown, never zero."""

from __future__ import annotations

from workflows.casework.document import Document
from workflows.duties.papers import answers, newest
from workflows.duties.register import Asking, duty

TOOL_FIELDS = {"PHQ2": "phq2", "GAD2": "gad2", "UCLA3": "ucla3", "ONS4": "ons4"}


def tool_score(asking: Asking, tool: str) -> int:
    """Return the newest total of an instrument, -1 when it was not (completely) asked."""
    for form_key in ("F12", "F11"):
        asked = answers(asking, form_key).get(TOOL_FIELDS[tool], {})
        if asked.get("total") is not None:
            return int(asked["total"])
    return -1


@duty("tools.due")
def tools_due(asking: Asking) -> dict[str, bool]:
    """Say whether the measures are to be taken again: the programme's interval has passed since the last time."""
    last: Document | None = newest(asking, "F12")
    if last is None:
        return {"tools_due": True}
    again = asking.work.due(asking.case.programme, "wait.repeat_tools", last.completed_at)
    return {"tools_due": again <= asking.work.now}
