"""What a diagram may ask for, by name. Importing the room fills the register."""

from workflows.duties import (
    case,
    consent,
    contact,
    correspondence,
    endings,
    hospital,
    intake,
    mdt,
    news,
    plans,
    safeguarding,
    tools,
)
from workflows.duties.register import REGISTER, Asking, Duty, perform

__all__ = [
    "REGISTER",
    "Asking",
    "Duty",
    "case",
    "consent",
    "contact",
    "correspondence",
    "endings",
    "hospital",
    "intake",
    "mdt",
    "news",
    "perform",
    "plans",
    "safeguarding",
    "tools",
]
