"""Which professions have something for the plan: by the referral, by what was found since, by whom the meeting needed.

Only those are asked with whom the case is shared; of the others the timeline tells.
"""

from __future__ import annotations

from collections.abc import Mapping

from workflows.duties import contact
from workflows.duties.facts import risk_facts
from workflows.duties.invitations import profession
from workflows.duties.papers import answers
from workflows.duties.register import Asking, Variables, duty

# What a diagram asks by, and the roles that the step is for.
ROLES: Mapping[str, tuple[str, ...]] = {
    "needs_nurse": ("nurse",),
    "needs_therapist": ("therapist",),
    "needs_mental_health": ("mh_practitioner",),
    "needs_social_care": ("social_worker",),
    "needs_medication_review": ("pharmacist",),
    "needs_wellbeing": ("wellbeing_adviser", "social_prescriber"),
}
SEVERELY_FRAIL = 7  # on the Clinical Frailty Scale: depends on others for personal care


@duty("plan.contributors")
def contributors(asking: Asking) -> Variables:
    """Say which professions have something for the plan, of those with whom the case is shared."""
    needed = set(answers(asking, "F15").get("needed_roles") or ())
    by_referral, found = contact.needs(asking) or {}, _found(asking)
    wanted = {name: by_referral.get(name) or found.get(name) or needed & set(roles) for name, roles in ROLES.items()}
    return {name: bool(asks) and _may_be_asked(asking, ROLES[name]) for name, asks in wanted.items()}


def _may_be_asked(asking: Asking, roles: tuple[str, ...]) -> bool:
    professions = [profession(asking, role) for role in roles]
    if any(one.shared for one in professions):
        return True
    asking.case.happened("not asked for the plan", who=", ".join(one.who for one in professions))
    return False


def _found(asking: Asking) -> dict[str, bool]:
    """Return which professions the assessment, the measures and the reviews speak to, whatever the referral ticked."""
    said, known = answers(asking, "F11"), risk_facts(asking)
    programme, today = asking.case.programme, asking.work.today
    frail = known["cfs"] >= SEVERELY_FRAIL
    no_money = said.get("debt") == "yes" or said.get("food_security") == "no"
    return {
        "needs_nurse": said.get("skin") == "yes" or frail,
        "needs_therapist": known["falls_12m"] > 0 or said.get("falls_fear") == "yes" or frail,
        "needs_mental_health": known["phq2"] >= programme.number("phq2_flag", today) or said.get("self_harm") == "yes",
        "needs_social_care": "yes" in {said.get("homeless_risk"), said.get("self_neglect")} or known["carer_strain"],
        "needs_wellbeing": no_money or known["ucla3"] >= programme.number("ucla3_flag", today),
    }
