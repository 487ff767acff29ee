"""Who gets a copy of the plan and the discharge letters, in which format and by which way: as was said in the forms."""

from __future__ import annotations

from collections.abc import Sequence

from workflows.duties.papers import answers
from workflows.duties.register import Asking

PLAN, PLAIN_PLAN = "L05", "L05p"
DISCHARGE = ("L08", "L08p")
POST = "post"
# Partners who get the whole plan where it names them; urgent services get the part that is for them (L14).
PARTNERS = ("social_care", "mental_health", "vcse")


def copied_to(asking: Asking, template: str, usual: Sequence[str]) -> list[str]:
    """Return who gets this letter: of a plan or a discharge those who are to have one, otherwise the usual ones."""
    if template in DISCHARGE:
        return _told_of_discharge(asking, usual)
    if template not in {PLAN, PLAIN_PLAN}:
        return list(usual)
    named = answers(asking, "F18").get("copies_to")
    wanted = [one for one in usual if _wants(asking, one, named)]
    for one in usual:
        if one not in wanted:
            asking.case.happened("no copy of the plan wanted", to=one)
    others = PARTNERS if "gp" in usual else ("carer",)
    return wanted + [one for one in others if one in (named or ())]


def _told_of_discharge(asking: Asking, usual: Sequence[str]) -> list[str]:
    """Those whom the discharge names, the service that takes over too; the usual ones where it names nobody."""
    named = answers(asking, "F25").get("letters")
    if not named:
        return list(usual)
    further = ["service"] if "gp" in usual and "service" in named else []
    return [one for one in usual if one in named] + further


def wanted_route(asking: Asking, template: str, recipient: str) -> str:
    """Return the way the person asked for in their copy of the plan; everything else is posted."""
    if template != PLAIN_PLAN or recipient != "person":
        return POST
    return str(answers(asking, "F19").get("copy_route") or POST)


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
