"""What a diagram may ask for, by name. Importing the room fills the register."""

from workflows.duties import (
    case,
    clocks,
    consent,
    contact,
    coordinators,
    correspondence,
    endings,
    hospital,
    intake,
    mdt,
    news,
    onward_referrals,
    plans,
    safeguarding,
    supervision,
    tools,
)
from workflows.duties.register import REGISTER, Asking, Duty, perform

__all__ = [
    "REGISTER",
    "Asking",
    "Duty",
    "case",
    "clocks",
    "consent",
    "contact",
    "coordinators",
    "correspondence",
    "endings",
    "hospital",
    "intake",
    "mdt",
    "news",
    "onward_referrals",
    "perform",
    "plans",
    "safeguarding",
    "supervision",
    "tools",
]
