"""Of what another system's address is told, and what came of a call, in words."""

from __future__ import annotations

import json

from webapp.wording import counted, when
from workflows.casework.ladder import AT_DUE, LEVELS, NAMES
from workflows.questions.webhooks import Address, CallMade

LEVELS_TO_CHOOSE = [
    ("L2", "The first step after it was due (L2): it is passed on"),
    ("L1", "The moment when it is due (L1)"),
    ("R1", "The first reminder (R1)"),
    *((level, f"Step {place} after it was due ({level})") for place, level in enumerate(LEVELS[AT_DUE + 1 :], 2)),
]


def asked_words(one: Address) -> str:
    """Say of what an address is told."""
    return f"{', '.join(NAMES[name] for name in one.ladders)}; from {LEVELS[one.from_level - 1]} on"


def call_words(one: CallMade) -> str:
    """Say what came of a call."""
    if one.status == "sent":
        return f"Taken {when(one.sent_at)}" if one.sent_at else "Taken"
    if one.status == "waiting":
        tried = f"{one.why}. " if one.why else ""
        return f"{tried}To be tried {when(one.next_attempt_at)}" if one.next_attempt_at else "Waits"
    if one.status == "suppressed":
        return f"Not sent: {one.why}"
    return f"Given up after {counted(one.attempts, 'try', 'tries')}: {one.why}"


def example(key: str) -> str:
    """Show what a call tells."""
    data = {
        "programme": key, "team": "east", "ladder": "S", "level": "L2", "again": 0, "due_at": "2026-11-16T09:00:00Z",
        "task": "8c0f6f0f4a5e4c5f9a3d1b2c4e6f8a90",
    }  # fmt: skip
    event = {"type": "task.rung_reached", "timestamp": "2026-11-16T11:00:12Z", "data": data}
    return json.dumps(event, indent=2)
