"""A safeguarding concern that is written down is not yet with the local authority."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.casework.errors import AnswersRefused

SENT, NOT_SENT = "yes", "no"  # the answers of the form on which a concern is raised
SENDING = "send_safeguarding_concern"


def must_be_sent(step: str, answers: Mapping[str, Any]) -> None:
    """Refuse to call the step done in which the concern is sent while it says that it is not sent."""
    if step == SENDING and answers.get("sent") == NOT_SENT:
        raise AnswersRefused({"sent": "Send the concern first, then complete this; until then what you typed is kept"})
