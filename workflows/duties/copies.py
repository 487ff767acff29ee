"""Who gets a copy of the plan, and in which format: as the person and whoever wrote the plan with them said."""

from __future__ import annotations

from collections.abc import Sequence

from workflows.duties.papers import answers
from workflows.duties.register import Asking

PLAN, PLAIN_PLAN = "L05", "L05p"
# Partners who get the whole plan where it names them; urgent services get the part that is for them (L14).
PARTNERS = ("social_care", "mental_health", "vcse")


def copied_to(asking: Asking, template: str, usual: Sequence[str]) -> list[str]:
    """Return who gets this letter: for a copy of the plan those who are to have one, otherwise whoever usually does."""
    if template not in {PLAN, PLAIN_PLAN}:
        return list(usual)
    named = answers(asking, "F18").get("copies_to")
    wanted = [one for one in usual if _wants(asking, one, named)]
    for one in usual:
        if one not in wanted:
            asking.case.happened("no copy of the plan wanted", to=one)
    further = [one for one in PARTNERS if one in (named or ())] if "gp" in usual else []
    return wanted + further


def _wants(asking: Asking, recipient: str, named: Sequence[str] | None) -> bool:
    if recipient == "person":  # somebody at home may read what comes there
        return bool(answers(asking, "F19").get("copy_wanted") != "no")
    return recipient != "gp" or not named or recipient in named


def urgent_copies(asking: Asking) -> list[str]:
    """Return which urgent services get the contingency plan: those agreed to, unless the plan names others only."""
    named = answers(asking, "F18").get("copies_to")
    return [one for one in ("ambulance_111", "hospital") if not named or one in named]


def wanted_format(asking: Asking, template: str, recipient: str) -> str | None:
    """Return the format the person asked for in their copy; None: as they get every letter."""
    chosen = answers(asking, "F19").get("copy_format")
    if template not in {PLAN, PLAIN_PLAN} or recipient != "person" or not chosen:
        return None
    return "letter" if chosen == "print" else str(chosen)
