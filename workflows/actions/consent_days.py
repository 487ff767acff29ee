"""The days of a decision about consent: one that is over, or too long ago, is no decision to rely on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused
from workflows.desk import Work
from workflows.duties.consent_dates import counts_until

CONSENT = "F05"


def must_still_count(work: Work, case: Case, form_key: str, answers: Mapping[str, Any]) -> None:
    """Refuse a decision that somebody has to be asked about again by today."""
    if form_key != CONSENT:
        return
    given, again = answers.get("valid_from"), answers.get("review_by")
    if again and date.fromisoformat(str(again)) <= work.today:
        raise AnswersRefused({"review_by": "This day has come. Ask the person again, or choose a day to come"})
    if given and counts_until(work, case, date.fromisoformat(str(given))) <= work.now:
        raise AnswersRefused(
            {"valid_from": "This is too long ago. Ask the person again, and give the day on which they confirmed it"}
        )
