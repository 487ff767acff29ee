"""Stays in hospital that staff tell of by a button: whether the stay was known already."""

from __future__ import annotations

from datetime import datetime

from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.clock import as_utc
from workflows.desk import Work
from workflows.duties.hospital import stay_left_before, stay_told_again


def stay_known(work: Work, case: Case, paper: Document) -> bool:
    """Whether the admission is one that we were told of before; what somebody writes then belongs to that stay."""
    at = as_utc(datetime.fromisoformat(paper.answers["admitted_at"]))
    stay = stay_told_again(work, case, at, paper.answers)
    if stay is not None:
        paper.run_id = stay.run_id
    return stay is not None


def left_before(work: Work, case: Case, paper: Document) -> bool:
    """Whether the way out of hospital is that of a stay before the one that stands open."""
    at = as_utc(datetime.fromisoformat(paper.answers["discharged_at"]))
    stay = stay_left_before(work, case, at, str(paper.answers["destination"]))
    if stay is not None:
        paper.run_id = stay.run_id
    return stay is not None
