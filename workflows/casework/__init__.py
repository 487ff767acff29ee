"""The nouns of the service, with their rules. Importing this package maps every table."""

from workflows.casework import (
    audit,
    care,
    case,
    completion,
    consent,
    diagram,
    document,
    incident,
    message,
    notice,
    outside,
    person,
    programme,
    referral,
    staff,
    task,
)

__all__ = [
    "audit",
    "care",
    "case",
    "completion",
    "consent",
    "diagram",
    "document",
    "incident",
    "message",
    "notice",
    "outside",
    "person",
    "programme",
    "referral",
    "staff",
    "task",
]
